"""Mixed operations, made by chance from a seed: own things, others' ids and cursors, reads, changes, comparisons."""

import uuid
from collections.abc import Awaitable, Callable
from random import Random
from typing import Any

from tests.gateway.storm.channel import Answer
from tests.gateway.storm.tenants import Actor, Tenants

MEASURES = ("persistent-absence", "youth-led-share", "parents-meeting-attendance", "attendance", "nothing-known")
PERIODS = ("2024-25", "2023-24")
REGISTERED = ("School", "Partnerships", "Activities", "Sessions", "Observations", "Releases", "AccessRecords")
LEAVES = {
    "school": "name trustName",
    "partnerships": "id title needSchool organisation { name identifier } outcomes { description }",
    "activities": "id title sessions(first: 2) { nodes { id heldOn } }",
    "sessions": "id heldOn activity { title } youthVoice { voice }",
    "releases": "id state preparedBy signedBy",
    "observations": "id source derivation numerator",
}
FEW = {
    "partnerships": "title needSchool", "activities": "title category", "sessions": "id hours youthVoice { voice }",
    "releases": "id signedBy", "observations": "source",
}  # fmt: skip
ONE = {"partnership": "partnerships", "activity": "activities", "release": "releases"}
PAGES = ("partnerships", "activities", "sessions", "releases", "observations")
FOREIGN_SHARE = 0.35
TRUSTS_SHARE = 0.12


class Chance:
    """One worker's: the same seed asks the same."""

    def __init__(self, tenants: Tenants, seed: int) -> None:
        self._tenants = tenants
        self.random = Random(seed)

    def operation(self) -> tuple[Actor, Callable[[], Awaitable[Answer]]]:
        """Somebody, and what they do."""
        tenants = self._tenants
        actor = self.random.choice(tenants.trusts if self.random.random() < TRUSTS_SHARE else tenants.schools)
        kinds = self._at_trust if actor.side == "trust" else self._at_school
        make = self.random.choices([kind for kind, _ in kinds], [weight for _, weight in kinds])[0]
        return actor, make(self, actor)

    def registered(self, actor: Actor) -> Callable[[], Awaitable[Answer]]:
        name = self.random.choice(
            ("School", "Partnerships", "Activities", "Sessions", "Observations", "Releases", "AccessRecords")
        )
        variables: dict[str, Any] = {} if name == "School" else {"first": self.random.randint(1, 5)}
        if name.lower() in PAGES and self.random.random() < 0.5:
            variables["after"] = self._cursor(actor, name.lower())
        return lambda: actor.run(name, variables)

    def figure(self, actor: Actor) -> Callable[[], Awaitable[Answer]]:
        name = self.random.choice(("Figure", "SiblingStanding"))
        return lambda: actor.run(name, {"measureId": self._measure(), "period": self._period()})

    def calendar(self, actor: Actor) -> Callable[[], Awaitable[Answer]]:
        return lambda: actor.run("SchoolCalendar", {"period": self._period()})

    def page_of_ones_own(self, actor: Actor) -> Callable[[], Awaitable[Answer]]:
        name = self.random.choice(PAGES)
        after = self._cursor(actor, name) if self.random.random() < 0.4 else None
        query = f"query Page($first: Int, $after: String) {{ {name}(first: $first, after: $after) {{ nodes {{ {self._leaves(name)} }} }} }}"
        return lambda: actor.ask(query, {"first": self.random.randint(0, 3), "after": after})

    def one_by_id(self, actor: Actor) -> Callable[[], Awaitable[Answer]]:
        field = self.random.choice(list(ONE))
        ids = {"a": self._id(actor, ONE[field]), "b": self._id(self._anybody(), ONE[field])}
        leaves = self._leaves(ONE[field])
        query = f"query One($a: ID!, $b: ID!) {{ a: {field}(id: $a) {{ {leaves} }} b: {field}(id: $b) {{ {leaves} }} }}"
        return lambda: actor.ask(query, ids)

    def name(self, actor: Actor) -> Callable[[], Awaitable[Answer]]:
        return lambda: actor.ask(f"{{ school {{ {LEAVES['school']} }} }}", {})

    def add(self, actor: Actor) -> Callable[[], Awaitable[Answer]]:
        number = self.random.randint(0, 30)
        if self.random.random() < 0.5:
            told: dict[str, Any] = {"name": f"Club {actor.word} {number}", "kind": "CLUB_OR_SOCIETY"}
            return self._change(actor, "AddOrganisation", told)
        told = {"title": f"Choir {actor.word} {number}", "category": "ARTS_AND_CULTURE"}
        if self.random.random() < 0.5:
            told["partnershipId"] = self._id(self._maybe_other(actor), "partnerships")
        return self._change(actor, "AddActivity", told)

    def meet(self, actor: Actor) -> Callable[[], Awaitable[Answer]]:
        session = {
            "activityId": self._id(self._maybe_other(actor), "activities"), "hours": "1.5", "kind": "WORKSHOP",
            "heldOn": f"2024-10-{self.random.randint(1, 28):02}", "ledBy": "PUPILS", "designedBy": "JOINTLY",
            "space": "OURS", "participation": [{"audience": "PUPILS", "attended": self.random.randint(1, 30)}],
        }  # fmt: skip
        return self._change(actor, "RecordSession", {"input": session})

    def remove(self, actor: Actor) -> Callable[[], Awaitable[Answer]]:
        """Of others only: one’s own are needed."""
        return self._change(actor, "RemoveSession", {"sessionId": self._id(self._anybody_but(actor), "sessions")})

    def observe(self, actor: Actor) -> Callable[[], Awaitable[Answer]]:
        row = {
            "measureId": "persistent-absence", "period": self._period(), "source": f"Register {actor.word}",
            "numerator": self.random.randint(10, 60), "denominator": 230,
        }  # fmt: skip
        return self._change(actor, "ImportObservations", {"rows": [row]})

    def compare(self, actor: Actor) -> Callable[[], Awaitable[Answer]]:
        return lambda: actor.run("Comparison", {"measureId": self._measure(), "period": self._period()})

    def look_at_trust(self, actor: Actor) -> Callable[[], Awaitable[Answer]]:
        return lambda: actor.run("Trust", {"first": self.random.randint(1, 5)})

    def look_at_releases(self, actor: Actor) -> Callable[[], Awaitable[Answer]]:
        urn = self.random.choice(self._maybe_other_trust(actor).urns)
        return lambda: actor.run("SchoolReleases", {"urn": urn, "first": 2})

    def ask_as_trust(self, actor: Actor) -> Callable[[], Awaitable[Answer]]:
        urn = self.random.choice(self._maybe_other_trust(actor).urns)
        query = "query Notes($urn: String!) { school(urn: $urn) { name releases(first: 1) { nodes { values { contextNote } } } } }"
        return lambda: actor.ask(query, {"urn": urn})

    def name_of_trust(self, actor: Actor) -> Callable[[], Awaitable[Answer]]:
        return lambda: actor.ask("{ trust { name } }", {})

    _at_school = (
        (registered, 40), (page_of_ones_own, 15), (one_by_id, 10), (name, 10), (figure, 2), (calendar, 4),
        (add, 8), (meet, 4), (remove, 4), (observe, 3),
    )  # fmt: skip
    _at_trust = ((compare, 15), (look_at_trust, 5), (look_at_releases, 10), (ask_as_trust, 30), (name_of_trust, 40))

    def _change(self, actor: Actor, name: str, variables: dict[str, Any]) -> Callable[[], Awaitable[Answer]]:
        """Now and then with a key that others use as well."""
        shared = self.random.random() < 0.1
        key = f"shared-{self.random.randint(0, 50)}" if shared else uuid.UUID(int=self.random.getrandbits(128)).hex
        return lambda: actor.run(name, {**variables, "idempotencyKey": key})

    def _anybody(self) -> Actor:
        return self.random.choice(self._tenants.schools)

    def _anybody_but(self, actor: Actor) -> Actor:
        return self.random.choice([other for other in self._tenants.schools if other is not actor])

    def _maybe_other(self, actor: Actor) -> Actor:
        return self._anybody() if self.random.random() < FOREIGN_SHARE else actor

    def _maybe_other_trust(self, actor: Actor) -> Actor:
        return self.random.choice(self._tenants.trusts) if self.random.random() < FOREIGN_SHARE else actor

    def _id(self, of: Actor, kind: str) -> str:
        return self.random.choice(of.ids[kind])

    def _cursor(self, actor: Actor, kind: str) -> str:
        return self.random.choice(self._maybe_other(actor).cursors[kind])

    def _leaves(self, name: str) -> str:
        return self.random.choice((LEAVES, FEW, FEW))[name]

    def _measure(self) -> str:
        return self.random.choice(MEASURES)

    def _period(self) -> str:
        return self.random.choice(PERIODS)
