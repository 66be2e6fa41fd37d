"""Reads roster.csv, the list of students in the class."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from grader.model.errors import UserError
from grader.model.file_formats.csv_table import read_table
from grader.model.late_policy import duration
from grader.model.student import Student

COLUMNS = ("student_id", "name", "email", "section", "extension")
OPTIONAL = ("group", "login")
LONGEST_EXTENSION = timedelta(days=3650)  # a date plus this is still a date
QUOTED = 60
# Control characters, line ends and marks that change the text's direction: reports show them raw.
UNSEEN = r"\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069"
Line = Annotated[str, Field(pattern=rf"^[^{UNSEEN}]*$")]


class RosterLine(BaseModel):
    """One line of roster.csv."""

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)

    student_id: Annotated[str, Field(pattern=rf"^[^{UNSEEN}\u200b-\u200f/]+$")]
    name: Line
    email: Line
    section: Line
    extension: Annotated[str, Field(pattern=r"^([0-9]+(\.[0-9]+)?[hd])?$", max_length=20)]
    group: Line = ""
    login: Line = ""

    @field_validator("extension")
    @classmethod
    def _is_no_lifetime(cls, extension: str) -> str:
        try:
            is_short = duration(extension or "0d") <= LONGEST_EXTENSION
        except OverflowError:
            is_short = False
        if not is_short:
            raise ValueError("too long")
        return extension


def read_roster(path: Path) -> tuple[Student, ...]:
    """The students in the file's order; UserError, with the line, if the file is not a roster."""
    first_lines: dict[str, int] = {}
    students = []
    for line, row in read_table(path, COLUMNS):
        student = _student(row, path, line)
        if student.id in first_lines:
            message = f"student {student.id!r} is already on line {first_lines[student.id]}"
            raise UserError(f"{message}; expected each student once", path, line)
        first_lines[student.id] = line
        students.append(student)
    return tuple(students)


def _student(row: Mapping[str, str | None], path: Path, line: int) -> Student:
    try:
        parsed = RosterLine.model_validate({name: row.get(name) or "" for name in (*COLUMNS, *OPTIONAL)})
    except ValidationError as error:
        first = error.errors()[0]
        column = str(first["loc"][0])
        expected = {
            "student_id": "an id without slashes and invisible characters",
            "extension": "hours (36h), days (2d) or nothing, and no more than ten years",
        }.get(column, "text on one line without control characters")
        raise UserError(
            f"{column}: found {_shortened(str(first['input']))!r}, expected {expected}", path, line
        ) from error
    values = parsed.model_dump()
    return Student(values.pop("student_id"), **values)


def _shortened(text: str) -> str:
    return text if len(text) <= QUOTED else f"{text[:QUOTED]}..."
