"""Documents that are small as they stand and large once expanded, or that never end."""

from tests.gateway.hostile.case import Outcome, document

LEAF = "id urn name"


def doubling(levels: int, last: str = LEAF) -> str:
    """Each fragment spreads the next one twice: 2 to the power of `levels` fields."""
    fragments = [f"fragment F{level} on School {{ ...F{level + 1} ...F{level + 1} }}" for level in range(levels)]
    return " ".join([*fragments, f"fragment F{levels} on School {{ {last} }}"])


def doubling_by_alias(levels: int) -> str:
    """As many fields with a name of their own each, through two aliases of a field that returns its own type."""
    step = "a: partnerships(first: 1) {{ nodes {{ activities {{ nodes {{ id }} }} ...P{0} }} }}"
    fragments = [
        f"fragment P{level} on Partnership {{ x{level}: activities {{ nodes {{ id }} }} ...P{level + 1} ...P{level + 1} }}"
        for level in range(levels)
    ]
    return f"{{ {step.format(0)} }} " + " ".join(fragments) + f" fragment P{levels} on Partnership {{ id }}"


def chain(count: int) -> str:
    links = [f"fragment F{number} on School {{ ...F{number + 1} }}" for number in range(count)]
    return "{ school { ...F0 } } " + " ".join(links) + f" fragment F{count} on School {{ id }}"


def every_one_spreads_all_later(count: int) -> str:
    """Not deep and not circular; but there are as many pairs of fragments as pairs of numbers."""
    fragments = []
    for number in range(count):
        later = " ".join(f"...F{other}" for other in range(number + 1, count))
        fragments.append(f"fragment F{number} on School {{ id {later} }}")
    return "{ school { ...F0 } } " + " ".join(fragments)


def nested_equal_fields(levels: int, width: int) -> str:
    """Each level says one field many times; whoever compares them in pairs compares without end."""
    inner = "id"
    for _ in range(levels):
        inner = " ".join(["activity { sessions(first: 1) { nodes { " + inner + " } } }"] * width)
    return "{ sessions(first: 1) { nodes { " + inner + " } } }"


def nested_equal_fragments(levels: int, width: int) -> str:
    """The same through fragments, each spread many times under equal names."""
    fragments = []
    for level in range(levels):
        spreads = " ".join([f"activity {{ ...A{level} }}"] * width)
        fragments.append(f"fragment S{level} on Session {{ {spreads} }}")
        inner = " ".join([f"sessions(first: 1) {{ nodes {{ ...S{level + 1} }} }}"] * width)
        fragments.append(f"fragment A{level} on Activity {{ {inner} }}")
    return (
        "{ sessions(first: 1) { nodes { ...S0 } } } " + " ".join(fragments) + f" fragment S{levels} on Session {{ id }}"
    )


def differing_arguments(count: int) -> str:
    """Every pair of these fields conflicts."""
    return "{ " + " ".join(f"partnerships(first: {number}) {{ nodes {{ id }} }}" for number in range(count)) + " }"


def circle(size: int) -> str:
    links = [f"fragment F{number} on School {{ id ...F{(number + 1) % size} }}" for number in range(size)]
    return "{ school { ...F0 } } " + " ".join(links)


def circle_through_fields() -> str:
    return (
        "{ sessions(first: 1) { nodes { ...S } } } fragment S on Session { activity { ...A } }"
        " fragment A on Activity { sessions(first: 1) { nodes { ...S } } }"
    )


EQUAL = "school { id urn name }"

FRAGMENTS = [
    document("fragments that double 20 times", lambda: "{ school { ...F0 } } " + doubling(20)),
    document("fragments that double 24 times", lambda: "{ school { ...F0 } } " + doubling(24)),
    document("fragments that double 60 times", lambda: "{ school { ...F0 } } " + doubling(60)),
    document("fragments that double 60 times and are never used", lambda: "{ school { id } } " + doubling(60)),
    document("fragments that double 45 times down to nothing known", lambda: "{ school { ...F0 } } " + doubling(45, "nothing")),
    document("fragments that double 40 times with a page at each step", lambda: doubling_by_alias(40)),
    document("fragments that double 60 times, in an introspection", lambda: (
        "{ __schema { types { ...F0 } } } "
        + " ".join(f"fragment F{n} on __Type {{ ...F{n + 1} ...F{n + 1} }}" for n in range(60))
        + " fragment F60 on __Type { name }"
    )),
    document("inline fragments nested four hundred deep", "{ school " + "{ ... on School " * 400 + "{ id }" + " }" * 400 + " }"),
    document("a chain of 600 fragments", lambda: chain(600)),
    document("a chain of 45 fragments", lambda: chain(45), Outcome.EITHER),
    document("a fragment that spreads itself", lambda: circle(1)),
    document("two fragments that spread each other", lambda: circle(2)),
    document("a circle of three hundred fragments", lambda: circle(300)),
    document("a circle of fragments through fields", circle_through_fields),
    document("a circle of fragments that nobody uses", lambda: "{ school { id } } " + circle(3).partition("} } ")[2]),
    document("six hundred fragments that nobody uses", lambda: (
        "{ school { id } } " + " ".join(f"fragment F{number} on School {{ id }}" for number in range(600))
    )),
    document("six hundred fragments of one name", lambda: "{ school { ...F } } " + "fragment F on School { id } " * 600),
    document("six hundred spreads of a fragment that is not there", "{ school { " + "...Nothing " * 600 + "} }"),
    document("seventy fragments, each of which spreads all later ones", lambda: every_one_spreads_all_later(70), Outcome.EITHER),
    document("a thousand equal fields", "{ " + "school { id } " * 1000 + "}", Outcome.EITHER),
    document("eight hundred equal fields in two halves", "{ " + f"{EQUAL} " * 400 + "...H } fragment H on Query { " + f"{EQUAL} " * 400 + "}", Outcome.EITHER),
    document("equal fields nested five deep, three wide", lambda: nested_equal_fields(5, 3), Outcome.EITHER),
    document("equal fragments nested eight deep, six wide", lambda: nested_equal_fragments(8, 6)),
    document("four hundred fields that differ in an argument", lambda: differing_arguments(400)),
    document("twenty thousand times __typename", "{ " + "__typename " * 20_000 + "}"),
    document("five thousand times __typename", "{ " + "__typename " * 4_990 + "}", Outcome.EITHER),
    document("a hundred pages of pages of pages", lambda: (
        "{ " + " ".join(f"p{n}: partnerships(first: 100) {{ nodes {{ activities(first: 100) {{ nodes {{ sessions(first: 100) {{ nodes {{ id }} }} }} }} }} }}" for n in range(100)) + " }"
    )),
    document("a page of pages of pages", (
        "{ partnerships(first: 100) { nodes { activities(first: 100) { nodes { sessions(first: 100) { nodes { id } } } } } } }"
    )),
]  # fmt: skip
