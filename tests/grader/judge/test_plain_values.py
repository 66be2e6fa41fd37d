"""A case sends plain data and gets it back: compared part by part, and shown as Python writes it."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from grader.author.load import load
from grader.judge.draw_inputs import draw
from grader.judge.session import Session
from grader.judge.verdict.oracles import FrozenOracle, ReferenceOracle, freeze
from grader.model.assignment import Assignment
from grader.model.errors import UserError
from grader.model.grade import CheckResult, Status
from tests.folders import in_folder
from tests.small_assignment import write_assignment
from tests.tables import by_name

RUBRIC = """\
assignment: words
points: 6
criteria:
  - id: count
    title: counts letters
    points: 1
    probe: count
    help: README.md#here
    cases:
      - {id: kitten, ask: {word: kitten, options: {skip: [k, null], limits: [1, 2.5, true]}}}
  - id: near
    title: finds neighbors
    points: 1
    probe: near
    help: README.md#here
    compare: set
    cases:
      - {id: ab, ask: {word: ab}}
  - id: mean
    title: averages
    points: 1
    probe: mean
    help: README.md#here
    cases:
      - {id: thirds, ask: {numbers: [1, 2, 2]}, compare: close, tolerance: 1.0e-9}
  - id: refuse
    title: refuses
    points: 1
    probe: count
    help: README.md#here
    compare: raises
    cases:
      - {id: a-number, ask: {word: 7, options: {skip: []}}, raises: LookupError}
  - id: drawn
    title: reverses any word
    points: 1
    probe: turn
    help: README.md#here
    cases:
      - {id: any, draw: 2, random: {word: {text: [3, 6], letters: xyz}, k: {integer: [0, 9], count: 3}}}
  - id: scaled
    title: scales an array
    points: 1
    probe: scale
    help: README.md#here
    cases:
      - {id: beside-an-array, shape: [2], ask: {factor: 3, label: twice}}
"""
PROBES = """\
def count(submission, case):
    return submission.count(case.word, case.options)


def near(submission, case):
    return submission.near(case.word)


def mean(submission, case):
    return submission.mean(case.numbers)


def turn(submission, case):
    return submission.turn(case.word), case.k


def scale(submission, case):
    return {case.label: submission.scale(case.a.numpy(), case.factor)}
"""
RIGHT = """\
import numpy as np


def count(word, options):
    if not isinstance(word, str):
        raise KeyError("no text")
    counts = {c: word.count(c) for c in word if c not in options["skip"]}
    return {"counts": counts, "order": tuple(sorted(counts)), "letters": set(word), "options": options}


def near(word):
    return [word[:i] + word[i + 1:] for i in range(len(word))]


def mean(numbers):
    return sum(numbers) / len(numbers)


def turn(word):
    return word[::-1]


def scale(a, factor):
    return a * factor
"""
NDARRAY = "class NDArray: ...\n\n\ndef cpu(): ...\n"


@pytest.fixture(scope="module")
def assignment(tmp_path_factory: pytest.TempPathFactory) -> Assignment:
    root = tmp_path_factory.mktemp("words")
    words = write_assignment(root, "words", RIGHT, PROBES, RUBRIC, {"ndarray.py": NDARRAY})
    (root / "reference" / "ndarray.py").write_text(NDARRAY)
    return words


@pytest.fixture
def verdicts(session: Session, tmp_path: Path) -> Callable[..., dict[str, CheckResult]]:
    """The result of each criterion's first case, with one text of the right submission replaced."""

    def verdicts(old: str = "", new: str = "") -> dict[str, CheckResult]:
        assert old in RIGHT
        (tmp_path / "words.py").write_text(RIGHT.replace(old, new))
        grade = session.grade(in_folder(tmp_path), "ada")
        return {criterion.id: criterion.results[0] for criterion in grade.criteria}

    return verdicts


def test_the_reference_itself_passes_every_case(verdicts: Callable[..., dict[str, CheckResult]]) -> None:
    results = verdicts()

    assert {id: (r.status, r.rationale) for id, r in results.items()} == dict.fromkeys(
        results, (Status.OK, "")
    )


def test_a_case_is_described_as_the_arguments_of_a_call(
    verdicts: Callable[..., dict[str, CheckResult]],
) -> None:
    results = verdicts()

    assert results["count"].inputs == (
        "word='kitten', options={'skip': ['k', None], 'limits': [1, 2.5, True]}"
    )
    assert results["scaled"].inputs == "an array of shape (2,), factor=3, label='twice'"


WRONG = {
    "a_count": ("word.count(c) for", "1 for", "count", "2", "1", "at result['counts']['t']: "),
    "a_list_for_a_tuple": (
        "tuple(sorted",
        "list(sorted",
        "count",
        "('e'",
        "['e'",
        "the function returned a list; a tuple is expected",
    ),
    "a_true_for_a_one": (
        '"options": options',
        '"options": {**options, "limits": [True, 2.5, True]}',
        "count",
        "1",
        "True",
        "at result['options']['limits'][0]: the type differs: "
        "the function returned a bool; an int is expected",
    ),
    "a_key_less": (
        '"letters": set(word), ',
        "",
        "count",
        "{'counts'",
        "{'counts'",
        "the key 'letters' is missing",
    ),
    "nothing": ("return word[::-1]", "word[::-1]", "drawn", "'", "None", "is a return missing?"),
    "an_element_less": (
        "range(len(word))]",
        "range(1, len(word))]",
        "near",
        "['b', 'a']",
        "['a']",
        "'b' is missing",
    ),
    "one_element_twice": (
        "return [word",
        "return ['a'] + [word",
        "near",
        "['b', 'a']",
        "['a', ",
        "not this often",
    ),
    "a_mean_that_is_off": (
        "/ len(numbers)",
        "/ len(numbers) + 1e-6",
        "mean",
        "1.66666",
        "1.66666",
        "off by more",
    ),
    "a_value_for_an_exception": (
        'raise KeyError("no text")',
        "return 0",
        "refuse",
        "LookupError is raised",
        "0 is",
        "",
    ),
    "an_array_of_another_dtype": (
        "return a * factor",
        "return (a * factor).astype('f8')",
        "scaled",
        "float32",
        "float64",
        "dtype",
    ),
}


@pytest.mark.parametrize(("old", "new", "id", "expected", "actual", "why"), by_name(WRONG))
def test_a_difference_is_named_by_its_place_and_shown_as_python_writes_it(
    verdicts: Callable[..., dict[str, CheckResult]],
    old: str,
    new: str,
    id: str,
    expected: str,
    actual: str,
    why: str,
) -> None:
    result = verdicts(old, new)[id]

    assert result.status is Status.WRONG
    assert result.expected.startswith(expected)
    assert result.actual.startswith(actual)
    assert why in result.rationale


def test_order_and_rounding_and_the_class_below_are_no_difference(
    verdicts: Callable[..., dict[str, CheckResult]],
) -> None:
    assert verdicts("range(len(word))]", "reversed(range(len(word)))]")["near"].status is Status.OK
    assert verdicts("/ len(numbers)", "/ len(numbers) + 1e-12")["mean"].status is Status.OK
    assert verdicts("raise KeyError", "raise IndexError")["refuse"].status is Status.OK
    assert verdicts("raise KeyError", "raise ValueError")["refuse"].status is Status.ERROR
    assert verdicts("raise KeyError", "raise NotImplementedError")["refuse"].status is Status.ERROR


NO_DATA = {
    "a_function": ("return word[::-1]", "return len", "the result[0] is a builtin_function_or_method"),
    "a_generator": ("return word[::-1]", "return (c for c in word)", "the result[0] is a generator"),
    "a_list_that_holds_itself": (
        "return word[::-1]",
        "own = []; own.append(own); return own",
        "the result[0][0] is a list that holds itself",
    ),
    "nested_without_end": (
        "return word[::-1]",
        "deep = []\n    for _ in range(10**6): deep = [deep]\n    return deep",
        "nested more than 32 deep",
    ),
    "too_many_values": ("return word[::-1]", "return [0] * 10**6", "more than 100000 values"),
    "shared_without_end": (
        "return word[::-1]",
        "wide = []\n    for _ in range(30): wide = [wide, wide]\n    return wide",
        "more than 100000 values",
    ),
    "an_object": ("return word[::-1]", "return object()", "the result[0] is an object; expected a number"),
}


@pytest.mark.parametrize(("old", "new", "why"), by_name(NO_DATA))
def test_a_result_that_is_no_data_is_named_and_costs_its_own_case(
    verdicts: Callable[..., dict[str, CheckResult]], old: str, new: str, why: str
) -> None:
    results = verdicts(old, new)

    assert results["drawn"].status is Status.ERROR
    assert why in results["drawn"].rationale
    line = RIGHT[: RIGHT.index("def turn")].count("\n") + 1
    assert results["drawn"].rationale.startswith(f"words.py:{line}: TypeError: ")
    assert results["scaled"].status is Status.OK


def test_values_are_frozen_for_a_handout_as_the_reference_gives_them(
    assignment: Assignment, tmp_path: Path
) -> None:
    reference = ReferenceOracle(assignment)
    cases = [case for case in assignment.rubric.cases if case.compare != "raises"]
    freeze(cases, reference, tmp_path / "frozen.npz")
    frozen = FrozenOracle(tmp_path / "frozen.npz")
    for case in cases:
        inputs = frozen.inputs(case)
        assert inputs.digest == reference.inputs(case).digest
        one, other = reference.expected(case, reference.inputs(case)), frozen.expected(case, inputs)
        assert repr(one.value) == repr(other.value)
    frozen.close()
    reference.close()


def test_drawn_values_are_of_their_ranges_and_differ_from_draw_to_draw(assignment: Assignment) -> None:
    case = next(case for case in assignment.rubric.cases if case.id == "any-1")
    questions = [draw(case, "words", redraw=number).ask for number in range(50)]

    assert {len(each["word"]) for each in questions} == {3, 4, 5, 6}
    assert set("".join(each["word"] for each in questions)) == set("xyz")
    assert {n for each in questions for n in each["k"]} == set(range(10))
    assert all(len(each["k"]) == 3 for each in questions)
    assert draw(case, "words").ask == draw(case, "words").ask != draw(replace(case, id="any-2"), "words").ask


BROKEN = {
    "a_date": ("word: ab}", "word: 2026-01-01}", 18, "holds a date; put it in quotes"),
    "a_name_that_is_no_name": ("word: ab}", "Word: ab}", 18, "found"),
    "nothing": ("ask: {word: ab}", "ask: {}", 18, "found {} for 'ask'"),
    "too_much": ("word: ab}", f"word: {'ab ' * 20000}}}", 18, "at most 32768 bytes"),
    "a_range_that_runs_backwards": ("text: [3, 6]", "text: [6, 3]", 40, "does not run backwards"),
    "no_range": ("text: [3, 6], ", "", 40, "expected one of text, integer and real"),
    "letters_of_a_number": (
        "k: {integer",
        "k: {letters: ab, integer",
        40,
        "expected text where it has letters",
    ),
    "one_name_twice": ("random: {word:", "ask: {word: ab}, random: {word:", 40, "found 'word' twice"),
    "raises_without_a_class": (", raises: LookupError", "", 33, "`compare: raises` also needs `raises`"),
    "a_class_without_raises": (
        "ask: {word: ab}",
        "ask: {word: ab}, raises: KeyError",
        18,
        "goes with `compare: raises`",
    ),
    "a_tolerance_of_what_is_exact": (
        "ask: {word: ab}",
        "ask: {word: ab}, tolerance: 0.1",
        18,
        "`tolerance` goes with `compare: close`",
    ),
}


@pytest.mark.parametrize(("old", "new", "line", "why"), by_name(BROKEN))
def test_a_literal_that_no_case_takes_is_named_with_its_line(
    assignment: Assignment, tmp_path: Path, old: str, new: str, line: int, why: str
) -> None:
    folder = tmp_path / "assignments" / "words"
    folder.parent.mkdir()
    folder.symlink_to(assignment.folder)
    text = (assignment.folder / "rubric.yaml").read_text()
    try:
        (folder / "rubric.yaml").write_text(text.replace(old, new))
        (tmp_path / "reference").symlink_to(assignment.folder.parents[1] / "reference")
        with pytest.raises(UserError) as error:
            load(folder)
    finally:
        (assignment.folder / "rubric.yaml").write_text(text)
    assert f"rubric.yaml:{line}: " in str(error.value)
    assert why in str(error.value)
