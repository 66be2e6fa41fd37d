"""Compares the results of a grade's cases with the answers of mutants."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from itertools import chain

from grader.judge.verdict.misconceptions import (
    ENDINGS,
    ERROR,
    MESSAGE,
    NO_ERROR,
    Ideas,
    Misconceptions,
    end_of,
)
from grader.model.assignment import Visibility
from grader.model.grade import BLANK, HINT, NOT_A_RUN, Call, CheckResult, CriterionGrade, Grade, Status
from grader.model.mutant import called_name

Calls = Mapping[str, frozenset[str]]
ACCEPTS = "You accept "  # begins the message of an idea about an exception that is not raised
FINDING = re.compile(r"\S+:\d+: [a-z_]+ in (\w+): .*")  # a line of the emulator's, with the kernel


class Evidence:
    """The results of a grade's cases, together with the known answers of ideas.

    `calls` says which exercises each function of the submission may reach, `certain` those that it reaches
    beyond doubt; by default they are the same.
    """

    def __init__(
        self, grade: Grade, misconceptions: Misconceptions, calls: Calls | None, certain: Calls | None = None
    ) -> None:
        self.misconceptions = misconceptions
        self.grade = grade
        self._names = {idea.exercise: idea.exercise for idea in misconceptions.ideas.values()}
        self._calls = calls
        self._certain = calls if certain is None else certain
        self.ends = {
            result.name: end_of(result, self._names)
            for criterion in grade.criteria
            for result in criterion.results
            if result.status not in NOT_A_RUN
        }

    def ideas_at(self, case: str) -> set[Ideas]:
        """The sets of ideas that give the answer of a case, if other criteria contradict none of them."""
        return {
            ideas
            for ideas in self._ideas_answering(case)
            if not any(self._is_contradicted(idea, case) for idea in ideas)
        }

    def _ideas_answering(self, case: str) -> Sequence[Ideas]:
        return self.misconceptions.answers.get(case, {}).get(self.ends[case], ())

    def _is_contradicted(self, idea: str, case: str) -> bool:
        """True if an exercise fits its wrong forward pass, or fails its own tests in a different way.

        Its tests are the visible cases of criteria that ask it alone: hidden cases take no idea away. These
        tests contradict an idea only in other criteria: an exercise may make two mistakes, each in its own
        case.
        """
        if self.misconceptions.ideas[idea].exercise in self._following_exercises:
            return True
        exercise = self.exercise_of(idea)
        own_failures = self._sole_failures.get(exercise, ())
        if not own_failures or case in self._sole_cases[exercise]:
            return False
        return not any(idea in chain(*self._ideas_answering(other)) for other in own_failures)

    @cached_property
    def _sole_failures(self) -> dict[str, list[str]]:
        """By exercise, the visible cases that fail with a known answer in criteria that ask it alone."""
        return {
            exercise: [
                result.name
                for criterion in criteria
                for result in failures_of(criterion)
                if result.visibility is Visibility.VISIBLE and self.is_comparable(result)
            ]
            for exercise, criteria in self.sole_criteria.items()
        }

    @cached_property
    def _sole_cases(self) -> dict[str, set[str]]:
        """By exercise, the cases of the criteria that ask it alone."""
        return {
            exercise: {result.name for criterion in criteria for result in criterion.results}
            for exercise, criteria in self.sole_criteria.items()
        }

    @cached_property
    def _following_exercises(self) -> set[str]:
        """The exercises that earned a share as gradients of a wrong forward pass: only that pass is wrong."""
        shares = [c.id for c in self.grade.criteria if any(result.follow_through for result in c.results)]
        return {
            exercise for id in shares for exercise in self.misconceptions.exercises_by_criterion.get(id, ())
        }

    def own_call(self, result: CheckResult) -> Call:
        """The innermost call of an exercise that an exception passed through: the student's own line.

        If no call is an exercise's, it is the last call.
        """
        own_calls = [call for call in result.calls if call.function in self._functions]
        return (own_calls or result.calls)[-1]

    @cached_property
    def _functions(self) -> set[str]:
        return {called_name(exercise) for exercise in self._names}

    def deciding_ideas(self, case: str) -> set[Ideas]:
        """The sets of ideas that decide: two ideas count only if neither gives the answer alone."""
        ideas_here = self.ideas_at(case)
        return {one for one in ideas_here if len(one) == 1 or not any((name,) in ideas_here for name in one)}

    def is_comparable(self, result: CheckResult) -> bool:
        """True if a failing case can be compared: it has an answer, and mutants' answers are known."""
        return bool(result.answer) and result.name in self.misconceptions.answers

    def is_hint(self, case: str) -> bool:
        """True if a case's answer has so few numbers that other mistakes may give it, too."""
        return self.ends[case].startswith(HINT)

    def is_trivial(self, case: str) -> bool:
        """True if a case returned its input, or no number but 0, infinity and NaN: many mistakes do."""
        end = self.ends[case]
        return end.startswith(BLANK) or end == self.misconceptions.unchanged.get(case, "")

    def is_finding(self, case: str) -> bool:
        """True if a case shows what the emulator found, so that its answer is only the kinds of findings."""
        return case in self._findings

    def gives_values(self, idea: str) -> bool:
        """True if the values of some case are those of the idea."""
        cases = (case for case in self.ends if self.is_strong(case) and not self.is_finding(case))
        return any((idea,) in self.ideas_at(case) for case in cases)

    @cached_property
    def _findings(self) -> frozenset[str]:
        results = (result for criterion in self.grade.criteria for result in criterion.results)
        return frozenset(result.name for result in results if FINDING.match(result.rationale))

    def is_bare_error(self, case: str) -> bool:
        """True if a case ended in an exception that shows only its class."""
        return self.ends[case].startswith(ERROR) and MESSAGE not in self.ends[case]

    def asks_for_an_exception(self, case: str) -> bool:
        """True if a case asks for an exception, which some mutant does not raise."""
        return NO_ERROR in self.misconceptions.answers.get(case, {})

    def single_ideas_answering(self, case: str) -> set[str]:
        """The ideas that give a case's answer by themselves, contradicted or not."""
        return {ideas[0] for ideas in self._ideas_answering(case) if len(ideas) == 1}

    def are_shared(self, ideas: Ideas, cases: Iterable[str]) -> bool:
        """True if another idea gives each of these answers by itself, even if other cases contradict it."""
        return all(self.single_ideas_answering(case) - set(ideas) for case in cases)

    def is_strong(self, case: str) -> bool:
        """True if a case's answer can hardly be chance."""
        return not self.ends[case].startswith((HINT, ERROR)) and self.ends[case] not in ENDINGS

    def explains(self, ideas: Ideas, case: str) -> bool:
        """True if a case ended as it would with these ideas.

        If the answers of two ideas together are not known, they explain those of either one alone.
        """
        ideas_here = self.ideas_at(case)
        if ideas in ideas_here or ideas[::-1] in ideas_here:
            return True
        return not self._is_known(ideas, case) and any((name,) in ideas_here for name in ideas)

    def _is_known(self, ideas: Ideas, case: str) -> bool:
        """True if the answer of these ideas together is known for the case."""
        ends = self.misconceptions.answers.get(case, {})
        return len(ideas) == 1 or any(not {ideas, ideas[::-1]}.isdisjoint(many) for many in ends.values())

    def strain(self, ideas: Ideas, cases: Iterable[str]) -> int:
        """The number of cases where one of two ideas would have to hide the other in the same exercise."""
        if len(set(map(self.exercise_of, ideas))) == len(ideas):
            return 0  # pairs of exercises have no known answers
        hidden = (case for case in cases if not self._is_known(ideas, case))
        return sum(set(ideas) <= self._single_ideas(case) for case in hidden)

    def fails_with(self, ideas: Iterable[str], case: str) -> bool:
        """True if a case fails with one of these ideas."""
        return not self._single_ideas(case).isdisjoint(ideas)

    def count_failing_ideas(self, case: str) -> int:
        """The number of ideas that make a case fail by themselves."""
        return len(self._single_ideas(case))

    def contributes(self, idea: str, ideas: Ideas, case: str) -> bool:
        """True if an idea contributes to a case's answer, alone or because both are needed."""
        ideas_here = self.ideas_at(case)
        sufficient = [name for name in ideas if (name,) in ideas_here]
        is_pair_here = ideas in ideas_here or ideas[::-1] in ideas_here
        return idea in sufficient or (not sufficient and is_pair_here)

    def reach(self, ideas: Ideas) -> int:
        """The number of answers in the whole grade that these ideas give: an inner mistake explains more."""
        return sum(self.explains(ideas, case) for case in self.ends if self.is_strong(case))

    def is_own(self, case: str, wrong: Iterable[str], proven_ideas: Mapping[str, frozenset[str]]) -> bool:
        """True if the answer of a case is no consequence of `wrong` exercises that the case reaches.

        `proven_ideas` has the ideas of exercises whose mistakes are known. If all of `wrong` are, the answer
        is that of the exercise itself unless these ideas fail the case, or one idea of theirs gives the
        answer. An argument that the exercise itself takes for one number needs no inner exercise.
        """
        if f"{ERROR}TypeError{MESSAGE}pair in " in self.ends[case]:
            return self.ends[case].rpartition(" ")[2] not in wrong
        ideas_of_wrong = [proven_ideas.get(exercise) for exercise in wrong]
        if any(ideas is None or self.fails_with(ideas, case) for ideas in ideas_of_wrong):
            return False
        singles = (ideas[0] for ideas in self._ideas_answering(case) if len(ideas) == 1)
        return not any(self.exercise_of(name) in wrong for name in singles)

    def possible_sources(
        self, criterion: str, case: str, proven_ideas: Mapping[str, frozenset[str]]
    ) -> frozenset[str]:
        """The exercises whose mistakes may give the answer of a case, as far as the calls show.

        If an exercise calls a wrong one, its answers say nothing about its own mistakes, unless `is_own`. A
        method that may be NumPy's leaves open whether the wrong one is called: many numbers may be of either.
        """
        wrong = self.inner_of(criterion) & self.wrong_before(criterion)
        if not wrong or self.is_own(case, wrong, proven_ideas):
            return self.exercises_of(criterion)
        if wrong & self.certainly_inner_of(criterion) or not self.is_strong(case):
            return wrong
        return wrong | self.direct_exercises_of(criterion)

    def contradicted_ideas(self, criterion: str, visible_only: bool) -> set[str]:
        """The ideas that a case contradicts: it passes, but would fail with the idea.

        The cases of this criterion count, and those of criteria that call the idea's exercise; only visible
        ones if `visible_only`. In other criteria the submission's own calls may not reach the mistake.
        """
        return {
            name
            for name, criteria in (self._against_visible if visible_only else self._against).items()
            if any(one == criterion or self._calls_exercise_of(one, name) for one in criteria)
        }

    def doubted_ideas(self, visible_only: bool) -> set[str]:
        """The ideas that any case contradicts."""
        return set(self._against_visible if visible_only else self._against)

    @cached_property
    def _against(self) -> dict[str, set[str]]:
        return self._criteria_against(visible_only=False)

    @cached_property
    def _against_visible(self) -> dict[str, set[str]]:
        return self._criteria_against(visible_only=True)

    def _criteria_against(self, visible_only: bool) -> dict[str, set[str]]:
        """By idea, the criteria with a passing case that fails with the idea."""
        against: dict[str, set[str]] = {}
        for criterion in self.grade.criteria:
            for result in criterion.results:
                if result.status is Status.OK and (
                    not visible_only or result.visibility is Visibility.VISIBLE
                ):
                    for name in self._single_ideas(result.name) - self._accepting_ideas(result.name):
                        against.setdefault(name, set()).add(criterion.id)
        return against

    def _accepting_ideas(self, case: str) -> set[str]:
        """The ideas that a missing exception cannot contradict: they return a value here, but fail elsewhere.

        A student may have such an idea and still raise the exception that the case asks for.
        """
        accepted = self.misconceptions.answers.get(case, {}).get(NO_ERROR, ())
        return {ideas[0] for ideas in accepted if len(ideas) == 1 and not self.is_about_refusals(ideas[0])}

    def is_about_refusals(self, idea: str) -> bool:
        """True if an idea fails only cases that ask for an exception."""
        return idea in self._about_refusals

    def says_only_what_is_seen(self, idea: str) -> bool:
        """True if an idea fails only cases that ask for an exception, and says no more than these show.

        A case shows that a call returns, but not how. So the message must begin with "You accept", unless the
        idea is another exception.
        """
        accepting = chain(*(ends.get(NO_ERROR, ()) for ends in self.misconceptions.answers.values()))
        says_so = self.misconceptions.ideas[idea].message.startswith(ACCEPTS)
        return self.is_about_refusals(idea) and (says_so or (idea,) not in accepting)

    @cached_property
    def _about_refusals(self) -> frozenset[str]:
        elsewhere: set[str] = set()
        for case in self.misconceptions.answers:
            elsewhere |= set() if self.asks_for_an_exception(case) else self._single_ideas(case)
        return frozenset(set(self.misconceptions.ideas) - elsewhere)

    def _single_ideas(self, case: str) -> set[str]:
        """The ideas that make a case fail by themselves."""
        ends = self.misconceptions.answers.get(case, {})
        return {ideas[0] for many in ends.values() for ideas in many if len(ideas) == 1}

    def _calls_exercise_of(self, criterion: str, idea: str) -> bool:
        return self.exercise_of(idea) in self.direct_exercises_of(criterion)

    def exercise_of(self, idea: str) -> str:
        """The exercise that an idea gets wrong, by its bare name."""
        return called_name(self.misconceptions.ideas[idea].exercise)

    def direct_exercises_of(self, criterion: str) -> frozenset[str]:
        """The exercises that a criterion's probe calls, by their bare names."""
        return frozenset(
            called_name(exercise)
            for exercise in self.misconceptions.exercises_by_criterion.get(criterion, ())
        )

    def exercises_of(self, criterion: str) -> frozenset[str]:
        """The exercises that a criterion's calls may reach, by their bare names."""
        if self._calls is None:
            return frozenset(map(self.exercise_of, self.misconceptions.ideas))
        direct = self.direct_exercises_of(criterion)
        return direct.union(*(self._calls.get(exercise, frozenset()) for exercise in direct))

    @property
    def is_partial(self) -> bool:
        """True if cases were left out that might contradict an idea."""
        return self.grade.not_selected > 0

    @property
    def has_calls(self) -> bool:
        """True if the calls between exercises are known."""
        return self._calls is not None

    def reached_by(self, exercise: str) -> frozenset[str]:
        """The exercises that an exercise of the submission may reach, as far as known."""
        return (self._calls or {}).get(exercise, frozenset())

    def inner_of(self, criterion: str) -> frozenset[str]:
        """The exercises that a criterion reaches only through others."""
        direct = self.direct_exercises_of(criterion)
        return self.exercises_of(criterion) - direct if self._calls is not None else frozenset()

    def certainly_inner_of(self, criterion: str) -> frozenset[str]:
        """Those of `inner_of` that the criterion reaches beyond doubt."""
        direct = self.direct_exercises_of(criterion)
        reached = ((self._certain or {}).get(exercise, frozenset[str]()) for exercise in direct)
        return frozenset[str]().union(*reached) - direct

    @cached_property
    def sole_criteria(self) -> dict[str, list[CriterionGrade]]:
        """By exercise, the criteria that call nothing else."""
        by_exercise: dict[str, list[CriterionGrade]] = {}
        for criterion in self.grade.criteria:
            if len(exercises := self.direct_exercises_of(criterion.id)) == 1:
                by_exercise.setdefault(min(exercises), []).append(criterion)
        return by_exercise

    def wrong_before(self, criterion: str) -> set[str]:
        """The exercises that fail in their own criterion, and that earlier criteria tested by themselves.

        A later exercise does not explain a failure. A call graph that knows methods by their bare names
        takes NumPy's methods for them too, and would make exercises wrong because of each other.
        """
        order = {one.id: number for number, one in enumerate(self.grade.criteria)}
        return {
            exercise
            for exercise, criteria in self.sole_criteria.items()
            if any(failures_of(one) for one in criteria if order[one.id] < order[criterion])
        }


def failures_of(criterion: CriterionGrade) -> Sequence[CheckResult]:
    """The cases that fail through the submission's fault."""
    return [r for r in criterion.results if r.status not in (Status.OK, *NOT_A_RUN) and not r.follow_through]


def visible_of(results: Sequence[CheckResult]) -> list[CheckResult]:
    """Those of the results that a student may see."""
    return [result for result in results if result.visibility is Visibility.VISIBLE]
