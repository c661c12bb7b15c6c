"""The house keeps its shape: what must not be there is not, and only `runtime` reads the environment."""

import ast
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LAYERS = ("infra", "tenants", "services", "graphql")
FORBIDDEN = (
    "graphql/__init__.py", "tests/graphql", "uv.lock", "pylock.toml",
    *(f"{layer}/footbridge/__init__.py" for layer in LAYERS),
)  # fmt: skip


def sources() -> list[Path]:
    return [file for layer in LAYERS for file in sorted((ROOT / layer / "footbridge").rglob("*.py"))]


def tracked() -> list[str]:
    """What git has, or nothing where this is no checkout."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    return listed.stdout.splitlines()


@pytest.mark.parametrize("path", FORBIDDEN)
def test_what_would_shadow_or_leak_is_not_there(path: str) -> None:
    assert not (ROOT / path).exists()


def test_every_module_opens_with_what_it_is_for() -> None:
    silent = [file for file in sources() if not ast.get_docstring(ast.parse(file.read_text(encoding="utf-8")))]
    assert not silent


def test_only_runtime_and_commands_that_start_processes_read_the_environment() -> None:
    """A command hands the environment on to a process that it starts; it takes no setting from it."""
    readers = {
        file.relative_to(ROOT).as_posix() for file in sources() if "os.environ" in file.read_text(encoding="utf-8")
    }
    assert {reader for reader in readers if not reader.startswith("infra/footbridge/runtime/")} <= {
        "graphql/footbridge/command/demo.py"
    }


def test_locks_pin_with_hashes_and_name_no_host() -> None:
    for lock in (ROOT / "infra" / "requirements").glob("*.txt"):
        text = lock.read_text(encoding="utf-8")
        assert "--hash=sha256:" in text
        assert "://" not in text, lock.name


def test_top_level_folders_are_the_customers() -> None:
    folders = {path.split("/")[0] for path in tracked() if "/" in path and not path.startswith(".")}
    assert folders <= {"services", "graphql", "tenants", "infra", "frontend-contract", "tests"}
