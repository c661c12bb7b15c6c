"""Finds out how a text file is encoded, and refuses what is no text, before a row of it is read."""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from footbridge.runtime.errors import FootbridgeError

LARGEST_FILE = 200 * 1024 * 1024
_CHUNK = 1024 * 1024
_SAMPLE = 256 * 1024
_FIRST_BYTES = {
    b"PK\x03\x04": "an Excel workbook or a zip file",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"%PDF": "a PDF",
    b"\x1f\x8b": "a gzip file",
    b"\xff\xfe": "“Unicode text” (UTF-16)",
    b"\xfe\xff": "“Unicode text” (UTF-16)",
}


class FileUnreadable(FootbridgeError):
    code = "FILE_UNREADABLE"


class FileEmpty(FootbridgeError):
    code = "FILE_EMPTY"

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is empty: a row of headings was expected.")


class FileTooLarge(FootbridgeError):
    code = "FILE_TOO_LARGE"

    def __init__(self, name: str, size: int, largest: int) -> None:
        super().__init__(f"{name} has {size:,} bytes; at most {largest:,} can be read. Split it, and import the parts.")


class NotDelimitedText(FootbridgeError):
    code = "NOT_DELIMITED_TEXT"

    def __init__(self, name: str, what: str) -> None:
        super().__init__(f"{name} is {what}. Open it in a spreadsheet and save it as “CSV UTF-8”, then import that.")


@dataclass(frozen=True)
class Encoding:
    """`codec` is for Python, `label` for people."""

    codec: str
    label: str


def find_encoding(path: Path, *, largest: int = LARGEST_FILE) -> Encoding:
    """UTF-8 (with or without byte-order mark), then cp1252, then charset-normalizer's best guess.

    The whole file is decoded once, so that reading it later cannot fail half-way.
    """
    _check_file(path, largest)
    marked = _check_start(path)
    decodable = _decodable(path, ("utf-8", "cp1252"))
    if "utf-8" in decodable:
        return Encoding("utf-8-sig", "UTF-8 with byte-order mark" if marked else "UTF-8")
    if "cp1252" in decodable:
        return Encoding("cp1252", "Windows-1252")
    return _guess(path)


def _check_file(path: Path, largest: int) -> None:
    if not path.exists():
        raise FileUnreadable(f"There is no file {path.name} where one was named.")
    if not path.is_file():
        raise FileUnreadable(f"{path.name} is not a file.")
    size = path.stat().st_size
    if size == 0:
        raise FileEmpty(path.name)
    if size > largest:
        raise FileTooLarge(path.name, size, largest)


def _check_start(path: Path) -> bool:
    """Whether a UTF-8 byte-order mark stands first."""
    try:
        with path.open("rb") as file:
            start = file.read(4)
    except OSError as error:
        raise FileUnreadable(f"{path.name} cannot be read: {error.strerror}.") from error
    for first_bytes, what in _FIRST_BYTES.items():
        if start.startswith(first_bytes):
            raise NotDelimitedText(path.name, what)
    return start.startswith(codecs.BOM_UTF8)


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk


def _decodable(path: Path, codec_names: tuple[str, ...]) -> set[str]:
    """Which of the codecs can decode every byte of the file."""
    decoders = {name: codecs.getincrementaldecoder(name)() for name in codec_names}
    for chunk in _chunks(path):
        if b"\0" in chunk:
            raise NotDelimitedText(path.name, "not text: it holds NUL bytes")
        _feed(decoders, chunk, final=False)
    _feed(decoders, b"", final=True)
    return set(decoders)


def _feed(decoders: dict[str, codecs.IncrementalDecoder], chunk: bytes, *, final: bool) -> None:
    for name, decoder in list(decoders.items()):
        try:
            decoder.decode(chunk, final)
        except UnicodeDecodeError:
            del decoders[name]


def _guess(path: Path) -> Encoding:
    from charset_normalizer import from_bytes  # noqa: PLC0415 (its tables are large, and hardly a file needs them)

    for match in from_bytes(_sample(path)):
        if _keeps_ascii(match.encoding) and _decodable(path, (match.encoding,)):
            return Encoding(match.encoding, f"{match.encoding} (a guess)")
    raise NotDelimitedText(path.name, "in an encoding that could not be recognised")


def _keeps_ascii(codec: str) -> bool:
    """Whether commas, digits and line ends are the bytes they are everywhere but on a mainframe."""
    ascii_text = "".join(map(chr, range(1, 127)))
    try:
        return ascii_text.encode("ascii").decode(codec) == ascii_text
    except (LookupError, UnicodeDecodeError):
        return False


def _sample(path: Path) -> bytes:
    """Lines with a byte beyond ASCII: what tells encodings apart."""
    sample = bytearray()
    for chunk in _chunks(path):
        for line in chunk.splitlines(keepends=True):
            if not line.isascii():
                sample += line
        if len(sample) >= _SAMPLE:
            break
    return bytes(sample[:_SAMPLE])
