"""Finds the exercise to fix first if a criterion fails because of another exercise."""

from collections.abc import Mapping, Sequence

from grader.judge.verdict.evidence import Evidence, failures_of, visible_of
from grader.model.grade import CheckResult, CriterionGrade, Idea


class Blame:
    """Finds exercises of a grade that are wrong by themselves, and those that a criterion depends on."""

    def __init__(self, evidence: Evidence, ideas: Mapping[str, Sequence[Idea]]) -> None:
        self._evidence = evidence
        self._ideas = ideas

    def inner_exercises(self, criterion: CriterionGrade) -> list[str]:
        """The wrong exercises that a criterion certainly reaches, and only through others."""
        return self._first_of(criterion, self._evidence.certainly_inner_of(criterion.id))

    def cases(self, criterion: CriterionGrade, exercise: str) -> Sequence[CheckResult]:
        """The visible failing cases that need a wrong exercise: those that fail with one of its mutants.

        A criterion may test several exercises, and not each of its cases calls them all. If no mutant of the
        exercise makes a visible case fail, nothing is known, and the result is every failing case.
        """
        ideas = self._evidence.misconceptions.ideas
        mutants = {name for name in ideas if self._evidence.exercise_of(name) == exercise}
        if not any(self._evidence.fails_with(mutants, r.name) for r in visible_of(criterion.results)):
            return failures_of(criterion)
        failures = visible_of(failures_of(criterion))
        return [result for result in failures if self._evidence.fails_with(mutants, result.name)]

    def direct_exercises(self, criterion: CriterionGrade) -> list[str]:
        """The wrong exercises that a criterion calls itself, and that earlier criteria tested alone.

        There are none if an idea already says what is wrong here: each criterion may be about another part of
        one exercise.
        """
        if self._ideas[criterion.id]:
            return []
        exercises = (
            self._evidence.direct_exercises_of(criterion.id) if self._evidence.has_calls else frozenset[str]()
        )
        return self._first_of(criterion, exercises)

    def _first_of(self, criterion: CriterionGrade, exercises: frozenset[str]) -> list[str]:
        """The exercises to fix first: wrong by themselves, and not dependent on another wrong one."""
        before = self._evidence.wrong_before(criterion.id) & exercises
        wrong = [e for e in self._evidence.sole_criteria if e in before and not self._fails_through_others(e)]
        wrong = [exercise for exercise in wrong if self.cases(criterion, exercise)]
        return [e for n, e in enumerate(wrong) if self._evidence.reached_by(e).isdisjoint(wrong[:n])]

    def _fails_through_others(self, exercise: str) -> bool:
        """True if an exercise fails only through other exercises: every idea is about one of those.

        If it has no idea, this also holds if its answers are those of ideas that are named for other
        exercises.
        """
        return all(
            all(self._evidence.exercise_of(idea.name) != exercise for idea in self._ideas[criterion.id])
            and (self._ideas[criterion.id] or self._ends_as_with_others(criterion, exercise))
            for criterion in filter(failures_of, self._evidence.sole_criteria[exercise])
        )

    def _ends_as_with_others(self, criterion: CriterionGrade, exercise: str) -> bool:
        """True if each failing case ends exactly as with an idea that is named for another exercise.

        The call graph may not know of the call: an index of an array that is not `self` is no call.
        """
        idea_names = {idea.name for ideas in self._ideas.values() for idea in ideas}
        others = {(name,) for name in idea_names if self._evidence.exercise_of(name) != exercise}
        failures = [result.name for result in failures_of(criterion) if self._evidence.is_comparable(result)]
        return bool(failures) and all(others & self._evidence.ideas_at(case) for case in failures)
