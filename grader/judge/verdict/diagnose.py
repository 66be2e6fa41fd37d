"""Names the misconceptions behind failures: the fewest mutants that give the answers of the failing cases.

Evidence is per case. A failing case either ends exactly as one mutant makes it end, or as two mutants in one
solution do, or it says nothing. Of a criterion, the ideas are the set of one or two mutants that explains the
most failing cases. What visible cases tell is told first and stays: hidden cases may add a second idea or
take the certainty away, and no more.

An exception is weak evidence, for many mistakes end in the same class. It counts for a mutant only where it
was raised in the same exercise, in the very cases where the mutant raises it, and where other cases of the
criterion came to a value.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations

from grader.judge.differences.probe_values import HINT
from grader.judge.differences.shapes import without_slip
from grader.judge.verdict.misconceptions import ENDINGS, Misconceptions, end_of
from grader.model.assignment import Visibility
from grader.model.grade import CheckResult, CriterionGrade, Fact, Grade, Idea, Status

MAX_OTHERS = 2  # so many ideas that fit as well are named; where more do, the evidence says too little
UNTOLD = (Status.NOT_RUN, Status.REFUSED, Status.INTERNAL_ERROR)
ERROR = "error "

Calls = Mapping[str, frozenset[str]]
Set = tuple[str, ...]


def diagnose(
    grade: Grade,
    known: Misconceptions,
    calls: Calls | None = None,
    is_inner: Callable[[CriterionGrade, str], bool | None] = lambda *_: None,
) -> Grade:
    """The grade, with ideas and facts in each criterion that fails.

    `calls` says which exercises each function of the submission reaches. `is_inner` is asked of a failing
    criterion and a wrong exercise that it calls: whether it would pass with a right one; None where that is
    not known.
    """
    evidence = Evidence(grade, known, calls)
    return replace(grade, criteria=tuple(_diagnose(c, evidence, is_inner) for c in grade.criteria))


class Evidence:
    """How the cases of a grade ended, beside what is known of ideas."""

    def __init__(self, grade: Grade, known: Misconceptions, calls: Calls | None) -> None:
        self.known = known
        self.grade = grade
        exercises = {idea.exercise for idea in known.ideas.values()}
        self._names = {exercise: exercise for exercise in exercises}
        self._calls = calls
        self.ends = {
            _name(result): end_of(result, self._names)
            for criterion in grade.criteria
            for result in criterion.results
            if result.status not in UNTOLD
        }
        passed = {_name(r) for c in grade.criteria for r in c.results if r.status is Status.OK}
        self.contradicted = {
            ideas[0]
            for case in passed
            for many in known.answers.get(case, {}).values()
            for ideas in many
            if len(ideas) == 1
        }
        self.spoken_against_at_home = {
            ideas[0]
            for c in grade.criteria
            for r in c.results
            if r.status is Status.OK and r.visibility is Visibility.VISIBLE
            for many in known.answers.get(_name(r), {}).values()
            for ideas in many
            if len(ideas) == 1
        }

    def exercises_of(self, criterion: str) -> frozenset[str]:
        """The exercises that what a criterion asks for may reach, by their bare names."""
        asked = {exercise.rpartition(".")[2] for exercise in self.known.asked.get(criterion, ())}
        if self._calls is None:
            return frozenset(idea.exercise.rpartition(".")[2] for idea in self.known.ideas.values())
        return frozenset(asked).union(*(self._calls.get(exercise, frozenset()) for exercise in asked))

    def inner_of(self, criterion: str) -> frozenset[str]:
        """Those of them that it reaches only through others."""
        asked = {exercise.rpartition(".")[2] for exercise in self.known.asked.get(criterion, ())}
        return self.exercises_of(criterion) - asked if self._calls is not None else frozenset()

    @cached_property
    def wrong(self) -> frozenset[str]:
        """The exercises of which a criterion fails that asks for nothing else."""
        return frozenset(
            asked[0].rpartition(".")[2]
            for c in self.grade.criteria
            if len(asked := self.known.asked.get(c.id, ())) == 1
            if any(r.status not in (Status.OK, *UNTOLD) and not r.follow_through for r in c.results)
        )


@dataclass(frozen=True)
class Found:
    """One or two mutants with the cases that they explain."""

    names: Set
    explained: frozenset[str]


def _diagnose(
    criterion: CriterionGrade,
    evidence: Evidence,
    is_inner: Callable[[CriterionGrade, str], bool | None],
) -> CriterionGrade:
    failing = [r for r in criterion.results if r.status not in (Status.OK, *UNTOLD) and not r.follow_through]
    facts = (*_errors(failing), *_inner(criterion, failing, evidence, is_inner))
    telling = [r for r in failing if _tells(r, evidence)]
    ideas = [_with_silent(claim, failing, evidence) for claim in _ideas(criterion, telling, evidence)]
    if not ideas:
        return replace(criterion, facts=facts)
    results = tuple(
        _with_ideas(result, ideas) if result in failing else result for result in criterion.results
    )
    return replace(criterion, results=results, ideas=tuple(idea for idea, _ in ideas), facts=facts)


def _with_silent(
    claim: tuple[Idea, frozenset[str]], failing: Sequence[CheckResult], evidence: Evidence
) -> tuple[Idea, frozenset[str]]:
    """A claim with the cases that tell nothing by themselves and end as a sure idea makes them end."""
    idea, explained = claim
    silent = {
        _name(r) for r in failing if not _tells(r, evidence) and (idea.name,) in _at(_name(r), evidence)
    }
    return idea, explained | silent if idea.is_sure else explained


def _name(result: CheckResult) -> str:
    return f"{result.criterion}/{result.case}"


def _tells(result: CheckResult, evidence: Evidence) -> bool:
    """Whether a failing case can be compared: it has an answer, and mutants' answers to it are known."""
    return bool(result.answer) and _name(result) in evidence.known.answers


def _ideas(
    criterion: CriterionGrade, telling: Sequence[CheckResult], evidence: Evidence
) -> list[tuple[Idea, frozenset[str]]]:
    """The ideas of a criterion, each with the cases that it has a part in."""
    visible = [result for result in telling if result.visibility is Visibility.VISIBLE]
    at_home = _best(criterion, visible, evidence, evidence.spoken_against_at_home, ())
    kept = at_home[0].names if len({found.names for found in at_home}) == 1 else ()
    best = at_home
    if len(visible) < len(telling):
        against = evidence.contradicted - set(kept)
        best = _best(criterion, telling, evidence, against, kept) or at_home
        if at_home and not kept:  # several fitted: hidden cases may choose among them, and no other
            names = {found.names for found in at_home}
            chosen = [found for found in best if found.names in names]
            best = chosen or [_explaining(f.names, telling, evidence, criterion) for f in at_home]
    if not best:
        return []
    return _claims(best, telling, evidence)


def _claims(
    best: Sequence[Found], telling: Sequence[CheckResult], evidence: Evidence
) -> list[tuple[Idea, frozenset[str]]]:
    """What can be said of the sets that fit equally well: of what all hold, and of what only some do."""
    shared = set(best[0].names).intersection(*(found.names for found in best))
    whole = best[0].explained
    groups: list[Set] = [(name,) for name in best[0].names if name in shared]
    open_names = list(dict.fromkeys(n for found in best for n in found.names if n not in shared))
    if open_names and (shared or len(best[0].names) == 1):
        groups.append(tuple(open_names))
    groups = [group for group in groups if len(group) <= 1 + MAX_OTHERS]
    if len(best[0].names) == 1:  # two ideas may share the failing cases of an exercise
        groups = [group for group in groups if not _is_refuted(group[0], evidence)]
    claims = []
    for group in groups:
        name, others = group[0], group[1:]
        explained = _part(name, whole, best, evidence) if len(best[0].names) > 1 else whole
        is_sure = len(whole) == len(telling) and name not in evidence.contradicted
        idea = evidence.known.ideas[name]
        claims.append(
            (
                Idea(
                    name,
                    idea.exercise,
                    idea.message,
                    idea.help,
                    len(explained),
                    len(telling),
                    is_sure,
                    others,
                ),
                explained,
            )
        )
    return sorted(claims, key=lambda claim: -claim[0].explained)


def _is_refuted(name: str, evidence: Evidence) -> bool:
    """Whether a criterion on the exercise alone fails, in no case with the answers of the idea."""
    exercise = evidence.known.ideas[name].exercise.rpartition(".")[2]
    for criterion in evidence.grade.criteria:
        asked = {one.rpartition(".")[2] for one in evidence.known.asked.get(criterion.id, ())}
        telling = [
            r for r in criterion.results if r.status not in (Status.OK, *UNTOLD) and _tells(r, evidence)
        ]
        if asked == {exercise} and telling and not any((name,) in _at(_name(r), evidence) for r in telling):
            return True
    return False


def _part(name: str, cases: frozenset[str], best: Sequence[Found], evidence: Evidence) -> frozenset[str]:
    """The cases that an idea has a part in: those that it explains alone, and with the other one."""
    sets = {found.names for found in best if name in found.names}
    parts = {one for names in sets for one in ((name,), names, names[::-1])}
    return frozenset(case for case in cases if parts & _at(case, evidence)) or cases


def _at(case: str, evidence: Evidence) -> set[Set]:
    """The sets of ideas that give the answer of a case."""
    return set(evidence.known.answers.get(case, {}).get(evidence.ends[case], ()))


def _best(
    criterion: CriterionGrade,
    telling: Sequence[CheckResult],
    evidence: Evidence,
    against: Iterable[str],
    kept: Set,
) -> list[Found]:
    """The sets of at most two ideas, `kept` among them, that explain the most; several where equally much."""
    sets = _candidates(telling, evidence, criterion, set(against), kept)
    found = [_explaining(names, telling, evidence, criterion) for names in sets]
    enough = [one for one in found if _is_enough(one, telling, criterion, evidence)]
    found = [one for one in enough if _each_counts(one, found)]
    if not found:
        return []
    most = max(len(one.explained) for one in found)
    found = [one for one in found if len(one.explained) == most]
    fewest = min(len(one.names) for one in found)
    found = [one for one in found if len(one.names) == fewest]
    reach = {one.names: _over_all(one.names, evidence) for one in found}
    widest = max(reach.values())
    return [one for one in found if reach[one.names] == widest]


def _over_all(names: Set, evidence: Evidence) -> int:
    """How many cases of the whole grade end as these ideas make them end: an inner mistake explains more."""
    parts = {(name,) for name in names} | {names, names[::-1]}
    return sum(bool(parts & _at(case, evidence)) for case in evidence.ends if case in evidence.known.answers)


def _candidates(
    telling: Sequence[CheckResult],
    evidence: Evidence,
    criterion: CriterionGrade,
    against: set[str],
    kept: Set,
) -> list[Set]:
    # the answers of an exercise that calls a wrong one say nothing of its own mistakes
    reached = evidence.inner_of(criterion.id) & evidence.wrong or evidence.exercises_of(criterion.id)
    seen = {one for result in telling for one in _at(_name(result), evidence)}
    pool = sorted(
        name
        for name in {name for one in seen for name in one}
        if name not in against and evidence.known.ideas[name].exercise.rpartition(".")[2] in reached
    )
    sets = [(name,) for name in pool] + list(combinations(pool, 2))
    return [names for names in sets if set(kept) <= set(names)]


def _explaining(
    names: Set, telling: Sequence[CheckResult], evidence: Evidence, criterion: CriterionGrade
) -> Found:
    parts = {(name,) for name in names} | {names, names[::-1]}
    explained = {_name(result) for result in telling if parts & _at(_name(result), evidence)}
    errors = {case for case in explained if evidence.ends[case].startswith(ERROR)}
    for end in {evidence.ends[case] for case in errors}:
        if not _raises_just_so(end, parts, evidence, criterion):
            explained -= {case for case in errors if evidence.ends[case] == end}
    return Found(names, frozenset(explained))


def _raises_just_so(end: str, parts: set[Set], evidence: Evidence, criterion: CriterionGrade) -> bool:
    """Whether an exception comes in the very cases where the ideas raise it, and others come to a value."""
    cases = [_name(result) for result in criterion.results if _name(result) in evidence.known.answers]
    cases = [case for case in cases if case in evidence.ends]
    raised = {case for case in cases if evidence.ends[case] == end}
    predicted = {case for case in cases if parts & set(evidence.known.answers[case].get(end, ()))}
    values = [case for case in cases if not evidence.ends[case].startswith(ERROR)]
    has_place = not end.endswith(" in ")
    return has_place and raised == predicted and any(evidence.ends[case] not in ENDINGS for case in values)


def _is_enough(
    found: Found, telling: Sequence[CheckResult], criterion: CriterionGrade, evidence: Evidence
) -> bool:
    """An answer of few numbers is a hint. Two are evidence, and one is beside cases that pass or another."""
    strong = [case for case in found.explained if not evidence.ends[case].startswith(HINT)]
    if strong or len(found.explained) > 1:
        return True
    passed = any(result.status is Status.OK for result in criterion.results)
    borne_out = passed or _over_all(found.names, evidence) > 1
    return len(found.explained) == len(telling) > 0 and borne_out


def _each_counts(found: Found, all_found: Sequence[Found]) -> bool:
    """Whether each of two ideas explains what the other does not."""
    if len(found.names) == 1:
        return True
    single = [len(one.explained) for one in all_found if len(one.names) == 1 and one.names[0] in found.names]
    return len(found.explained) > max(single, default=0)


def _with_ideas(result: CheckResult, ideas: Sequence[tuple[Idea, frozenset[str]]]) -> CheckResult:
    """The result with the ideas that explain it; the first of them in words."""
    here = [idea for idea, explained in ideas if _name(result) in explained]
    names = tuple(name for idea in here for name in (idea.name, *idea.others))
    said = "\n".join(words_of(idea) for idea in here)
    if not here:
        return result
    help = here[0].help or result.help
    return replace(
        result, misconceptions=names, idea=said, help=help, rationale=without_slip(result.rationale)
    )


def words_of(idea: Idea) -> str:
    """An idea as a student reads it: how sure it is, and what is wrong."""
    if idea.others:
        named = "; ".join(name.replace("_", " ") for name in (idea.name, *idea.others))
        return f"{_count(idea)} what each of these gives: {named}"
    if idea.is_sure:
        return f"This is it. {idea.message}"
    return f"{_count(idea)} what this gives: {idea.message}"


def _count(idea: Idea) -> str:
    verb = "is" if idea.explained == 1 else "are"
    return f"Likely: {idea.explained} of {idea.failing} failing cases {verb} exactly"


def _errors(failing: Sequence[CheckResult]) -> list[Fact]:
    """Each line of the submission at which several visible cases end in the same exception."""
    groups: dict[tuple[str, str, int], list[CheckResult]] = {}
    for result in failing:
        if result.status is Status.ERROR and result.calls and result.visibility is Visibility.VISIBLE:
            call = result.calls[-1]
            groups.setdefault((result.answer, call.file, call.line), []).append(result)
    facts = []
    for (error, file, line), results in groups.items():
        if len(results) > 1:
            call = results[0].calls[-1]
            given = f", with {call.arguments} in {results[0].case}" if call.arguments else ""
            text = f"{len(results)} cases end in {error.removeprefix(ERROR)} at {file}:{line}{given}"
            text += f"\n{call.source}" if call.source else ""
            facts.append(Fact("error", text, tuple(result.case for result in results)))
    return facts


def _inner(
    criterion: CriterionGrade,
    failing: Sequence[CheckResult],
    evidence: Evidence,
    is_inner: Callable[[CriterionGrade, str], bool | None],
) -> list[Fact]:
    """What there is to say of a wrong exercise that the criterion's own calls."""
    facts = []
    cases = tuple(result.case for result in failing if result.visibility is Visibility.VISIBLE)
    for exercise in sorted(evidence.inner_of(criterion.id) & evidence.wrong) if failing else ():
        passes = is_inner(criterion, exercise)
        text = f"Your {exercise} is wrong, and this calls it: mend {exercise} first."
        if passes is not None:
            outcome = "this would pass" if passes else "this would still fail"
            text = f"Your {exercise} is wrong; with a right one {outcome}."
        facts.append(Fact("inner", text, cases))
    return facts
