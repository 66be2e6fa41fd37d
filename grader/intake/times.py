"""Reads the times that exports and folder names hold."""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

TIME = re.compile(
    r"(?P<date>\d{4}-\d\d-\d\d)[T _](?P<clock>\d\d[:-]\d\d(?:[:-]\d\d)?)(?P<fraction>\.\d{1,6})? ?"
    r"(?P<zone>Z|UTC|(?P<sign>[+-])(?P<h>\d\d)[:-]?(?P<m>\d\d))?",
    re.ASCII,
)


def time_of(text: str, zone: ZoneInfo | None = None) -> str:
    """A time as ISO 8601 with its offset; "" if the text is none, or has no offset and there is no `zone`.

    Dashes may stand for colons, as in the name of a folder, and a space or `_` for the T. An hour that a
    clock shows twice is taken as the first.
    """
    match = TIME.fullmatch(text.strip())
    if match is None or (match["zone"] is None and zone is None):
        return ""
    clock = match["clock"].replace("-", ":") + (match["fraction"] or "")
    offset = "" if match["zone"] is None else "+00:00"
    if match["sign"]:
        offset = f"{match['sign']}{match['h']}:{match['m']}"
    try:
        moment = datetime.fromisoformat(f"{match['date']}T{clock}{offset}")
        moment = moment if match["zone"] else moment.replace(tzinfo=zone)
        moment.astimezone(UTC)  # a time that no other zone can show is none
    except (ValueError, OverflowError):
        return ""
    return moment.isoformat()


def is_time(text: str) -> bool:
    """Whether a text is a time, with an offset or without."""
    return bool(time_of(text, ZoneInfo("UTC")))
