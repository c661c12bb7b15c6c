"""Folders of the product that are not Python packages, in a checkout and in an installed wheel alike."""

from pathlib import Path

_HERE = Path(__file__).resolve()


def migrations_folder() -> Path:
    return _first(_HERE.parents[2] / "migrations", _HERE.parents[1] / "_migrations")


def contract_folder() -> Path:
    return _first(_HERE.parents[3] / "frontend-contract", _HERE.parents[1] / "_contract")


def _first(*candidates: Path) -> Path:
    return next(folder for folder in candidates if folder.is_dir())
