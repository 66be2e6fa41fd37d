"""Times as people, file names and learning platforms write them, read in the course's time zone."""

import re
from datetime import UTC, datetime, tzinfo

_DATE = r"(?P<year>\d{4})(?P<dash>-?)(?P<month>\d\d)(?P=dash)(?P<day>\d\d)"
_CLOCK = (
    r"(?P<hour>\d\d)(?P<mark>[:.-]?)(?P<minute>\d\d)(?:(?P=mark)(?P<second>\d\d)(?:[.,](?P<fraction>\d+))?)?"
)
_ZONE = r"(?P<zone>Z|UTC|GMT|(?P<sign>[+-])(?P<h>\d\d)"
# offsets of hours without minutes come second: `12-00-02-00` ends in an offset, like `12-00-0200`
_FORMS = [
    re.compile(rf"{_DATE}[T _-]{_CLOCK} ?(?:{_ZONE}{minutes}))?", re.ASCII | re.IGNORECASE)
    for minutes in (r"[:-]?(?P<m>\d\d)", r"(?P<m>)")
]


def course_time(text: str, zone: tzinfo | None) -> str:
    """A time as ISO 8601 with its offset from UTC; "" only if the text is not a date and time.

    Accepts ISO 8601, and its variants in folder names: dashes or dots for colons, a space or `_` for the T. A
    time without an offset is read in `zone`; an hour that occurs twice there is the earlier one, in the
    student's favor. Without a zone such a time keeps no offset.
    """
    match = next(filter(None, (form.fullmatch(text.strip()) for form in _FORMS)), None)
    if match is None:
        return ""
    date, clock = f"{match['year']}-{match['month']}-{match['day']}", f"{match['hour']}:{match['minute']}"
    second = f"{match['second'] or '00'}.{(match['fraction'] or '0')[:6].ljust(6, '0')}"
    offset = f"{match['sign']}{match['h']}:{match['m'] or '00'}" if match["sign"] else "+00:00"
    try:
        time = datetime.fromisoformat(f"{date}T{clock}:{second}{offset if match['zone'] else ''}")
        read = time if match["zone"] or zone is None else earlier_reading(time, zone)
        return read.isoformat()
    except (ValueError, OverflowError):
        return ""


def moment_of(text: str, zone: tzinfo | None) -> str:
    """`course_time`, if that is one moment; "" also for a time that has no offset and gets none."""
    time = course_time(text, zone)
    return time if time and datetime.fromisoformat(time).tzinfo is not None else ""


def is_later(one: str, other: str) -> bool:
    """True if the first of two moments comes after the second, or if only the first is known ("")."""
    if not one or not other:
        return bool(one)
    return datetime.fromisoformat(one) > datetime.fromisoformat(other)


def earlier_reading(time: datetime, zone: tzinfo) -> datetime:
    """The moment that a time without offset means in a zone; of two, the earlier."""
    return min(readings(time, zone))


def readings(time: datetime, zone: tzinfo) -> tuple[datetime, ...]:
    """The one or two moments that a time without offset may mean, in order, each with its offset.

    There are two when a clock is put back, so the hour occurs twice, and when it is put forward, so the hour
    is skipped: then both lie outside that hour.
    """
    moments = {time.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)}
    return tuple(_fixed(moment.astimezone(zone)) for moment in sorted(moments))


def _fixed(time: datetime) -> datetime:
    """Fixes the offset: Python subtracts times of one zone as if its clock were never put back."""
    return datetime.fromisoformat(time.isoformat())
