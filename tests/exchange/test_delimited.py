"""Opening a file of unknown encoding: nothing is lost, and what is no table is refused in words."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from footbridge.exchange.columns import Column, ColumnsMissing, HeadingRepeated
from footbridge.exchange.delimited import Row, open_delimited
from footbridge.exchange.encoding import FileEmpty, FileTooLarge, FileUnreadable, NotDelimitedText
from footbridge.exchange.report import RowProblem
from tests.exchange import lookalikes

URN, NAME = Column("urn", ("URN", "unique_reference_number"), required=True), Column("name", ("name",))


def read(path: Path, *, surplus_allowed: bool = False) -> list[Row | RowProblem]:
    with open_delimited(path) as file:
        return list(file.rows(file.columns([URN, NAME]), surplus_allowed=surplus_allowed))


def texts(path: Path) -> list[tuple[int, str, str] | RowProblem]:
    return [row if isinstance(row, RowProblem) else (row.line, row.text("urn"), row.text("name")) for row in read(path)]


@pytest.mark.parametrize(
    ("encoding", "label"),
    [("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8 with byte-order mark"), ("cp1252", "Windows-1252")],
)
def test_the_encoding_is_found_and_told(tmp_path: Path, encoding: str, label: str) -> None:
    path = lookalikes.write_text(tmp_path, "URN,name\n900001,Ysgol Tŷ’r Ffôl\n".replace("ŷ", "y"), encoding=encoding)
    with open_delimited(path) as file:
        assert file.encoding == label
    assert texts(path) == [(2, "900001", "Ysgol Ty’r Ffôl")]


def test_what_neither_utf_8_nor_cp1252_can_decode_is_guessed_and_said_to_be(tmp_path: Path) -> None:
    names = "Школа номер один, Средняя общеобразовательная школа"
    path = lookalikes.write_text(tmp_path, f'URN,name\n900001,"{names} эюяП"\n' * 20, encoding="mac_cyrillic")
    assert b"\x8f" in path.read_bytes()
    with open_delimited(path) as file:
        assert file.encoding.endswith("(a guess)")


def test_spaces_are_made_single_and_headings_matched_by_alias_case_and_punctuation(tmp_path: Path) -> None:
    path = lookalikes.write_text(tmp_path, "Unique reference-number , NAME\n 900001 ,Ash\u00a0 well \n")
    assert texts(path) == [(2, "900001", "Ash well")]


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_line_ends_of_every_kind_are_read(tmp_path: Path, line_end: str) -> None:
    path = lookalikes.write_text(tmp_path, line_end.join(["URN,name", "1,A", "", "2,B"]))
    assert texts(path) == [(2, "1", "A"), (4, "2", "B")]


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_semicolons_and_tabs_are_read_too(tmp_path: Path, delimiter: str) -> None:
    path = lookalikes.write_text(tmp_path, f"URN{delimiter}name\n1{delimiter}A, B\n")
    assert texts(path) == [(2, "1", "A, B")]


def test_a_cell_over_several_lines_keeps_the_line_numbers_right(tmp_path: Path) -> None:
    path = lookalikes.write_text(tmp_path, 'URN,name\n1,"Ash\nwell"\n2,B\n')
    assert texts(path) == [(2, "1", "Ash well"), (4, "2", "B")]


def test_a_row_that_ends_before_a_column_in_use_is_a_problem(tmp_path: Path) -> None:
    short, whole = texts(lookalikes.write_text(tmp_path, "URN,town,name\n1,X\n2,Y,B\n"))
    assert isinstance(short, RowProblem)
    assert (short.line, short.column) == (2, "name")
    assert "2 cells" in short.reason
    assert whole == (3, "2", "B")


def test_a_row_that_lacks_only_columns_not_in_use_is_read(tmp_path: Path) -> None:
    assert texts(lookalikes.write_text(tmp_path, "URN,name,town\n1,A\n")) == [(2, "1", "A")]


def test_more_cells_than_headings_are_a_problem_unless_blank_or_allowed(tmp_path: Path) -> None:
    path = lookalikes.write_text(tmp_path, "URN,name\n1,A,B\n2,C,,\n")
    long, blank = read(path)
    assert isinstance(long, RowProblem)
    assert long.line == 2
    assert isinstance(blank, Row)
    allowed = read(path, surplus_allowed=True)[0]
    assert isinstance(allowed, Row)
    assert allowed.surplus == 1


@pytest.mark.parametrize("broken", ['1,"Ash', '1,"Ash" well', '1,"Ash,"x'])
def test_a_quotation_mark_out_of_place_costs_its_own_line_only(tmp_path: Path, broken: str) -> None:
    path = lookalikes.write_text(tmp_path, f'URN,name\n{broken}\n2,"B"\n3,C\n')
    problem, *others = texts(path)
    assert isinstance(problem, RowProblem)
    assert problem.line == 2
    assert "quotation mark" in problem.reason
    assert others == [(3, "2", "B"), (4, "3", "C")]


def test_a_quotation_mark_closed_on_a_later_line_does_not_swallow_that_line(tmp_path: Path) -> None:
    path = lookalikes.write_text(tmp_path, 'URN,name,town\n1,"Ash,X\n2,B",Y,"Z"\n3,C,Z\n')
    problems = [row.line for row in texts(path) if isinstance(row, RowProblem)]
    assert problems[0] == 2
    assert texts(path)[-1] == (4, "3", "C")


def test_an_unclosed_quotation_mark_in_a_long_file_is_given_up_soon(tmp_path: Path) -> None:
    path = lookalikes.write_text(tmp_path, 'URN,name\n1,"Ash\n' + "".join(f"{n},B\n" for n in range(2, 5000)))
    rows = texts(path)
    assert len(rows) == 4999
    assert sum(isinstance(row, RowProblem) for row in rows) == 1


def test_a_file_without_a_needed_heading_names_it_its_aliases_and_what_was_found(tmp_path: Path) -> None:
    path = lookalikes.write_text(tmp_path, "number,name\n1,A\n")
    with pytest.raises(ColumnsMissing) as refusal:
        read(path)
    for word in ("“URN”", "“unique_reference_number”", "“number”, “name”", "file.csv", "Nothing was loaded"):
        assert word in refusal.value.message


def test_a_needed_heading_that_stands_twice_is_refused_and_another_is_not(tmp_path: Path) -> None:
    with pytest.raises(HeadingRepeated, match="“URN” more than once"):
        read(lookalikes.write_text(tmp_path, "URN,urn,name\n1,1,A\n"))
    assert texts(lookalikes.write_text(tmp_path, "URN,x,x,name\n1,,,A\n")) == [(2, "1", "A")]


@pytest.mark.parametrize(
    ("content", "failure", "words"),
    [
        (b"", FileEmpty, "empty"),
        (b"\n \n", FileEmpty, "empty"),
        (b"\xef\xbb\xbf", FileEmpty, "empty"),
        (b"PK\x03\x04....", NotDelimitedText, "Excel workbook"),
        ("URN,name\n".encode("utf-16"), NotDelimitedText, "UTF-16"),
        (b"URN,name\n1,A\0B\n", NotDelimitedText, "NUL"),
        (b'URN,"name\n', FileUnreadable, "headings"),
        (b"x" * 1_000_001, FileUnreadable, "longer than"),
    ],
)
def test_what_is_no_table_is_refused_in_words(
    tmp_path: Path, content: bytes, failure: type[Exception], words: str
) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(content)
    with pytest.raises(failure, match=words):
        read(path)


def test_a_missing_file_a_folder_and_too_large_a_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FileUnreadable, match="no file"):
        read(tmp_path / "absent.csv")
    with pytest.raises(FileUnreadable, match="not a file"):
        read(tmp_path)
    path = lookalikes.write_text(tmp_path, "URN,name\n")
    with pytest.raises(FileTooLarge, match="at most 8"), open_delimited(path, largest=8):
        pass


def test_a_problem_is_safe_to_print(tmp_path: Path) -> None:
    path = lookalikes.write_text(tmp_path, "U\x1b[31mRN,name\n1,A\n")
    with pytest.raises(ColumnsMissing) as refusal:
        read(path)
    assert "\x1b" not in refusal.value.message


CELL = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)
ONCE_PER_FOLDER = [HealthCheck.function_scoped_fixture]


@settings(max_examples=80, deadline=None, suppress_health_check=ONCE_PER_FOLDER)
@given(rows=st.lists(st.tuples(st.integers(1, 999999), CELL), max_size=8))
def test_whatever_a_spreadsheet_writes_is_read_back_on_its_line(tmp_path: Path, rows: list[tuple[int, str]]) -> None:
    expected, written = [], io.StringIO(newline="")
    writer = csv.writer(written, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(["URN", "name"])
    for urn, name in rows:
        expected.append((_lines(written.getvalue()) + 1, str(urn), " ".join(name.split())))
        writer.writerow([urn, name])
    assert texts(lookalikes.write_text(tmp_path, written.getvalue())) == expected


def _lines(text: str) -> int:
    return len(text.replace("\r\n", "\n").replace("\r", "\n").split("\n")) - 1


@settings(max_examples=80, deadline=None, suppress_health_check=ONCE_PER_FOLDER)
@given(content=st.binary(min_size=1, max_size=200))
def test_any_bytes_are_read_or_refused_but_never_crash(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(b"URN,name\n" + content)
    try:
        rows = read(path)
    except (NotDelimitedText, FileUnreadable):
        return
    assert all(row.line >= 2 for row in rows)


LINE = st.text(st.sampled_from('ab",\n'), max_size=12)


@settings(max_examples=150, deadline=None, suppress_health_check=ONCE_PER_FOLDER)
@given(junk=LINE)
def test_no_junk_swallows_the_rows_before_and_after_it(tmp_path: Path, junk: str) -> None:
    path = lookalikes.write_text(tmp_path, f"URN,name\n1,A\n{junk}\n2,B,C,D,E\n3,C\n")
    rows = texts(path)
    assert rows[0] == (2, "1", "A")
    assert [row for row in rows if isinstance(row, tuple)][-1][1:] == ("3", "C")
