"""Compares what happened with what the doctrine says; every difference is a finding."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Self

from footbridge.runtime.database import Role
from tests.foundation.server import Copy
from tests.isolation.attempt import Attempt, Attempts, Operation
from tests.isolation.catalogue import Relation, read_relations
from tests.isolation.doctrine import DOCTRINE, READS_ALL, Rights, kind_of, rights_of
from tests.isolation.expectation import Speaker, may_be_refused_by_constraint
from tests.isolation.outcome import Kind, Outcome, Step, run
from tests.isolation.rows import NoRow, Rows
from tests.isolation.tenant import Said, Setting, Tenants

Findings = list[str]


class Matrix:
    """Tables and views × roles × settings × operations, on one database."""

    def __init__(self, copy: Copy, tenants: Tenants, only: Collection[str] | None = None) -> None:
        self._copy = copy
        self._tenants = tenants
        self._administrator = copy.connect()
        self._attempts = Attempts(Rows(self._administrator, tenants), tenants)
        found = read_relations(self._administrator, only)
        self.relations = [relation for relation in found if relation.kind in {"r", "p", "v"}]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._administrator.close()

    def findings(self, roles: Iterable[Role] = tuple(Role)) -> Findings:
        """Everything that does not go as the doctrine says."""
        found = [finding for relation in self.relations for finding in self.controls(relation)]
        for role in roles:
            by_relation = self.findings_of(role)
            found += [finding for findings in by_relation.values() for finding in findings]
        return found

    def findings_of(self, role: Role) -> dict[str, Findings]:
        """By table or view, for one role under every setting."""
        found: dict[str, Findings] = {relation.full_name: [] for relation in self.relations}
        for setting in Setting:
            for relation, finding in self._under(role, setting):
                found[relation.full_name].append(f"{relation.full_name} as {role.login}, {setting}: {finding}")
        return found

    def controls(self, relation: Relation) -> Findings:
        """Each statement succeeds for one whom no wall stops: what is denied is not denied for its wording."""
        rights = Rights(select=frozenset(relation.tenant_columns))
        said = Said.by(Role.SCHOOL, Setting.OWN, self._tenants)
        try:
            made = list(self._attempts.on(relation, rights, said))
        except NoRow as error:
            return [str(error)]
        with self._copy.connect() as connection:
            outcomes = run(connection, said.commands(), [Step(attempt, None) for attempt in made])
        return [
            f"{relation.full_name} as the superuser: {attempt}: {outcome.kind} ({outcome.message})"
            for attempt, outcome in zip(made, outcomes, strict=True)
            if not _passes(relation, rights, attempt, outcome)
        ]

    def _under(self, role: Role, setting: Setting) -> Iterator[tuple[Relation, str]]:
        said = Said.by(role, setting, self._tenants)
        planned = [plan for relation in self.relations for plan in _plan(relation, role, said, self._attempts)]
        with self._copy.connect(role) as connection:
            outcomes = run(connection, said.commands(), [step for _, step in planned])
        for (speaker, step), outcome in zip(planned, outcomes, strict=True):
            finding = _judge(speaker, step.attempt, outcome)
            if finding is not None:
                yield speaker.relation, finding


def _plan(relation: Relation, role: Role, said: Said, attempts: Attempts) -> Sequence[tuple[Speaker, Step]]:
    rights = _rights(relation, role)
    try:
        made = list(attempts.on(relation, rights, said))
    except NoRow:
        return []  # the controls have said so
    plan = []
    for attempt in made:
        held = attempts.held_key(relation, said, attempt)
        plan.append((Speaker(relation, rights, said, held), Step(attempt, held)))
    return plan


def _rights(relation: Relation, role: Role) -> Rights:
    """A view may at most be read; what has no wall, or one of no known word, is nobody's."""
    if kind_of(relation.wall) not in DOCTRINE:
        return READS_ALL if role is Role.BACKUP else Rights()
    rights = rights_of(relation.wall, role)
    return Rights(select=rights.select) if relation.is_view else rights


def _judge(speaker: Speaker, attempt: Attempt, outcome: Outcome) -> str | None:
    expected = speaker.expected(attempt)
    if outcome.kind in expected:
        return None
    if Kind.DONE in expected and _passes(speaker.relation, speaker.rights, attempt, outcome):
        return None
    wanted = " or ".join(sorted(expected))
    return f"{attempt}: expected “{wanted}”, found “{outcome.kind}” ({outcome.message}): {attempt.sql[:200]}"


def _passes(relation: Relation, rights: Rights, attempt: Attempt, outcome: Outcome) -> bool:
    if attempt.operation is Operation.SURVEY and not relation.tenant_columns:
        return True  # nobody's rows in particular
    if attempt.operation is Operation.TRUNCATE and outcome.kind is Kind.UNSUPPORTED:
        return "referenced in a foreign key" in outcome.message
    if outcome.kind is Kind.CONSTRAINT:
        return may_be_refused_by_constraint(relation, attempt, rights)
    return not outcome.is_denied
