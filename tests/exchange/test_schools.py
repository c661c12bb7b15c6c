"""Schools and their trusts are read from each kind of list, and every row not taken is told."""

from datetime import date
from pathlib import Path

import pytest

from footbridge.exchange.columns import ColumnsMissing
from footbridge.exchange.phases import Phase, PhaseClues, phase_of
from footbridge.exchange.schools import read_schools
from footbridge.exchange.trusts import TrustNameShared, TrustNotListed, select_trust
from tests.exchange import lookalikes
from tests.exchange.lookalikes import COUNCIL_SCHOOL, GIAS_SCHOOL, LINK, row


def test_an_establishment_extract_is_read_with_its_codes_and_names(tmp_path: Path) -> None:
    reading = read_schools(lookalikes.gias_extract(tmp_path, GIAS_SCHOOL))
    assert reading.complete
    (school,) = reading.records
    assert (school.line, school.urn, school.name) == (2, "900001", "Ashwell Primary Academy")
    assert (school.la_code, school.establishment_number) == ("999", "2001")
    assert (school.phase, school.type, school.status) == (Phase.PRIMARY, "Academy converter", "open")
    assert (school.opened_on, school.closed_on) == (date(2014, 9, 1), None)
    assert (school.low_age, school.high_age, school.capacity, school.postcode) == (4, 11, 210, "ZZ1 1AA")
    assert (school.trust_name, school.trust_uid) == ("WEND VALLEY TRUST", "90001")
    assert (school.companies_house_number, school.joined_on) == (None, None)


def test_an_extract_in_cp1252_with_crlf_keeps_its_apostrophes(tmp_path: Path) -> None:
    record = row(GIAS_SCHOOL, EstablishmentName="St Élodie’s School")
    reading = read_schools(lookalikes.gias_extract(tmp_path, record, encoding="cp1252", line_end="\r\n"))
    assert reading.encoding == "Windows-1252"
    assert reading.records[0].name == "St Élodie’s School"


def test_a_councils_list_is_read_with_its_phase_concluded(tmp_path: Path) -> None:
    special = row(COUNCIL_SCHOOL, unique_reference_number="900002", establishment_number="7002", sponsoring_trust="NA")
    reading = read_schools(lookalikes.council_list(tmp_path, COUNCIL_SCHOOL, special))
    ashwell, orchard = reading.records
    assert (ashwell.phase, ashwell.capacity, ashwell.trust_name) == (Phase.PRIMARY, None, "Wend Valley Trust")
    assert (orchard.phase, orchard.trust_name) == (Phase.SPECIAL, None)


def test_group_links_prefer_the_trust_to_the_sponsor_of_the_same_name(tmp_path: Path) -> None:
    sponsor = row(LINK, **{"Linked UID": "90002", "Group Name": "Wend Valley Trust", "Group Type": "School sponsor"})
    reading = read_schools(lookalikes.group_links(tmp_path, sponsor, LINK))
    (school,) = reading.records
    assert (school.line, school.trust_uid, school.companies_house_number) == (3, "90001", "01234567")
    assert (school.joined_on, school.opened_on, school.left_on) == (date(2014, 9, 1), None, None)
    assert reading.complete
    assert "School sponsor" in str(reading.notes[0])
    assert "line 3" in str(reading.notes[0])


def test_group_links_prefer_an_open_trust_to_a_closed_one(tmp_path: Path) -> None:
    former = row(LINK, **{"Linked UID": "90003", "Group Name": "OLD WEND TRUST", "Closed Date": "31/08/2014"})
    reading = read_schools(lookalikes.group_links(tmp_path, former, LINK))
    assert [school.trust_uid for school in reading.records] == ["90001"]
    alone = read_schools(lookalikes.group_links(tmp_path, former))
    assert alone.records[0].membership_ended_on == date(2014, 8, 31)


def test_a_closed_school_is_taken_as_closed_with_its_day(tmp_path: Path) -> None:
    closed = row(GIAS_SCHOOL, CloseDate="31-08-2018", **{"EstablishmentStatus (name)": "Closed"})
    reading = read_schools(lookalikes.gias_extract(tmp_path, closed))
    assert reading.complete
    assert reading.records[0].status == "closed"
    assert reading.records[0].membership_ended_on == date(2018, 8, 31)
    assert "31 August 2018" in reading.notes[0].reason


def test_rows_equal_but_for_case_and_spaces_are_taken_once(tmp_path: Path) -> None:
    again = row(GIAS_SCHOOL, EstablishmentName="ASHWELL  primary academy", **{"Trusts (name)": "Wend valley trust"})
    reading = read_schools(lookalikes.gias_extract(tmp_path, GIAS_SCHOOL, again))
    assert len(reading.records) == 1
    assert reading.complete
    assert "line 2" in reading.notes[0].reason


def test_rows_of_one_urn_that_contradict_each_other_are_both_problems(tmp_path: Path) -> None:
    other = row(GIAS_SCHOOL, EstablishmentName="Birch Primary", Postcode="ZZ2 2BB")
    third = row(GIAS_SCHOOL, URN="900003")
    reading = read_schools(lookalikes.gias_extract(tmp_path, GIAS_SCHOOL, other, third))
    assert [school.urn for school in reading.records] == ["900003"]
    assert [problem.line for problem in reading.problems] == [2, 3]
    assert "another name, postcode" in reading.problems[0].reason


@pytest.mark.parametrize(
    ("heading", "value", "expected"),
    [
        ("URN", "", "missing"),
        ("URN", "90001", "6 digits"),
        ("EstablishmentName", " ", "missing"),
        ("LA (code)", "Wendshire", "3 digits"),
        ("EstablishmentStatus (name)", "Opened", "“Open”"),
        ("OpenDate", "31-02-2014", "a date such as"),
        ("OpenDate", "2014", "a date such as"),
        ("TypeOfEstablishment (name)", "Children's centre", "not a school"),
        ("Trusts (code)", "TR0001", "whole number"),
    ],
)
def test_a_row_that_cannot_be_used_is_told_with_line_column_and_reason(
    tmp_path: Path, heading: str, value: str, expected: str
) -> None:
    sound = row(GIAS_SCHOOL, URN="900009")
    reading = read_schools(lookalikes.gias_extract(tmp_path, row(GIAS_SCHOOL, **{heading: value}), sound))
    assert [school.urn for school in reading.records] == ["900009"]
    assert not reading.complete
    (problem,) = reading.problems
    assert (problem.line, problem.column) == (2, heading)
    assert expected in problem.reason


@pytest.mark.parametrize(
    ("heading", "value"), [("SchoolCapacity", "many"), ("StatutoryLowAge", "-1"), ("Postcode", "nowhere")]
)
def test_what_only_describes_a_school_is_left_open_with_a_note(tmp_path: Path, heading: str, value: str) -> None:
    reading = read_schools(lookalikes.gias_extract(tmp_path, row(GIAS_SCHOOL, **{heading: value})))
    assert reading.complete
    assert len(reading.records) == 1
    assert [(note.line, note.column, note.value) for note in reading.notes] == [(2, heading, value)]


def test_codes_where_names_are_expected_are_read(tmp_path: Path) -> None:
    coded = row(GIAS_SCHOOL, **{"EstablishmentStatus (name)": "3", "PhaseOfEducation (name)": "4"})
    (school,) = read_schools(lookalikes.gias_extract(tmp_path, coded)).records
    assert (school.status, school.phase) == ("closing", Phase.SECONDARY)


def test_leading_zeros_lost_in_a_spreadsheet_are_restored(tmp_path: Path) -> None:
    (school,) = read_schools(
        lookalikes.group_links(tmp_path, row(LINK, **{"Companies House Number": "7318714"}))
    ).records
    assert school.companies_house_number == "07318714"


def test_surplus_cells_at_the_end_are_left_out_and_a_shifted_row_is_a_problem(tmp_path: Path) -> None:
    text = lookalikes.text_of(lookalikes.GIAS_HEADINGS, [GIAS_SCHOOL, row(GIAS_SCHOOL, URN="900002")])
    headings, first, second = text.splitlines()
    shifted = second.replace("210,", "1,210,")
    no_postcode = shifted.replace("ZZ1 1AA", "").replace("900002", "900003")
    lines = (headings, first + ",900007 Predecessor", shifted + ",x", no_postcode + ",x")
    reading = read_schools(lookalikes.write_text(tmp_path, "\n".join(lines)))
    assert [school.urn for school in reading.records] == ["900001"]
    assert "more cells" in reading.notes[0].reason
    assert [problem.line for problem in reading.problems] == [3, 4]


def test_a_file_without_urns_loads_nothing(tmp_path: Path) -> None:
    with pytest.raises(ColumnsMissing, match="unique_reference_number"):
        read_schools(lookalikes.write(tmp_path, ("Group UID", "Group Name"), []))


def test_a_trust_is_selected_by_name_case_and_spaces_apart(tmp_path: Path) -> None:
    other = row(GIAS_SCHOOL, URN="900002", **{"Trusts (name)": "HILL TRUST", "Trusts (code)": "90009"})
    none = row(GIAS_SCHOOL, URN="900003", **{"Trusts (name)": "", "Trusts (code)": ""})
    reading = read_schools(lookalikes.gias_extract(tmp_path, GIAS_SCHOOL, other, none))
    selection = select_trust(reading, " wend  Valley trust")
    assert [school.urn for school in selection.schools] == ["900001"]
    assert (selection.name, selection.uid) == ("wend Valley trust", "90001")


def test_problems_of_other_trusts_are_not_the_selected_trusts(tmp_path: Path) -> None:
    other = row(GIAS_SCHOOL, URN="?", **{"Trusts (name)": "HILL TRUST"})
    none = row(GIAS_SCHOOL, URN="?", **{"Trusts (name)": ""})
    own = row(GIAS_SCHOOL, URN="?")
    reading = read_schools(lookalikes.gias_extract(tmp_path, GIAS_SCHOOL, other, none, own))
    assert len(reading.problems) == 3
    assert [problem.line for problem in select_trust(reading, "Wend Valley Trust").reading.problems] == [5]


def test_a_trust_that_is_not_listed_gets_the_nearest_names(tmp_path: Path) -> None:
    reading = read_schools(lookalikes.gias_extract(tmp_path, GIAS_SCHOOL))
    with pytest.raises(TrustNotListed, match="“WEND VALLEY TRUST”"):
        select_trust(reading, "Wend Vale Trust")


def test_a_file_without_a_trust_column_is_taken_whole(tmp_path: Path) -> None:
    headings = [heading for heading in lookalikes.COUNCIL_HEADINGS if heading != "sponsoring_trust"]
    second = row(COUNCIL_SCHOOL, unique_reference_number="900002")
    reading = read_schools(lookalikes.write(tmp_path, headings, [COUNCIL_SCHOOL, second]))
    assert len(select_trust(reading, "Any Trust", uid="90005").schools) == 2
    assert select_trust(reading, "Any Trust", uid="90005").uid == "90005"


def test_a_uid_goes_before_the_name_and_another_name_is_noted(tmp_path: Path) -> None:
    reading = read_schools(lookalikes.gias_extract(tmp_path, GIAS_SCHOOL))
    selection = select_trust(reading, "Wend Trust", uid="90001")
    assert len(selection.schools) == 1
    assert "“WEND VALLEY TRUST”" in str(selection.reading.notes[0])
    with pytest.raises(TrustNotListed, match="90008"):
        select_trust(reading, "Wend Valley Trust", uid="90008")


def test_two_trusts_of_one_name_need_a_uid(tmp_path: Path) -> None:
    namesake = row(GIAS_SCHOOL, URN="900002", **{"Trusts (code)": "90002"})
    reading = read_schools(lookalikes.gias_extract(tmp_path, GIAS_SCHOOL, namesake))
    with pytest.raises(TrustNameShared, match="90001, 90002"):
        select_trust(reading, "Wend Valley Trust")
    assert [school.urn for school in select_trust(reading, "Wend Valley Trust", uid="90002").schools] == ["900002"]


@pytest.mark.parametrize(
    ("clues", "phase"),
    [
        (PhaseClues(phase="Middle deemed secondary"), Phase.SECONDARY),
        (PhaseClues(phase="Not applicable", type="Academy special converter"), Phase.SPECIAL),
        (PhaseClues(phase="All-through", type="Community special school"), Phase.SPECIAL),
        (PhaseClues(type="Pupil referral unit", low_age=5, high_age=16), Phase.ALTERNATIVE_PROVISION),
        (PhaseClues(type="Free schools special"), Phase.SPECIAL),
        (PhaseClues(type="Special post 16 institution"), Phase.SIXTEEN_PLUS),
        (PhaseClues(type="36"), Phase.SPECIAL),
        (PhaseClues(establishment_number="1100"), Phase.ALTERNATIVE_PROVISION),
        (PhaseClues(establishment_number="1020"), Phase.NURSERY),
        (PhaseClues(establishment_number="5950", low_age=4, high_age=19), Phase.SPECIAL),
        (PhaseClues(establishment_number="2001", low_age=3, high_age=11), Phase.PRIMARY),
        (PhaseClues(low_age=8, high_age=12), Phase.PRIMARY),
        (PhaseClues(low_age=9, high_age=13), Phase.SECONDARY),
        (PhaseClues(low_age=11, high_age=18), Phase.SECONDARY),
        (PhaseClues(low_age=2, high_age=19), Phase.ALL_THROUGH),
        (PhaseClues(low_age=2, high_age=5), Phase.NURSERY),
        (PhaseClues(low_age=16, high_age=99), Phase.SIXTEEN_PLUS),
        (PhaseClues(low_age=11), None),
        (PhaseClues(), None),
    ],
)
def test_the_phase_follows_provision_number_phase_and_ages_in_order(clues: PhaseClues, phase: Phase | None) -> None:
    assert phase_of(clues) == phase
