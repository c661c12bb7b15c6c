"""What graphql-cop and its like try first."""

import json

from tests.gateway.hostile.case import Case, Outcome, Sender, content, document, raw

MUTATION = 'mutation { addOrganisation(name: "Probe", kind: CHARITY, idempotencyKey: "probe") { __typename } }'
INTROSPECTION = "{ __schema { types { name fields { name type { name ofType { name } } } } } }"
DEEP_INTROSPECTION = "{ __schema { types { " + "fields { type { " * 12 + "name" + " } }" * 12 + " } } }"
FORM = (("content-type", "application/x-www-form-urlencoded"),)


def aliases(count: int, field: str = "__typename") -> str:
    return "{ " + " ".join(f"a{number}: {field}" for number in range(count)) + " }"


PROBES = [
    document("a hundred and one aliases", lambda: aliases(101), Outcome.EITHER),
    document("sixteen hundred aliases", lambda: aliases(1600), Outcome.EITHER),
    document("a thousand aliases of a page", lambda: aliases(1000, "partnerships(first: 100) { nodes { id } }")),
    document("ten unknown directives on one field", "{ __typename " + "@aa" * 10 + " }"),
    document("two thousand unknown directives on one field", "{ __typename " + "@a" * 2000 + " }"),
    document("five hundred times one field", "{ " + "__typename " * 500 + "}", Outcome.EITHER),
    document("a circle by introspection", DEEP_INTROSPECTION),
    document("introspection without its scope", INTROSPECTION, sender=Sender.STRANGER, untold=("Partnership",)),
    document("introspection by a session", INTROSPECTION, sender=Sender.HEAD, untold=("Partnership",)),
    document(
        "introspection hidden in a fragment",
        "{ ...F } fragment F on Query { ... on Query { x: __schema { types { name } } } }",
        sender=Sender.STRANGER, untold=("Partnership",),
    ),
    document(
        "introspection of one type", '{ __type(name: "Partnership") { fields { name } } }',
        sender=Sender.STRANGER, untold=("needSchool",),
    ),
    document(
        "a field that is almost there", "{ schol { urn } }", sender=Sender.STRANGER, untold=("Did you mean", "school"),
    ),
    document(
        "an argument that is almost there", "{ partnerships(frist: 1) { nodes { id } } }",
        sender=Sender.STRANGER, untold=("Did you mean", '"first"', "'first'"),
    ),
    document("a word that is no GraphQL", "queryy cop { __typename }", untold=("Traceback", "File ")),
    document("what asks for a trace", "{ __typename }", Outcome.EITHER, headers=(("x-apollo-tracing", "1"),), untold=("tracing", "resolvers")),
    content(
        "extensions that ask for a trace", {"query": "{ __typename }", "extensions": {"tracing": True, "debug": True}},
        Outcome.EITHER, untold=("tracing", "stack", "Traceback"),
    ),
    raw("ten operations in one array", json.dumps([{"query": "{ __typename }"}] * 10).encode()),
    raw("two thousand operations in one array", json.dumps([{"query": "{ __typename }"}] * 2000).encode()),
    Case("a query in the address", method="GET", parameters={"query": "{ __typename }"}, outcome=Outcome.EITHER),
    Case("a mutation in the address", method="GET", parameters={"query": MUTATION}, untold=('"data"',)),
    Case("a mutation in the address, by a session", method="GET", parameters={"query": MUTATION}, sender=Sender.HEAD),
    Case("a mutation in the address of a POST", parameters={"query": MUTATION}),
    raw("a query as a form", b"query=%7B__typename%7D", headers=FORM),
    raw("a mutation as a form, by a session", b"query=" + MUTATION.encode(), headers=FORM, sender=Sender.HEAD),
    Case("a browser that looks for an IDE", method="GET", headers=(("accept", "text/html"),), untold=("<html", "graphiql")),
    Case("a look for GraphiQL beside the endpoint", method="GET", path="/graphiql", untold=("<html",)),
    Case("a look for an endpoint at /graphql", method="GET", path="/graphql", untold=("<html",)),
    document("a query of nobody", "{ __typename }", sender=Sender.NOBODY),
]  # fmt: skip
