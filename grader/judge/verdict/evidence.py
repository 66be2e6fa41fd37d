"""Sets how the cases of a grade ended beside what mutants answer to them."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

from grader.judge.verdict.misconceptions import ENDINGS, ERROR, MESSAGE, Ideas, Misconceptions, end_of
from grader.model.assignment import Visibility
from grader.model.grade import HINT, Call, CheckResult, CriterionGrade, Grade, Status
from grader.model.mutant import called_name

UNTOLD = (Status.NOT_RUN, Status.REFUSED, Status.INTERNAL_ERROR)

Calls = Mapping[str, frozenset[str]]


class Evidence:
    """How the cases of a grade ended, beside what is known of ideas.

    `calls` says which exercises each function of the submission reaches.
    """

    def __init__(self, grade: Grade, known: Misconceptions, calls: Calls | None) -> None:
        self.known = known
        self.grade = grade
        self._names = {idea.exercise: idea.exercise for idea in known.ideas.values()}
        self._calls = calls
        self.ends = {
            name_of(result): end_of(result, self._names)
            for criterion in grade.criteria
            for result in criterion.results
            if result.status not in UNTOLD
        }

    def at(self, case: str) -> set[Ideas]:
        """The sets of ideas that give the answer of a case."""
        return set(self.known.answers.get(case, {}).get(self.ends[case], ()))

    def own_call(self, result: CheckResult) -> Call:
        """The innermost call of an exercise that an exception passed through: the line that is the student's.

        The last call of all where none is an exercise's.
        """
        own_calls = [call for call in result.calls if call.function in self._functions]
        return (own_calls or result.calls)[-1]

    @cached_property
    def _functions(self) -> set[str]:
        return {called_name(exercise) for exercise in self._names}

    def deciding(self, case: str) -> set[Ideas]:
        """Those of them that decide: two ideas only where neither gives the answer alone."""
        at = self.at(case)
        return {ideas for ideas in at if len(ideas) == 1 or not any((name,) in at for name in ideas)}

    def tells(self, result: CheckResult) -> bool:
        """Whether a failing case can be compared: it has an answer, and mutants' answers to it are known."""
        return bool(result.answer) and name_of(result) in self.known.answers

    def is_hint(self, case: str) -> bool:
        """Whether a case came to so few numbers that another mistake may well give them."""
        return self.ends[case].startswith(HINT)

    def is_unchanged(self, case: str) -> bool:
        """Whether a case came to what it was given: many mistakes do nothing to some inputs."""
        return self.known.unchanged.get(case, "") == self.ends[case]

    def is_bare_error(self, case: str) -> bool:
        """Whether a case ended in an exception that says no more than its class."""
        return self.ends[case].startswith(ERROR) and MESSAGE not in self.ends[case]

    def is_strong(self, case: str) -> bool:
        """Whether a case came to an answer that hardly comes about by chance."""
        return not self.ends[case].startswith((HINT, ERROR)) and self.ends[case] not in ENDINGS

    def explains(self, ideas: Ideas, case: str) -> bool:
        """Whether a case ended as these ideas make it end.

        Two that are not known together explain what one of them gives alone.
        """
        at = self.at(case)
        if ideas in at or ideas[::-1] in at:
            return True
        return not self._is_known(ideas, case) and any((name,) in at for name in ideas)

    def _is_known(self, ideas: Ideas, case: str) -> bool:
        """Whether it is known what these ideas together answer to the case."""
        ends = self.known.answers.get(case, {})
        return len(ideas) == 1 or any(not {ideas, ideas[::-1]}.isdisjoint(many) for many in ends.values())

    def strain(self, ideas: Ideas, cases: Iterable[str]) -> int:
        """In how many cases one of two ideas would have to hide the other one in the same exercise."""
        if len(set(map(self.exercise_of, ideas))) == len(ideas):
            return 0  # what a wrong exercise makes of another one is known of no pair
        hidden = (case for case in cases if not self._is_known(ideas, case))
        return sum(set(ideas) <= self._single(case) for case in hidden)

    def fails_with(self, ideas: Ideas, case: str) -> bool:
        """Whether a case does not pass with one of these ideas."""
        return not self._single(case).isdisjoint(ideas)

    def part_of(self, idea: str, ideas: Ideas, case: str) -> bool:
        """Whether an idea has a part in the answer of a case: alone, or where it takes both."""
        at = self.at(case)
        alone = [name for name in ideas if (name,) in at]
        return idea in alone or (not alone and (ideas in at or ideas[::-1] in at))

    def reach(self, ideas: Ideas) -> int:
        """How many answers of the whole grade are those of these ideas: an inner mistake explains more."""
        return sum(self.explains(ideas, case) for case in self.ends if self.is_strong(case))

    def contradicted(self, criterion: str, at_home: bool) -> set[str]:
        """The ideas that a case speaks against: it passes, and not with this idea.

        The cases of the criterion count, and of those that ask for the idea's exercise; visible ones alone
        `at_home`. In another criterion the submission's own calls may not come across the mistake.
        """
        return {
            name
            for name, criteria in (self._against_visible if at_home else self._against).items()
            if any(one == criterion or self._asks(one, name) for one in criteria)
        }

    def doubted(self, at_home: bool) -> set[str]:
        """The ideas that any case speaks against."""
        return set(self._against_visible if at_home else self._against)

    @cached_property
    def _against(self) -> dict[str, set[str]]:
        return self._criteria_against(visible_only=False)

    @cached_property
    def _against_visible(self) -> dict[str, set[str]]:
        return self._criteria_against(visible_only=True)

    def _criteria_against(self, visible_only: bool) -> dict[str, set[str]]:
        """By idea: the criteria in which a case passes that does not pass with it."""
        against: dict[str, set[str]] = {}
        for criterion in self.grade.criteria:
            for result in criterion.results:
                if result.status is Status.OK and (
                    not visible_only or result.visibility is Visibility.VISIBLE
                ):
                    for name in self._single(name_of(result)):
                        against.setdefault(name, set()).add(criterion.id)
        return against

    def _single(self, case: str) -> set[str]:
        """The ideas with which, alone, a case does not pass."""
        ends = self.known.answers.get(case, {})
        return {ideas[0] for many in ends.values() for ideas in many if len(ideas) == 1}

    def _asks(self, criterion: str, idea: str) -> bool:
        return self.exercise_of(idea) in self.asked_of(criterion)

    def exercise_of(self, idea: str) -> str:
        """The exercise that an idea gets wrong, by its bare name."""
        return called_name(self.known.ideas[idea].exercise)

    def asked_of(self, criterion: str) -> frozenset[str]:
        """The exercises that a criterion's probe calls, by their bare names."""
        return frozenset(called_name(exercise) for exercise in self.known.asked.get(criterion, ()))

    def exercises_of(self, criterion: str) -> frozenset[str]:
        """The exercises that what a criterion asks for may reach, by their bare names."""
        if self._calls is None:
            return frozenset(map(self.exercise_of, self.known.ideas))
        asked = self.asked_of(criterion)
        return asked.union(*(self._calls.get(exercise, frozenset()) for exercise in asked))

    @property
    def is_partial(self) -> bool:
        """Whether cases were left out that might speak against an idea."""
        return self.grade.not_selected > 0

    @property
    def has_calls(self) -> bool:
        """Whether it is known which exercises reach which."""
        return self._calls is not None

    def reached_by(self, exercise: str) -> frozenset[str]:
        """The exercises that an exercise of the submission may reach, as far as that is known."""
        return (self._calls or {}).get(exercise, frozenset())

    def inner_of(self, criterion: str) -> frozenset[str]:
        """Those of them that it reaches only through others."""
        asked = self.asked_of(criterion)
        return self.exercises_of(criterion) - asked if self._calls is not None else frozenset()

    @cached_property
    def alone(self) -> dict[str, list[CriterionGrade]]:
        """By exercise: the criteria that ask for nothing else."""
        alone: dict[str, list[CriterionGrade]] = {}
        for criterion in self.grade.criteria:
            if len(asked := self.asked_of(criterion.id)) == 1:
                alone.setdefault(min(asked), []).append(criterion)
        return alone

    def wrong_before(self, criterion: str) -> set[str]:
        """The exercises that fail in a criterion that asks for nothing else, and were asked alone before.

        What comes later is no reason for a failure. A call graph that knows methods by their bare names
        takes NumPy's for them too, and would have exercises be wrong because of each other.
        """
        order = {one.id: number for number, one in enumerate(self.grade.criteria)}
        return {
            exercise
            for exercise, criteria in self.alone.items()
            if order[criteria[0].id] < order[criterion] and any(map(failing_of, criteria))
        }


def name_of(result: CheckResult) -> str:
    """A case's name, `criterion/case`."""
    return f"{result.criterion}/{result.case}"


def failing_of(criterion: CriterionGrade) -> Sequence[CheckResult]:
    """The cases that fail by the submission's doing."""
    return [r for r in criterion.results if r.status not in (Status.OK, *UNTOLD) and not r.follow_through]
