"""Laws of the smallest failing case, on the course's own assignments."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import pytest

from grader import Course
from grader.author.load import load
from grader.judge.comparisons import compared_by
from grader.judge.differences.difference import Expected
from grader.judge.draw_inputs import draw
from grader.judge.examples.answer_to_small_case import Answer, answer_of
from grader.judge.examples.failing_cases import examples_of
from grader.judge.examples.forward_shape import forward_of
from grader.judge.examples.lay_out_case import fields_read, lay_out, layout_of, wrong_in
from grader.judge.examples.shorter_arrays import shorter_shapes, stated_lengths
from grader.judge.examples.smallest import (
    MOST_CANDIDATES,
    SECONDS,
    WIDE,
    candidates,
    ladder,
    may_be_small,
    order_of,
)
from grader.judge.examples.trial import way_of_failing
from grader.judge.inputs import Inputs
from grader.judge.kind import Shape
from grader.judge.kinds import kind_of
from grader.judge.process.implementation import Implementation
from grader.judge.session import Session
from grader.judge.verdict.oracles import ReferenceOracle
from grader.model.assignment import Assignment, Case, Criterion
from grader.model.example import Table
from grader.model.grade import Outcome, Status
from grader.model.submitted_files import SubmittedFiles
from grader.model.surroundings import Sandbox
from grader.model.wire_format import RawArray
from grader.prove.assignment_checks import submissions
from grader.prove.read_mutants import read_mutants
from tests.course_names import NAMES, ROOT


def any_answer(case: Case, inputs: Inputs) -> Expected:
    """Stands for a reference that has an answer to everything."""
    return Expected(())


@contextmanager
def reference_of(name: str) -> Iterator[tuple[Assignment, Answer]]:
    """An assignment of the course, and its reference."""
    assignment = Course(ROOT)[name].views.assignment
    oracle = ReferenceOracle(assignment)
    try:
        yield assignment, answer_of(oracle, assignment)
    finally:
        oracle.close()


def has_arrays(case: Case) -> bool:
    return may_be_small(case) and bool(draw(case, "any").bases)


@pytest.mark.parametrize("name", NAMES)
def test_every_visible_case_has_smaller_ones_and_the_smallest_come_first(name: str) -> None:
    for criterion in load(ROOT / "assignments" / name).rubric.criteria:
        for case in filter(has_arrays, criterion.cases):
            order = [order_of(*small) for small in candidates(case, any_answer, Clock().now)]
            assert order and order == sorted(order), case.name


class Clock:
    """A clock that goes on by `tick` each time it is read, and by `seconds` at each question.

    With `refuses`, the reference has no answer to anything.
    """

    def __init__(self, *, tick: float = 0.0, seconds: float = 0.0, refuses: bool = False) -> None:
        self.time, self.asked = 0.0, 0
        self._tick, self._seconds, self._refuses = tick, seconds, refuses

    def now(self) -> float:
        self.time += self._tick
        return self.time

    def answer(self, case: Case, inputs: Inputs) -> Expected | None:
        self.asked += 1
        self.time += self._seconds
        return None if self._refuses else Expected(())


def a_convolution() -> Case:
    return load(ROOT / "assignments" / "conv_backward").criterion("x_grad").cases[0]


def test_the_first_small_case_waits_for_one_answer_of_the_reference() -> None:
    clock = Clock(seconds=0.4)
    small_ones = candidates(a_convolution(), clock.answer, clock.now)
    next(small_ones)
    assert clock.asked == 1


@pytest.mark.parametrize("refuses", [False, True])
def test_a_slow_reference_is_asked_only_while_the_time_lasts(refuses: bool) -> None:
    clock = Clock(seconds=0.4, refuses=refuses)
    small_ones = list(candidates(a_convolution(), clock.answer, clock.now))
    assert bool(small_ones) is not refuses
    assert clock.asked == 3  # at 0 s, 0.4 s and 0.8 s


def test_on_a_slow_machine_half_of_the_time_is_left_for_the_cases_drawn_so_far() -> None:
    clock = Clock(tick=0.1)
    small_ones = candidates(a_convolution(), clock.answer, clock.now)
    next(small_ones)
    assert SECONDS / 2 < clock.time <= SECONDS / 2 + 0.3


@pytest.mark.parametrize(
    ("name", "criterion", "elements"),
    [
        ("pool_norm", "max_pool_grad", 2 + 1),  # a window of 2 and its gradient
        ("pool_norm", "normalize_grad", 1 + 1),  # written in the rubric by a kind of the assignment's own
        ("pool_norm", "batch_norm_grad", 1 + 1 + 1),
        ("conv_family", "x_grad", 1 + 1 + 1),
        ("dense", "unbroadcast", 1),
        (
            "ndarray",
            "add_product",
            2 + 4 + 8,
        ),  # only the inner length: the probe asks for an `out` of 2×4
    ],
)
def test_arrays_of_any_names_shrink_as_far_as_the_reference_has_an_answer(
    name: str, criterion: str, elements: int
) -> None:
    """One sample of one channel; a right function passes each of them, and rounding shows in none."""
    with reference_of(name) as (assignment, answer):
        rungs = ladder(assignment.criterion(criterion), answer)
        case, inputs = rungs[0]
        assert sum(array.size for array in inputs.bases.values()) == elements
        assert inputs.ask == case.ask
        assert all(answer(*rung) is not None for rung in rungs[:40])


def test_a_result_has_the_shape_that_the_question_states() -> None:
    """A slice stops, without an error, at the end of an array that is too short for it."""
    with reference_of("conv_family") as (assignment, answer):
        for case, inputs in ladder(assignment.criterion("pixel_slices"), answer):
            expected = answer(case, inputs)
            assert expected is not None
            assert list(expected.arrays[0].shape) == inputs.ask["lengths"]


def test_a_negative_padding_leaves_one_element_of_the_smallest_array() -> None:
    with reference_of("conv_forward") as (assignment, answer):
        rungs = ladder(assignment.criterion("pad"), answer)
        cut = [
            (case, inputs) for case, inputs in rungs if inputs.ask["padding"] == [[-1, -2], [2, -3], [0, 0]]
        ]
        left = [
            inputs.array("a").size
            for case, inputs in cut
            if (expected := answer(case, inputs)) is not None and expected.arrays[0].size
        ]
        assert min(left) == 4 * 2 * 1


def test_equal_lengths_at_the_same_place_of_two_arrays_stay_equal() -> None:
    shapes = [*shorter_shapes({"x": (2, 3, 5), "gamma": (5,), "out_grad": (2, 3, 5)})]
    assert shapes[0] == {"x": (1, 1, 1), "gamma": (1,), "out_grad": (1, 1, 1)}
    assert shapes[-1] == {"x": (2, 3, 5), "gamma": (5,), "out_grad": (2, 3, 5)}
    assert len(shapes) == 2 * 3 * 5
    assert all(each["x"] == each["out_grad"] and each["gamma"] == each["x"][-1:] for each in shapes)


STATED = {
    "flat": ({"shape": [2, 3]}, {2, 3}),
    "a_shape_of_shapes": ({"shape": [[1, 2], [4]]}, {1, 2, 4}),
    "a_nested_mapping": ({"out": {"shape": [2, [3]]}}, {2, 3}),
    "mappings_in_a_list": ({"parts": [{"shape": [2]}, [{"shape": [3]}]]}, {2, 3}),
    "mappings_in_a_shape": ({"shape": [{"shape": [5]}, {"size": 7}]}, {5}),
    "no_whole_numbers": ({"shape": [True, 1.5, "x", None]}, set()),
    "no_shape": ({"axes": [1, 2]}, set()),
    "a_number": ({"shape": 3}, {3}),
}


@pytest.mark.parametrize(("asked", "lengths"), STATED.values(), ids=STATED)
def test_a_question_may_name_lengths_at_any_depth(asked: object, lengths: set[int]) -> None:
    assert stated_lengths(asked) == lengths


def test_an_axis_without_elements_keeps_none() -> None:
    assert [*shorter_shapes({"a": (0, 2)})] == [{"a": (0, 1)}, {"a": (0, 2)}]


def rungs_with_values(criterion: Criterion) -> list[tuple[Case, Inputs]]:
    """A criterion's ladder, which ends with the cases that must raise an exception."""
    rungs = ladder(criterion, any_answer)
    refused = [compared_by(case).expects_exception for case, _ in rungs]
    assert refused == sorted(refused)
    return rungs[: refused.count(False)]


def test_more_padding_than_the_kernel_is_long_is_tried_last() -> None:
    """A negative edge is a mistake of its own, which would be mixed up with the one that is shown."""
    x_grad = load(ROOT / "assignments" / "conv_backward").criterion("x_grad")
    rungs = rungs_with_values(x_grad)
    crops = [
        any(p >= k for p, k in zip(inputs.values["padding"], inputs.array("w").shape[:2], strict=True))
        for _, inputs in rungs
        if inputs.array("x").shape[0] == inputs.array("x").shape[3] == 1
        and not isinstance(inputs.values["padding"], int)
    ]
    assert any(crops) and not any(crops[: crops.index(True)])
    plain = [kind_of(case).is_plain(inputs) for case, inputs in rungs]
    assert plain == sorted(plain, reverse=True)


def test_a_view_says_how_it_lies_in_its_buffer() -> None:
    base = np.arange(30.0, dtype=np.float32)
    recipe = (("slice", ((3, 12, 2),)), ("slice", ((None, None, -1),)))
    view = Inputs({}, {"a": base, "b": base}, {"a": recipe, "b": ()})
    assert layout_of("a", view) == "a view: strides (-2), offset 11 of 30"
    assert layout_of("b", view) == ""


def test_a_convolutions_ladder_begins_with_one_nonzero() -> None:
    x_grad = load(ROOT / "assignments" / "conv_backward").criterion("x_grad")
    rungs = rungs_with_values(x_grad)

    assert len(rungs) == MOST_CANDIDATES
    for _, inputs in rungs[: MOST_CANDIDATES // 2]:
        n, height, width, channels = inputs.array("x").shape
        assert (n, channels) == (1, 1) and height <= 5 and width <= 5
        assert abs(inputs.array("w")).max() <= 9
    assert any(
        (inputs.array("out_grad") != 0).sum() == 1 < inputs.array("out_grad").size for _, inputs in rungs
    )


def test_a_convolutions_small_cases_have_every_setting_and_wide_numbers_with_many_of_them() -> None:
    """A gap may matter only together with a padding, and half precision shows only in wide numbers."""
    settings = {(3, 2, 3, 1), (2, 1, 3, 1), (2, 2, 1, 2)}  # length, kernel, stride, padding
    x_grad = load(ROOT / "assignments" / "conv_backward").criterion("x_grad")
    for case in (case for case in x_grad.cases if case.parameters.get("wide")):
        drawn = [inputs for _, inputs in candidates(case, any_answer, Clock().now)]
        of_height = {
            (inputs.array("x").shape[1], len(inputs.array("w")), *(v[0] for v in inputs.values.values()))
            for inputs in drawn
            if not any(isinstance(v, int) for v in inputs.values.values())
        }
        assert of_height >= settings, case.name
        assert sum(inputs.array("out_grad").max() >= WIDE for inputs in drawn) > 40, case.name


def test_long_axes_shrink_to_lengths_just_past_a_power_of_two() -> None:
    """There a warp, a tile or a block is not enough, and one element more shows what happens to it."""
    (fill,) = (
        c for c in load(ROOT / "assignments" / "cuda_kernels").criterion("fill").cases if may_be_small(c)
    )
    lengths = {inputs.array("a").size for _, inputs in candidates(fill, any_answer, Clock().now)}
    assert lengths == {1, 2, 3, 4, 5, 6, 9, 17, 33, 65, 129, 257}


def test_a_bug_that_the_emulator_finds_has_a_smallest_case_with_its_words() -> None:
    """The way of failing is the bug and its kernel: one of another kernel is no example of it."""
    views = Course(ROOT)["cuda_kernels"].views
    mutants, _ = read_mutants(views)
    name = "no_guard_in_add"
    texts = submissions(views, [one for one in mutants if one.name == name])[name]
    files = SubmittedFiles({file: text.encode() for file, text in texts.items()})
    with Session(views.assignment, sandbox=Sandbox.BUBBLEWRAP) as session:
        results = [r for criterion in session.grade(files, name).criteria for r in criterion.results]
        _, small = examples_of(session, views.assignment, files, results, Clock().now)
    example = small["elementwise_bugs/add"]
    assert [table.shape for table in example.inputs] == [(1,), (1,)]
    assert "out_of_bounds in add" in example.end_reason
    assert example.settings == {"kernel": "add"}


def test_a_small_case_is_run_once_however_many_failing_cases_lead_to_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    views = Course(ROOT)["conv_backward"].views
    mutants, _ = read_mutants(views)
    name = "kernel_not_flipped"
    texts = submissions(views, [one for one in mutants if one.name == name])[name]
    files = SubmittedFiles({file: text.encode() for file, text in texts.items()})
    asked: list[tuple[str, str]] = []
    run = Implementation.run

    def counted(self: Implementation, probe: str, inputs: Inputs, dtype: str = "") -> Outcome:
        if self.subject.files == files.files:  # and not the reference
            asked.append((probe, inputs.digest))
        return run(self, probe, inputs, dtype)

    with Session(views.assignment, sandbox=Sandbox.BUBBLEWRAP) as session:
        results = [r for c in session.grade(files, "ada").criteria for r in c.results if c.id == "x_grad"]
        monkeypatch.setattr(Implementation, "run", counted)
        _, small = examples_of(session, views.assignment, files, results, Clock().now)
    assert len(small) > 1
    assert len(asked) == len(set(asked))


def test_a_result_of_the_wrong_dtype_fails_in_another_way_than_wrong_numbers_and_shows_both_dtypes() -> None:
    """Its numbers may look right."""
    assignment = load(ROOT / "assignments" / "conv_backward")
    case = assignment.criterion("flip").cases[0]
    inputs = draw(case, "any")
    expected = Expected((np.ones(2),))
    ones = {dtype: np.ones(2, dtype) for dtype in ("float32", "float64")}
    outcomes = {
        dtype: Outcome(Status.OK, (RawArray(array.dtype.str, (2,), array.tobytes()),))
        for dtype, array in ones.items()
    }
    assert [way_of_failing(case, expected, outcome) for outcome in outcomes.values()] == ["", "dtype of 0"]
    for dtype, layouts in {"float32": ("", ""), "float64": ("float32", "float64")}.items():
        shown = lay_out(case, inputs, expected, outcomes[dtype], assignment)
        assert (shown.expected[0].layout, shown.actual[0].layout) == layouts


def test_each_of_several_results_has_the_name_that_its_probe_gives_it() -> None:
    """A modified input is one of them, and a number alone would not say which."""
    assignment = load(ROOT / "assignments" / "conv_backward")
    case = assignment.criterion("gradient_inputs").cases[0]
    arrays = tuple(np.full(2, n, np.float32) for n in range(5))
    outcome = Outcome(Status.OK, tuple(RawArray("<f4", (2,), array.tobytes()) for array in arrays))
    shown = lay_out(case, draw(case, "any"), Expected(arrays), outcome, assignment)
    names = ["x", "w", "out_grad", "x_grad", "w_grad"]
    assert [table.name for table in shown.actual] == [
        f"actual {name} ({number} of 5)" for number, name in enumerate(names, 1)
    ]


def test_a_probes_inputs_are_those_it_reads_some_only_by_their_shape() -> None:
    probes = ROOT / "assignments" / "conv_backward" / "probes.py"
    fields = fields_read(probes, "x_grad")

    assert fields.names == {"out_grad", "w", "stride", "padding"}
    assert fields.only_shape == {"x"}


def test_every_grid_of_an_array_shows_each_element_once() -> None:
    table = Table("x", (2, 3, 4, 2), tuple(map(float, range(48))), grid=(1, 2))
    grids = list(table.grids())

    assert [label for label, _ in grids] == ["[0, :, :, 0]", "[0, :, :, 1]", "[1, :, :, 0]", "[1, :, :, 1]"]
    assert sorted(p for _, grid in grids for row in grid for p in row) == list(range(48))
    assert grids[1][1][0] == [1, 3, 5, 7]


def test_differences_are_marked_unless_the_shape_is_wrong() -> None:
    expected = Expected((np.array([1.0, 2.0]),))
    (marks,) = wrong_in(expected, [np.array([1.0, np.nan])])
    assert marks.tolist() == [False, True]
    assert not wrong_in(expected, [np.zeros(3)])[0].any()


def test_an_input_that_a_probe_reads_by_its_name_is_one_of_its_inputs() -> None:
    names = fields_read(ROOT / "assignments" / "ndarray" / "probes.py", "sum").names

    assert names >= {"a", "axes", "keepdims", "strided"}


def test_an_upstream_gradient_has_the_shape_of_the_forward_passs_result() -> None:
    """Drawn on its own, it would nearly always have the wrong length, and the reference would refuse it."""
    assignment = Course(ROOT)["conv_family"].views.assignment
    criterion = assignment.criterion("x_grad")
    plain = replace(criterion, cases=tuple(case for case in criterion.cases if case.id == "sound-padded"))
    oracle = ReferenceOracle(assignment)
    try:
        answer, forward = answer_of(oracle, assignment), forward_of(oracle, criterion)
        refused: list[Inputs] = []

        def counted(case: Case, inputs: Inputs) -> Expected | None:
            expected = answer(case, inputs)
            refused.extend([inputs] if expected is None else [])
            return expected

        rungs = ladder(plain, counted, forward)
        assert len(rungs) > 100 and refused == []
        _, smallest_inputs = rungs[0]
        assert forward is not None and forward(smallest_inputs) == smallest_inputs.array("out_grad").shape
        assert smallest_inputs.ask["stride"] == 2
    finally:
        oracle.close()


def test_lengths_that_only_fit_together_stay_equal() -> None:
    """The channels of an image and of a kernel are at different places; an equal number of images is free."""

    def fit(shapes: Mapping[str, Shape]) -> bool:
        return shapes["x"][2] == shapes["w"][1] and shapes["w"][0] <= shapes["x"][1]

    shapes = [*shorter_shapes({"x": (3, 5, 3), "w": (2, 3, 4)}, fit=fit)]
    assert len(shapes) == 3 * 5 * 3 * 2 * 4
    assert all(each["x"][2] == each["w"][1] for each in shapes)
    assert any(each["x"][0] != each["x"][2] for each in shapes)
