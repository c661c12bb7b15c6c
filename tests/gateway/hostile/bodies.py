"""Bodies that are no JSON, too much JSON, or JSON that two readers read differently."""

import codecs
import gzip
import json
import zlib

from tests.gateway.hostile.case import Case, Outcome, content, raw

QUERY = b'{"query":"{ __typename }"}'
WITH = b'{"query":"{ __typename }","variables":{"a":%s}}'
BOMB = 10_000_000


def with_variable(value: bytes) -> bytes:
    return WITH % value


def packed(body: bytes, times: int = 1) -> bytes:
    for _ in range(times):
        body = gzip.compress(body, 9, mtime=0)
    return body


def encoded(name: str) -> tuple[tuple[str, str], ...]:
    return (("content-encoding", name),)


ODD = [
    raw("the number 7", b"7"),
    raw("null", b"null"),
    raw("true", b"true"),
    raw("an empty array", b"[]"),
    raw("an empty string", b'""'),
    raw("an empty object", b"{}"),
    raw("nothing at all", b""),
    raw("only spaces", b" " * 1000),
    raw("an object cut off", QUERY[:-1]),
    raw("something after the object", QUERY + b"7"),
    raw("two objects", QUERY + QUERY),
    raw("a comma too many", b'{"query":"{ __typename }",}'),
    raw("a comment in JSON", b'{"query":"{ __typename }"/* hello */}'),
    raw("apostrophes", b"{'query':'{ __typename }'}"),
    raw("a line end within a string", b'{"query":"{\n__typename }"}'),
    raw("XML with an entity", b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'),
    raw("GraphQL as it stands", b"{ __typename }"),
]

LARGE = [
    raw("three hundred kilobytes of spaces", lambda: b" " * 300_000),
    raw("ten million bytes", lambda: b"x" * BOMB),
    raw(
        "two hundred kilobytes of text in a variable",
        lambda: with_variable(b'"' + b"x" * 200_000 + b'"'),
        Outcome.EITHER,
    ),
    raw("one hundred thousand commas", lambda: with_variable(b"[" + b"1," * 100_000 + b"1]"), Outcome.EITHER),
    raw("one hundred thousand commas and nothing", lambda: with_variable(b"[" + b"," * 100_000 + b"]")),
    raw(
        "fifteen thousand members",
        lambda: with_variable(json.dumps({f"m{n}": n for n in range(15_000)}).encode()),
        Outcome.EITHER,
    ),
    raw("a member’s name of two hundred kilobytes", lambda: b'{"' + b"q" * 200_000 + b'":1}'),
    raw("forty thousand empty objects", lambda: with_variable(b"[" + b"{}," * 40_000 + b"{}]"), Outcome.EITHER),
]

DEEP = [
    raw("one hundred thousand arrays within each other", lambda: b"[" * 100_000 + b"]" * 100_000),
    raw("one hundred thousand arrays in a variable", lambda: with_variable(b"[" * 100_000 + b"]" * 100_000)),
    raw("one hundred thousand arrays that never end", lambda: b"[" * 100_000),
    raw("forty thousand objects within each other", lambda: b'{"a":' * 40_000 + b"1" + b"}" * 40_000),
    raw("a thousand arrays in a variable", lambda: with_variable(b"[" * 1_000 + b"]" * 1_000)),
    raw("sixty-five objects within each other in extensions", lambda: b'{"query":"{ __typename }","extensions":' + b'{"a":' * 65 + b"1" + b"}" * 66),
    raw("a thousand arrays in a member that nobody asked for", lambda: b'{"query":"{ __typename }","more":' + b"[" * 1_000 + b"]" * 1_000 + b"}"),
]  # fmt: skip

NUMBERS = [
    raw("an integer of 5,000 digits", lambda: with_variable(b"9" * 5_000)),
    raw("an integer of 200,000 digits", lambda: with_variable(b"9" * 200_000)),
    raw("an integer of 5,000 digits in place of the query", lambda: b'{"query":' + b"9" * 5_000 + b"}"),
    raw("an integer of 21 digits", with_variable(b"9" * 21)),
    raw("a negative integer of 21 digits", with_variable(b"-" + b"9" * 21)),
    raw("1e999", with_variable(b"1e999")),
    raw("-1e999", with_variable(b"-1e999")),
    raw("1e-999999999", with_variable(b"1e-999999999"), Outcome.EITHER),
    raw("NaN", with_variable(b"NaN")),
    raw("Infinity", with_variable(b"Infinity")),
    raw("-Infinity", with_variable(b"-Infinity")),
    raw("a number with a zero in front", with_variable(b"007")),
    raw("a number in hexadecimal", with_variable(b"0x10")),
]

TWICE = [
    raw("the query twice", b'{"query":"{ __typename }","query":"{ school { id } }"}'),
    raw("the query twice, once by an escape", b'{"query":"{ __typename }","\\u0071uery":"{ school { id } }"}'),
    raw("a variable twice", b'{"query":"{ __typename }","variables":{"a":1,"a":2}}'),
    raw("a member of a variable twice", with_variable(b'{"b":1,"b":2}')),
    raw("a variable twice, once by an escape", b'{"query":"{ __typename }","variables":{"a":1,"\\u0061":2}}'),
]

LETTERS = [
    raw("a lone surrogate by an escape", with_variable(b'"\\ud800"')),
    raw("a lone low surrogate by an escape", with_variable(b'"\\udfff x"')),
    raw("a lone surrogate by an escape in the query", b'{"query":"{ partnership(id: \\"\\ud800\\") { id } }"}'),
    raw("a lone surrogate in a member’s name", with_variable(b'{"\\ud800":1}')),
    raw("a lone surrogate by its bytes", with_variable(b'"\xed\xa0\x80"')),
    raw("NUL by an escape", with_variable(b'"a\\u0000b"')),
    raw("NUL by an escape in a member’s name", with_variable(b'{"a\\u0000b":1}')),
    raw("NUL by an escape in the query", b'{"query":"{ __typename } #\\u0000"}'),
    raw("NUL by an escape in the operation’s name", b'{"query":"{ __typename }","operationName":"\\u0000"}'),
    raw("NUL by its byte", with_variable(b'"a\x00b"')),
    raw("NUL after the object", QUERY + b"\x00"),
    raw("bytes that are no UTF-8", with_variable(b'"\xff\xfe\xfa"')),
    raw("UTF-8 that is longer than it need be", with_variable(b'"\xc0\xaf"')),
    raw("UTF-8 cut off", with_variable(b'"\xe2\x82"')),
    raw("Latin-1", '{"query":"{ __typename }","variables":{"a":"é"}}'.encode("latin-1")),
    raw("a byte order mark", codecs.BOM_UTF8 + QUERY),
    raw("UTF-16 with its mark", QUERY.decode().encode("utf-16")),
    raw("UTF-16 without its mark", QUERY.decode().encode("utf-16-le")),
    raw("UTF-32", QUERY.decode().encode("utf-32")),
    raw("UTF-7", b'+AHs-"query":"+AHs- __typename +AH0-"+AH0-'),
]  # fmt: skip

TYPES = [
    content("a query that is a number", {"query": 7}),
    content("a query that is a list", {"query": ["{ __typename }"]}),
    content("a query that is an object", {"query": {"text": "{ __typename }"}}),
    content("a query that is null", {"query": None}),
    content("variables that are a list", {"query": "{ __typename }", "variables": [1]}),
    content("variables that are a text", {"query": "{ __typename }", "variables": '{"a":1}'}),
    content("variables that are a number", {"query": "{ __typename }", "variables": 7}),
    content("variables that are false", {"query": "{ __typename }", "variables": False}),
    content("extensions that are a list", {"query": "{ __typename }", "extensions": []}),
    content("an operation’s name that is a number", {"query": "query A { __typename }", "operationName": 7}),
    content("an operation’s name that is an object", {"query": "query A { __typename }", "operationName": {"a": 1}}),
    content("an operation’s name that is not there", {"query": "query A { __typename }", "operationName": "B"}),
    content("an operation’s name of 200 kilobytes", {"query": "query A { __typename }", "operationName": "A" * 200_000}),
    content("a document’s id that is a number", {"documentId": 7}),
    content("a document’s id that is a path", {"documentId": "../../../../etc/passwd"}),
    content("a document’s id of 200 kilobytes", {"documentId": "sha256:" + "0" * 200_000}),
    content("a document’s id that is unknown", {"documentId": "sha256:" + "0" * 64}),
    content("a document’s id beside a query", {"documentId": "sha256:" + "0" * 64, "query": "{ __typename }"}),
    content("members that nobody knows", {"query": "{ __typename }", "admin": True, "debug": 1, "__proto__": {"a": 1}}, Outcome.EITHER),
    content("Apollo’s persisted query, unknown", {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "0" * 64}}}),
    content("Apollo’s persisted query, to be kept", {
        "query": "{ __typename }", "extensions": {"persistedQuery": {"version": 1, "sha256Hash": "f" * 64}},
    }, Outcome.EITHER),
    content("Apollo’s persisted query of a wrong type", {"extensions": {"persistedQuery": [[[7]]]}}),
    content("Relay’s doc_id and id", {"doc_id": "7", "id": "7"}),
]  # fmt: skip

COMPRESSED = [
    raw("a body in gzip", lambda: packed(QUERY), Outcome.EITHER, headers=encoded("gzip")),
    raw("ten megabytes of zeros in gzip", lambda: packed(bytes(BOMB)), headers=encoded("gzip")),
    raw("ten megabytes of spaces before a query in gzip", lambda: packed(b" " * BOMB + QUERY), headers=encoded("gzip")),
    raw("ten megabytes of zeros in gzip, twice", lambda: packed(bytes(BOMB), 2), headers=encoded("gzip, gzip")),
    raw("ten megabytes of zeros in gzip, twice, said once", lambda: packed(bytes(BOMB), 2), headers=encoded("gzip")),
    raw("ten megabytes of zeros deflated", lambda: zlib.compress(bytes(BOMB), 9), headers=encoded("deflate")),
    raw("ten megabytes of zeros deflated, bare", lambda: zlib.compress(bytes(BOMB), 9)[2:-4], headers=encoded("deflate")),
    raw("ten megabytes of zeros in a hundred members of gzip", lambda: packed(bytes(BOMB // 100)) * 100, headers=encoded("gzip")),
    raw("what is said to be gzip and is not", QUERY, headers=encoded("gzip")),
    raw("gzip cut off", lambda: packed(QUERY)[:-9], headers=encoded("gzip")),
    raw("gzip with a wrong sum", lambda: packed(QUERY)[:-8] + bytes(8), headers=encoded("gzip")),
    raw("gzip that is not said to be", lambda: packed(QUERY)),
    raw("what is said to be brotli", b"\x1b\x03\x00\x00\x24\x00", headers=encoded("br")),
    raw("what is said to be zstd", b"\x28\xb5\x2f\xfd\x24\x00\x01\x00\x00", headers=encoded("zstd")),
    raw("an encoding that does not exist", QUERY, headers=encoded("evil")),
    raw("a hundred encodings", QUERY, headers=encoded(", ".join(["gzip"] * 100))),
    raw("a body that is encoded by identity", QUERY, Outcome.EITHER, headers=encoded("identity")),
]  # fmt: skip

BODIES: list[Case] = [*ODD, *LARGE, *DEEP, *NUMBERS, *TWICE, *LETTERS, *TYPES, *COMPRESSED]
