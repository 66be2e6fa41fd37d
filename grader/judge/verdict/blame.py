"""Finds the exercise to fix first if a criterion fails because of another exercise."""

from collections.abc import Mapping, Sequence

from grader.judge.verdict.evidence import Evidence, failing_of
from grader.model.grade import CriterionGrade, Idea


class Blame:
    """Finds exercises of a grade that are wrong by themselves, and those that a criterion depends on."""

    def __init__(self, evidence: Evidence, ideas: Mapping[str, Sequence[Idea]]) -> None:
        self._evidence = evidence
        self._ideas = ideas

    def calls(self, criterion: CriterionGrade) -> list[str]:
        """The wrong exercises that a criterion reaches only through others."""
        return self._first_of(criterion, self._evidence.inner_of(criterion.id))

    def asks(self, criterion: CriterionGrade) -> list[str]:
        """The wrong exercises that a criterion calls itself, and that earlier criteria tested alone."""
        asked = self._evidence.asked_of(criterion.id) if self._evidence.has_calls else frozenset[str]()
        return self._first_of(criterion, asked)

    def _first_of(self, criterion: CriterionGrade, exercises: frozenset[str]) -> list[str]:
        """The exercises to fix first: wrong by themselves, and not dependent on another wrong one."""
        before = self._evidence.wrong_before(criterion.id) & exercises
        wrong = [e for e in self._evidence.alone if e in before and not self._is_of_others(e)]
        return [e for n, e in enumerate(wrong) if self._evidence.reached_by(e).isdisjoint(wrong[:n])]

    def _is_of_others(self, exercise: str) -> bool:
        """True if an exercise fails only through other exercises: every idea is about one of those."""
        for criterion in filter(failing_of, self._evidence.alone[exercise]):
            ideas = self._ideas[criterion.id]
            if not ideas or any(self._evidence.exercise_of(idea.name) == exercise for idea in ideas):
                return False
        return True
