"""Chooses which of a student's submissions may count."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum

from grader.intake.tree import Handin
from grader.model.assignment import SubmissionLimits
from grader.model.class_input.times import moment_of
from grader.model.errors import UserError
from grader.model.late_policy import duration
from grader.model.student import Student

NO_LIMITS = SubmissionLimits()


def extension_of(student: Student) -> timedelta:
    """The student's extension: how much later than others they may submit."""
    return duration(student.extension or "0d")


class Counts(StrEnum):
    """Which of a student's submissions counts, as `--counts` names it."""

    LAST = "last"
    BEST = "best"
    LAST_BEFORE_DEADLINE = "last-before-deadline"


@dataclass(frozen=True)
class Choice:
    """The rule for which submission counts.

    Only submissions that the assignment's `limits` allow may count. LAST_BEFORE_DEADLINE needs a
    `deadline`. `extension` says how much later a student may submit. A submission after `closes` scores
    nothing, so it does not displace an earlier one.
    """

    counts: Counts = Counts.LAST
    deadline: datetime | None = None
    closes: datetime | None = None
    extension: Callable[[Student], timedelta] = extension_of
    limits: SubmissionLimits = NO_LIMITS

    @property
    def rule(self) -> str:
        """The options of a command that choose the submission that counts."""
        deadline = "" if self.deadline is None else f" --deadline {self.deadline.isoformat()}"
        return f"--counts {self.counts}{deadline}"


LAST = Choice()


@dataclass(frozen=True)
class Candidates:
    """The submissions that may count, in order; `doubt` says why an instructor must decide, or is "".

    `not_allowed` maps the label of each other submission to the reason that it may not count.
    """

    handins: tuple[Handin, ...]
    doubt: str = ""
    not_allowed: Mapping[str, str] = field(default_factory=dict)


def choice_of(counts: str, deadline: str | None, zone: tzinfo | None = None) -> Choice:
    """The choice that the command's options make; UserError if the two do not go together."""
    rule, needs_deadline = Counts(counts), counts == Counts.LAST_BEFORE_DEADLINE
    if deadline is not None and not needs_deadline:
        raise UserError("--deadline also needs --counts last-before-deadline")
    if deadline is None:
        if needs_deadline:
            raise UserError(f"--counts {counts} also needs --deadline TIME")
        return Choice(rule)
    if not (moment := moment_of(deadline, zone)):
        raise UserError(
            f"--deadline {deadline!r}: expected a time with its offset, such as 2026-10-01T23:59:00+02:00"
        )
    return Choice(rule, datetime.fromisoformat(moment))


def choose(handins: Sequence[Handin], student: Student, choice: Choice) -> Candidates:
    """Chooses the submissions of one student that may count."""
    ordered = sorted(handins, key=order_key)
    not_allowed, doubt = _not_allowed(ordered, choice.limits)
    candidates = _choose([one for one in ordered if one.label not in not_allowed], student, choice)
    doubts = "; ".join(filter(None, (candidates.doubt, doubt)))
    return Candidates(candidates.handins, doubts, not_allowed)


def _not_allowed(ordered: list[Handin], limits: SubmissionLimits) -> tuple[dict[str, str], str]:
    """The reasons, by label, against submissions that are too many or too soon; and a doubt about times."""
    if len(ordered) < 2 or limits == NO_LIMITS:
        return {}, ""
    has_order = len({order_key(one) for one in ordered}) == len(ordered)
    has_times = all(one.submitted_at for one in ordered)
    if not (has_times if limits.cooldown else has_order):
        return {}, f"not all of these {len(ordered)} submissions have a time, and not all of them may count"
    reasons: dict[str, str] = {}
    allowed: list[Handin] = []
    for one in ordered:
        if allowed and limits.cooldown and _is_too_soon(allowed[-1], one, limits.cooldown):
            reasons[one.label] = f"it does not count: it came too soon after {allowed[-1].label}"
        elif limits.at_most is not None and len(allowed) == limits.at_most:
            reasons[one.label] = f"it does not count: at most {limits.at_most} submissions do"
        else:
            allowed.append(one)
    return reasons, ""


def _is_too_soon(one: Handin, following: Handin, cooldown: timedelta) -> bool:
    first, second = (datetime.fromisoformat(each.submitted_at) for each in (one, following))
    return second - first < cooldown


def _choose(ordered: list[Handin], student: Student, choice: Choice) -> Candidates:
    extension = choice.extension(student)
    if choice.closes is not None:
        ordered = [one for one in ordered if not _is_after(one, choice.closes + extension)] or ordered
    if choice.counts is Counts.BEST:
        return Candidates(tuple(ordered))
    if choice.counts is Counts.LAST:
        return _last(ordered)
    assert choice.deadline is not None
    on_time = [one for one in ordered if _is_on_time(one, choice.deadline + extension)]
    if on_time:
        return _last(on_time)
    if any(not one.submitted_at and (not one.knows_lateness or extension > timedelta()) for one in ordered):
        doubt = "its time is not known: choose another --counts, or name its folder by the time"
        return Candidates((), doubt)
    return Candidates((), f"nothing was submitted before the deadline, and {len(ordered)} after it")


def _last(ordered: list[Handin]) -> Candidates:
    """The last submission; in doubt if nothing puts them in order."""
    have_times = {bool(one.submitted_at) for one in ordered}
    same = [one for one in ordered if order_key(one) == order_key(ordered[-1])]
    unordered = ordered if len(have_times) > 1 else same
    if len(unordered) == 1:
        return Candidates((ordered[-1],))
    labels = ", ".join(sorted(one.label for one in unordered))
    remedy = "name the folders by time or by number, or use --counts best"
    return Candidates((ordered[-1],), f"nothing says which is the last of {labels}: {remedy}")


def _is_after(one: Handin, moment: datetime) -> bool:
    return bool(one.submitted_at) and datetime.fromisoformat(one.submitted_at) > moment


def _is_on_time(one: Handin, deadline: datetime) -> bool:
    if one.submitted_at:
        return datetime.fromisoformat(one.submitted_at) <= deadline
    return one.knows_lateness and not one.late


def order_key(one: Handin) -> tuple[str, tuple[tuple[bool, int, str], ...]]:
    """Sort key: the time, across offsets, or without times the number, so attempt-10 follows attempt-9."""
    time = f"{datetime.fromisoformat(one.submitted_at).timestamp():020.6f}" if one.submitted_at else ""
    parts = re.split(r"([0-9]+)", one.sequence)
    numbers = tuple((part.isdigit(), int(part) if part.isdigit() else 0, part) for part in map(_ascii, parts))
    return time, numbers


def _ascii(part: str) -> str:
    """Escapes digits of other scripts, which are not numbers here: `²` has none, `٣` would sort as 3."""
    return part if part.isascii() else ascii(part)
