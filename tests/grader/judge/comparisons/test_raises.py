"""An exception counts as a refusal only if the submission raised it, and not the probe."""

from collections.abc import Callable
from pathlib import Path

import pytest

from grader.judge.session import Session
from grader.model.assignment import Assignment
from grader.model.grade import CheckResult, Status
from tests.folders import in_folder
from tests.small_assignment import write_assignment
from tests.tables import by_name

PROBES = """\
def half(submission, case):
    return submission.half(case.number)


def unpacked(submission, case):
    whole, rest = submission.half(case.number)
    return whole, rest


def checked(submission, case):
    if submission.half(case.number) is None:
        raise ValueError("nothing came back")


def as_number(submission, case):
    return int(submission.half(case.number))


def of_a_class(submission, case):
    return submission.Half(case.number).value


def of_a_case_that_lacks_it(submission, case):
    return submission.half(int("no number"))
"""
RIGHT = """\
from enum import Enum
from functools import cache, partial

import numpy as np


class Half(Enum):
    ZERO = 0


def half(number):
    raise ValueError("only even numbers have a half")
"""
CASES = "      - {id: one, ask: {number: 7}, raises: %s}\n"
CRITERION = """\
  - id: %s
    title: refuses
    points: 1
    probe: %s
    compare: raises
    help: README.md#here
    cases:
"""
KINDS = ("ValueError", "TypeError", "IndexError", "RuntimeError")
PROBED = ("half", "unpacked", "checked", "as_number", "of_a_class", "of_a_case_that_lacks_it")
RUBRIC = f"assignment: halves\npoints: {len(KINDS) * len(PROBED)}\ncriteria:\n" + "".join(
    CRITERION % (f"{probe}_{kind}".lower(), probe) + CASES % kind for probe in PROBED for kind in KINDS
)


@pytest.fixture(scope="module")
def assignment(tmp_path_factory: pytest.TempPathFactory) -> Assignment:
    provided = {"ndarray.py": "class NDArray: ...\n\n\ndef cpu(): ...\n"}
    return write_assignment(tmp_path_factory.mktemp("halves"), "halves", RIGHT, PROBES, RUBRIC, provided)


@pytest.fixture
def verdict(session: Session, tmp_path: Path) -> Callable[..., CheckResult]:
    """The result of one criterion, for a submission that defines `half` in another way."""

    def verdict(criterion: str, half: str = "") -> CheckResult:
        (tmp_path / "halves.py").write_text(f"{RIGHT}\n\n{half}")
        grade = session.grade(in_folder(tmp_path), "ada")
        (result,) = next(each.results for each in grade.criteria if each.id == criterion)
        return result

    return verdict


OF_THE_SUBMISSION: dict[str, tuple[str, str]] = {
    "a_function": ("half_valueerror", ""),
    "in_a_library": ("half_valueerror", "def half(number):\n    return np.stack([])\n"),
    "in_a_function_of_c": ("half_valueerror", "def half(number):\n    return int('x')\n"),
    "in_a_probe_that_would_unpack": ("unpacked_valueerror", ""),
    "a_lambda": ("half_valueerror", "half = lambda number: [].index(number)\n"),
    "a_partial_function": ("half_valueerror", "half = partial(lambda a, b: [].index(a), b=1)\n"),
    "a_cached_function": ("half_valueerror", "half = cache(lambda number: [].index(number))\n"),
    "arguments_that_a_cache_refuses": ("half_typeerror", "half = partial(cache(lambda a, b: 0), [])\n"),
    "an_error_of_numpy": ("half_indexerror", "def half(number):\n    return np.zeros(2).sum(axis=5)\n"),
    "a_class_of_its_own": (
        "half_valueerror",
        "class Odd(ValueError): ...\n\n\ndef half(number):\n    raise Odd\n",
    ),
    "a_class_of_values": ("of_a_class_valueerror", ""),
}
NOT_OF_THE_SUBMISSION: dict[str, tuple[str, str]] = {
    "too_few_values_to_unpack": ("unpacked_valueerror", "def half(number):\n    return [3]\n"),
    "nothing_to_unpack": ("unpacked_typeerror", "def half(number):\n    return None\n"),
    "raised_by_the_probe": ("checked_valueerror", "def half(number):\n    return None\n"),
    "a_text_that_the_probe_converts": ("as_number_valueerror", "def half(number):\n    return 'three'\n"),
    "no_data": ("half_typeerror", "def half(number):\n    return len\n"),
    "an_object": ("half_typeerror", "def half(number):\n    return object()\n"),
    "too_few_parameters": ("half_typeerror", "def half():\n    return 3\n"),
    "a_case_that_the_probe_misreads": ("of_a_case_that_lacks_it_valueerror", ""),
}


@pytest.mark.parametrize(("criterion", "half"), by_name(OF_THE_SUBMISSION))
def test_an_exception_of_the_submission_is_a_refusal(
    verdict: Callable[..., CheckResult], criterion: str, half: str
) -> None:
    result = verdict(criterion, half)

    assert (result.status, result.rationale) == (Status.OK, "")


@pytest.mark.parametrize(("criterion", "half"), by_name(NOT_OF_THE_SUBMISSION))
def test_an_exception_of_the_probe_is_no_refusal(
    verdict: Callable[..., CheckResult], criterion: str, half: str
) -> None:
    """It earns no points, and the student reads whose exception it is."""
    result = verdict(criterion, half)

    assert result.status is Status.ERROR
    assert result.actual.endswith("is raised, but not by your code")
    assert "tell your instructor" in result.rationale


@pytest.mark.parametrize("kind", ["NotImplementedError", "Unwritten"])
def test_an_unwritten_function_refuses_nothing(verdict: Callable[..., CheckResult], kind: str) -> None:
    """Python derives NotImplementedError from RuntimeError, but the handout itself raises it."""
    half = f"class Unwritten(NotImplementedError): ...\n\n\ndef half(number):\n    raise {kind}\n"

    assert verdict("half_runtimeerror", half).status is Status.ERROR


def test_of_a_large_array_that_should_not_exist_only_the_shape_is_shown(
    verdict: Callable[..., CheckResult],
) -> None:
    small = verdict("half_valueerror", "def half(number):\n    return np.zeros(3)\n")
    assert small.actual == "array([0., 0., 0.], dtype=float64) is returned"
    large = verdict("half_valueerror", "def half(number):\n    return np.zeros((3, 4, 5))\n")
    assert large.actual == "an array of shape (3, 4, 5) is returned"
