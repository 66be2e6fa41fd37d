"""Who is in the class: roster.csv, and who of them an LMS's names mean."""

import csv
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from grader.model.errors import UserError
from grader.model.policies import duration
from grader.model.student import Student

COLUMNS = ("student_id", "name", "email", "section", "extension")
EXPECTED = f"expected the columns {', '.join(COLUMNS)}"
Line = Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]*$")]


class RosterLine(BaseModel):
    """One line of roster.csv."""

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)

    student_id: Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f/]+$")]
    name: Line
    email: Line
    section: Line
    extension: Annotated[str, Field(pattern=r"^(\d+(\.\d+)?[hd])?$")]


def read_roster(path: Path) -> tuple[Student, ...]:
    """The students in the file's order; UserError, with the line, for what is no roster."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UserError(f"cannot be read: {error.strerror}; {EXPECTED}", path) from error
    except UnicodeDecodeError as error:
        raise UserError("not UTF-8; save it as CSV UTF-8", path) from error
    reader = csv.DictReader(text.splitlines())
    missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
    if missing:
        raise UserError(f"found no column {', '.join(missing)}; {EXPECTED}", path, 1)
    seen: dict[str, int] = {}
    students = []
    for row in reader:
        student = _student(row, path, reader.line_num)
        if student.id in seen:
            said = f"student {student.id!r} stands on line {seen[student.id]} already"
            raise UserError(f"{said}; expected everyone once", path, reader.line_num)
        seen[student.id] = reader.line_num
        students.append(student)
    return tuple(students)


def _student(row: dict[str, str | None], path: Path, line: int) -> Student:
    try:
        parsed = RosterLine.model_validate({name: row.get(name) or "" for name in COLUMNS})
    except ValidationError as error:
        first = error.errors()[0]
        column = str(first["loc"][0])
        expected = {
            "student_id": "an id without slashes",
            "extension": "hours (36h), days (2d) or nothing",
        }.get(column, "text on one line")
        raise UserError(f"{column}: found {first['input']!r}, expected {expected}", path, line) from error
    values = parsed.model_dump()
    return Student(values.pop("student_id"), **values)


def extension_of(student: Student) -> timedelta:
    """How much later than others they may hand in."""
    return duration(student.extension or "0d")


class Matcher:
    """Finds the student whom an LMS means: by id, by e-mail, by a name that only one of them has."""

    def __init__(self, students: Iterable[Student]) -> None:
        self._by: dict[str, list[Student]] = defaultdict(list)
        for student in students:
            self._by[f"id {student.id}"].append(student)
            if student.email:
                self._by[f"email {student.email.casefold()}"].append(student)
            for form in {_words(student.name), _squeezed(student.name)} - {""}:
                self._by[f"name {form}"].append(student)

    def match(self, ids: Sequence[str], name: str, email: str) -> Student | str:
        """The student, or why nobody can be named."""
        keys = [f"id {id}" for id in ids] + [f"email {e.casefold()}" for e in (email, *ids) if e]
        keys += [f"name {form}" for form in (_words(name), _letters(name)) if form]
        for key in keys:
            found = self._by.get(key, [])
            if len(found) == 1:
                return found[0]
            if found:
                both = ", ".join(student.id for student in found)
                return f"several on the roster have that {key.partition(' ')[0]}: {both}"
        return "matches nobody on the roster"


def _words(name: str) -> str:
    """The words of a name in any order, without case and accents."""
    return " ".join(sorted(re.findall(r"\w+", _plain(name))))


def _squeezed(name: str) -> str:
    """A name as Canvas writes it: last name first, letters and digits alone."""
    last, comma, first = name.partition(",")
    if not comma:
        *rest, last = name.split() or [""]
        first = " ".join(rest)
    return _letters(last + first)


def _letters(name: str) -> str:
    return "".join(re.findall(r"[^\W_]+", _plain(name)))


def _plain(name: str) -> str:
    decomposed = unicodedata.normalize("NFKD", name)
    return "".join(c for c in decomposed if not unicodedata.combining(c)).casefold()
