"""The table of what hostile requests came to: written by the suite, told by it and by `.ci/run`."""

import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

TABLE = Path(__file__).resolve().parents[3] / "build" / "hostile.json"
Row = dict[str, Any]


def write_table(rows: Sequence[Row]) -> None:
    TABLE.parent.mkdir(parents=True, exist_ok=True)
    TABLE.write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def told(rows: Sequence[Row]) -> Iterable[str]:
    """The slowest, and those that stopped the event loop longest."""
    yield f"{len(rows)} hostile requests. The slowest:"
    yield from (_line(row) for row in sorted(rows, key=lambda row: -row["ms"])[:3])
    yield "The longest stalls of the event loop:"
    yield from (_line(row) for row in sorted(rows, key=lambda row: -row["stall_ms"])[:3])


def _line(row: Row) -> str:
    return f"  {row['ms']:8.1f} ms, stall {row['stall_ms']:7.1f} ms  {row['status']} {row['code']}: {row['case']}"


if __name__ == "__main__":
    sys.stdout.writelines(line + "\n" for line in told(json.loads(TABLE.read_text(encoding="utf-8"))))
