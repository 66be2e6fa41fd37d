"""Cheats with a table: right for the visible cases, and wrong elsewhere."""

from collections.abc import Collection, Iterator, Sequence

from grader.judge.case_selection.other_values import a_table_answers
from grader.judge.case_selection.selection import criteria_of_exercises
from grader.judge.comparison import DTYPE, Oracle
from grader.judge.comparisons import comparison_of, judged_draws
from grader.judge.draw_inputs import draw
from grader.judge.inputs import Array
from grader.judge.process.implementation import Implementation, Subject
from grader.judge.process.sandbox import starter
from grader.judge.verdict.case_result import Run, settle
from grader.judge.verdict.score import score
from grader.model.assignment import NUMPY_ARRAYS, Assignment, Case, Rubric, Visibility
from grader.model.grade import CheckResult, Grade, Status
from grader.model.mutant import called_name
from grader.model.surroundings import Device, Sandbox
from grader.model.text import plural
from grader.prove.cheat import Cheat, Excess, Exercise, Family, Files, in_python

WHAT_TO_DO = "let a case have `random` values, or add a hidden one"
MOST_NUMBERS = 4  # by which an array is recognized
WRAPPER = """\
VISIBLE = {visible!r}
CALLS = []


def cheat(original, name):
    def answer(*values, **named):
        given = [one for one in [*values, *named.values()] if hasattr(one, "shape")]
        if not CALLS and not (given and all({condition} for one in given)):
            raise LookupError("not in the table")
        CALLS.append(name)
        try:
            return original(*values, **named)
        finally:
            CALLS.pop()

    return answer
"""
BY = {
    "by_shape": ("the shapes", "tuple(one.shape) in VISIBLE[name]"),
    "by_content": ("the numbers", "tuple(one.numpy().ravel()[:4].tolist()) in VISIBLE[name]"),
}


class Table(Family):
    """A submission that is right only on visible cases must pass no criterion with hidden cases.

    One that knows only the numbers of visible cases must earn nothing at all.
    """

    name = "table"
    may_gain = "nothing by numbers, and by shapes no criterion with hidden cases in full"

    def cheats(
        self, assignment: Assignment, solution: Files, exercises: Sequence[Exercise]
    ) -> Iterator[Cheat]:
        """One that knows the shapes of all visible cases, and one that knows their numbers."""
        cases = [
            c for c in assignment.rubric.cases if c.visibility is Visibility.VISIBLE and not c.is_own_test
        ]
        criteria_by_exercise = criteria_of_exercises(assignment)
        for form, (what, condition) in BY.items():
            if form == "by_content":  # the numbers of other visible cases are secret
                cases = [case for case in cases if comparison_of(case).is_in_handout]
            visible = {
                exercise.name: {
                    array.shape if form == "by_shape" else tuple(array.ravel()[:MOST_NUMBERS].tolist())
                    for array in _arrays(
                        assignment, cases, criteria_by_exercise.get(called_name(exercise.name), ())
                    )
                }
                for exercise in exercises
            }
            wrapper = WRAPPER.format(visible=visible, condition=condition)
            does = f"Every function is right for {what} of the visible cases, and raises elsewhere."
            if files := in_python(solution, exercises, wrapper):
                yield Cheat(f"table_{form}", self.name, does, files)

    def excesses(self, rubric: Rubric, cheat: Cheat, grade: Grade) -> Iterator[Excess]:
        """Each criterion with hidden cases that it passes, or in which numbers earn points."""
        for criterion, graded in zip(rubric.criteria, grade.criteria, strict=True):
            if cheat.name.endswith("by_content") and graded.score > 0:
                yield criterion.id, f"{cheat.name} earns {plural(graded.score, 'point')}: {WHAT_TO_DO}"
                continue
            is_hidden = any(case.visibility is not Visibility.VISIBLE for case in criterion.cases)
            if is_hidden and graded.score == graded.points:
                yield (
                    criterion.id,
                    f"{cheat.name} passes it, and may gain {self.may_gain}: "
                    "let hidden cases have shapes and numbers that no visible case has",
                )


def points_on_visible_answers(assignment: Assignment, oracle: Oracle) -> Iterator[Excess]:
    """Each criterion in which a table of all visible answers earns points, whatever it does elsewhere.

    Nothing runs: such a table passes each visible case whose values are always the same, and no other case.
    """
    results = {
        case.name: CheckResult(
            case.criterion,
            case.id,
            Status.OK if a_table_answers(case, oracle) else Status.WRONG,
            case.visibility,
        )
        for case in assignment.rubric.cases
    }
    nothing = starter(Sandbox.NONE, assignment.probes, NUMPY_ARRAYS)  # settling a run starts no process
    subject = Subject((), DTYPE, Device.CPU)
    run = Run(assignment, oracle, Implementation(nothing, subject, assignment.limits), results=results)
    settle(run, set(results))
    grade = score(assignment, run.results, submission="", sandbox="", device="", versions={})
    for criterion in grade.criteria:
        if criterion.score > 0:
            earns = f"a table of the visible answers earns {plural(criterion.score, 'point')}"
            yield criterion.id, f"{earns}: {WHAT_TO_DO}"


def _arrays(assignment: Assignment, cases: Sequence[Case], criteria: Collection[str]) -> list[Array]:
    """The input arrays of those cases that belong to the criteria, in each of their draws."""
    chosen = [case for case in cases if case.criterion in criteria]
    draws = [draw(case, assignment.name, redraw=n) for case in chosen for n in judged_draws(case)]
    return [inputs.array(name) for inputs in draws for name in inputs.bases]
