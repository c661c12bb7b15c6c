"""Documents that are deep, long, strange in their letters, or mean what they should not."""

import base64
import json

from tests.gateway.hostile.case import Case, Outcome, Sender, document

PAGE = "query Q($after: String) { partnerships(after: $after) { nodes { id } } }"
PREVIEW = 'query Q($m: [ChosenMeasureInput!]) { publicationPreview(period: "2024-25", measures: $m) { hash } }'
SESSION = "mutation M($i: SessionInput!, $k: ID!) { recordSession(idempotencyKey: $k, input: $i) { __typename ... on Refusal { code } } }"
AN_HOUR = {
    "activityId": "act_00000000000000000000000000000000", "heldOn": "2024-10-10", "kind": "WORKSHOP", "hours": "1",
    "ledBy": "PUPILS", "designedBy": "PUPILS", "space": "OURS",
}  # fmt: skip
MUTATION = 'addOrganisation(name: "A", kind: CHARITY, idempotencyKey: "k") { __typename }'


def nested_lists(depth: int) -> str:
    return "{ partnership(id: " + "[" * depth + "]" * depth + ") { id } }"


def nested_objects(depth: int) -> str:
    return "{ partnership(id: " + "{a: " * depth + "1" + "}" * depth + ") { id } }"


def list_type(depth: int) -> str:
    return "query Q($a: " + "[" * depth + "ID" + "]" * depth + ") { partnership(id: $a) { id } }"


def cursor(content: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


DEEP = [
    document("ten thousand nested fields", "{ school " * 4999 + "{ id }" + " }" * 4999),
    document("two thousand nested fields", "{ school " * 2000 + "{ id }" + " }" * 2000),
    document("an argument of ten thousand nested lists", lambda: nested_lists(10_000)),
    document("an argument of two thousand nested lists", lambda: nested_lists(2_000)),
    document("an argument of a thousand nested objects", lambda: nested_objects(1_000)),
    document("a variable of two thousand nested list types", lambda: list_type(2_000)),
    document("sixty thousand opening braces", "{" * 60_000),
    document("four thousand opening braces", "{" * 4_000),
    document("sixty thousand opening brackets of an argument", "{ partnership(id: " + "[" * 60_000),
]

LONG = [
    document("sixty thousand commas", "{ school" + "," * 60_000 + "{ id } }", Outcome.EITHER),
    document("sixty thousand line ends", "{ school" + "\n" * 60_000 + "{ id } }", Outcome.EITHER),
    document("a comment of sixty kilobytes", "# " + "x" * 61_000 + "\n{ school { id } }", Outcome.EITHER),
    document("thirty thousand comments", "#\n" * 30_000 + "{ school { id } }", Outcome.EITHER),
    document("only a comment", "# nothing"),
    document("a block string of sixty kilobytes", '{ partnership(id: """' + "x\n" * 30_000 + '""") { id } }', Outcome.EITHER),
    document("a block string of spaces and line ends", '{ partnership(id: """' + " \n" * 30_000 + '""") { id } }', Outcome.EITHER),
    document("a block string of indentations", '{ partnership(id: """' + "\n".join(" " * (n % 200) + "x" for n in range(580)) + '""") { id } }', Outcome.EITHER),
    document("a block string without end", '{ partnership(id: """' + "x" * 60_000),
    document("a string of ten thousand escapes", '{ partnership(id: "' + "\\u0041" * 10_000 + '") { id } }', Outcome.EITHER),
    document("a string without end", '{ partnership(id: "' + "x" * 60_000),
    document("a name of sixty thousand letters", "{ " + "a" * 60_000 + " }"),
    document("a document of two hundred and fifty kilobytes", lambda: "{ school { id } }" + " " * 250_000),
    document("almost five thousand unknown fields", lambda: "{ " + " ".join(f"u{n}" for n in range(4_900)) + " }"),
    document("nine hundred operations", lambda: " ".join(f"query Q{n} {{ __typename }}" for n in range(900))),
    document("nine hundred operations of one name", "query Q { __typename } " * 900),
    document("two operations without a name", "{ __typename } { __typename }"),
    document("a thousand variables", lambda: (
        "query Q(" + " ".join(f"$v{n}: ID" for n in range(1_000)) + ") { partnership(id: $v0) { id } }"
    )),
    document("a thousand variables of one name", "query Q(" + "$v: ID " * 1_000 + ") { partnership(id: $v) { id } }"),
    document("four hundred unknown variables", lambda: "{ " + " ".join(f"a{n}: partnership(id: $v{n}) {{ id }}" for n in range(400)) + " }"),
    document("twelve hundred unknown arguments", lambda: "{ partnership(" + " ".join(f"a{n}: 1" for n in range(1_200)) + ") { id } }"),
    document("twelve hundred times one argument", "{ partnership(" + 'id: "a" ' * 1_200 + ") { id } }"),
    document("a list of twenty thousand values as an argument", "{ partnership(id: [" + "1," * 20_000 + "]) { id } }"),
    document("one measure chosen four thousand times", PREVIEW, variables=lambda: {"m": [{"measureId": "persistent-absence"}] * 4_000}),
    document("one measure chosen seven hundred times in the document", (
        '{ publicationPreview(period: "2024-25", measures: [' + '{measureId: "persistent-absence"}' * 700 + ']) { hash } }'
    )),
    document("a release of one measure four thousand times", (
        'mutation M($m: [ChosenMeasureInput!]!) { prepareRelease(period: "2024-25", measures: $m, idempotencyKey: "m") { __typename ... on ReleaseRefusal { code } } }'
    ), Outcome.EITHER, variables=lambda: {"m": [{"measureId": "persistent-absence"}] * 4_000}),
    document("a session with four thousand counts", SESSION, Outcome.EITHER, variables=lambda: {
        "k": "hour 1", "i": {**AN_HOUR, "participation": [{"audience": "PUPILS", "attended": 1}] * 4_000}
    }),
    document("a session with four thousand year groups", SESSION, Outcome.EITHER, variables=lambda: {
        "k": "hour 2", "i": {**AN_HOUR, "kind": "PARENTS_MEETING", "yearGroups": [{"yearGroup": 3, "pupils": 1, "inPerson": 1}] * 4_000}
    }),
    document("four thousand figures that are not new", (
        'mutation M($r: [ObservationInput!]!) { importObservations(rows: $r, idempotencyKey: "r") { __typename ... on Refusal { code } } }'
    ), Outcome.EITHER, variables=lambda: {"r": [{"measureId": "x", "period": "y", "source": "z"}] * 4_000}),
    document("a partnership with four thousand roles", (
        'mutation M($e: ElementsInput!) { addPartnershipElements(partnershipId: "par_00000000000000000000000000000000", elements: $e, idempotencyKey: "p")'
        ' { __typename ... on Refusal { code } } }'
    ), Outcome.EITHER, variables=lambda: {"e": {"roles": [{"side": "SCHOOL", "responsibility": "x"}] * 4_000}}),
    document("an input object with ten thousand unknown members", PREVIEW, variables=lambda: {"m": [{f"u{n}": n for n in range(10_000)}]}),
    document("a list of twenty thousand wrong values", PREVIEW, variables=lambda: {"m": [7] * 20_000}),
]  # fmt: skip

NUMBERS = [
    document("an integer of 5,000 digits in the document", "{ partnerships(first: " + "9" * 5_000 + ") { nodes { id } } }"),
    document("an integer of 60,000 digits in the document", "{ partnerships(first: " + "9" * 60_000 + ") { nodes { id } } }"),
    document("an integer of 5,000 digits as an id", "{ partnership(id: " + "9" * 5_000 + ") { id } }", Outcome.EITHER),
    document("an integer of 5,000 digits as a default", "query Q($first: Int = " + "9" * 5_000 + ") { partnerships(first: $first) { nodes { id } } }"),
    document("a float of 5,000 digits", "{ partnerships(first: " + "9" * 5_000 + ".5) { nodes { id } } }"),
    document("1e999 in the document", "{ partnerships(first: 1e999) { nodes { id } } }"),
    document("1e400000000 in the document", "{ partnerships(first: 1e400000000) { nodes { id } } }"),
    document("NaN in the document", "{ partnerships(first: NaN) { nodes { id } } }"),
    document("a page of minus one", "{ partnerships(first: -1) { nodes { id } } }"),
    document("a page of all that fits an integer", "{ partnerships(first: 2147483647) { nodes { id } } }", Outcome.EITHER),
    document("a page of true, as a variable", "query Q($n: Int) { partnerships(first: $n) { nodes { id } } }", variables=lambda: {"n": True}),
    document("a page of 1.0e2, as a variable", "query Q($n: Int) { partnerships(first: $n) { nodes { id } } }", Outcome.EITHER, variables=lambda: {"n": 100.0}),
    document("hours of 200,000 digits", SESSION, Outcome.EITHER, variables=lambda: {"k": "hour 3", "i": {**AN_HOUR, "hours": "9" * 200_000}}),
    document("hours of 1e999999999", SESSION, Outcome.EITHER, variables=lambda: {"k": "hour 4", "i": {**AN_HOUR, "hours": "1e999999999"}}),
]  # fmt: skip

LETTERS = [
    document("a lone surrogate by an escape of GraphQL", '{ partnership(id: "\\ud800") { id } }'),
    document("surrogates in the wrong order", '{ partnership(id: "\\udc00\\ud800") { id } }'),
    document("an escape beyond Unicode", '{ partnership(id: "\\u{110000}") { id } }'),
    document("an escape of a surrogate in braces", '{ partnership(id: "\\u{D800}") { id } }'),
    document("an escape of five thousand digits", '{ partnership(id: "\\u{' + "0" * 5_000 + '41}") { id } }', Outcome.EITHER),
    document("NUL by an escape of GraphQL", '{ partnership(id: "\\u0000") { id } }'),
    document("NUL by an escape of GraphQL in braces", '{ partnership(id: "\\u{0}") { id } }'),
    document("NUL in a block string", '{ partnership(id: """a\0b""") { id } }'),
    document("NUL between two words", "{ school\0{ id } }"),
    document("a byte order mark before and within", "\ufeff{ school \ufeff{ id } }", Outcome.EITHER),
    document("a name with a letter of another script", "{ sch\u043eol { id } }"),
    document("a name with an invisible space", "{ scho\u200bol { id } }"),
    document("text that turns the line round", '{ partnership(id: "\u202e\u2066evil") { id } }', Outcome.EITHER),
    document("spaces of other scripts", "{\u00a0school\u2003{ id } }"),
    document("control characters", "{ school \x07\x1b[31m { id } }"),
    document("letters beyond the first plane", '{ partnership(id: "' + "\U0001f3eb" * 5_000 + '") { id } }', Outcome.EITHER),
    document("a word that grows when it is normalised", 'mutation { addOrganisation(name: "' + "\ufdfa" * 3_000 + '", kind: CHARITY, idempotencyKey: "n") { __typename } }', Outcome.EITHER),
    document("a thousand accents on one letter", 'mutation { addOrganisation(name: "a' + "\u0301" * 15_000 + '", kind: CHARITY, idempotencyKey: "z") { __typename } }', Outcome.EITHER),
]  # fmt: skip

DIRECTIVES = [
    document("seven hundred times @skip", "{ school { id " + "@skip(if: false) " * 700 + "} }"),
    document("five hundred fields with @include", lambda: "query Q($v: Boolean!) { " + "__typename @include(if: $v) " * 500 + "}", Outcome.EITHER, variables=lambda: {"v": True}),
    document("@skip and @include nested in fragments", "{ school " + "{ ... @include(if: true) " * 45 + "{ id }" + " }" * 45 + " }", Outcome.EITHER),
    document("@defer", "{ ... @defer { school { id } } }"),
    document("@stream", "{ measures @stream(initialCount: 0) { id } }"),
    document("@deprecated where it does not belong", "{ school { id @deprecated } }"),
    document("@skip with a text", '{ school { id @skip(if: "yes") } }'),
    document("@skip without its argument", "{ school { id @skip } }"),
]  # fmt: skip

MEANINGS = [
    document("a subscription", "subscription { school { id } }"),
    document("a subscription with five hundred aliases", lambda: "subscription { " + " ".join(f"a{n}: school {{ id }}" for n in range(500)) + " }"),
    document("a subscription beside a query, and asks for it", "query Q { __typename } subscription S { school { id } }"),
    document("a type of its own", "type Query { evil: String }"),
    document("an extension of the schema", "extend type Query { evil: String } { __typename }"),
    document("a schema in place of a document", "schema { query: Query }"),
    document("only fragments", "fragment F on School { id }"),
    document("nothing", ""),
    document("a document of only spaces", " \n\t,"),
    document("ten mutations in one", lambda: "mutation { " + " ".join(f"a{n}: {MUTATION}" for n in range(10)) + " }"),
    document("a mutation hidden in a fragment", "mutation { ...F } fragment F on Mutation { " + MUTATION + " }"),
    document("a mutation that is skipped", "mutation { " + MUTATION.replace(" {", " @skip(if: true) {") + " }", Outcome.EITHER),
    document("a mutation without a key", 'mutation { addOrganisation(name: "A", kind: CHARITY) { __typename } }'),
    document("a mutation with a key of two hundred kilobytes", "mutation M($k: ID!) { addOrganisation(name: \"A\", kind: CHARITY, idempotencyKey: $k) { __typename } }", variables=lambda: {"k": "k" * 200_000}),
    document("a mutation with a key of NUL", "mutation M($k: ID!) { addOrganisation(name: \"A\", kind: CHARITY, idempotencyKey: $k) { __typename } }", variables=lambda: {"k": "a\0b"}),
    document("a mutation by a query", "query { " + MUTATION + " }"),
    document("a name of an object’s inside", "{ __proto__ constructor __class__ __dict__ }"),
    document("an alias of an object’s inside", "{ __proto__: __typename constructor: __typename __class__: __typename }", Outcome.EITHER),
    document("the other side’s fields", "{ trust { id } }", untold=("merlinword", "kestrelword")),
    document("a variable that is its own default", "query Q($a: ID = $a) { partnership(id: $a) { id } }"),
    document("a variable of a type that answers", "query Q($a: School) { __typename }"),
    document("a variable that is missing", "query Q($a: ID!) { partnership(id: $a) { id } }"),
    document("an id that is a statement", '{ partnership(id: "par_\'; drop table school.partnership; --") { id } }', Outcome.EITHER),
    document("an id of another type", '{ partnership(id: "act_00000000000000000000000000000000") { id } }', Outcome.EITHER),
    document("a day that never was", '{ school { periods(on: "2024-02-31") { code } } }'),
    document("a day of the year 99999", '{ school { periods(on: "99999-01-01") { code } } }'),
    document("a period of ten thousand letters", '{ publicationPreview(period: "' + "9" * 10_000 + '") { hash } }'),
    document("a query of a session’s own", "{ school { id } }", sender=Sender.HEAD),
    document("a giant cursor", PAGE, variables=lambda: {"after": "A" * 200_000}),
    document("a cursor of deep JSON", PAGE, variables=lambda: {"after": base64.urlsafe_b64encode(b"[" * 150_000).decode()}),
    document("a cursor of a number of 5,000 digits", PAGE, variables=lambda: {"after": base64.urlsafe_b64encode(b"[" + b"9" * 5_000 + b"]").decode()}),
    document("a cursor of another list", PAGE, variables=lambda: {"after": cursor(["sessions", "2024-01-01", "x"])}),
    document("a cursor of one value too many", PAGE, variables=lambda: {"after": cursor(["partnerships", "a", "b", "c", "d"])}),
    document("a cursor of something else", PAGE, variables=lambda: {"after": "\u2603"}),
    document("both ends of a page at once", "{ partnerships(first: 1, last: 1) { nodes { id } } }"),
]  # fmt: skip

DOCUMENTS: list[Case] = [*DEEP, *LONG, *NUMBERS, *LETTERS, *DIRECTIVES, *MEANINGS]
