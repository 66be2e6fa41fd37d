"""Chooses what a student reads about a grade, in which order, before any format lays it out."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import groupby

from grader.model.assignment import Visibility
from grader.model.grade import Call, CheckResult, CriterionGrade, FactKind, Grade, Idea, Status
from grader.model.text import clean, clean_line, cut_mark, plural_noun
from grader.model.wire_format import CUT_MARK

CASES_IN_FULL = 2
OUTPUT_LINES = 6
NOT_SCORED = "not scored: needs review"
BY_HAND = "an instructor grades it"
HIDDEN_FAILS = "a hidden case fails"
AT_THE_TOP = (FactKind.INNER, FactKind.FINDING, FactKind.PLACE)  # facts that no single case shows
PAIR = re.compile(r"(\w+) (\(\d+, \d+\))(?=,|$)")


class Label(StrEnum):
    """What a detail of a failure is about, as every format labels it."""

    INPUTS = "inputs"
    AT = "at"
    EXPECTED = "expected"
    ACTUAL = "actual"
    WHY = "why"
    CALLS = "calls"
    ALSO = "also"
    IDEA = "idea"
    READ = "read"
    OUTPUT = "output"


@dataclass(frozen=True)
class Block:
    """One failure: its case, how the case ended, and labeled details.

    `case` is the case's full name, with which a page finds its pictures.
    """

    heading: str
    status: str
    facts: tuple[tuple[Label, str], ...] = ()
    case: str = ""


@dataclass(frozen=True)
class Section:
    """A criterion's failures; `more` names those without details, `facts` are common to several."""

    criterion: CriterionGrade
    blocks: tuple[Block, ...]
    more: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Feedback:
    """`whole` if everything fails for one reason, else a section for each criterion that lost points."""

    whole: Block | None
    sections: tuple[Section, ...]


def feedback_on(grade: Grade, reveal: bool = False, cases: int = CASES_IN_FULL) -> Feedback:
    """The feedback on a grade; hidden cases show only their names and statuses, unless `reveal` is set.

    The first `cases` failing cases of each criterion are shown in full; the others are only named. An idea is
    told in full once, at the first of these cases that it explains.
    """
    run = [r for criterion in grade.criteria for r in criterion.results if r.status is not Status.NOT_RUN]
    whole = _one_reason(run, reveal)
    if whole is not None:
        count = sum(len(criterion.results) for criterion in grade.criteria)
        heading = _coded(whole, f"every case fails ({count})")
        return Feedback(block(whole, heading, reveal, _example(whole, whole.name, run, reveal)), ())
    explained_in: dict[str, CheckResult] = {}
    sections = (_section(criterion, reveal, cases, explained_in) for criterion in grade.criteria)
    return Feedback(None, tuple(section for section in sections if section is not None))


def title_beside_id(criterion: CriterionGrade) -> str:
    """A criterion's title next to its id: without the id at its beginning, "" if it says no more."""
    id, title = clean_line(criterion.id), clean_line(criterion.title)
    rest = title.removeprefix(id)
    return rest.lstrip(",: ") if not rest or rest[0] in ",:" else title


def remark(criterion: CriterionGrade) -> str:
    """How many of a criterion's cases pass, or why none ran; empty if all pass."""
    if criterion.by_hand:
        return clean_line(criterion.reason) or ("" if criterion.status is Status.OK else BY_HAND)
    if not criterion.results:
        return "not selected" if criterion.points else "hidden cases only"
    if criterion.status is Status.NOT_RUN:
        return f"not run: {clean_line(criterion.reason)}" if criterion.reason else "not run"
    faults = sum(is_fault(result) for result in criterion.results)
    passing = sum(result.status is Status.OK for result in criterion.results)
    total = len(criterion.results)
    if faults:
        return NOT_SCORED if faults == total else f"{faults} of {total} cases {NOT_SCORED}"
    followed = sum(result.follow_through > 0 for result in criterion.results)
    also = f", {followed} {plural_noun(followed, 'earns', 'earn')} a share" if followed else ""
    statuses = [result.status for result in criterion.results]
    if Status.TIMEOUT in statuses and Status.NOT_RUN in statuses:
        also += f", {statuses.count(Status.NOT_RUN)} not run: a time limit ended this criterion"
    verb = "case passes" if total == 1 else "cases pass"
    return "" if passing == total else f"{passing} of {total} {verb}{also}"


def block(result: CheckResult, heading: str, reveal: bool, example: str = "") -> Block:
    """The feedback on one case, or on several: then `example` names this one if the others' values differ."""
    if is_fault(result):
        why = clean(result.rationale) if reveal else ""
        return Block(heading, NOT_SCORED, ((Label.WHY, why),) if why else ())
    status = result.status.value.replace("_", " ")
    if result.follow_through:
        status += f", earns {result.follow_through:g} of its points"
    if not is_shown(result, reveal):
        fails = result.status not in (Status.OK, Status.NOT_RUN)
        return Block(heading, f"{status}: {HIDDEN_FAILS}" if fails else status)
    facts = (
        (Label.INPUTS, clean(result.inputs)),
        (Label.AT, str(list(result.index)) if result.index else ""),
        (Label.EXPECTED, clean(result.expected)),
        (Label.ACTUAL, clean(result.actual)),
        (Label.WHY, "\n".join(filter(None, (clean(result.rationale), *_at_the_line(result, example))))),
        (Label.CALLS, _calls(result)),
        (Label.IDEA, clean(result.idea)),
        (Label.READ, clean(result.help)),
        (Label.OUTPUT, _first_lines(result.output)),
    )
    nonempty = tuple((label, text) for label, text in facts if text.strip())
    return Block(heading, status, nonempty, result.name)


def _calls(result: CheckResult) -> str:
    """The submission's own calls, from the first down; "" if the reason already shows them."""
    is_more = len(result.calls) > 1 or any(call.arguments for call in result.calls)
    is_stub = "NotImplementedError" in result.rationale
    shown = _in_words(_without_the_shown_line(result)) if is_more and not is_stub else ()
    return clean("\n".join(shown))


def _in_words(calls: Iterator[Call]) -> Iterator[str]:
    """The calls; of more than two from one line, as in an endless recursion, the first and the last."""
    for _, group in groupby(calls, lambda call: (call.file, call.line, call.function)):
        first, *others = map(_call, group)
        yield first
        if len(others) > 1:
            yield "..."
        yield from others[-1:]


def _without_the_shown_line(result: CheckResult) -> Iterator[Call]:
    """The calls; the source of the last one is left out if the reason shows that line already."""
    *outer, last = result.calls
    yield from outer
    source = last.source.removesuffix(CUT_MARK)
    yield replace(last, source="") if source and source in result.rationale else last


def _at_the_line(result: CheckResult, example: str) -> Iterator[str]:
    """What the variables on the line that raised hold: first those that Python takes for one number."""
    if not result.calls:
        return
    pairs = _pairs(result)
    yield from (f"{clean_line(name)} is a pair here, {pair}, and not one number" for name, pair in pairs)
    yield clean(result.calls[-1].variables_in_words(clean_line(example), [name for name, _ in pairs]))


def _pairs(result: CheckResult) -> Sequence[tuple[str, str]]:
    """The arguments that are pairs, if Python reports a tuple: those in the failing line, or else all."""
    if not re.search(r"\bTypeError: .*\btuple\b", result.rationale):
        return []
    call = result.calls[-1]
    words = set(re.findall(r"\w+", call.source))
    pairs = PAIR.findall(call.arguments)
    return [(name, pair) for name, pair in pairs if name in words] or pairs


def _call(call: Call) -> str:
    """One call on the way to an exception: place, function and arguments; then the line."""
    arguments = f"({call.arguments})" if call.arguments else ""
    line = f"\n    {call.source}" if call.source else ""
    return f"{call.file}:{call.line} in {call.function}{arguments}{line}"


def is_shown(result: CheckResult, reveal: bool) -> bool:
    """True if a student may read the details of a case."""
    return reveal or result.visibility is Visibility.VISIBLE


def is_fault(result: CheckResult) -> bool:
    """True if it is the grader's fault and not the student's."""
    return result.status is Status.INTERNAL_ERROR


def _section(
    criterion: CriterionGrade, reveal: bool, cases: int, explained_in: dict[str, CheckResult]
) -> Section | None:
    """The criterion's failures; `explained_in` maps an idea's message to the first case that states it."""
    failing = in_telling_order(criterion, reveal)
    if criterion.status is Status.NOT_RUN or not failing:
        return None
    name = clean_line(criterion.id)
    same = _one_reason(criterion.results, reveal)
    if same is not None:
        heading = _coded(same, f"{name} · every case ({len(failing)})")
        (same,) = _ideas_once([same], criterion.ideas, explained_in, reveal)
        one = block(same, heading, reveal, _example(same, same.case, criterion.results, reveal))
        return Section(criterion, (one,), facts=_facts(criterion, *AT_THE_TOP))
    in_full = failing[:cases]
    if len(in_full) < len(failing):
        again = _repeats(criterion)
        in_full = [result for result in in_full if result.case not in again or not is_shown(result, reveal)]
    counts = _counts_at_line(criterion, in_full)
    blocks = (
        _with_count(block(result, _heading(name, result), reveal), counts.get(result.case, 0))
        for result in _ideas_once(in_full, criterion.ideas, explained_in, reveal)
    )
    more = (_short(result) for result in failing if result not in in_full)
    kinds = AT_THE_TOP if counts else tuple(FactKind)
    return Section(criterion, tuple(blocks), tuple(more), _facts(criterion, *kinds))


def in_telling_order(criterion: CriterionGrade, reveal: bool = False) -> list[CheckResult]:
    """The failing cases: first those that may be shown.

    Among these, new messages stand before repeated ones, and cases that were not run come last.
    """
    failing = [result for result in criterion.results if result.status is not Status.OK]
    again = _repeats(criterion)
    to_show = [result for result in failing if is_shown(result, reveal)]
    to_show.sort(key=lambda result: (result.status is Status.NOT_RUN, result.case in again))
    return [*to_show, *(result for result in failing if not is_shown(result, reveal))]


def _ideas_once(
    results: Sequence[CheckResult], ideas: Sequence[Idea], explained_in: dict[str, CheckResult], reveal: bool
) -> Iterator[CheckResult]:
    """The results; an idea that an earlier one tells is replaced by the name of that case.

    Each line of a result's text is one idea: the evidence for it, then its message. Another criterion has
    evidence of its own, which stays. The link leads to the first idea that is new.
    """
    for result in results:
        if not is_shown(result, reveal):  # it tells no idea, so that no other case may refer to it
            yield result
            continue
        texts, cases, helps = [], [], []
        for line in result.idea.splitlines():
            idea = next((one for one in ideas if one.message and one.message in line), None)
            message = idea.message if idea and line.endswith(idea.message) else line
            first = explained_in.setdefault(message, result)
            if first.name == result.name:
                texts.append(line)
                helps.append(idea.help if idea else "")
            elif first.criterion == result.criterion:
                cases.append(first.case)
            else:
                evidence = line.removesuffix(message)
                the = "the" if evidence.endswith(": ") else "The"
                texts.append(f"{evidence}{the} same as in {first.name}.")
        if cases:
            the = "And the" if texts else "The"
            texts.append(f"{the} same as in {' and '.join(dict.fromkeys(cases))}.")
        text = "\n".join(texts)
        yield result if text == result.idea else replace(result, idea=text, help=next(iter(helps), ""))


def _counts_at_line(criterion: CriterionGrade, in_full: Sequence[CheckResult]) -> dict[str, int]:
    """How many other cases end in the same exception at the same line, for each case that is shown in full.

    It is empty unless these cases show the line of every such exception: then it has to be shown on its own.
    """
    to_show = {result.case for result in in_full if is_shown(result, False)}
    errors = [fact for fact in criterion.facts if fact.kind is FactKind.ERROR and fact.cases]
    first = {case: fact for fact in errors if (case := next((c for c in fact.cases if c in to_show), ""))}
    return {case: len(fact.cases) - 1 for case, fact in first.items()} if len(first) == len(errors) else {}


def _with_count(block: Block, others: int) -> Block:
    """The feedback on one case, with the number of others that end at the same line."""
    cases = "case ends" if others == 1 else "cases end"
    also = ((Label.ALSO, f"{others} more {cases} at this line"),) if others else ()
    last = max(
        (n for n, (label, _) in enumerate(block.facts, 1) if label in (Label.WHY, Label.CALLS)), default=0
    )
    return replace(block, facts=(*block.facts[:last], *also, *block.facts[last:]))


def _repeats(criterion: CriterionGrade) -> set[str]:
    """The cases that repeat earlier ones: their ideas, or the same exception at the same line."""
    errors = (fact for fact in criterion.facts if fact.kind is FactKind.ERROR)
    at_line = {case: fact.text for fact in errors for case in fact.cases}
    explained: set[str] = set()
    again: set[str] = set()
    for result in criterion.results:
        is_all = is_shown(result, False) and result.status is Status.ERROR and not result.actual
        raised = result.rationale if is_all else ""  # there is nothing to show but the exception
        at = at_line.get(result.case, raised)
        says = set(result.idea.splitlines()) or ({at} if at else set())
        (again if says and says <= explained else set()).add(result.case)
        explained |= says
    return again


def _facts(criterion: CriterionGrade, *kinds: FactKind) -> tuple[str, ...]:
    """The facts that several visible cases of a criterion share."""
    return tuple(clean(fact.text) for fact in criterion.facts if fact.kind in kinds and fact.cases)


def _heading(criterion: str, result: CheckResult) -> str:
    """`x_grad · of-views`; with a code `x_grad/of-views · 7KQ2`, as a request for a regrade names it."""
    case = clean_line(result.case)
    return f"{criterion}/{case} · {result.code}" if result.code else f"{criterion} · {case}"


def _coded(result: CheckResult, heading: str) -> str:
    """A heading of several cases, with the code of the first."""
    return f"{heading} · {_heading(clean_line(result.criterion), result)}" if result.code else heading


def _short(result: CheckResult) -> str:
    return f"{clean_line(result.case)} · {result.code}" if result.code else clean_line(result.case)


def _one_reason(results: Sequence[CheckResult], reveal: bool) -> CheckResult | None:
    """A visible result that represents all results, if all failed in the same way.

    An exception is one way of failing, also if some of the cases expect another exception.
    """
    to_show = [result for result in results if is_shown(result, reveal)]
    ends = {(r.expected, r.actual) for r in results}
    is_raised = all(r.status is Status.ERROR and r.rationale for r in results)
    kinds_of_outcome = {(r.status, r.rationale) for r in results}
    if (
        len(results) < 2
        or len(kinds_of_outcome) > 1
        or (len(ends) > 1 and not is_raised)
        or not to_show
        or to_show[0].status in (Status.OK, Status.NOT_RUN)
    ):
        return None
    first_help, *other_helps = (result.help for result in to_show)
    is_one_subject = len({result.criterion for result in to_show}) == 1 or {*other_helps} <= {first_help}
    help = first_help if is_one_subject else ""
    one = to_show[0] if len(ends) == 1 else replace(to_show[0], expected="", actual="")
    return replace(one, inputs="", index=None, help=help)


def _example(one: CheckResult, name: str, results: Sequence[CheckResult], reveal: bool) -> str:
    """The name of the case that represents all; "" if the variables of the line hold the same in all."""
    shown = [result for result in results if is_shown(result, reveal)]
    differ = any(r.calls[-1:] and r.calls[-1].variables != one.calls[-1].variables for r in shown)
    return name if one.calls and differ else ""


def _first_lines(output: str) -> str:
    lines = clean(output).splitlines()
    if len(lines) > OUTPUT_LINES:
        lines = [*lines[:OUTPUT_LINES], f"… {cut_mark(output)}"]
    return "\n".join(lines)
