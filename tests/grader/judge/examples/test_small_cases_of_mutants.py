"""Laws of the small cases of the course's own assignments, here and in a handout: slow, because all run."""

from collections.abc import Callable
from functools import cache

import pytest

from grader import Course
from grader.author.handout import GRADING, generate
from grader.author.load import load
from grader.judge.examples.answer_to_small_case import answer_of
from grader.judge.examples.failing_cases import examples_of
from grader.judge.examples.freeze_small_cases import SMALLEST, FrozenLadders
from grader.judge.examples.trial import Runner, oracle_of, try_case
from grader.judge.session import Session
from grader.model.assignment import Assignment
from grader.model.submitted_files import SubmittedFiles
from grader.model.surroundings import Sandbox
from grader.prove.assignment_checks import SOLUTION, submissions
from grader.prove.read_mutants import read_mutants
from tests.course_names import NAMES, ROOT

pytestmark = pytest.mark.slow
# Only a case with a few numbers chosen by hand shows these visibly. It is small itself, so it is shown whole.
# The mistake in a grid needs whole tiles, and no small case has any.
SMALL_ALREADY = {
    "cuda_kernels": ["grid_one_too_many"],
    "pool_norm": [
        "gamma_and_beta_exchanged",
        "batch_norm_of_one_eps",
        "batch_grad_of_one_eps",
        "layer_grad_of_one_eps",
    ],
}
# A handout has room for so many small cases. Those of two channels with two kernels each come too late.
LARGE_IN_A_HANDOUT = {"conv_family": ["kernels_of_a_channel_apart"]}


@pytest.fixture(scope="module")
def handout_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Assignment]:
    """The assignment of a generated handout."""

    @cache
    def generated(name: str) -> Assignment:
        out = tmp_path_factory.mktemp(name)
        generate([Course(ROOT)[name].views.assignment], out)
        return load(out / "release" / name / GRADING)

    return generated


def files_of(texts: dict[str, str]) -> SubmittedFiles:
    return SubmittedFiles({name: text.encode() for name, text in texts.items()})


def frozen_clock() -> float:
    """Stands still, so that a slow machine finds what a fast one does."""
    return 0.0


@pytest.mark.parametrize("has_reference", [True, False], ids=["course", "handout"])
@pytest.mark.parametrize("name", NAMES)
def test_every_mutant_has_a_small_case_that_fails_as_its_visible_case_does(
    name: str, has_reference: bool, handout_of: Callable[[str], Assignment]
) -> None:
    """At least one of the criteria that it visibly fails shows a small case."""
    views = Course(ROOT)[name].views
    mutants, _ = read_mutants(views)
    by_name = submissions(views, mutants)
    assignment = views.assignment if has_reference else handout_of(name)
    large: list[str] = []
    small_already: list[str] = []
    with Session(assignment, sandbox=Sandbox.BUBBLEWRAP) as session:
        answer = answer_of(session.setup.oracle, assignment)
        for mutant in mutants:
            files = files_of(by_name[mutant.name])
            grade = session.grade(files, mutant.name)
            results = [r for criterion in grade.criteria for r in criterion.results]
            whole, small = examples_of(session, assignment, files, results, frozen_clock, answer)
            if whole and not small:
                is_small = any(example.is_small for example in whole.values())
                (small_already if is_small else large).append(mutant.name)
    assert small_already == SMALL_ALREADY.get(name, [])
    assert large == ([] if has_reference else LARGE_IN_A_HANDOUT.get(name, []))


@pytest.mark.parametrize("name", NAMES)
def test_the_solution_passes_every_small_case_of_a_handout(
    name: str, handout_of: Callable[[str], Assignment]
) -> None:
    """A student with one mistake sees no case in which right code would fail, for example above a budget."""
    assignment = handout_of(name)
    assert assignment.frozen is not None
    ladders = FrozenLadders(assignment.frozen.with_name(SMALLEST))
    views = Course(ROOT)[name].views
    failing: list[str] = []
    with (
        Session(assignment, sandbox=Sandbox.BUBBLEWRAP) as session,
        session.setup.candidate(files_of(submissions(views, [])[SOLUTION])) as candidate,
    ):
        runner = Runner(candidate.implementation.run)
        for criterion in assignment.rubric.criteria:
            candidate.implementation.budgets.enter(criterion.id)
            for case, inputs in ladders.of(criterion):
                oracle = oracle_of(case, inputs, ladders.expected(case, inputs))
                if failure := try_case(case, oracle, runner, assignment).failure:
                    failing.append(f"{case.name} {inputs.values} {inputs.ask}: {failure}")
    assert failing == []
