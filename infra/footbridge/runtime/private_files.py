"""Files for the owner's eyes only, written whole or not at all."""

import os
from pathlib import Path

from footbridge.runtime.errors import FootbridgeError


class FolderNotMade(FootbridgeError):
    code = "FOLDER_NOT_MADE"

    def __init__(self, folder: Path, reason: str) -> None:
        super().__init__(f"The folder {folder} cannot be made ({reason}). Name another with FOOTBRIDGE_STATE.")


def make_private_folder(folder: Path) -> Path:
    """The folder, with mode 0700 if it is new."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as failed:
        raise FolderNotMade(folder, failed.strerror or "unknown reason") from failed
    return folder


def write_private(path: Path, text: str) -> None:
    """Replaces the file in one step, with mode 0600; a crash leaves the old content or the new."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
