"""Carries ideas over from the criteria of an exercise to those that only call it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from grader.judge.verdict.evidence import Evidence, failures_of, visible_of
from grader.judge.verdict.misconceptions import ERROR
from grader.model.assignment import Visibility
from grader.model.grade import CriterionGrade, Idea

Claim = tuple[Idea, frozenset[str]]  # with the cases that it explains
ProvenIdeas = Mapping[str, frozenset[str]]  # by exercise, the ideas that say what is wrong with it


def carry_ideas_over(
    criterion: CriterionGrade, claims: Mapping[str, Sequence[Claim]], evidence: Evidence
) -> list[Claim]:
    """The ideas that explain every visible failure of the one wrong exercise that the criterion calls.

    `claims` has the ideas of each criterion. All of these ideas must make cases of this criterion fail, and
    together they must make every failing case fail. Hidden cases can only make them less certain.
    """
    failures = failures_of(criterion)
    cases = {result.name for result in failures}
    if not cases or any(evidence.is_comparable(result) for result in failures):
        return []
    exercises = evidence.direct_exercises_of(criterion.id)
    criteria = (c for exercise in exercises for c in evidence.sole_criteria.get(exercise, ()))
    wrong = [other for other in criteria if other.id != criterion.id and failures_of(other)]
    if len(wrong) != 1 or not _are_proven(wrong[0], claims[wrong[0].id], evidence):
        return []
    carried = []
    for idea, _ in claims[wrong[0].id]:
        explained = frozenset(case for case in cases if evidence.fails_with((idea.name,), case))
        carried.append((replace(idea, explained=len(explained), failing=len(cases)), explained))
    is_whole = all(explained for _, explained in carried) and cases == set().union(*(e for _, e in carried))
    return carried if is_whole else []


def proven_ideas(claims: Mapping[str, Sequence[Claim]], evidence: Evidence) -> ProvenIdeas:
    """The exercises with proven ideas for all that is wrong with them, as far as their visible cases show.

    `claims` has the ideas of each criterion so far. An exercise without a wrong visible case is one of them.
    One that raises an exception is not, because whatever else is wrong with it does not show. Where a case
    asks for an exception, another one hides nothing.
    """
    explained: dict[str, frozenset[str]] = {}
    for exercise, criteria in evidence.sole_criteria.items():
        of_criteria = [(criterion, claims.get(criterion.id, ())) for criterion in criteria]
        visible = [
            (criterion, visible_of(failures_of(criterion)))
            for criterion in criteria
            if criterion.id in claims
        ]
        if all(
            _are_proven(criterion, claims[criterion.id], evidence)
            and not any(
                evidence.ends[result.name].startswith(ERROR)
                and not evidence.asks_for_an_exception(result.name)
                for result in failures
            )
            for criterion, failures in visible
            if failures
        ):
            ideas = (idea for _, claimed in of_criteria for idea, _ in claimed)
            explained[exercise] = frozenset(name for idea in ideas for name in (idea.name, *idea.others))
    return explained


def _are_proven(criterion: CriterionGrade, claims: Sequence[Claim], evidence: Evidence) -> bool:
    """True if the ideas explain each visible failing case, and no visible case contradicts them."""
    explained = frozenset[str]().union(*(cases for _, cases in claims))
    visible = [
        r for r in failures_of(criterion) if r.visibility is Visibility.VISIBLE and evidence.is_comparable(r)
    ]
    doubted_ideas = evidence.doubted_ideas(visible_only=True)
    return (
        bool(visible)
        and all(result.name in explained for result in visible)
        and not any(idea.name in doubted_ideas for idea, _ in claims)
    )
