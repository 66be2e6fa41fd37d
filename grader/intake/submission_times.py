"""Reads submission times from a CSV of student and time, or from an LMS's export that contains times.

It reads Canvas's submissions as its API gives them (JSON), Moodle's logs and grading worksheet, Gradescope's
grades, and any CSV with a column for the student and one for the time. If a student has several times, the
last one counts.
"""

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any

from grader.model.class_input.identity import Claim
from grader.model.class_input.times import is_later, moment_of
from grader.model.did_you_mean import near_columns, near_file
from grader.model.errors import UserError
from grader.model.text import clean_line

MAX_BYTES = 64 << 20
# lower-case headers of the columns for the student, and of the column for the time: the first match wins
IDS = ("student_id", "student", "id", "sid", "username", "user name", "login", "sis user id",
       "sis login id", "identifier")  # fmt: skip
NAMES = ("full name", "user full name", "name")
FIRST, LAST, EMAILS = ("first name",), ("last name", "surname"), ("email", "email address")
TIMES = ("time", "submitted_at", "submission time", "last modified (submission)", "submitted at")
PARTICIPANT = re.compile(r"Participant (?P<number>\d+)", re.ASCII | re.IGNORECASE)  # in Moodle's worksheet
EVENT = "event name"  # in Moodle's logs
SUBMITS = re.compile(r"\bsubmi(tted|ssion (created|updated|has been submitted))|uploaded\b", re.IGNORECASE)
EXPECTED = "expected a column for the student (student_id, email or name) and one for the time (time)"
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
CLOCK = r",? +(?P<h>\d{1,2}):(?P<m>\d\d)(?::(?P<s>\d\d))?(?: *(?P<half>[AP]M))?"
IN_WORDS = re.compile(
    rf"(?:[A-Za-z]+,? +)?(?P<d>\d{{1,2}}) +(?P<month>[A-Za-z]{{3}})[a-z]* +(?P<y>\d{{4}}){CLOCK}",
    re.IGNORECASE,
)
IN_NUMBERS = re.compile(rf"(?P<a>\d{{1,2}})/(?P<b>\d{{1,2}})/(?P<y>\d{{2}}|\d{{4}}){CLOCK}", re.IGNORECASE)


@dataclass(frozen=True)
class SubmissionTime:
    """A student and a submission time, which is ISO 8601 with its offset from UTC."""

    claim: Claim
    time: str


def read_times(path: Path, zone: tzinfo | None) -> tuple[SubmissionTime, ...]:
    """The times of a file; those without an offset are in `zone`.

    Raises UserError, with the line, for a file without times, and for a time that is invalid or ambiguous.
    """
    text = _text(path)
    is_json = text.lstrip()[:1] in ("[", "{")
    times = tuple((_of_canvas if is_json else _of_table)(path, text, zone))
    if not times:
        raise UserError("found no time of a submission: export it again after the deadline", path)
    return times


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise UserError(f"cannot be read: {error.strerror}{near_file(path)}", path) from error
    if len(content) > MAX_BYTES:
        raise UserError(f"found a larger file, expected at most {MAX_BYTES >> 20} MiB", path)
    for encoding in ("utf-16", "utf-8-sig") if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig",):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UserError("found bytes that are not UTF-8; save it as CSV UTF-8", path)


def _of_canvas(path: Path, text: str, zone: tzinfo | None) -> Iterator[SubmissionTime]:
    """Canvas's `/api/v1/courses/N/assignments/N/submissions`, with or without `include[]=user`."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UserError(f"found JSON that cannot be read: {error}", path) from error
    entries = data.get("submissions") if isinstance(data, dict) else data
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise UserError("expected Canvas's list of submissions, each with user_id and submitted_at", path)
    for number, entry in enumerate(entries, 1):
        if not entry.get("submitted_at"):
            continue
        time = moment_of(str(entry["submitted_at"]), zone)
        if not time or "user_id" not in entry:
            entry_text = f"submission {number}: found {str(entry['submitted_at'])[:60]!r}"
            raise UserError(
                f"{entry_text}, expected user_id, and submitted_at such as 2026-10-01T21:59:00Z", path
            )
        user = entry.get("user") if isinstance(entry.get("user"), dict) else {}
        ids = tuple(str(user[key]) for key in ("sis_user_id", "login_id") if user.get(key))
        name = str(user.get("sortable_name") or user.get("name") or "")
        claim = Claim(ids, str(entry["user_id"]), name, str(user.get("email") or ""))
        yield SubmissionTime(claim, time)


def _of_table(path: Path, text: str, zone: tzinfo | None) -> Iterator[SubmissionTime]:
    first = text.partition("\n")[0]
    separator = max((",", ";", "\t"), key=first.count)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        header = {name.strip().casefold(): name for name in reader.fieldnames or () if name}
        rows = [(reader.line_num, row) for row in reader]
    except csv.Error as error:
        raise UserError(f"found no CSV: {error}; {EXPECTED}", path, reader.line_num or 1) from error

    def cell(row: Mapping[str, Any], names: Iterable[str]) -> str:
        column = next((header[name] for name in names if name in header), None)
        return str(row.get(column) or "").strip() if column is not None else ""

    has_person = any(name in header for name in (*IDS, *NAMES, *LAST, *EMAILS))
    if not has_person or not any(name in header for name in TIMES):
        near = near_columns(header, (*TIMES, *IDS, *NAMES, *EMAILS))
        columns = clean_line(", ".join(header)) or "none"
        raise UserError(f"found the columns {columns}; {EXPECTED}{near}", path, 1)
    times = [(line, row, cell(row, TIMES)) for line, row in rows if _is_submission(cell(row, (EVENT,)))]
    is_day_first = _day_first(cell(row, TIMES) for _, row in rows)
    for line, row, text in times:
        if not text or text == "-":
            continue
        names = (cell(row, LAST), cell(row, FIRST))
        id = cell(row, IDS)
        number = PARTICIPANT.fullmatch(id)
        claim = Claim(
            () if number or not id else (id,),
            number["number"] if number else "",
            cell(row, NAMES) or ", ".join(filter(None, names)),
            cell(row, EMAILS),
        )
        yield SubmissionTime(claim, _time(path, line, text, zone, is_day_first))


def _is_submission(event: str) -> bool:
    """True if a line records a submission, as every line of a table without events does."""
    return not event or SUBMITS.search(event) is not None


def _day_first(times: Iterable[str]) -> bool | None:
    """True if 12/09/26 is a day in September, judging by the file's other lines; None if they do not say."""
    matches = [match for time in times if (match := IN_NUMBERS.fullmatch(time)) is not None]
    if any(int(match["a"]) > 12 for match in matches):
        return True
    return False if any(int(match["b"]) > 12 for match in matches) else None


def _time(path: Path, line: int, text: str, zone: tzinfo | None, is_day_first: bool | None) -> str:
    plain = _plain(path, line, text, is_day_first)
    if time := moment_of(plain, zone):
        return time
    if zone is None and moment_of(f"{plain}+00:00", None):
        message = f"found {text!r}, a time without its offset from UTC: write it, or add `timezone` to"
        raise UserError(f"{message} course.yaml", path, line)
    raise UserError(f"found {text[:60]!r}, expected a time such as 2026-10-01T23:59:00+02:00", path, line)


def _plain(path: Path, line: int, text: str, is_day_first: bool | None) -> str:
    """Converts a time in words or numbers, as Moodle writes it, to ISO 8601; leaves other text as it is."""
    if (match := IN_WORDS.fullmatch(text)) is not None:
        month = match["month"].lower()
        if month in MONTHS:
            return _iso(match, int(match["y"]), MONTHS.index(month) + 1, int(match["d"]))
    elif (match := IN_NUMBERS.fullmatch(text)) is not None:
        if is_day_first is None and match["a"] != match["b"]:
            message = f"found {text!r}, which may be two days, and no other line shows which"
            raise UserError(f"{message}: write 2026-10-01T23:59:00+02:00", path, line)
        day, month_number = (match["a"], match["b"]) if is_day_first else (match["b"], match["a"])
        year = int(match["y"]) + (2000 if len(match["y"]) == 2 else 0)
        return _iso(match, year, int(month_number), int(day))
    return text


def _iso(match: re.Match[str], year: int, month: int, day: int) -> str:
    hour = int(match["h"])
    if match["half"]:
        hour = hour % 12 + (12 if match["half"].upper() == "PM" else 0)
    try:
        return datetime(year, month, day, hour, int(match["m"]), int(match["s"] or 0)).isoformat()
    except ValueError:
        return match[0]


class TimesOf:
    """Looks up the times of a file by student."""

    def __init__(self, times: Iterable[SubmissionTime], find: Callable[[Claim], str]) -> None:
        """Takes `find`, which returns the id of the student whom a claim means, "" for none."""
        self._by_student: dict[str, str] = {}
        self._by_number: dict[str, str] = {}
        for one in times:
            for key, by in ((find(one.claim), self._by_student), (one.claim.internal, self._by_number)):
                if key and (key not in by or is_later(one.time, by[key])):
                    by[key] = one.time

    def of(self, student: str, number: str) -> str:
        """The submission time of a student, by their id or their number in the LMS; "" if unknown."""
        return self._by_student.get(student) or self._by_number.get(number, "")
