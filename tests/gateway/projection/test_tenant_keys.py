"""Row-level security is the wall: a statement without the tenant's key beside it gives the same answers."""

import pytest

from footbridge.gateway.projection.plan import Compiled
from footbridge.gateway.school.schema import school_schema
from footbridge.gateway.trust.schema import trust_schema
from tests.gateway.differential.both_paths import Answer
from tests.gateway.differential.harvest import connections, harvest_cursors, harvest_ids
from tests.gateway.differential.tally import COMPUTED
from tests.gateway.projection.conftest import Stage
from tests.gateway.projection.contract import QUERIES, VARIABLES, text_of
from tests.gateway.projection.generated import every_relation, found_by_id, pages, relations
from tests.gateway.projection.reading import Reader, without_tenant_keys
from tests.gateway.projection.tenant_conditions import WRITTEN, tables, unbound

SCHEMAS = {"school": school_schema, "trust": trust_schema}
BY_ID = {f"Query.{name}" for name in ("node", "partnership", "activity", "release", "school")}


async def documents(reader: Reader) -> list[str]:
    """Every relation, every connection's pages, and every type by its id, as far as this reader finds any."""
    schema = reader.paths.schema._schema

    async def ask(text: str) -> object:
        return (await reader.paths.answer(reader.caller, reader.operation(text), compiled=False)).content["data"] or {}

    found = [text for _, text in relations(schema)]
    for coordinate, cursors in (await harvest_cursors(schema, ask)).items():
        found += pages(schema, coordinate, cursors) if cursors else []
    for kind, ids in (await harvest_ids(schema, ask)).items():
        found += [found_by_id(schema, kind, identifier) for identifier in ids[:2]]
    return found


async def both_ways(reader: Reader, text: str, **variables: object) -> tuple[Answer, Answer]:
    """With keys and without."""
    kept = await reader.compiled(reader.operation(text, **variables))
    with without_tenant_keys():
        stripped = await reader.compiled(reader.operation(text, **variables))
    return kept, stripped


@pytest.mark.parametrize("side", SCHEMAS)
async def test_the_contract_answers_alike_without_the_tenant_keys(stage: Stage, side: str) -> None:
    told: dict[str, set[bytes]] = {}
    for name, reader in stage.everybody[side].items():
        for _, operation in (each for each in QUERIES if each[0] == side):
            kept, stripped = await both_ways(reader, text_of(side, operation), **VARIABLES.get(operation, {}))
            assert stripped.body == kept.body, f"{operation} for {name}"
            told.setdefault(operation, set()).add(kept.body)
    alike = {operation for operation, bodies in told.items() if len(bodies) == 1}
    assert alike <= {"Measures", "Release"}, "tenants are told apart by what they are answered"


@pytest.mark.parametrize("side", SCHEMAS)
async def test_every_relation_answers_alike_without_the_tenant_keys(stage: Stage, side: str) -> None:
    stripped_statements = 0
    for name, reader in stage.everybody[side].items():
        for text in await documents(reader):
            kept, stripped = await both_ways(reader, text)
            assert stripped.body == kept.body, f"{text} for {name}"
            if not kept.errors:
                assert not [sql for sql in stripped.statements if WRITTEN.search(sql)], text
                stripped_statements += kept.statements != stripped.statements
    assert stripped_statements > 30


@pytest.mark.parametrize("side", SCHEMAS)
async def test_another_ones_things_are_not_found_without_the_tenant_keys(stage: Stage, side: str) -> None:
    """By ids of everybody, asked by everybody: what is there for one is not there for the others."""
    readers = stage.everybody[side]
    mine, *others = readers.values()
    schema = mine.paths.schema._schema

    async def ask(text: str) -> object:
        return (await mine.paths.answer(mine.caller, mine.operation(text), compiled=False)).content["data"]

    texts = [found_by_id(schema, kind, ids[0]) for kind, ids in (await harvest_ids(schema, ask)).items() if ids]
    missed = 0
    for other in others:
        for text in texts:
            kept, stripped = await both_ways(other, text)
            assert stripped.body == kept.body, text
            missed += kept.content["data"] == {"node": None}
    assert missed >= len(texts)


@pytest.mark.parametrize("side", SCHEMAS)
async def test_the_documents_reach_every_relation(side: str) -> None:
    schema = SCHEMAS[side]._schema
    reached = {coordinate for coordinate, _ in relations(schema)}
    not_asked = every_relation(schema) - reached - COMPUTED - BY_ID
    query_only = {name for name in not_asked if not _is_of_a_mutation(name)}
    assert query_only == set()
    assert {coordinate for coordinate, *_ in connections(schema)} <= reached


def _is_of_a_mutation(coordinate: str) -> bool:
    kind = coordinate.split(".", maxsplit=1)[0]
    return kind in {"Mutation", "ReleaseRefusal", "SchoolFigure", "PublicationPreview", "PreviewCell"}


@pytest.mark.parametrize("side", SCHEMAS)
async def test_every_table_of_a_tenant_is_read_under_its_key(stage: Stage, side: str) -> None:
    reader = next(iter(stage.everybody[side].values()))
    contract = [(text_of(*each), VARIABLES.get(each[1], {})) for each in QUERIES if each[0] == side]
    seen: set[str] = set()
    for text, variables in [*contract, *((text, {}) for text in await documents(reader))]:
        for root in reader.plan(text, **variables).roots:
            if isinstance(root, Compiled):
                assert unbound(root.sql) == [], f"{text}\n{root.sql}"
                seen |= {table.name for table in tables(root.sql)}
    expected = {
        "school": {"school.partnership", "school.participation_count", "release.release", "delegation.access_record"},
        "trust": {"published.release", "published.value", "published.total", "published.version"},
    }  # fmt: skip
    assert expected[side] <= seen


async def test_a_table_without_its_key_is_seen(head: Reader) -> None:
    """The reading of the text notices what it is for."""
    (root,) = head.plan(text_of("school", "Partnerships"), tenant_keys=False).roots
    assert isinstance(root, Compiled)
    assert set(unbound(root.sql)) == {table.name for table in tables(root.sql)} != set()
