"""The data set of the benchmark, row by row in COPY's text format: the same from the same seed."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from footbridge.engagement.records import Category, Leader, SessionKind, Space
from footbridge.measures.definition import Figure, Measure
from footbridge.partnerships.records import OrganisationKind
from footbridge.publication.cell import Cell, shown_cell
from footbridge.publication.disclosure import State
from footbridge.tenancy.period import Period

from .tenants import Kind, School, all_schools, all_trusts, id_of

SEED = 20250901
ORGANISATIONS, PARTNERSHIPS, ELEMENTS, SESSIONS = 150, 120, 3, 3000
PERIODS = tuple(term.code for year in (2022, 2023, 2024) for term in Period(year).terms)

FIRST_DAY, DAYS = date(2022, 9, 5), 1040
HELD_ON = tuple(str(FIRST_DAY + timedelta(days=day)) for day in range(DAYS))
STATUSES = ("active", "active", "active", "agreed", "paused")
ORGANISATION_KINDS = tuple(kind.value for kind in OrganisationKind)
CATEGORIES = tuple(category.value for category in Category)
SESSION_KINDS = tuple(kind.value for kind in SessionKind if kind is not SessionKind.PARENTS_MEETING)
LEADERS, SPACES = tuple(leader.value for leader in Leader), tuple(space.value for space in Space)
THINGS = ("Reading", "Gardening", "Choir", "Robotics", "Mentoring", "Heritage", "Football", "Pottery", "Theatre")
PLACES = ("Ashcombe", "Brindle", "Calder", "Dunmore", "Elmstead", "Farrow", "Garside", "Hallam", "Ingleby", "Jarrow")
NULL = "\\N"
SUPPRESSED = 0.05
"""The share of published cells that show a symbol instead of a figure."""


@dataclass(frozen=True)
class Rows:
    """The rows of one table; each line is a row with its values parted by tabs."""

    table: str
    columns: str
    lines: Iterable[str]


def data_set(measures: Sequence[Measure]) -> Iterator[Rows]:
    """Parents before children. `measures` are those that every school has published for each term."""
    schools = all_schools()
    yield from _register(schools)
    yield from _partnerships(schools)
    yield from _engagement(schools)
    yield from _published(schools, measures)


def _register(schools: Sequence[School]) -> Iterator[Rows]:
    trusts = [f"{trust.id}\t{trust.uid}\t{trust.name}\t{trust.name.casefold()}" for trust in all_trusts()]
    yield Rows("register.trust", "id, uid, name, sort_name", trusts)
    lines = [f"{each.id}\t{each.urn}\t{each.name}\t{each.name.casefold()}\t{each.phase}" for each in schools]
    yield Rows("register.school", "id, urn, name, sort_name, phase", lines)
    yield Rows("register.school_urn", "urn, school_id, kind", [f"{each.urn}\t{each.id}\tcurrent" for each in schools])
    members = [f"{s.trust.id}\t{id_of(Kind.MEMBERSHIP, s.number)}\t{s.id}\t2022-09-01" for s in schools]
    yield Rows("register.membership", "trust_id, id, school_id, from_on", members)
    columns = "school_id, indicator, academic_year, as_of_on, numerator, denominator, value, source, matched_by"
    yield Rows("register.public_fact", columns, _facts(schools))


def _facts(schools: Sequence[School]) -> Iterator[str]:
    random = Random(SEED)
    for school in schools:
        for year, as_of in (("2022-23", "2023-01-19"), ("2023-24", "2024-01-18"), ("2024-25", "2025-01-16")):
            roll, share = random.randint(180, 1200), random.randint(400, 4000) / 100
            where = f"{year}\t{as_of}"
            yield f"{school.id}\troll\t{where}\t{roll}\t{NULL}\t{NULL}\tSchool census\turn"
            yield f"{school.id}\tfsm\t{where}\t{NULL}\t{NULL}\t{share}\tSchool census\turn"


def _partnerships(schools: Sequence[School]) -> Iterator[Rows]:
    yield Rows("school.organisation", "school_id, id, name, sort_name, kind", _organisations(schools))
    columns = "school_id, id, organisation_id, title, sort_name, status, need_school, starts_on"
    yield Rows("school.partnership", columns, _agreements(schools))
    columns = "school_id, id, partnership_id, description, indicator, baseline, target, due_on"
    yield Rows("school.agreed_outcome", columns, _outcomes(schools))
    yield Rows("school.role_declaration", "school_id, id, partnership_id, side, responsibility", _roles(schools))


def _organisations(schools: Sequence[School]) -> Iterator[str]:
    for school in schools:
        for each in range(ORGANISATIONS):
            number = school.number * ORGANISATIONS + each
            name = f"{PLACES[each % 10]} {THINGS[each % 9]} Society {each:03}"
            kind = ORGANISATION_KINDS[number % len(ORGANISATION_KINDS)]
            yield f"{school.id}\t{id_of(Kind.ORGANISATION, number)}\t{name}\t{name.casefold()}\t{kind}"


def _agreements(schools: Sequence[School]) -> Iterator[str]:
    random = Random(SEED + 1)
    for school in schools:
        for each in range(PARTNERSHIPS):
            number = school.number * PARTNERSHIPS + each
            organisation = id_of(Kind.ORGANISATION, school.number * ORGANISATIONS + random.randrange(ORGANISATIONS))
            title = f"{random.choice(THINGS)} with {random.choice(PLACES)} {each:03}"
            rest = f"{title}\t{title.casefold()}\t{random.choice(STATUSES)}\tMore places for pupils\t2022-09-05"
            yield f"{school.id}\t{id_of(Kind.PARTNERSHIP, number)}\t{organisation}\t{rest}"


def _outcomes(schools: Sequence[School]) -> Iterator[str]:
    for school, partnership, number in _elements(schools):
        words = f"More pupils take part, year {number % ELEMENTS + 1}\tPupils who come at least monthly"
        yield f"{school.id}\t{id_of(Kind.OUTCOME, number)}\t{partnership}\t{words}\t10\t20\t2025-07-18"


def _roles(schools: Sequence[School]) -> Iterator[str]:
    said = ("school\tBrings the pupils and a room", "partner\tBrings people and materials", "partner\tKeeps the dates")
    for school, partnership, number in _elements(schools):
        yield f"{school.id}\t{id_of(Kind.ROLE, number)}\t{partnership}\t{said[number % ELEMENTS]}"


def _elements(schools: Sequence[School]) -> Iterator[tuple[School, str, int]]:
    """Each partnership as often as it has outcomes, or roles, with a number that goes on."""
    for school in schools:
        for number in range(school.number * PARTNERSHIPS, (school.number + 1) * PARTNERSHIPS):
            partnership = id_of(Kind.PARTNERSHIP, number)
            for each in range(ELEMENTS):
                yield school, partnership, number * ELEMENTS + each


def activity_ids(school: School) -> list[str]:
    """One of each partnership."""
    first = school.number * PARTNERSHIPS
    return [id_of(Kind.ACTIVITY, number) for number in range(first, first + PARTNERSHIPS)]


def _engagement(schools: Sequence[School]) -> Iterator[Rows]:
    yield Rows("school.activity", "school_id, id, partnership_id, title, sort_name, category", _activities(schools))
    columns = "school_id, id, activity_id, held_on, kind, hours, led_by, designed_by, space"
    yield Rows("school.session", columns, _sessions(schools))


def _activities(schools: Sequence[School]) -> Iterator[str]:
    for school in schools:
        for each, activity in enumerate(activity_ids(school)):
            partnership = id_of(Kind.PARTNERSHIP, school.number * PARTNERSHIPS + each)
            title = f"{THINGS[each % 9]} afternoons {each:03}"
            words = f"{title}\t{title.casefold()}\t{CATEGORIES[each % len(CATEGORIES)]}"
            yield f"{school.id}\t{activity}\t{partnership}\t{words}"


def _sessions(schools: Sequence[School]) -> Iterator[str]:
    random = Random(SEED + 2)
    endings = [
        f"{kind}\t{hours}\t{led_by}\t{designed_by}\t{space}"
        for kind in SESSION_KINDS
        for hours in ("0.75", "1.00", "1.50", "2.00")
        for led_by in LEADERS
        for designed_by in LEADERS
        for space in SPACES
    ]
    below, days, variety = random.random, len(HELD_ON), len(endings)
    for school in schools:
        activities, first = activity_ids(school), school.number * SESSIONS
        for number in range(first, first + SESSIONS):
            activity = activities[number % PARTNERSHIPS]
            rest = f"{HELD_ON[int(below() * days)]}\t{endings[int(below() * variety)]}"
            yield f"{school.id}\t{id_of(Kind.SESSION, number)}\t{activity}\t{rest}"


def _published(schools: Sequence[School], measures: Sequence[Measure]) -> Iterator[Rows]:
    names = ",".join(measure.id for measure in measures)
    columns = "trust_id, id, school_id, period, school_name, sort_name, phase, measure_ids, signed_by_name, signed_at, version"
    yield Rows("published.release", columns, _releases(schools, names))
    columns = (
        "trust_id, school_id, measure_id, period, measure_version, release_id, state, numerator, denominator, pupils, "
        "rate, interval_low, interval_high"
    )
    totals: dict[tuple[str, str, str], list[Decimal]] = {}
    yield Rows("published.value", columns, _values(schools, measures, totals))
    columns = "trust_id, measure_id, period, published, shown, numerator, denominator, rate"
    yield Rows("published.total", columns, _totals(measures, totals))
    yield Rows("published.version", "trust_id, number", [f"{trust.id}\t{len(PERIODS)}" for trust in all_trusts()])


def _releases(schools: Sequence[School], measure_ids: str) -> Iterator[str]:
    for school in schools:
        for version, (release, period) in enumerate(_shared(school), start=1):
            who = f"{school.name}\t{school.name.casefold()}\t{school.phase}"
            signed = f"{{{measure_ids}}}\tHead of {school.name}\t2025-09-01 09:00:00+00\t{version}"
            yield f"{school.trust.id}\t{release}\t{school.id}\t{period}\t{who}\t{signed}"


def _values(
    schools: Sequence[School], measures: Sequence[Measure], totals: dict[tuple[str, str, str], list[Decimal]]
) -> Iterator[str]:
    """Adds to `totals` of each trust, measure and period: published, shown, numerator, denominator."""
    random = Random(SEED + 3)
    for school in schools:
        for release, period in _shared(school):
            for measure in measures:
                cell = _cell(measure, random)
                total = totals.setdefault((school.trust.id, measure.id, period), [Decimal(0)] * 4)
                _add(total, cell)
                key = f"{school.trust.id}\t{school.id}\t{measure.id}\t{period}\t{measure.version}\t{release}"
                yield f"{key}\t{cell.state.value}\t{_told(cell)}"


def _shared(school: School) -> list[tuple[str, str]]:
    """The school's releases, one a term."""
    first = school.number * len(PERIODS)
    return [(id_of(Kind.RELEASE, first + number), period) for number, period in enumerate(PERIODS)]


def _cell(measure: Measure, random: Random) -> Cell:
    if random.random() < SUPPRESSED:
        return Cell(measure.id, measure.version, State.CONFIDENTIAL)
    denominator = random.randint(60, 1200)
    numerator, pupils = random.randint(10, denominator - 10), random.randint(60, 1200)
    return shown_cell(measure, Figure(Decimal(numerator), Decimal(denominator), pupils, ""), None)


def _add(total: list[Decimal], cell: Cell) -> None:
    total[0] += 1
    if cell.numerator is not None and cell.denominator is not None:
        total[1:] = [total[1] + 1, total[2] + cell.numerator, total[3] + cell.denominator]


def _told(cell: Cell) -> str:
    told = (cell.numerator, cell.denominator, cell.pupils, cell.rate, cell.interval_low, cell.interval_high)
    return "\t".join(NULL if each is None else str(each) for each in told)


def _totals(measures: Sequence[Measure], totals: dict[tuple[str, str, str], list[Decimal]]) -> Iterator[str]:
    by_id = {measure.id: measure for measure in measures}
    for (trust, measure_id, period), (published, shown, numerator, denominator) in totals.items():
        measure = by_id[measure_id]
        rate = measure.rate_of(numerator, denominator)
        assert rate is not None
        figures = f"{published}\t{shown}\t{numerator}\t{denominator}\t{measure.rounded(rate)}"
        yield f"{trust}\t{measure_id}\t{period}\t{figures}"
