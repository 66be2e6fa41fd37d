"""A probe's result travels as plain bytes or not at all, and its inputs have the promised shapes."""

from types import ModuleType
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.model.wire_format import RawArray, array_bytes
from grader.worker.student_module import Case, Input, Submission, to_raw
from tests.tables import by_name


class NDArray:
    """The part of an NDArray that the worker uses."""

    def __init__(self, values: Any) -> None:
        self.values = values

    def numpy(self) -> Any:
        return self.values


@pytest.fixture
def ndarray() -> ModuleType:
    module = ModuleType("ndarray")
    module.NDArray = NDArray  # type: ignore[attr-defined]
    return module


def decoded(raw: RawArray) -> np.ndarray[Any, Any]:
    assert len(raw.data) == array_bytes(raw.dtype, raw.shape)
    return np.frombuffer(raw.data, dtype=raw.dtype).reshape(raw.shape)


class AlwaysEqual(np.ndarray[Any, Any]):
    """Compares equal to everything."""

    def __eq__(self, other: object) -> Any:
        return np.True_

    def __array_ufunc__(self, *args: Any, **kwargs: Any) -> Any:
        return np.True_

    def __array_function__(self, *args: Any, **kwargs: Any) -> Any:
        return True

    def tobytes(self, order: Any = "C") -> bytes:
        return b"equal to everything"


GRID = np.arange(6, dtype=np.float32).reshape(2, 3)
ARRAYS = {
    "plain": GRID,
    "big_endian": GRID.astype(">f4"),
    "fortran_order": np.asfortranarray(GRID),
    "transposed_view": np.ascontiguousarray(GRID.T).T,
    "reversed_view": GRID[::-1, ::-1][::-1, ::-1],
    "every_second": np.repeat(GRID, 2, axis=1)[:, ::2],
    "read_only": np.broadcast_to(GRID, (2, 3)),
    "subclass": GRID.view(AlwaysEqual),
    "record_subclass": GRID.view(np.recarray),
}


@pytest.mark.parametrize("array", ARRAYS.values(), ids=ARRAYS)
@pytest.mark.parametrize("wrap", [lambda a: a, NDArray], ids=["numpy", "NDArray"])
def test_an_array_crosses_in_c_order_and_little_endian(array: Any, wrap: Any, ndarray: ModuleType) -> None:
    assert to_raw(wrap(array), ndarray) == [RawArray("<f4", (2, 3), GRID.tobytes())]


@given(
    st.sampled_from(["f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "c8", "c16"]),
    st.sampled_from("<>"),
    st.data(),
)
def test_every_dtype_that_travels_keeps_its_values(code: str, order: str, data: st.DataObject) -> None:
    module = ModuleType("ndarray")
    module.NDArray = NDArray  # type: ignore[attr-defined]
    values = data.draw(st.lists(st.integers(0, 100), max_size=5))
    (raw,) = to_raw(np.array(values, dtype=f"{order}{code}"), module)

    assert decoded(raw).tolist() == values
    assert decoded(raw).dtype == np.dtype(f"<{code}")


@pytest.mark.parametrize(
    ("value", "expected"),
    {
        "0-d": (np.array(3.0), np.array(3.0)),
        "scalar": (np.float32(3.0), np.array(3.0, np.float32)),
        "zero-size": (np.zeros((2, 0, 3), np.float32), np.zeros((2, 0, 3), np.float32)),
        "bool": (np.array([True, False]), np.array([True, False])),
        "int": (7, np.array(7)),
        "shape": ((2, 3, 4), np.array([2, 3, 4])),
        "empty_shape": ((), np.array([], dtype=np.int64)),
        "negative_strides": ((-3, 1), np.array([-3, 1])),
        "nan": (np.array([np.nan, np.inf]), np.array([np.nan, np.inf])),
    }.values(),
    ids=["0-d", "scalar", "zero-size", "bool", "int", "shape", "empty_shape", "negative_strides", "nan"],
)
def test_a_single_array_crosses_as_one(value: Any, expected: Any, ndarray: ModuleType) -> None:
    (raw,) = to_raw(value, ndarray)

    assert decoded(raw).dtype == expected.dtype
    np.testing.assert_array_equal(expected, decoded(raw))


def test_a_tuple_of_arrays_is_several_and_a_tuple_of_ints_is_one(ndarray: ModuleType) -> None:
    assert [raw.shape for raw in to_raw((GRID, NDArray(GRID[0]), (1, 2), 5), ndarray)] == [
        (2, 3),
        (3,),
        (2,),
        (),
    ]
    assert [raw.shape for raw in to_raw((1, 2, 3), ndarray)] == [(3,)]


@pytest.mark.parametrize(
    ("value", "phrase"),
    by_name(
        {
            "an_ndarray_of_none": (NDArray(None), "is a return missing"),
            "function": (
                len,
                "the result is a builtin_function_or_method; expected a number, a text, a list",
            ),
            "generator": ((x for x in "a"), "the result is a generator; expected a number, a text"),
            "a_generator_in_a_tuple": (
                (GRID, (x for x in "a")),
                "the result[1] is a generator; expected a number",
            ),
            "the_class_itself": (NDArray, "the result is a type; expected a number, a text"),
            "objects": (np.array([object()]), "an array of object"),
            "objects_that_are_numbers": (np.array([1.0, 2.0], dtype=object), "an array of object"),
            "text_array": (np.array(["x"]), "an array of <U1"),
            "structured": (np.zeros(2, "f4,f4"), "numbers are expected"),
            "void": (np.zeros(2, "V4"), "numbers are expected"),
            "longdouble": (np.zeros(2, np.longdouble), "numbers are expected"),
            "dates": (np.zeros(2, "M8[s]"), "numbers are expected"),
            "longdouble_in_a_list": ([np.longdouble(1)], "the result[0] is a longdouble; expected a number"),
            "date_in_a_list": (
                [np.datetime64("2020-01-01")],
                "the result[0] is a datetime64; expected a number",
            ),
        }
    ),
)
def test_a_result_that_is_not_an_array_is_refused_with_a_line(
    value: Any, phrase: str, ndarray: ModuleType
) -> None:
    with pytest.raises(TypeError) as error:
        to_raw(value, ndarray)
    assert phrase in str(error.value)
    assert "\n" not in str(error.value)


def test_a_value_that_crosses_is_a_copy(ndarray: ModuleType) -> None:
    array = GRID.copy()
    (raw,) = to_raw(array, ndarray)
    array[...] = 99

    np.testing.assert_array_equal(GRID, decoded(raw))


RECIPES = st.lists(st.sampled_from(["permute", "slice", "flip"]), max_size=4)


@given(st.lists(st.integers(0, 4), min_size=1, max_size=4), RECIPES)
def test_the_promised_shape_is_the_shape_of_the_view(lengths: list[int], views: list[str]) -> None:
    base = np.zeros(lengths, np.float32)
    recipe: list[tuple[str, Any]] = []
    view = base
    for name in views:
        if name == "permute":
            axes = [*range(1, base.ndim), 0]
            recipe.append(("permute", axes))
            view = view.transpose(axes)
        else:
            steps = [[1, None, 2] if name == "slice" else [None, None, -1]] * base.ndim
            recipe.append(("slice", steps))
            view = view[tuple(slice(*step) for step in steps)]

    assert Input(base, tuple(recipe)).shape == view.shape


def test_a_case_holds_values_as_tuples_and_arrays_with_their_recipes() -> None:
    raw = RawArray("<f4", (2, 3), GRID.tobytes())
    recipe = [["permute", [1, 0]], ["slice", [[1, None, 1], [None, None, -1]]]]
    fields = {"values": {"stride": [2, 1], "padding": 0, "pairs": [[1, 2], [3, 4]]}, "inputs": {"x": recipe}}
    case = Case(fields, [raw])

    assert (case.stride, case.padding, case.pairs) == ((2, 1), 0, ((1, 2), (3, 4)))
    assert case.x.shape == (2, 2)
    with pytest.raises(AttributeError, match="no 'w'"):
        _ = case.w


def test_a_case_whose_arrays_do_not_fit_its_names_is_refused() -> None:
    with pytest.raises(ValueError, match="zip"):
        Case({"values": {}, "inputs": {"x": [], "w": []}}, [RawArray("<f4", (), bytes(4))])


def test_a_function_is_found_in_whichever_module_was_submitted(ndarray: ModuleType) -> None:
    one, two = ModuleType("one"), ModuleType("two")
    two.conv = len  # type: ignore[attr-defined]
    submission = Submission([one, two], ndarray, "float32", "cpu")

    assert submission.conv is len
    with pytest.raises(AttributeError, match=r"one\.py or two\.py defines no flip"):
        _ = submission.flip
