"""Turns points into the score that counts: deadlines, late penalties, late days, adjustments, rounding.

Everything here is a pure function: no clock, no database. The order is always the same: a late submission is
dropped, or loses what its late days do not forgive; then manual adjustments apply, within 0 and the points
offered; rounding is last.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, tzinfo
from fractions import Fraction
from math import ceil, floor
from typing import Literal

from grader.model.class_input.times import earlier_reading
from grader.model.student import ON_TIME, Adjustment, Student, Submission, TimeRuling
from grader.model.text import plural, plural_noun

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
UNKNOWN_LATENESS = "late by an unknown time"
OUTDATED = "no longer applies: it was for an earlier submission"
DEPENDS = "the late days left depend on"


@dataclass(frozen=True)
class Penalty:
    """The `share` of the points offered to deduct for every `per` (hour or day) late, or part of one."""

    share: Fraction
    per: timedelta


@dataclass(frozen=True)
class LateDays:
    """Days of 24 hours that a student may be late in the whole course, at most `each` per assignment."""

    total: int
    each: int


@dataclass(frozen=True)
class Rounding:
    """Rounding to a multiple of `step` points: the `nearest` (halves go up), or always `up` or `down`."""

    direction: Literal["nearest", "up", "down"]
    step: Fraction


@dataclass(frozen=True)
class Policies:
    """The scoring policies of course.yaml; by default all students get the points that they earned.

    `extensions[assignment][student]` moves one student's deadline; if the roster has an extension too, the
    longer one counts. `grace` moves every student's deadline. `floor` and `cap` are shares of the points
    offered: no penalty takes a score below the floor, no late submission scores above the cap. A submission
    more than `drop_after` late scores nothing, whatever late days are left. Times without an offset are in
    `timezone`. `unknown_lateness` is for submissions late by an unknown time: they need `review`, count as
    `on_time`, or count as late by `one_unit`: a penalty's day or hour, else a day.
    """

    deadlines: Mapping[str, datetime] = field(default_factory=dict)
    extensions: Mapping[str, Mapping[str, timedelta]] = field(default_factory=dict)
    grace: timedelta = timedelta()
    penalty: Penalty | None = None
    floor: Fraction = Fraction(0)
    cap: Fraction = Fraction(1)
    drop_after: timedelta | None = None
    late_days: LateDays = LateDays(0, 0)
    rounding: Rounding | None = None
    timezone: tzinfo | None = None
    unknown_lateness: Literal["review", "on_time", "one_unit"] = "review"

    @property
    def has_late_policy(self) -> bool:
        """True if lateness can change a score at all."""
        costs = self.penalty is not None or self.cap < 1 or self.drop_after is not None
        return costs or self.late_days.total > 0


@dataclass(frozen=True)
class Standing:
    """The input of the late policies: a student's points, the time of submission, and manual adjustments.

    An instructor's `ruling` on when the submission counts as submitted overrides its known time. If the last
    run of a batch made no grade, `is_open` is True: another submission may count.
    """

    student: Student
    assignment: str
    earned: Fraction
    max_score: Fraction
    submission: Submission | None = None
    adjustments: tuple[Adjustment, ...] = ()
    ruling: TimeRuling | None = None
    is_open: bool = False


@dataclass(frozen=True)
class Step:
    """One applied policy: its name in course.yaml, its sentence to the student, the score afterwards."""

    policy: str
    says: str
    score: Fraction


@dataclass(frozen=True)
class FinalScore:
    """The score that counts, and the steps that led there from what was `earned`.

    `late_days` is the number used; `unclear` says why the score needs a decision, or is "".
    """

    earned: Fraction
    score: Fraction
    steps: tuple[Step, ...] = ()
    late_days: int = 0
    unclear: str = ""


def apply_policies(policies: Policies, standings: Iterable[Standing]) -> dict[tuple[str, str], FinalScore]:
    """The final score of each standing, by student and assignment.

    The assignment that was due first gets as many of a student's late days as it needs, then the next one.
    While nothing says how late an assignment is, a score that depends on the days it leaves is unclear too.
    """
    by_student: dict[str, list[Standing]] = defaultdict(list)
    for standing in standings:
        by_student[standing.student.id].append(standing)
    finals = {}
    for student, own_standings in by_student.items():
        most = least = policies.late_days.total  # the days that may be left
        undecided = ""
        for standing in sorted(own_standings, key=lambda w: _due_first(policies, w)):
            final = apply_policy_to(policies, standing, most)
            with_least = final if least == most else apply_policy_to(policies, standing, least)
            most, least = most - final.late_days, least - with_least.late_days
            if standing.assignment in policies.deadlines and (final.unclear or standing.is_open):
                least = max(least - policies.late_days.each, 0)
                undecided = undecided or standing.assignment
            if final.score != with_least.score and not final.unclear:
                final = replace(final, unclear=f"{DEPENDS} {undecided}, which is not decided yet")
            finals[student, standing.assignment] = final
    return finals


def apply_policy_to(policies: Policies, standing: Standing, late_days_left: int) -> FinalScore:
    """The final score of one standing, for a student with `days_left` late days left in the course."""
    steps: list[Step] = []
    days_used, unclear = 0, ""
    lateness = lateness_of(policies, standing)
    if standing.ruling is not None:
        ruling = standing.ruling
        sentence = (
            "accepted as on time" if ruling.time == ON_TIME else f"counts as submitted at {ruling.time}"
        )
        steps.append(Step("time", f"{sentence}, says {ruling.author}: {ruling.reason}", standing.earned))
    if lateness is None:
        unclear = _without_time(policies, standing, steps)
    elif lateness > timedelta():
        days_used = _be_late(policies, standing, lateness, late_days_left, steps)
    else:
        _say_why_in_time(policies, standing, lateness, steps)
    score = _adjust(standing, steps)
    if policies.rounding is not None:
        rounded = round_score(policies.rounding, score, standing.max_score)
        if rounded != score:
            sentence = f"rounded {_direction(policies.rounding)} of {_points(policies.rounding.step)}"
            steps.append(Step("rounding", sentence, rounded))
            score = rounded
    return FinalScore(standing.earned, score, tuple(steps), days_used, unclear)


def _adjust(standing: Standing, steps: list[Step]) -> Fraction:
    """Adds manual adjustments; returns the score, within 0 and the points offered unless they may exceed."""
    before = score = steps[-1].score if steps else standing.earned
    may_exceed = False
    for adjustment in standing.adjustments:
        where = f" on {adjustment.criterion}" if adjustment.criterion else ""
        sentence = (
            f"{_points(adjustment.points, sign='+')}{where} from {adjustment.author}: {adjustment.reason}"
        )
        if adjustment.is_for(standing.submission):
            score += adjustment.points
            may_exceed |= adjustment.may_exceed
            steps.append(Step("adjustment", sentence, score))
        else:
            steps.append(Step("outdated_adjustment", f"{sentence} (it {OUTDATED})", score))
    least, most = min(before, Fraction(0)), max(before, standing.max_score or score)
    if not may_exceed and not least <= score <= most:
        bound = f"at most {_points(most)}" if score > most else f"at least {_points(least)}"
        score = min(max(score, least), most)
        steps.append(Step("bounds", f"a total is {bound}", score))
    return score


def extension_of(policies: Policies, assignment: str, student: Student) -> timedelta:
    """The student's extension for this assignment: how much later than others they may submit."""
    extension = policies.extensions.get(assignment, {}).get(student.id, timedelta())
    return max(extension, duration(student.extension or "0d"))


def closes(policies: Policies, assignment: str) -> datetime | None:
    """The moment after which no submission without an extension counts; None if there is none."""
    due = policies.deadlines.get(assignment)
    return None if due is None or policies.drop_after is None else due + policies.grace + policies.drop_after


def lateness_of(policies: Policies, standing: Standing) -> timedelta | None:
    """The time from the student's own deadline to the submission, negative if early; None if unknown.

    Without a deadline, or without a submission, nothing is late.
    """
    due = policies.deadlines.get(standing.assignment)
    if due is None or standing.submission is None:
        return timedelta()
    time = standing.submission.submitted_at if standing.ruling is None else standing.ruling.time
    if time == ON_TIME:
        return timedelta()
    if not time:
        is_one_unit = standing.submission.late and policies.unknown_lateness == "one_unit"
        return _unit(policies) if is_one_unit and policies.has_late_policy else None
    handed_in = datetime.fromisoformat(time)
    if handed_in.tzinfo is None:  # it was read before the course had a time zone
        if policies.timezone is None:
            return None
        handed_in = earlier_reading(handed_in, policies.timezone)
    return handed_in - due - extension_of(policies, standing.assignment, standing.student) - policies.grace


def round_score(rounding: Rounding, score: Fraction, max_score: Fraction) -> Fraction:
    """`score` rounded; rounding never lifts it above `max_score`."""
    steps = score / rounding.step
    count = {
        "nearest": floor(steps + Fraction(1, 2)),
        "up": ceil(steps),
        "down": floor(steps),
    }[rounding.direction]
    return min(count * rounding.step, max(score, max_score))


def duration(text: str) -> timedelta:
    """Minutes ("15m"), hours ("36h") or days ("2d")."""
    unit = {"m": HOUR / 60, "h": HOUR, "d": DAY}[text[-1]]
    return float(text[:-1]) * unit


def _due_first(policies: Policies, standing: Standing) -> tuple[bool, float, str]:
    due = policies.deadlines.get(standing.assignment)
    return due is None, 0.0 if due is None else due.timestamp(), standing.assignment


def _be_late(
    policies: Policies, standing: Standing, lateness: timedelta, days_left: int, steps: list[Step]
) -> int:
    """Adds the steps of the late penalty; returns the number of late days that they use."""
    how_late = f"submitted {time_text(lateness + policies.grace)} after {_deadline(policies, standing)}"
    if standing.ruling is None and standing.submission is not None and not standing.submission.submitted_at:
        how_late = f"{UNKNOWN_LATENESS}: the course counts it as {time_text(lateness)} late"
    if policies.drop_after is not None and lateness > policies.drop_after:
        sentence = f"{how_late}: a submission more than {time_text(policies.drop_after)} late does not count"
        steps.append(Step("drop_after", sentence, min(standing.earned, Fraction(0))))
        return 0
    days_used = min(_begun_units(lateness, DAY), days_left, policies.late_days.each)
    if days_used:
        sentence = f"{how_late}: {plural(days_used, 'late day')} used, {days_left - days_used} left"
        steps.append(Step("late_days", sentence, standing.earned))
        how_late = f"{time_text(lateness - days_used * DAY)} beyond your late days"
    rest = lateness - days_used * DAY
    if rest > timedelta():
        _punish(policies, standing, rest, how_late, steps)
    return days_used


def _punish(
    policies: Policies, standing: Standing, lateness: timedelta, how_late: str, steps: list[Step]
) -> None:
    """Adds the steps of the penalty and the cap for a submission this late."""
    score = standing.earned
    if (penalty := policies.penalty) is not None:
        begun = _begun_units(lateness, penalty.per)
        least = min(standing.earned, policies.floor * standing.max_score)
        reduced = score - begun * penalty.share * standing.max_score
        unit = "day" if penalty.per == DAY else "hour"
        sentence = f"{how_late}: {plural(begun, unit)}, rounded up, at {_percent(penalty.share)} of "
        sentence += f"{_points(standing.max_score)}"
        if reduced < least and policies.floor:
            sentence += f", but no score falls below {_percent(policies.floor)}"
        score = max(reduced, least, min(standing.earned, Fraction(0)))
        steps.append(Step("late_penalty", sentence, score))
        how_late = "late"
    if score > (most := policies.cap * standing.max_score):
        steps.append(Step("late_cap", f"{how_late}: at most {_percent(policies.cap)}", most))
    elif penalty is None:
        steps.append(Step("deadlines", f"{how_late}: no penalty", score))


def _say_why_in_time(policies: Policies, standing: Standing, lateness: timedelta, steps: list[Step]) -> None:
    """Adds the step for the extension or grace without which it would have been late."""
    extension = extension_of(policies, standing.assignment, standing.student)
    accepted = standing.ruling is not None and standing.ruling.time == ON_TIME
    if standing.assignment not in policies.deadlines or standing.submission is None or accepted:
        return
    after = lateness + policies.grace
    if after > timedelta():
        sentence = f"submitted {time_text(after)} after {_deadline(policies, standing)}: on time"
        steps.append(Step("grace", sentence, standing.earned))
    elif after + extension > timedelta():
        steps.append(
            Step("extensions", f"on time with your extension of {time_text(extension)}", standing.earned)
        )


def _without_time(policies: Policies, standing: Standing, steps: list[Step]) -> str:
    """Adds the step for a submission without a time; returns why it needs a decision, or ""."""
    is_late = standing.submission is not None and standing.submission.late
    if is_late and policies.has_late_policy and policies.unknown_lateness == "review":
        return UNKNOWN_LATENESS
    sentence = "no file says when it was submitted: it counts as on time"
    if is_late and not policies.has_late_policy:
        sentence = "late by an unknown time: no penalty"
    elif is_late:
        sentence = "late by an unknown time: the course counts it as on time"
    steps.append(Step("deadlines", sentence, standing.earned))
    return ""


def _unit(policies: Policies) -> timedelta:
    """The lateness that the course assumes for a submission that is late by an unknown time."""
    return DAY if policies.penalty is None else policies.penalty.per


def _begun_units(time: timedelta, unit: timedelta) -> int:
    return -(-time // unit)


def _deadline(policies: Policies, standing: Standing) -> str:
    due, extension = (
        policies.deadlines[standing.assignment],
        extension_of(policies, standing.assignment, standing.student),
    )
    with_extension = f", with an extension of {time_text(extension)}" if extension else ""
    grace = f"; {time_text(policies.grace)} forgiven" if policies.grace else ""
    possessive = "your" if extension else "the"
    return f"{possessive} deadline ({_moment(due + extension)}{with_extension}{grace})"


def _moment(time: datetime) -> str:
    return time.isoformat(sep=" ", timespec="minutes")


def time_text(time: timedelta) -> str:
    """`2 days 3 hours`, `1 hour 5 minutes`, `40 seconds`: the two largest units."""
    seconds = ceil(time.total_seconds())
    parts = []
    for name, length in (("day", 86400), ("hour", 3600), ("minute", 60), ("second", 1)):
        count, seconds = divmod(seconds, length)
        if count:
            parts.append(plural(count, name))
    return " ".join(parts[:2]) or "0 seconds"


def _direction(rounding: Rounding) -> str:
    return (
        "to the nearest multiple"
        if rounding.direction == "nearest"
        else f"{rounding.direction} to a multiple"
    )


def _percent(share: Fraction) -> str:
    return f"{float(share * 100):g}%"


def _points(points: Fraction, sign: Literal["+", "-"] = "-") -> str:
    number = f"{float(points):{sign}.2f}".rstrip("0").rstrip(".")
    return f"{number} {plural_noun(points, 'point')}"
