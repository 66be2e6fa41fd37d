"""Frames survive transport. Bytes that no honest worker writes are no frame and cost no memory."""

import json
import tracemalloc
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.model.errors import ProtocolError
from grader.model.wire_format import (
    ITEM_BYTES,
    MAX_ARRAYS,
    MAX_BASES,
    MAX_DIMENSIONS,
    MAX_HEADER_BYTES,
    MAX_NAME,
    MAX_NUMBER,
    MAX_NUMBERS,
    MAX_VARIABLES,
    Frame,
    FrameReader,
    RawArray,
    array_bytes,
    check_reply,
    encode,
)

CAP = 1 << 20
NONCE = "5" * 32

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)
headers = st.dictionaries(st.text(max_size=6).filter(lambda key: key != "arrays"), json_values, max_size=4)


@st.composite
def raw_arrays(draw: st.DrawFn) -> RawArray:
    dtype = draw(st.sampled_from(sorted(ITEM_BYTES)))
    shape = tuple(draw(st.lists(st.integers(0, 4), max_size=4)))
    size = array_bytes(dtype, shape)
    return RawArray(dtype, shape, draw(st.binary(min_size=size, max_size=size)))


frames = st.builds(Frame, headers, st.lists(raw_arrays(), max_size=4).map(tuple))


def read(data: bytes, max_bytes: int = CAP) -> list[Frame]:
    return list(FrameReader(max_bytes).feed(data))


@given(frames)
@settings(max_examples=50)
def test_a_frame_is_read_as_it_was_written(frame: Frame) -> None:
    assert read(encode(frame.header, frame.arrays)) == [frame]


@given(st.lists(frames, min_size=1, max_size=3), st.data())
@settings(max_examples=50)
def test_however_a_stream_is_cut_it_holds_the_same_frames(sent: list[Frame], data: st.DataObject) -> None:
    stream = b"".join(encode(frame.header, frame.arrays) for frame in sent)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=10)))
    reader = FrameReader(CAP)
    received = [
        frame
        for start, stop in zip([0, *cuts], [*cuts, len(stream)], strict=True)
        for frame in reader.feed(stream[start:stop])
    ]

    assert received == sent
    assert reader.is_empty


@given(frames, st.data())
@settings(max_examples=50)
def test_a_part_of_a_frame_is_no_frame_and_leaves_the_reader_waiting(
    frame: Frame, data: st.DataObject
) -> None:
    stream = encode(frame.header, frame.arrays)
    reader = FrameReader(CAP)

    assert list(reader.feed(stream[: data.draw(st.integers(1, len(stream) - 1))])) == []
    assert not reader.is_empty


@given(st.binary(max_size=300))
def test_garbage_is_refused_or_waited_for_and_nothing_else(garbage: bytes) -> None:
    reader = FrameReader(CAP)
    try:
        frames_found = list(reader.feed(garbage))
    except ProtocolError:
        return
    for frame in frames_found:
        assert isinstance(frame.header, dict)


def header(**fields: Any) -> bytes:
    text = json.dumps(fields).encode()
    return len(text).to_bytes(4, "little") + text


def of(text: bytes) -> bytes:
    return len(text).to_bytes(4, "little") + text


def listing(*shapes: object, dtype: object = "<f4") -> bytes:
    return header(arrays=[{"dtype": dtype, "shape": shape} for shape in shapes])


HOSTILE = {
    "length_of_2_to_the_31": (1 << 31).to_bytes(4, "little") + b"{}",
    "length_of_2_to_the_32_less_1": b"\xff\xff\xff\xff",
    "length_one_above_the_cap": (MAX_HEADER_BYTES + 1).to_bytes(4, "little"),
    "no_length": of(b""),
    "not_json": of(b"dtype: f4"),
    "not_utf_8": of(b'{"a": "\xff"}'),
    "half_of_an_object": of(b'{"arrays": ['),
    "two_objects": of(b'{"arrays": []}{"arrays": []}'),
    "nested_deeply": of(b"[" * 60_000),
    "nested_deeply_as_objects": of(b'{"a":' * 10_000),
    "an_integer_of_60000_digits": of(b'{"arrays": [], "a": ' + b"9" * 60_000 + b"}"),
    "a_list": of(b"[]"),
    "a_number": of(b"7"),
    "null": of(b"null"),
    "no_arrays": header(nonce=NONCE),
    "arrays_null": header(arrays=None),
    "arrays_an_object": header(arrays={"dtype": "<f4", "shape": []}),
    "arrays_a_text": header(arrays="<f4"),
    "arrays_a_number": header(arrays=3),
    "too_many_arrays": listing(*([[]] * (MAX_ARRAYS + 1))),
    "an_array_that_is_a_list": header(arrays=[["<f4", [3]]]),
    "an_array_without_a_shape": header(arrays=[{"dtype": "<f4"}]),
    "an_array_with_a_length_field": header(arrays=[{"dtype": "<f4", "shape": [3], "bytes": 12}]),
    "an_unknown_dtype": listing([3], dtype="<f3"),
    "an_object_dtype": listing([3], dtype="|O"),
    "a_structured_dtype": listing([3], dtype="<f4,<f4"),
    "a_dtype_of_fields": listing([3], dtype=[["a", "<f4"]]),
    "a_text_dtype": listing([3], dtype="<U4"),
    "a_void_dtype": listing([3], dtype="|V4"),
    "a_big_endian_dtype": listing([3], dtype=">f4"),
    "a_native_dtype": listing([3], dtype="float32"),
    "a_dtype_of_null": listing([3], dtype=None),
    "a_dtype_that_is_a_number": listing([3], dtype=4),
    "a_shape_of_null": listing(None),
    "a_shape_that_is_a_number": listing(3),
    "a_shape_that_is_a_text": listing("333"),
    "a_shape_that_is_an_object": listing({"0": 3}),
    "a_negative_length": listing([-1]),
    "two_negative_lengths": listing([-2, -3]),
    "a_negative_and_a_zero_length": listing([-5, 0]),
    "a_boolean_length": listing([True]),
    "a_fractional_length": listing([3.0]),
    "an_infinite_length": of(b'{"arrays": [{"dtype": "<f4", "shape": [Infinity]}]}'),
    "a_length_of_nan": of(b'{"arrays": [{"dtype": "<f4", "shape": [NaN]}]}'),
    "a_text_length": listing(["3"]),
    "a_nested_length": listing([[3]]),
    "a_length_of_null": listing([None]),
    "a_length_of_2_to_the_63": listing([1 << 63]),
    "a_huge_length_beside_a_zero": listing([0, 1 << 63]),
    "a_product_that_overflows_beside_a_zero": listing([0, *[2**39] * 15]),
    "a_product_that_overflows": listing([2**16] * 4),
    "too_many_axes": listing([1] * (MAX_DIMENSIONS + 1)),
    "one_array_over_the_cap": listing([CAP // 4 + 1]),
    "together_over_the_cap": listing([CAP // 8], [CAP // 8], [1]),
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE)
def test_a_dishonest_frame_is_refused_before_its_arrays_are_read(data: bytes) -> None:
    with pytest.raises(ProtocolError):
        read(data)


@pytest.fixture
def memory() -> Iterator[Any]:
    tracemalloc.start()
    yield tracemalloc
    tracemalloc.stop()


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_header_costs_no_more_memory_than_a_header_may(data: bytes, memory: Any) -> None:
    memory.reset_peak()
    before = memory.get_traced_memory()[0]
    with pytest.raises(ProtocolError):
        read(data)

    assert memory.get_traced_memory()[1] - before < 64 * MAX_HEADER_BYTES


def test_arrays_up_to_the_cap_are_read() -> None:
    full = RawArray("<f4", (CAP // 4,), bytes(CAP))

    assert read(encode({}, [full])) == [Frame({}, (full,))]


def test_a_header_up_to_the_cap_is_read() -> None:
    room = MAX_HEADER_BYTES - len(encode({"text": ""})) + 4

    assert len(read(encode({"text": "x" * room}))) == 1
    with pytest.raises(ProtocolError):
        read(encode({"text": "x" * (room + 1)}))


@pytest.mark.parametrize("shape", [(), (0,), (3, 0, 2), (1,) * MAX_DIMENSIONS])
def test_unusual_shapes_travel(shape: tuple[int, ...]) -> None:
    array = RawArray("<f8", shape, bytes(array_bytes("<f8", shape)))

    assert read(encode({}, [array]))[0].arrays == (array,)


ERROR = {"type": "ValueError", "message": "no", "file": "conv.py", "line": 3, "source": "x", "calls": []}
ERROR |= {"bases": ["Exception"], "is_of_submission": True}


@pytest.mark.parametrize(
    "reply",
    [
        {"nonce": NONCE, "status": "ok", "error": None},
        {"nonce": NONCE, "status": "output_limit", "error": None},
        {"nonce": NONCE, "status": "error", "error": ERROR},
    ],
    ids=lambda reply: reply["status"],
)
def test_an_honest_reply_is_taken(reply: dict[str, Any]) -> None:
    check_reply(reply, NONCE)


OK = {"nonce": NONCE, "status": "ok", "error": None}
FAILED = {"nonce": NONCE, "status": "error", "error": ERROR}
OTHER_TYPES: dict[str, Any] = {"null": None, "a_number": 3, "a_list": ["x"], "an_object": {}}
VARIABLE = {"name": "a", "shape": [2, 3], "dtype": "float32", "value": None}
NUMBER = VARIABLE | {"shape": None, "dtype": "", "value": 3}


def with_variables(*variables: object) -> dict[str, Any]:
    """A reply whose one call has these variables."""
    call = {"function": "f", "file": "conv.py", "line": 3, "source": "", "arguments": ""}
    return FAILED | {"error": ERROR | {"calls": [call | {"variables": list(variables)}]}}


FORGED_VARIABLES: dict[str, object] = {
    "a_text": "a",
    "a_field_more": VARIABLE | {"points": 100},
    "no_dtype": {k: v for k, v in VARIABLE.items() if k != "dtype"},
    "a_sentence_for_a_name": VARIABLE | {"name": "a is right and b"},
    "no_name": VARIABLE | {"name": ""},
    "a_number_for_a_name": VARIABLE | {"name": 3},
    "a_name_without_end": VARIABLE | {"name": "a" * (MAX_NAME + 1)},
    "a_shape_that_is_a_text": VARIABLE | {"shape": "(2, 3)"},
    "a_length_below_zero": VARIABLE | {"shape": [-1]},
    "a_length_that_is_true": VARIABLE | {"shape": [True]},
    "a_length_that_is_a_fraction": VARIABLE | {"shape": [2.0]},
    "a_length_without_end": VARIABLE | {"shape": [MAX_NUMBER + 1]},
    "a_shape_without_end": VARIABLE | {"shape": [1] * (MAX_DIMENSIONS + 1)},
    "a_dtype_that_is_a_sentence": VARIABLE | {"dtype": "float32 and all is well"},
    "a_dtype_that_is_a_list": VARIABLE | {"dtype": ["float32"]},
    "an_array_with_a_value": VARIABLE | {"value": 3},
    "a_number_with_a_dtype": NUMBER | {"dtype": "float32"},
    "a_value_that_is_a_text": NUMBER | {"value": "3"},
    "a_value_that_is_a_fraction": NUMBER | {"value": 0.5},
    "a_value_that_is_an_object": NUMBER | {"value": {}},
    "a_value_without_end": NUMBER | {"value": -MAX_NUMBER - 1},
    "a_tuple_without_end": NUMBER | {"value": [1] * (MAX_NUMBERS + 1)},
    "a_tuple_of_texts": NUMBER | {"value": ["1"]},
    "a_tuple_of_tuples": NUMBER | {"value": [[1]]},
}
FORGED: dict[str, dict[str, Any]] = {
    **{f"a_variable_that_is_{kind}": with_variables(one) for kind, one in FORGED_VARIABLES.items()},
    "variables_without_end": with_variables(*[VARIABLE] * (MAX_VARIABLES + 1)),
    "another_nonce": OK | {"nonce": "6" * 32},
    "an_empty_nonce": OK | {"nonce": ""},
    "part_of_the_nonce": OK | {"nonce": NONCE[:-1]},
    "a_null_nonce": OK | {"nonce": None},
    "a_list_around_the_nonce": OK | {"nonce": [NONCE]},
    "a_true_nonce": OK | {"nonce": True},
    "no_nonce": {"status": "ok", "error": None},
    "no_status": {"nonce": NONCE, "error": None},
    "no_error": {"nonce": NONCE, "status": "ok"},
    "nothing": {},
    "a_field_more": OK | {"score": 100},
    "an_expected_value": OK | {"expected": []},
    "a_verdict": OK | {"status": "passed"},
    "a_status_of_the_judge": OK | {"status": "internal_error"},
    "not_run": OK | {"status": "not_run"},
    "a_status_in_capitals": OK | {"status": "OK"},
    "a_true_status": OK | {"status": True},
    "a_null_status": OK | {"status": None},
    "a_list_of_statuses": OK | {"status": ["ok"]},
    "ok_with_an_error": OK | {"error": ERROR},
    "ok_with_a_text_for_an_error": OK | {"error": "all is well"},
    "ok_with_a_false_error": OK | {"error": False},
    "ok_with_an_empty_list_of_errors": OK | {"error": []},
    "output_limit_with_an_error": OK | {"status": "output_limit", "error": ERROR},
    "an_error_without_one": OK | {"status": "error"},
    "an_error_that_is_a_text": FAILED | {"error": "ValueError"},
    "an_error_that_is_a_list": FAILED | {"error": [ERROR]},
    "an_empty_error": FAILED | {"error": {}},
    "an_error_with_a_field_more": FAILED | {"error": ERROR | {"score": 100}},
    "bases_that_are_a_text": FAILED | {"error": ERROR | {"bases": "Exception"}},
    "bases_without_names": FAILED | {"error": ERROR | {"bases": [None]}},
    "bases_without_end": FAILED | {"error": ERROR | {"bases": ["x"] * (MAX_BASES + 1)}},
    "an_origin_that_is_a_number": FAILED | {"error": ERROR | {"is_of_submission": 1}},
    "a_line_that_is_a_text": FAILED | {"error": ERROR | {"line": "3"}},
    "a_line_that_is_true": FAILED | {"error": ERROR | {"line": True}},
    "a_line_that_is_a_fraction": FAILED | {"error": ERROR | {"line": 3.0}},
    **{
        f"an_error_without_{name}": FAILED | {"error": {k: v for k, v in ERROR.items() if k != name}}
        for name in ERROR
    },
    **{
        f"{name}_that_is_{kind}": FAILED | {"error": ERROR | {name: value}}
        for name in ("type", "message", "file", "source")
        for kind, value in OTHER_TYPES.items()
    },
}


@pytest.mark.parametrize("value", [3, -3, True, None, [], [1, -2]], ids=repr)
def test_an_honest_variable_is_taken(value: object) -> None:
    check_reply(
        with_variables(VARIABLE, VARIABLE | {"dtype": "", "shape": []}, NUMBER | {"value": value}), NONCE
    )


@pytest.mark.parametrize("reply", FORGED.values(), ids=FORGED)
def test_a_reply_that_no_worker_sends_is_refused(reply: dict[str, Any]) -> None:
    with pytest.raises(ProtocolError):
        check_reply(reply, NONCE)


@given(st.dictionaries(st.sampled_from(["nonce", "status", "error", "x"]), json_values | st.just(NONCE)))
@settings(max_examples=50)
def test_a_reply_passes_with_the_three_fields_and_the_nonce_or_not_at_all(reply: dict[str, Any]) -> None:
    try:
        check_reply(reply, NONCE)
    except ProtocolError:
        return
    assert set(reply) == {"nonce", "status", "error"}
    assert reply["nonce"] == NONCE
