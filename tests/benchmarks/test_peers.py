"""What PostGraphile is installed from."""

import json
from pathlib import Path


def test_the_peers_are_pinned_by_their_hashes_and_name_no_host() -> None:
    lock = (Path(__file__).parent / "package-lock.json").read_text(encoding="utf-8")
    packages = [package for name, package in json.loads(lock)["packages"].items() if name]
    assert packages
    assert all(package["integrity"].startswith("sha512-") for package in packages)
    assert "resolved" not in lock
    assert "://" not in lock
