"""Reads the policies of course.yaml, and refuses those that contradict each other."""

from collections.abc import Iterator
from datetime import datetime
from fractions import Fraction
from typing import Literal, cast
from zoneinfo import ZoneInfo, available_timezones

from grader.author.schema import CourseModel
from grader.author.yaml_document import Document
from grader.model.class_input.times import readings
from grader.model.did_you_mean import did_you_mean, one_of
from grader.model.late_policy import DAY, HOUR, LateDays, Penalty, Policies, Rounding, duration

LATE = ("grace", "extensions", "late_penalty", "late_cap", "late_days", "drop_after")


def policies_of(document: Document, course: CourseModel) -> Policies:
    """The policies; UserError, with the line, for the first that contradicts another one."""
    for key, message in _contradictions(course):
        raise document.fail(message, (key,))
    for key in ("deadlines", "extensions"):
        for name in getattr(course, key):
            if name not in course.assignments:
                expected = f"an assignment, {one_of(name, course.assignments)}"
                raise document.fail(f"found {name!r}, expected {expected}", (key, name))
    for name in course.extensions:
        if name not in course.deadlines:
            message = f"found extensions for {name!r}, which has no deadline: add one to deadlines"
            raise document.fail(message, ("extensions", name))
    zone = _zone(document, course.timezone)
    if course.deadlines and zone is None:
        problem = (
            "found deadlines and no timezone, expected the course's own: write `timezone: America/New_York`, "
        )
        raise document.fail(f"{problem}or another IANA name", ("deadlines",))
    return Policies(
        timezone=zone,
        deadlines={name: _deadline(document, name, time, zone) for name, time in course.deadlines.items()},
        extensions={a: {s: duration(e) for s, e in those.items()} for a, those in course.extensions.items()},
        grace=duration(course.grace or "0m"),
        penalty=_penalty(course.late_penalty),
        floor=_share(course.late_floor or "0%"),
        cap=_share(course.late_cap or "100%"),
        drop_after=None if course.drop_after is None else duration(course.drop_after),
        late_days=LateDays(course.late_days or 0, course.late_days_each or course.late_days or 0),
        rounding=_rounding(course.rounding),
        unknown_lateness=course.unknown_lateness,
    )


def _zone(document: Document, name: str | None) -> ZoneInfo | None:
    if name is None:
        return None
    names = available_timezones()
    if name in names:
        return ZoneInfo(name)
    if not names:
        message = "found no time zones on this machine: install the package tzdata (pip install tzdata)"
        raise document.fail(message, ("timezone",))
    expected = f"an IANA name such as America/New_York{did_you_mean(name, names)}"
    raise document.fail(f"found {name!r}, expected {expected}", ("timezone",))


def _deadline(document: Document, name: str, time: datetime, zone: ZoneInfo | None) -> datetime:
    """The moment, with an offset; UserError if clocks in the zone never show this time, or show it twice."""
    if time.tzinfo is not None or zone is None:
        return time
    times = readings(time, zone)
    if len(times) == 1:
        return times[0]
    clock_times = [moment.replace(tzinfo=None) for moment in times]
    trouble = "comes twice" if clock_times == [time, time] else "does not exist"
    either = " or ".join(moment.isoformat() for moment in times)
    place = ("deadlines", name)
    raise document.fail(f"found {time.isoformat()}, which {trouble} in {zone.key}: write {either}", place)


def _contradictions(course: CourseModel) -> Iterator[tuple[str, str]]:
    """Policies that contradict each other: the key that shows it, and the reason."""
    if not course.deadlines:
        for key in LATE:
            if getattr(course, key):
                yield key, f"found {key} without deadlines: nothing is ever late; add deadlines"
    if course.late_floor and not course.late_penalty:
        yield "late_floor", "found late_floor without late_penalty: there is no penalty to limit; remove it"
    if course.late_floor and course.late_cap and _share(course.late_floor) > _share(course.late_cap):
        message = f"found a floor of {course.late_floor} above late_cap, {course.late_cap}"
        yield "late_floor", f"{message}: no late score can keep to both; lower it"
    if course.late_days_each and not course.late_days:
        yield "late_days_each", "found late_days_each without late_days: say how many there are in all"
    if course.late_days and course.late_days_each and course.late_days_each > course.late_days:
        yield (
            "late_days_each",
            f"found {course.late_days_each}, expected at most late_days: {course.late_days}",
        )
    costly = course.late_penalty or course.late_cap
    if course.late_days and not costly:
        yield "late_days", "found late_days without a penalty for late work: add late_penalty or late_cap"
    if course.late_penalty and _penalty_share(course.late_penalty) == 0:
        yield "late_penalty", "found a penalty of 0: remove it"
    if course.drop_after and not duration(course.drop_after) and (costly or course.late_days):
        key = next(k for k in ("late_penalty", "late_cap", "late_days") if getattr(course, k))
        yield (
            key,
            f"found both {key} and drop_after: {course.drop_after}, which drops all late work; remove one",
        )
    if course.rounding and not _rounding_step(course.rounding):
        yield "rounding", f"found {course.rounding!r}, expected a step of more than 0 points"


def _penalty(text: str | None) -> Penalty | None:
    if text is None:
        return None
    return Penalty(_penalty_share(text), DAY if text.endswith("day") else HOUR)


def _penalty_share(text: str) -> Fraction:
    return _share(text.partition(" ")[0])


def _share(text: str) -> Fraction:
    return Fraction(text.removesuffix("%")) / 100


def _rounding(text: str | None) -> Rounding | None:
    if text is None:
        return None
    return Rounding(cast(Literal["nearest", "up", "down"], text.partition(" ")[0]), _rounding_step(text))


def _rounding_step(text: str) -> Fraction:
    return Fraction(text.partition(" ")[2])
