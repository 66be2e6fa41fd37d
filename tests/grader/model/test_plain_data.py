"""Plain data crosses unchanged, and text that no encoder writes is refused."""

import json
import math
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from grader.model.errors import ProtocolError
from grader.model.plain_data import MAX_DEPTH, Encoder, NotData, decode
from grader.model.wire_format import DATA, RawArray, check_data
from tests.tables import by_name

SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary() | st.complex_numbers()
)
KEYS = st.none() | st.booleans() | st.integers() | st.text() | st.tuples(st.integers(), st.text())
VALUES = st.recursive(
    SCALARS,
    lambda below: (
        st.lists(below, max_size=4)
        | st.tuples(below, below)
        | st.frozensets(KEYS, max_size=4)
        | st.dictionaries(KEYS, below, max_size=4)
    ),
    max_leaves=20,
)


class Array:
    """A stand-in for an array: a leaf that travels separately from the text."""


def encoded(value: Any) -> tuple[bytes, list[Any]]:
    encoder = Encoder(lambda leaf: leaf if isinstance(leaf, Array) else None)
    return encoder.text(value).encode(), encoder.arrays


def canonical(value: Any) -> str:
    """A text that is the same for equal values: sets in any order, and NaN equal to itself."""
    if isinstance(value, (list, tuple)):
        parts = [canonical(each) for each in value]
    elif isinstance(value, dict):
        parts = [f"{canonical(key)}: {canonical(each)}" for key, each in value.items()]
    elif isinstance(value, (set, frozenset)):
        parts = sorted(map(canonical, value))
    else:
        parts = [repr(value)]
    return f"{type(value).__name__}({', '.join(parts)})"


@given(VALUES)
@settings(max_examples=150)
@example([math.nan, frozenset({0, 8})])  # a set's elements may come back in another order
@example([math.nan, frozenset({8, 0})])
def test_a_value_comes_back_as_it_is_with_every_type_in_it(value: Any) -> None:
    assert canonical(decode(*encoded(value))) == canonical(value)


def test_arrays_travel_next_to_the_text_in_their_order() -> None:
    one, other = Array(), Array()
    value = {"x": [one, (other,)], "y": one}

    text, arrays = encoded(value)
    assert arrays == [one, other, one]
    assert decode(text, arrays) == value


@pytest.mark.parametrize(
    ("value", "why"),
    by_name(
        {
            "a_key": ({(1, Array()): 2}, "a key of the result is an array"),
            "an_element": ({Array()}, "an element of the result is an array"),
            "a_class": ([int], "the result[0] is a type"),
            "a_long_int": (1 << 100_000, "an int of more than 12000 bits"),
        }
    ),
)
def test_a_type_that_does_not_travel_is_named(value: Any, why: str) -> None:
    with pytest.raises(NotData) as error:
        encoded(value)
    assert why in str(error.value)


OF_ONE_HASH = [k * (2**61 - 1) for k in range(50_000)]  # a set of n takes n^2 steps
FORGED = {
    "no_json": b"[1,",
    "no_text": b"\xff",
    "another_tag": b'{"eval": "1"}',
    "a_method_of_the_reader": b'{"value": [1, 2]}',
    "two_tags": b'{"tuple": [], "set": []}',
    "no_tag": b"{}",
    "a_tuple_of_no_list": b'{"tuple": "ab"}',
    "a_set_of_lists": b'{"set": [[1]]}',
    "a_key_that_is_a_list": b'{"dict": [[[1], 2]]}',
    "a_pair_of_three": b'{"dict": [[1, 2, 3]]}',
    "a_pair_that_is_a_text": b'{"dict": ["ab"], "x": 1}',
    "a_float_that_is_none": b'{"float": "1e5"}',
    "bytes_that_are_none": b'{"bytes": "xy"}',
    "bytes_of_a_number": b'{"bytes": 7}',
    "a_complex_of_texts": b'{"complex": ["1", "2"]}',
    "an_array_that_is_not_there": b'{"array": 0}',
    "an_array_from_the_end": b'{"array": -1}',
    "an_array_that_is_true": b'{"array": false}',
    "brackets": b"[" * 10_000 + b"]" * 10_000,
    "many_brackets": b"[" * (MAX_DEPTH + 3) + b"]" * (MAX_DEPTH + 3),
    "many_values": json.dumps([0] * 300_000).encode(),
    "a_long_int": b"9" * 10_000,
    "a_set_of_equal_hashes": json.dumps({"set": OF_ONE_HASH}).encode(),
    "a_dict_of_equal_hashes": json.dumps({"dict": [[key, 0] for key in OF_ONE_HASH]}).encode(),
    "tuples_of_equal_hashes": json.dumps({"set": [{"tuple": [key]} for key in OF_ONE_HASH]}).encode(),
}


@pytest.mark.parametrize("text", FORGED.values(), ids=FORGED)
def test_a_text_that_no_encoder_makes_is_refused(text: bytes) -> None:
    with pytest.raises(ProtocolError):
        decode(text, [])


@given(st.binary(max_size=40))
def test_any_bytes_are_a_value_or_are_refused(text: bytes) -> None:
    try:
        decode(text, [])
    except ProtocolError:
        return
    json.loads(text)


@pytest.mark.parametrize(
    "arrays",
    {
        "an_array_left_over": [RawArray(DATA, (1,), b"1"), RawArray("|u1", (1,), b"1")],
        "a_text_after_an_array": [RawArray("|u1", (1,), b"1"), RawArray(DATA, (1,), b"1")],
        "two_texts": [RawArray(DATA, (1,), b"1"), RawArray(DATA, (1,), b"1")],
    }.values(),
)
def test_a_reply_holds_one_text_at_most_and_its_arrays(arrays: list[RawArray]) -> None:
    with pytest.raises(ProtocolError):
        check_data(arrays)
