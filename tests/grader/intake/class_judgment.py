"""Judges an intake's outcome for a generated class by the class's own account."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from tests.grader.intake.class_generator import assemble
from tests.grader.intake.class_model import FILE, Due, Fate, GeneratedClass, same
from tests.grader.intake.class_plan import Plan

FAULTS = (
    "wrong student",  # gets another student's bytes
    "wrong file",  # gets a file of their own that does not count, or more than one
    "missing student",  # submitted, but is neither credited nor doubted
    "invented student",  # a submission that belongs to no student in the class
    "silent zero",  # credited with nothing, and no doubt
    "missing doubt",  # a decision that needs an instructor was made, or dropped
    "unnamed file",  # a doubt that does not name what is there
    "entry unaccounted",  # does not occur exactly once in the list of entries
    "wrong role",  # litter that is graded, or an entry under another student's name
    "useless doubt",  # of a student without any oddity
    "useless question",  # one student's entry stopped the whole class
    "stopped",  # an exception that is no question
)


@dataclass(frozen=True)
class Credit:
    """A submission as the intake gives it back: without a doubt it is graded."""

    student: str
    doubt: str
    files: Mapping[str, bytes]


@dataclass(frozen=True)
class Outcome:
    """An intake's outcome for an input, in neutral terms."""

    credits: tuple[Credit, ...] = ()
    doubts: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    entries: tuple[tuple[str, str, str], ...] = ()  # path, role, student
    question: str = ""
    stopped: str = ""


@dataclass(frozen=True)
class Finding:
    """One way in which an outcome breaks the account."""

    fault: str
    who: str
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.fault}: {self.who}: {self.detail}"


@dataclass
class _Trial:
    """The class and the outcome under judgment, and the findings so far."""

    cls: GeneratedClass
    outcome: Outcome
    findings: list[Finding] = field(default_factory=list)

    def say(self, fault: str, who: str, detail: str = "") -> None:
        assert fault in FAULTS
        self.findings.append(Finding(fault, who, detail))


def judge(cls: GeneratedClass, outcome: Outcome) -> tuple[Finding, ...]:
    """Every way in which the outcome breaks the account of the class."""
    if outcome.stopped:
        return (Finding("stopped", "the class", outcome.stopped),)
    if outcome.question:
        return () if cls.may_be_question else (Finding("useless question", "the class", outcome.question),)
    trial = _Trial(cls, outcome)
    _judge_credits(trial)
    for due in cls.account:
        _judge_due(trial, due)
    _judge_entries(trial)
    return tuple(trial.findings)


def _judge_credits(trial: _Trial) -> None:
    for credit in trial.outcome.credits:
        content = credit.files.get(FILE)
        dues = [due for due in trial.cls.account if same(credit.student) in map(same, due.ids)]
        strangers = _owners(trial.cls, content) - {due.owner for due in dues} - _sharers(trial.cls, dues)
        if credit.doubt:  # an instructor decides
            continue
        if not credit.files and _is_empty_folder(trial.cls, credit.student, dues):  # a zero that is no doubt
            continue
        if content and strangers:
            trial.say("wrong student", credit.student, f"gets the bytes of {', '.join(sorted(strangers))}")
        elif not dues:
            trial.say("invented student", credit.student, f"files {sorted(credit.files)}")
        elif content is None:
            trial.say("silent zero", credit.student, f"files {sorted(credit.files)}")
        elif not any(due.fate is Fate.CREDIT and due.accepts(content) for due in dues):
            fault = "missing doubt" if all(due.fate is not Fate.CREDIT for due in dues) else "wrong file"
            trial.say(fault, credit.student, f"{content[:80]!r}")


def _is_empty_folder(cls: GeneratedClass, student: str, dues: Sequence[Due]) -> bool:
    """True if a student submitted only an empty folder; without a roster any may be a student's."""
    empty = [same(entry.path).rstrip("/") for entry in cls.entries if entry.flaw == "folder"]
    owners = {key for entry in cls.entries if entry.flaw == "folder" for key in entry.owners}
    if not dues:  # a folder without an owner, or of someone on no roster and so in no account
        is_of_someone_else = bool(owners - {due.owner for due in cls.account})
        return is_of_someone_else or any(same(student) in path for path in empty)
    return all(due.fate is Fate.ABSENT and due.owner in owners for due in dues)


def _owners(cls: GeneratedClass, content: bytes | None) -> set[str]:
    return {key for key, token in cls.tokens.items() if content and token in content}


def _sharers(cls: GeneratedClass, dues: Iterable[Due]) -> set[str]:
    """The possible authors of these students' credited work: others in their groups."""
    shared = {content for due in dues for content in due.accepted} | {due.token for due in dues if due.token}
    return {key for key, token in cls.tokens.items() if any(token in content for content in shared)}


def _judge_due(trial: _Trial, due: Due) -> None:
    mine = [c for c in trial.outcome.credits if same(c.student) in map(same, due.ids)]
    certain = [c for c in mine if not c.doubt and due.accepts(c.files.get(FILE, b"\0 nothing"))]
    doubts = [f"{c.student}: {c.doubt}" for c in mine if c.doubt]
    doubts += [text for text in trial.outcome.doubts if _mentions(text, due)]
    is_absent = {same(id) for id in due.ids} & {same(id) for id in trial.outcome.absent}
    if len({c.files[FILE] for c in certain}) > 1:
        trial.say("wrong file", due.who, "is credited with two submissions")
    if is_absent and (certain or (due.fate is Fate.CREDIT and not due.may_doubt)):
        trial.say("missing student", due.who, "is listed as absent")
    if due.fate is Fate.ABSENT:
        _judge_absent(trial, due, bool(is_absent), doubts)
    elif due.fate in (Fate.DOUBT, Fate.STRANGER):
        _judge_doubt(trial, due, doubts)
    elif not certain and not doubts:
        trial.say("missing student", due.who, "is neither credited nor doubted")
    elif not due.may_doubt and (not certain or any(credit.doubt for credit in mine)):
        trial.say("useless doubt", due.who, "; ".join(doubts))


def _judge_absent(trial: _Trial, due: Due, is_absent: bool, doubts: list[str]) -> None:
    zeros = [c for c in trial.outcome.credits if same(c.student) in map(same, due.ids) and not c.files]
    is_zero = bool(zeros) and _is_empty_folder(trial.cls, zeros[0].student, [due])
    if trial.cls.roster is not None and not (is_absent or is_zero or (due.may_doubt and doubts)):
        trial.say("missing student", due.who, "submitted nothing, and is not listed as absent")


def _judge_doubt(trial: _Trial, due: Due, doubts: list[str]) -> None:
    if not doubts:
        trial.say("missing doubt", due.who, f"no doubt names any of {', '.join(due.mentions)}")
    for name in due.must_name if doubts else ():
        if not any(same(name) in same(text) for text in doubts):
            trial.say("unnamed file", due.who, f"{name} is there; the doubt says {'; '.join(doubts)}")


def _mentions(text: str, due: Due) -> bool:
    """True if a doubt names the student, and not as a part of another number or name."""
    return any(re.search(rf"(?<![^\W_]){re.escape(m)}(?![^\W_])", same(text)) for m in due.mentions)


def _judge_entries(trial: _Trial) -> None:
    entries = [(same(path), role, student) for path, role, student in trial.outcome.entries]
    _judge_count(trial, [(path, role) for path, role, _ in entries])
    owners = {same(entry.path): entry.owners for entry in trial.cls.entries}
    ids = {due.owner: {same(id) for id in due.ids} for due in trial.cls.account if due.ids}
    certain = {same(credit.student) for credit in trial.outcome.credits if not credit.doubt}
    for path, role, student in entries:
        mine = {id for key in owners.get(path, ()) for id in ids.get(key, set())}
        if role == "graded" and not owners.get(path):
            trial.say("wrong role", path, "is no student's, and graded")
        elif path in owners and role == "graded" and student and same(student) in certain - mine:
            trial.say("wrong role", path, f"is listed under {student}")


def _judge_count(trial: _Trial, listed: list[tuple[str, str]]) -> None:
    """Every entry is listed once.

    A folder of litter may stand for everything below it, and one that is refused for all of its name.
    """
    covers = tuple(path for path, role in listed if role == "litter" and path.endswith("/"))
    expected = Counter(same(entry.path) for entry in trial.cls.entries if entry.flaw != "folder")
    folders = {same(entry.path).rstrip("/") for entry in trial.cls.entries if entry.flaw == "folder"}
    actual = Counter(path for path, _ in listed if path.rstrip("/") not in folders and path not in covers)
    for path in sorted({*expected, *actual}):
        count = actual[path] + (expected[path] if path.startswith(covers) else 0)
        if expected[path] != count and not (count == 1 and (path, "refused") in listed):
            trial.say("entry unaccounted", path, f"{expected[path]} in the input, {count} in the list")


def right_outcome(cls: GeneratedClass) -> Outcome:
    """The outcome of an intake that follows the account; the judgment finds no fault in it."""
    credits = [
        Credit(min(due.ids), "", {FILE: due.accepted[-1] if due.accepted else due.token})
        for due in cls.account
        if due.fate is Fate.CREDIT
    ]
    doubted = [due for due in cls.account if due.fate in (Fate.DOUBT, Fate.STRANGER)]
    return Outcome(
        credits=tuple(credits),
        doubts=tuple(f"{due.mentions[0]}: {', '.join(due.must_name)}" for due in doubted),
        absent=tuple(min(due.ids) for due in cls.account if due.fate is Fate.ABSENT),
        entries=tuple((e.path, "extra", "") for e in cls.entries if e.flaw != "folder"),
    )


def shrink(plan: Plan, fails: Callable[[GeneratedClass], bool]) -> GeneratedClass:
    """The plan's class without the students and decorations that the failure does not need.

    Two submissions stay: one alone does not show a layout.
    """
    for plainer in ({"strays": ()}, {"wraps": ()}, {"has_folders": False}):
        candidate = replace(plan, **plainer)
        plan = candidate if fails(assemble(candidate)) else plan
    place = 0
    while place < len(plan.deliveries):
        smaller = _without(plan, place)
        if sum(bool(d.files) for d in smaller.deliveries) > 1 and fails(assemble(smaller)):
            plan, place = smaller, 0
        else:
            place += 1
    return assemble(plan)


def _without(plan: Plan, place: int) -> Plan:
    """The plan without one student, who is then on no roster either."""
    person = plan.deliveries[place].person
    roster = None if plan.roster is None else tuple(s for s in plan.roster if s.id != person.roster_id)
    return replace(plan, deliveries=plan.deliveries[:place] + plan.deliveries[place + 1 :], roster=roster)
