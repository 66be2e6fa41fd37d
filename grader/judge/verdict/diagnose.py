"""Names the misconceptions behind failures: the fewest mutants that give the answers of the failing cases.

Evidence is per case. A failing case either ends exactly as one mutant does, or as two mutants in one solution
do, or it is no evidence. A criterion's ideas are the set of one or two mutants that explains the most failing
cases. Visible cases are evaluated first, and their idea stays: hidden cases can only add a second idea or
take the certainty away.

What the emulator found in a kernel is compared by kinds alone. So it makes no idea certain that no values
support.

An exception is weak evidence, because many mistakes end in the same class. It counts for a mutant only if it
is raised in the same exercise, in exactly the cases where the mutant raises it, and if other cases of the
criterion return a value. An answer with few numbers is weak, too: no idea is added for such answers alone.

If an exercise calls a wrong one, its answers count as evidence for its own mistakes only where they cannot
come from the inner one (`Evidence.is_own`).

Some criteria have no answers to compare, such as those about transposes. They get the ideas that explain the
one wrong exercise that they call (`carry_ideas_over`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain, combinations

from grader.judge.differences.shapes import without_slip
from grader.judge.verdict.blame import Blame
from grader.judge.verdict.carry_ideas_over import Claim, ProvenIdeas, carry_ideas_over, proven_ideas
from grader.judge.verdict.common_causes import Inner, common_causes
from grader.judge.verdict.evidence import Calls, Evidence, failures_of, visible_of
from grader.judge.verdict.idea_words import ideas_to_state, words_of
from grader.judge.verdict.misconceptions import ENDINGS, ERROR, Ideas, Misconceptions
from grader.model.assignment import Visibility
from grader.model.grade import CheckResult, CriterionGrade, Fact, Grade, Idea, Status

MAX_OTHERS = 2  # further ideas that fit and are named; if more fit, the evidence is too weak
LEAST = 3  # one of at least this many failing cases is a lone one, perhaps chance


def diagnose(
    grade: Grade,
    misconceptions: Misconceptions,
    calls: Calls | None = None,
    is_inner: Inner = lambda *_: None,
    certain: Calls | None = None,
) -> Grade:
    """The grade, with ideas and facts in each criterion that fails.

    `calls` says which exercises each function of the submission may reach, `certain` those that it reaches
    beyond doubt (by default the same). `is_inner` takes a failing criterion
    and a wrong exercise that it calls: it returns whether the criterion would pass with a right version of
    the exercise, or None if that is not known.
    """
    evidence = Evidence(grade, misconceptions, calls, certain)
    by_criterion: dict[str, list[Claim]] = {}
    for criterion in grade.criteria:
        by_criterion[criterion.id] = _ideas_of(criterion, evidence, proven_ideas(by_criterion, evidence))
    ideas = {c.id: by_criterion[c.id] or carry_ideas_over(c, by_criterion, evidence) for c in grade.criteria}
    blame = Blame(evidence, {one: [idea for idea, _ in claims] for one, claims in ideas.items()})
    criteria = []
    for one in grade.criteria:
        facts = common_causes(one, failures_of(one), evidence, blame, is_inner)
        claims = _with_refusals(one, ideas[one.id], evidence)
        criteria.append(_with_claims(one, claims, facts, evidence))
    return replace(grade, criteria=tuple(criteria))


@dataclass(frozen=True)
class Explanation:
    """One or two mutants, with the cases that they explain."""

    names: Ideas
    explained: frozenset[str]


def _ideas_of(criterion: CriterionGrade, evidence: Evidence, inner: ProvenIdeas) -> list[Claim]:
    """The ideas of a criterion, each with the cases that it explains."""
    failures = failures_of(criterion)
    comparable = [result for result in failures if evidence.is_comparable(result)]
    claims = _ideas(criterion, comparable, evidence, inner)
    return [_with_silent(claim, failures, evidence) for claim in claims]


def _with_claims(
    criterion: CriterionGrade,
    ideas: list[Claim],
    facts: tuple[Fact, ...],
    evidence: Evidence,
) -> CriterionGrade:
    if not ideas:
        return replace(criterion, facts=facts)
    failures = failures_of(criterion)
    results = tuple(
        _with_ideas(result, ideas, evidence) if result in failures else result for result in criterion.results
    )
    return replace(criterion, results=results, ideas=tuple(idea for idea, _ in ideas), facts=facts)


def _with_refusals(criterion: CriterionGrade, claims: list[Claim], evidence: Evidence) -> list[Claim]:
    """The claims, with those on exceptions that cases ask for and that the exercise does not raise.

    They need no support of other cases: such an idea says only what these show, and no other idea fits.
    The visible cases decide, if there are any.
    """
    comparable = [result for result in failures_of(criterion) if evidence.is_comparable(result)]
    explained = frozenset[str]().union(*(cases for _, cases in claims))
    exercises = evidence.direct_exercises_of(criterion.id)
    by_cases: dict[frozenset[str], list[Explanation]] = {}
    for name in evidence.misconceptions.ideas:
        if evidence.exercise_of(name) in exercises and evidence.says_only_what_is_seen(name):
            explanation = _explanation_by((name,), comparable, evidence, criterion)
            predicted = [result for result in criterion.results if evidence.fails_with((name,), result.name)]
            cases = frozenset(result.name for result in visible_of(predicted) or predicted)
            if cases and cases <= explanation.explained - explained:
                by_cases.setdefault(cases, []).append(explanation)
    unrivaled = [best for best in by_cases.values() if len(best) == 1]
    return claims + [
        claim for best in unrivaled for claim in _claims(best, comparable, evidence, criterion.id)
    ]


def _with_silent(claim: Claim, failures: Sequence[CheckResult], evidence: Evidence) -> Claim:
    """A claim, plus the cases without evidence that end as its idea predicts, if that is sure."""
    idea, explained = claim
    without_answer = [result.name for result in failures if not evidence.is_comparable(result)]
    silent = {case for case in without_answer if (idea.name,) in evidence.ideas_at(case)}
    return idea, explained | silent if idea.is_sure else explained


def _ideas(
    criterion: CriterionGrade, comparable: Sequence[CheckResult], evidence: Evidence, inner: ProvenIdeas
) -> list[Claim]:
    """The ideas of a criterion, each with the cases that it contributes to."""
    visible = [result for result in comparable if result.visibility is Visibility.VISIBLE]
    best_visible = _best(criterion, visible, evidence, (), inner, visible_only=True)
    anchor = best_visible[0].names if len({one.names for one in best_visible}) == 1 else ()
    best = best_visible
    if len(visible) < len(comparable):
        best = _best(criterion, comparable, evidence, anchor, inner) or best_visible
        if best_visible and not anchor:  # several fit: hidden cases may choose among these only
            names = {one.names for one in best_visible}
            chosen = [one for one in best if one.names in names]
            best = chosen or [
                _explanation_by(one.names, comparable, evidence, criterion) for one in best_visible
            ]
    return _claims(best, comparable, evidence, criterion.id) if best else []


def _claims(
    best: Sequence[Explanation], comparable: Sequence[CheckResult], evidence: Evidence, criterion: str
) -> list[Claim]:
    """The claims that follow from equally good sets: on the ideas in all of them, and in only some.

    Where several ideas fit equally, those in the exercise that the criterion asks for come first.
    """
    shared = set(best[0].names).intersection(*(one.names for one in best))
    whole = best[0].explained
    groups: list[Ideas] = [(name,) for name in best[0].names if name in shared]
    open_names = list(dict.fromkeys(n for one in best for n in one.names if n not in shared))
    open_names.sort(
        key=lambda name: evidence.exercise_of(name) not in evidence.direct_exercises_of(criterion)
    )
    if open_names and (shared or len(best[0].names) == 1):
        groups.append(tuple(open_names))
    groups = [group for group in groups if len(ideas_to_state(group, evidence)) <= 1 + MAX_OTHERS]
    if len(best[0].names) == 1:  # two ideas may share the failing cases of an exercise
        groups = [group for group in groups if not _is_refuted(group[0], evidence, criterion)]
    claims = []
    for group in groups:
        name, others = group[0], group[1:]
        explained = _part(name, whole, best, evidence) if len(best[0].names) > 1 else whole
        is_all = len(whole) == len(comparable) and not evidence.is_partial
        is_sure = is_all and name not in evidence.doubted_ideas(visible_only=False)
        has_values = evidence.gives_values(name) or not all(map(evidence.is_finding, explained))
        is_sure = is_sure and has_values
        idea = evidence.misconceptions.ideas[name]
        counts = len(explained), len(comparable)
        claim = Idea(name, idea.exercise, idea.message, idea.help, *counts, is_sure, others)
        claims.append((claim, explained))
    return sorted(claims, key=lambda claim: -claim[0].explained)


def _is_refuted(name: str, evidence: Evidence, claimed_in: str) -> bool:
    """True if a criterion that tests only the exercise gives wrong values, and never the values of the idea.

    Exceptions refute nothing: depending on the code, the same mistake may end in one or in wrong values.
    Criteria that test only one exercise do not refute each other: it may make a mistake in each.
    """
    exercise = evidence.exercise_of(name)
    if evidence.direct_exercises_of(claimed_in) == {exercise}:
        return False
    for criterion in evidence.grade.criteria:
        failures = [result.name for result in failures_of(criterion) if evidence.is_comparable(result)]
        comparable = [case for case in failures if not evidence.ends[case].startswith(ERROR)]
        is_alone = evidence.direct_exercises_of(criterion.id) == {exercise}
        if is_alone and comparable and not any((name,) in evidence.ideas_at(case) for case in comparable):
            return True
    return False


def _part(
    name: str, cases: frozenset[str], best: Sequence[Explanation], evidence: Evidence
) -> frozenset[str]:
    """The cases that an idea contributes to: those that it explains alone, or together with the other."""
    sets = {one.names for one in best if name in one.names}
    parts = (case for case in cases if any(evidence.contributes(name, names, case) for names in sets))
    return frozenset(parts) or cases


def _best(
    criterion: CriterionGrade,
    comparable: Sequence[CheckResult],
    evidence: Evidence,
    anchor: Ideas,
    inner: ProvenIdeas,
    visible_only: bool = False,
) -> list[Explanation]:
    """The sets of at most two ideas, including `anchor`, that explain the most; several if they tie."""
    against = evidence.contradicted_ideas(criterion.id, visible_only) - set(anchor)
    doubted_ideas = evidence.doubted_ideas(visible_only) - set(anchor)
    sets = _candidates(comparable, evidence, criterion, against, anchor, inner)
    explanations = [_explanation_by(names, comparable, evidence, criterion) for names in sets]
    explanations = [
        one
        for one in explanations
        if _is_enough(one, comparable, criterion, evidence, doubted_ideas)
        and _each_counts(one, explanations, comparable, evidence)
    ]
    if not explanations and not anchor:
        explanations = _under_a_condition(comparable, evidence, criterion)
    if not explanations:
        return []
    most = max(len(one.explained) for one in explanations)
    fewest = min(len(one.names) for one in explanations if len(one.explained) == most)
    weight = {
        one: len(one.explained) - evidence.strain(one.names, one.explained)
        for one in explanations
        if len(one.names) == fewest
    }
    explanations = [one for one in weight if weight[one] == max(weight.values())]
    reach = {one.names: evidence.reach(one.names) for one in explanations}
    widest = max(reach.values())
    return [one for one in explanations if reach[one.names] == widest]


def _under_a_condition(
    comparable: Sequence[CheckResult], evidence: Evidence, criterion: CriterionGrade
) -> list[Explanation]:
    """The ideas that give the answers of all failing cases, although they would fail passing ones, too.

    A submission may make the mistake only under a condition, such as `if stride > 1`. Two answers must have
    many numbers. The mistake must be in an exercise of the criterion itself, and no inner one may be wrong.
    """
    if evidence.inner_of(criterion.id) & evidence.wrong_before(criterion.id):
        return []
    names = {name for result in comparable for name in evidence.single_ideas_answering(result.name)}
    asked = evidence.direct_exercises_of(criterion.id)
    explanations = [
        _explanation_by((name,), comparable, evidence, criterion)
        for name in sorted(names)
        if evidence.exercise_of(name) in asked
    ]
    return [
        one
        for one in explanations
        if len(one.explained) == len(comparable)
        and sum(evidence.is_strong(case) and not evidence.is_trivial(case) for case in one.explained) > 1
    ]


def _candidates(
    comparable: Sequence[CheckResult],
    evidence: Evidence,
    criterion: CriterionGrade,
    against: set[str],
    anchor: Ideas,
    inner: ProvenIdeas,
) -> list[Ideas]:
    pool: set[str] = set()
    for case in (result.name for result in comparable):
        sources = evidence.possible_sources(criterion.id, case, inner)
        deciding = set(chain(*evidence.deciding_ideas(case))) - against
        pool |= {name for name in deciding if evidence.exercise_of(name) in sources}
    sets: list[Ideas] = [(name,) for name in sorted(pool)]
    return [names for names in (*sets, *combinations(sorted(pool), 2)) if set(anchor) <= set(names)]


def _explanation_by(
    names: Ideas, comparable: Sequence[CheckResult], evidence: Evidence, criterion: CriterionGrade
) -> Explanation:
    explained = {result.name for result in comparable if evidence.explains(names, result.name)}
    errors = {case for case in explained if evidence.is_bare_error(case)}
    for end in {evidence.ends[case] for case in errors}:
        if not _raises_exactly_there(end, names, evidence, criterion):
            explained -= {case for case in errors if evidence.ends[case] == end}
    return Explanation(names, frozenset(explained))


def _raises_exactly_there(end: str, names: Ideas, evidence: Evidence, criterion: CriterionGrade) -> bool:
    """True if exactly the cases where the ideas raise an exception raise it, and others return a value."""
    parts = {(name,) for name in names} | {names, names[::-1]}
    cases = [result.name for result in criterion.results]
    cases = [case for case in cases if case in evidence.misconceptions.answers and case in evidence.ends]
    raised = {case for case in cases if evidence.ends[case] == end}
    predicted = {case for case in cases if parts & set(evidence.misconceptions.answers[case].get(end, ()))}
    values = [case for case in cases if not evidence.ends[case].startswith(ERROR)]
    has_place = not end.endswith(" in ")
    return has_place and raised == predicted and any(evidence.ends[case] not in ENDINGS for case in values)


def _is_enough(
    explanation: Explanation,
    comparable: Sequence[CheckResult],
    criterion: CriterionGrade,
    evidence: Evidence,
    doubted_ideas: set[str],
) -> bool:
    """True if the explained cases are enough evidence for the ideas.

    An answer with few numbers is a hint. Two hints are evidence; so is one if other cases pass or confirm it.
    Trivial answers count as one hint, however many there are: the unchanged input, only zeros, only NaN.
    If a case of another criterion contradicts an idea, one answer is not enough. A lone answer among many
    failing cases is evidence only if the idea makes the very same cases fail, and others pass. A passing case
    that few ideas fail says nothing, for example one that only asks for an exception. A lone answer that
    another idea gives too is none, and neither is one for another exercise whose own cases were left out.
    """
    is_lone = len(explanation.explained) * LEAST <= len(comparable)
    passing = [result.name for result in criterion.results if result.status is Status.OK]
    telling = max(map(evidence.count_failing_ideas, explanation.explained), default=0) / 2
    fails_as_predicted = any(evidence.count_failing_ideas(case) >= telling for case in passing) and all(
        evidence.fails_with(explanation.names, one.name) for one in comparable
    )
    exercises = set(map(evidence.exercise_of, explanation.names))
    is_elsewhere = evidence.is_partial and not exercises <= evidence.direct_exercises_of(criterion.id)
    is_shared = evidence.are_shared(explanation.names, explanation.explained)
    if is_lone and (is_elsewhere or is_shared or not fails_as_predicted):
        return False
    trivial = {case for case in explanation.explained if evidence.is_trivial(case)}
    strong = [case for case in explanation.explained - trivial if not evidence.is_hint(case)]
    if doubted_ideas & set(explanation.names) and len(strong) < len(explanation.names) + 1:
        return False
    if strong or len(explanation.explained - trivial) > 1:
        return True
    borne_out = (
        bool(passing)
        or evidence.reach(explanation.names) > 1
        or _ends_as_predicted(explanation, criterion, evidence)
    )
    return len(explanation.explained) == len(comparable) > 0 and borne_out


def _ends_as_predicted(explanation: Explanation, criterion: CriterionGrade, evidence: Evidence) -> bool:
    """True if several cases without a comparable answer also fail, each as the idea predicts."""
    without_answer = [result.name for result in failures_of(criterion) if not evidence.is_comparable(result)]
    return len(without_answer) > 1 and all(
        explanation.names in evidence.ideas_at(case) for case in without_answer
    )


def _each_counts(
    explanation: Explanation,
    explanations: Sequence[Explanation],
    comparable: Sequence[CheckResult],
    evidence: Evidence,
) -> bool:
    """True if each of two ideas is needed for more than a hint, and more than one case supports the pair.

    If the pair leaves a failing case unexplained, a single case that needs an idea may be chance.
    """
    if len(explanation.names) == 1:
        return True
    single = [
        one.explained for one in explanations if len(one.names) == 1 and one.names[0] in explanation.names
    ]
    cases_of_each = [explanation.explained - explained for explained in single] or [explanation.explained]
    if not all(any(not evidence.is_hint(case) for case in cases) for cases in cases_of_each):
        return False
    if len(explanation.explained) < len(comparable) and min(map(len, cases_of_each)) == 1:
        return False
    return any(single) or len(explanation.explained) > 1 or len(comparable) == 1


def _with_ideas(result: CheckResult, ideas: Sequence[Claim], evidence: Evidence) -> CheckResult:
    """The result with the ideas that explain it, and with their words."""
    here = [idea for idea, explained in ideas if result.name in explained]
    names = tuple(name for idea in here for name in (idea.name, *idea.others))
    words = "\n".join(words_of(idea, evidence, result.name) for idea in here)
    if not here:
        return result
    help = here[0].help or result.help
    return replace(
        result, misconceptions=names, idea=words, help=help, rationale=without_slip(result.rationale)
    )
