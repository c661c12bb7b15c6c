"""Writes files that look like the field's own (headings, encodings, oddities), with schools that do not exist."""

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

GIAS_HEADINGS = (
    "URN",
    "LA (code)",
    "LA (name)",
    "EstablishmentNumber",
    "EstablishmentName",
    "TypeOfEstablishment (code)",
    "TypeOfEstablishment (name)",
    "EstablishmentStatus (code)",
    "EstablishmentStatus (name)",
    "OpenDate",
    "CloseDate",
    "PhaseOfEducation (code)",
    "PhaseOfEducation (name)",
    "StatutoryLowAge",
    "StatutoryHighAge",
    "SchoolCapacity",
    "Trusts (code)",
    "Trusts (name)",
    "SchoolSponsors (name)",
    "Postcode",
    "CHNumber",
    "Linked establishments",
)
GIAS_SCHOOL = {
    "URN": "900001",
    "LA (code)": "999",
    "LA (name)": "Wendshire",
    "EstablishmentNumber": "2001",
    "EstablishmentName": "Ashwell Primary Academy",
    "TypeOfEstablishment (code)": "34",
    "TypeOfEstablishment (name)": "Academy converter",
    "EstablishmentStatus (code)": "1",
    "EstablishmentStatus (name)": "Open",
    "OpenDate": "01-09-2014",
    "PhaseOfEducation (code)": "2",
    "PhaseOfEducation (name)": "Primary",
    "StatutoryLowAge": "4",
    "StatutoryHighAge": "11",
    "SchoolCapacity": "210",
    "Trusts (code)": "90001",
    "Trusts (name)": "WEND VALLEY TRUST",
    "SchoolSponsors (name)": "Wend Valley Trust",
    "Postcode": "ZZ1 1AA",
    "Linked establishments": "Does not have links",
}
LINK_HEADINGS = (
    "URN",
    "Linked UID",
    "Group Name",
    "Companies House Number",
    "Group Type",
    "Group Type (code)",
    "Closed Date",
    "Open date",
    "Group Status",
    "Joined date",
    "EstablishmentName",
    "TypeOfEstablishment (name)",
    "PhaseOfEducation (name)",
    "LA (code)",
    "LA (name)",
)
LINK = {
    "URN": "900001",
    "Linked UID": "90001",
    "Group Name": "WEND VALLEY TRUST",
    "Companies House Number": "01234567",
    "Group Type": "Multi-academy trust",
    "Group Type (code)": "06",
    "Open date": "01-09-2010",
    "Group Status": "Open",
    "Joined date": "01-09-2014",
    "EstablishmentName": "Ashwell Primary Academy",
    "TypeOfEstablishment (name)": "Academy converter",
    "PhaseOfEducation (name)": "Primary",
    "LA (code)": "999",
    "LA (name)": "Wendshire",
}
COUNCIL_HEADINGS = (
    "name",
    "local_authority_code",
    "establishment_number",
    "unique_reference_number",
    "type",
    "lowest_admission_age",
    "highest_admission_age",
    "capacity",
    "trust_type",
    "sponsoring_trust",
    "percent_fsm",
    "postcode",
)
COUNCIL_SCHOOL = {
    "name": "Ashwell Primary School",
    "local_authority_code": "999",
    "establishment_number": "2001",
    "unique_reference_number": "900001",
    "type": "Academies",
    "lowest_admission_age": "3",
    "highest_admission_age": "11",
    "capacity": "NA",
    "trust_type": "Supported by a multi-academy trust",
    "sponsoring_trust": "Wend Valley Trust",
    "percent_fsm": "12.5",
    "postcode": "ZZ1 1AA",
}
CENSUS_HEADINGS = (
    "URN",
    "LA",
    "ESTAB",
    "SCHOOLTYPE",
    "NOR",
    "TSENELSE",
    "PSENELSE",
    "TSENELK",
    "PSENELK",
    "NUMEAL",
    "PNUMEAL",
    "NUMFSM",
    "NUMFSMEVER",
    "PNUMFSMEVER",
)
CENSUS_SCHOOL = {
    "URN": "900001",
    "LA": "999",
    "ESTAB": "2001",
    "SCHOOLTYPE": "State-funded primary",
    "NOR": "200",
    "TSENELSE": "5",
    "PSENELSE": "2.5",
    "TSENELK": "20",
    "PSENELK": "10",
    "NUMEAL": "50",
    "PNUMEAL": "25",
    "NUMFSM": "25",
    "NUMFSMEVER": "36",
    "PNUMFSMEVER": "20.1",
}
CENSUS_TOTAL = {"URN": "NAT", "ESTAB": "PRI", "SCHOOLTYPE": "State-funded primary", "NOR": "4000000"}
ABSENCE_HEADINGS = ("LA", "ESTAB", "URN", "PERCTOT", "PPERSABS10")
ABSENCE_SCHOOL = {"LA": "999", "ESTAB": "2001", "URN": "900001", "PERCTOT": "4.3", "PPERSABS10": "11"}
ABSENCE_TOTAL = {"LA": "NAT", "ESTAB": "PRI", "PERCTOT": "4", "PPERSABS10": "8.2"}
OBSERVATION_HEADINGS = ("measure", "period", "numerator", "denominator", "pupils", "percentage", "roll", "source")

Record = dict[str, str]


def row(template: Record, **changes: str) -> Record:
    """The template with some cells changed; a heading that is no identifier goes by `**{"LA (code)": …}`."""
    return {**template, **changes}


def text_of(headings: Sequence[str], records: Iterable[Record], *, line_end: str = "\n") -> str:
    written = io.StringIO()
    writer = csv.writer(written, lineterminator=line_end)
    writer.writerow(headings)
    writer.writerows([record.get(heading, "") for heading in headings] for record in records)
    return written.getvalue()


def write(
    folder: Path,
    headings: Sequence[str],
    records: Iterable[Record],
    *,
    name: str = "file.csv",
    encoding: str = "utf-8",
    line_end: str = "\n",
) -> Path:
    path = folder / name
    path.write_bytes(text_of(headings, records, line_end=line_end).encode(encoding))
    return path


def write_text(folder: Path, text: str, *, name: str = "file.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def gias_extract(folder: Path, *records: Record, encoding: str = "utf-8", line_end: str = "\n") -> Path:
    return write(folder, GIAS_HEADINGS, records, name="extract.csv", encoding=encoding, line_end=line_end)


def group_links(folder: Path, *records: Record) -> Path:
    """As the service exports them: CRLF."""
    return write(folder, LINK_HEADINGS, records, name="links.csv", line_end="\r\n")


def council_list(folder: Path, *records: Record) -> Path:
    return write(folder, COUNCIL_HEADINGS, records, name="council.csv")


def census(folder: Path, *records: Record) -> Path:
    """As DfE publishes it: with byte-order mark, and a national total at the end."""
    return write(folder, CENSUS_HEADINGS, [*records, CENSUS_TOTAL], name="census.csv", encoding="utf-8-sig")


def absence(folder: Path, *records: Record) -> Path:
    return write(folder, ABSENCE_HEADINGS, [*records, ABSENCE_TOTAL], name="absence.csv", encoding="utf-8-sig")
