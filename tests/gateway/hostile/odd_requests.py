"""Requests whose method, address or headers are not those of a frontend."""

from tests.gateway.hostile.case import Case, Outcome, Sender, document, raw

QUERY = b'{"query":"{ __typename }"}'
UPGRADE = (
    ("connection", "Upgrade"), ("upgrade", "websocket"), ("sec-websocket-version", "13"),
    ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
)  # fmt: skip
UPLOAD = (
    b'--b\r\nContent-Disposition: form-data; name="operations"\r\n\r\n'
    b'{"query":"mutation($f: Upload!) { upload(file: $f) }","variables":{"f":null}}\r\n'
    b'--b\r\nContent-Disposition: form-data; name="map"\r\n\r\n{"0":["variables.f"]}\r\n'
    b'--b\r\nContent-Disposition: form-data; name="0"; filename="a.txt"\r\n\r\nevil\r\n--b--\r\n'
)


def accepting(value: str) -> tuple[tuple[str, str], ...]:
    return (("accept", value),)


def sent_as(value: str) -> tuple[tuple[str, str], ...]:
    return (("content-type", value),)


METHODS = [
    *(Case(f"the method {method}", lambda: QUERY, method=method) for method in ("PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "PROPFIND", "BREW")),
    Case("the method HEAD", method="HEAD", outcome=Outcome.EITHER),
    Case("the method OPTIONS", method="OPTIONS", outcome=Outcome.EITHER),
    Case("a method in small letters", lambda: QUERY, method="post", outcome=Outcome.EITHER),
    Case("a method of ten thousand letters", lambda: QUERY, method="X" * 10_000),
    raw("a method by a header", QUERY, Outcome.EITHER, headers=(("x-http-method-override", "DELETE"), ("x-method-override", "PUT"))),
    Case("a GET with a body and no query", lambda: QUERY, method="GET"),
    Case("a GET without anything", method="GET"),
    Case("a query of sixty kilobytes in the address", method="GET", parameters={"query": "{ __typename } #" + "x" * 60_000}, outcome=Outcome.EITHER),
    Case("the query twice in the address", method="GET", parameters={"query": ["{ __typename }", "{ school { id } }"]}, outcome=Outcome.EITHER),
    Case("variables in the address that are no JSON", method="GET", parameters={"query": "{ __typename }", "variables": "{a"}),
    Case("variables in the address that are deep", method="GET", parameters={"query": "{ __typename }", "variables": "[" * 10_000}),
    Case("variables in the address of 5,000 digits", method="GET", parameters={"query": "{ __typename }", "variables": '{"a":' + "9" * 5_000 + "}"}),
    Case("variables in the address, twice one name", method="GET", parameters={"query": "{ __typename }", "variables": '{"a":1,"a":2}'}),
    Case("doubling fragments in the address", method="GET", parameters={
        "query": "{ school { ...F0 } } " + " ".join(f"fragment F{n} on School {{ ...F{n + 1} ...F{n + 1} }}" for n in range(24)) + " fragment F24 on School { id }"
    }),
    Case("a subscription in the address", method="GET", parameters={"query": "subscription { school { id } }"}),
    Case("introspection in the address without its scope", method="GET", parameters={"query": "{ __schema { types { name } } }"}, sender=Sender.STRANGER, untold=("Partnership",)),
    Case("five thousand parameters in the address", method="GET", parameters={f"p{n}": n for n in range(5_000)}),
]  # fmt: skip

PROTOCOLS = [
    Case("a subscription by an upgrade to WebSocket", method="GET", headers=(*UPGRADE, ("sec-websocket-protocol", "graphql-ws"))),
    Case("a subscription by the newer WebSocket", method="GET", headers=(*UPGRADE, ("sec-websocket-protocol", "graphql-transport-ws"))),
    document("a subscription that wants events", "subscription { school { id } }", headers=accepting("text/event-stream")),
    document("a subscription in parts", "subscription { school { id } }", headers=accepting('multipart/mixed; boundary="graphql"; subscriptionSpec=1.0, application/json')),
    document("a query in parts", "{ ... @defer { school { id } } }", headers=accepting("multipart/mixed; deferSpec=20220824, application/json")),
    raw("files as the upload specification says", UPLOAD, headers=sent_as("multipart/form-data; boundary=b")),
    raw("files without a boundary", UPLOAD, headers=sent_as("multipart/form-data")),
    raw("four thousand parts", lambda: b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n\r\n' * 4_000 + b"--b--", headers=sent_as("multipart/form-data; boundary=b")),
    raw("a form of ten thousand fields", lambda: b"a=b&" * 10_000, headers=sent_as("application/x-www-form-urlencoded")),
]  # fmt: skip

TYPES = [
    raw("GraphQL in its old type", b"{ __typename }", headers=sent_as("application/graphql")),
    raw("JSON that says it is UTF-16", QUERY, headers=sent_as("application/json; charset=utf-16")),
    raw("JSON that says it is of an unknown set of letters", QUERY, headers=sent_as("application/json; charset=evil")),
    raw("JSON that says it is UTF-7", QUERY, headers=sent_as("application/json; charset=utf-7")),
    raw("JSON without a type", QUERY, headers=sent_as("")),
    raw("two types", QUERY, headers=(("content-type", "application/json"), ("content-type", "text/plain")), outcome=Outcome.EITHER),
    raw("a type of sixty kilobytes", QUERY, headers=sent_as("application/json;" + "a=b;" * 15_000), outcome=Outcome.EITHER),
    raw("a type that is almost JSON", QUERY, headers=sent_as("application/jsonp")),
    raw("a type in capitals", QUERY, headers=sent_as("APPLICATION/JSON"), outcome=Outcome.EITHER),
    raw("a type with bytes beyond ASCII", QUERY, headers=((b"content-type", b"application/json\xff"),)),
    raw("a wish for a picture", QUERY, headers=accepting("image/png"), outcome=Outcome.EITHER),
    raw("a wish for a page", QUERY, headers=accepting("text/html"), outcome=Outcome.EITHER, untold=("<html",)),
    raw("a thousand wishes", QUERY, headers=accepting(", ".join(f"a/b{n};q=0.{n}" for n in range(1_000))), outcome=Outcome.EITHER),
    raw("a wish of no sense", QUERY, headers=accepting(";;q=nan,,*/;q=1e999,/*;q=-1"), outcome=Outcome.EITHER),
    raw("a wish for nothing", QUERY, headers=accepting("*/*;q=0"), outcome=Outcome.EITHER),
    raw("a wish with ten thousand parameters", QUERY, headers=accepting("application/json" + ";a=b" * 10_000), outcome=Outcome.EITHER),
]  # fmt: skip

HEADERS = [
    raw("a token of sixty kilobytes", QUERY, headers=(("authorization", "Bearer " + "x" * 60_000),)),
    raw("two tokens", QUERY, headers=(("authorization", "Bearer a"), ("authorization", "Bearer b"))),
    raw("a token with bytes beyond ASCII", QUERY, headers=((b"authorization", b"Bearer fbt_\xff\xfe\x00"),)),
    raw("a password in place of a token", QUERY, headers=(("authorization", "Basic YWRtaW46YWRtaW4="),)),
    raw("a thousand cookies", QUERY, sender=Sender.NOBODY, headers=(("cookie", "; ".join(f"c{n}={n}" for n in range(1_000))),)),
    raw("a session of sixty kilobytes", QUERY, sender=Sender.NOBODY, headers=(("cookie", "footbridge_session=" + "x" * 60_000),)),
    raw("a session with NUL and bytes beyond ASCII", QUERY, sender=Sender.NOBODY, headers=((b"cookie", b"footbridge_session=\xff\x00\xfe"),)),
    raw("cookies of no sense", QUERY, sender=Sender.NOBODY, headers=(("cookie", "=;;=;;\"=\\\";$Version=1;" * 200),)),
    raw("a thousand headers", QUERY, headers=tuple((f"x-{n}", str(n)) for n in range(1_000)), outcome=Outcome.EITHER),
    raw("a header of sixty kilobytes", QUERY, headers=(("x-evil", "x" * 60_000),), outcome=Outcome.EITHER),
    raw("another host", QUERY, headers=(("host", "elsewhere.example"),), outcome=Outcome.EITHER, untold=("elsewhere",)),
    raw("a host of no sense", QUERY, headers=((b"host", b"\xff[::/@:99999"),), outcome=Outcome.EITHER),
    raw("addresses of somebody else", QUERY, headers=(("x-forwarded-for", "127.0.0.1, ::1, evil"), ("forwarded", "for=evil;host=evil"), ("x-real-ip", "\t")), outcome=Outcome.EITHER),
    raw("another origin", QUERY, headers=(("origin", "https://elsewhere.example"),)),
    raw("an origin of sixty kilobytes", QUERY, headers=(("origin", "https://" + "x" * 60_000),)),
    raw("an origin of no sense", QUERY, headers=((b"origin", b"\xff\xfe://["),)),
    raw("a length that is no number", QUERY, headers=(("content-length", "many"),), outcome=Outcome.EITHER),
    raw("a length below nothing", QUERY, headers=(("content-length", "-1"),), outcome=Outcome.EITHER),
    raw("a length of ten to the thirty", QUERY, headers=(("content-length", "1" + "0" * 30),), outcome=Outcome.EITHER),
    raw("a length of five thousand digits", QUERY, headers=(("content-length", "9" * 5_000),), outcome=Outcome.EITHER),
    Case("ten thousand tags of what it has", method="GET", parameters={"query": "{ __typename }"}, headers=(("if-none-match", ", ".join(f'"{n}"' for n in range(10_000))),), outcome=Outcome.EITHER),
    raw("a part of the answer", QUERY, headers=(("range", "bytes=0-0,-1,5-"),), outcome=Outcome.EITHER),
]  # fmt: skip

ADDRESSES = [
    raw("a path that climbs", QUERY, path="/schools/../trusts/x/graphql"),
    raw("a path with an encoded slash", QUERY, path="/schools/900001%2fgraphql/graphql"),
    raw("a path with NUL", QUERY, path="/schools/%00/graphql"),
    raw("a path that is no UTF-8", QUERY, path="/schools/%ff%fe/graphql"),
    raw("a school of sixty thousand digits", QUERY, path="/schools/" + "9" * 60_000 + "/graphql"),
    raw("a school that is a statement", QUERY, path="/schools/'%20or%20true--/graphql"),
    raw("a slash at the end", QUERY, path="/schools/900001/graphql/"),
    raw("a school that is not its own", QUERY, path="/schools/900002/graphql"),
    raw("a trust in place of a school", QUERY, path="/trusts/x-kestrelword/graphql"),
]

REQUESTS: list[Case] = [*METHODS, *PROTOCOLS, *TYPES, *HEADERS, *ADDRESSES]
