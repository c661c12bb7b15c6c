"""A body is read once where that is enough, and then says the same as when it is read with care."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footbridge.gateway.http.answers import BadRequest
from footbridge.gateway.http.body import decode_object

KEYS = st.text(max_size=3) | st.sampled_from(['a":', "a", '"', ":"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**19), 10**19) | st.floats(allow_nan=False, allow_infinity=False) | KEYS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)  # fmt: skip
SPACES = st.sampled_from([(", ", ": "), (",", ":"), (" ,\n", " :\t")])


@given(st.dictionaries(KEYS, VALUES, max_size=4), SPACES, st.booleans())
def test_every_object_is_read_as_it_stands(content: dict[str, Any], spaces: tuple[str, str], ascii_only: bool) -> None:
    body = json.dumps(content, separators=spaces, ensure_ascii=ascii_only)
    if "\\u0000" in body:
        with pytest.raises(BadRequest, match="NUL"):
            decode_object(body.encode())
    else:
        assert decode_object(body.encode()) == content


@pytest.mark.parametrize(
    "body",
    [
        '{"a":1,"a":2}',
        '{"a" :1,"a":2}',
        '{"a"\n:1,"a"\t:2}',
        '{"a":1,"\\u0061":2}',
        '{"b":{"a":"\\":","a":2}}',
        '{"b":[{"a" :1,"a" :"x\\":y"}]}',
        '{"a" :{"b":1},"a":{"c":"\\":"}}',
    ],
)
def test_a_key_that_stands_twice_is_refused_however_it_is_written(body: str) -> None:
    with pytest.raises(BadRequest) as refused:
        decode_object(body.encode())
    assert refused.value.code == "KEY_REPEATED"


@pytest.mark.parametrize("number", ["1e999", "-1e999", "1" * 21, "-" + "9" * 400])
def test_a_number_that_would_be_rounded_is_refused(number: str) -> None:
    with pytest.raises(BadRequest):
        decode_object(b'{"a":%s}' % number.encode())
