"""A directory's groups mean posts: at one school, for the trust, or for a group of its schools."""

from pathlib import Path

import pytest

from footbridge.exchange.columns import ColumnsMissing
from footbridge.exchange.groups import GroupRow, read_groups
from footbridge.tenancy.permission import PostRole
from tests.exchange import lookalikes


def read(folder: Path, *lines: str) -> tuple[tuple[GroupRow, ...], list[str]]:
    reading = read_groups(lookalikes.write_text(folder, "\n".join(["Group,Post,School,Trust group", *lines])))
    return reading.records, [str(problem) for problem in reading.problems]


def test_groups_are_read_with_their_posts_case_and_hyphens_apart(tmp_path: Path) -> None:
    rows, problems = read(
        tmp_path,
        "ashwell-heads,HEAD,900001,",
        "ashwell-deputies,Deputy headteacher,900001,",
        "ashwell-community,community-lead,900001,",
        "executives,Trust Executive,,",
        "north-executives,trust_executive,,North hub",
        "executive-heads,Executive headteacher,,North hub",
        "admins,trust administrator,,",
    )
    assert not problems
    assert [(row.post, row.school, row.trust_group) for row in rows] == [
        ("head", "900001", None),
        ("deputy", "900001", None),
        ("community lead", "900001", None),
        ("trust executive", None, None),
        ("trust executive", None, "North hub"),
        ("executive head", None, "North hub"),
        ("trust administrator", None, None),
    ]
    assert rows[0] == GroupRow(2, "ashwell-heads", PostRole.HEAD, "900001", None)


@pytest.mark.parametrize(
    ("line", "column", "words"),
    [
        ("g,wizard,900001,", "Post", "not a post; one of executive head"),
        ("g,Data protection officer,,", "Post", "no rights in Footbridge; one of executive head"),
        (",head,900001,", "Group", "missing"),
        ("g,head,,", "School", "URN was expected"),
        ("g,head,12,", "School", "6 digits"),
        ("g,head,900001,North hub", "Trust group", "blank"),
        ("g,trust executive,900001,", "School", "blank"),
        ("g,trust administrator,,North hub", "Trust group", "whole trust"),
        ("g,executive head,,", "School", "a row each"),
    ],
)
def test_a_row_that_gives_no_post_is_told(tmp_path: Path, line: str, column: str, words: str) -> None:
    rows, problems = read(tmp_path, line, "g,governor,900001,")
    assert [row.post for row in rows] == ["governor"]
    assert len(problems) == 1
    assert problems[0].startswith(f"line 2, column “{column}”")
    assert words in problems[0]


def test_equal_rows_are_taken_once(tmp_path: Path) -> None:
    path = lookalikes.write_text(tmp_path, "group,post,school\nheads,head,900001\nheads,Headteacher,900001\n")
    reading = read_groups(path)
    assert len(reading.records) == 1
    assert "line 2" in reading.notes[0].reason


def test_a_file_without_posts_gives_nobody_anything(tmp_path: Path) -> None:
    with pytest.raises(ColumnsMissing, match="post"):
        read_groups(lookalikes.write_text(tmp_path, "group,school\nheads,900001\n"))
