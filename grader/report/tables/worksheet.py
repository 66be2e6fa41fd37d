"""Recognizes the columns of Moodle's grading worksheet in any language, by headers, order and content.

Source of the order: `assign_grading_table` in Moodle's mod/assign/gradingtable.php.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from grader.model.class_input.identity import Claim
from grader.model.did_you_mean import did_you_mean
from grader.model.errors import UserError
from grader.model.student import Student
from grader.report.tables.fill_in import Find
from grader.report.tables.sheet import Line, Sheet

ENGLISH = {
    "identifier": "Identifier",
    "name": "Full name",
    "email": "Email address",
    "id": "ID number",
    "grade": "Grade",
    "maximum": "Maximum Grade",
    "changed": "Grade can be changed",
    "comments": "Feedback comments",
}
IDENTIFIER = re.compile(r"\D*?\s*(\d+)")
# "yes" and "no" in Moodle's languages; a word in both lists would be ambiguous
YES = frozenset(
    (
        "yes", "ja", "oui", "sí", "si", "sim", "sì", "da", "да", "так", "ano", "áno", "tak", "igen",
        "evet", "hai", "はい", "是", "ναι", "kyllä", "jah", "jā", "taip", "já", "bai", "po", "כן", "نعم",
        "بله", "ใช่", "có", "ya", "예", "네", "हाँ", "әйе", "иә", "დიახ", "այո", "bəli",
    )
)  # fmt: skip
NO = frozenset(
    (
        "no", "nein", "nee", "non", "não", "nej", "nei", "ne", "нет", "ні", "не", "nie", "nem", "hayır",
        "いいえ", "否", "不", "不是", "όχι", "ei", "nē",
        "ez", "jo", "לא", "لا", "خیر", "ไม่", "không", "tidak",
        "아니요", "아니오", "नहीं", "юк", "жоқ", "არა", "ոչ", "xeyr", "nu",
    )
)  # fmt: skip


@dataclass(frozen=True)
class Columns:
    """The number of each column that matters; None for one that this worksheet does not have."""

    identifier: int
    grade: int
    name: int | None = None
    email: int | None = None
    id: int | None = None
    maximum: int | None = None
    changed: int | None = None
    comments: int | None = None


def find_columns(sheet: Sheet, find: Find, headers: Mapping[str, str]) -> Columns:
    """The columns; `headers` maps roles to the headers that the user gave, "" for a missing one.

    Raises UserError, with all headers and what to do, if a needed column is not certain.
    """
    columns = {role: _index(sheet, header) if header else None for role, header in headers.items()}
    for role, header in ENGLISH.items():
        if role not in columns and sheet.header.count(header) == 1:
            columns[role] = sheet.header.index(header)
    is_english = {"identifier", "grade"} <= columns.keys() and not {"identifier", "grade"} <= headers.keys()
    if not is_english:
        _by_content(sheet, find, columns)
    for role in ("identifier", "grade"):
        if columns.get(role) is None:
            raise _missing(sheet, role)
    return Columns(**columns)  # type: ignore[arg-type]  # the two required columns are there


def participant(text: str) -> str:
    """The number of an identifier, which is a word and a number; "" if the text is not one."""
    match = IDENTIFIER.fullmatch(text)
    return match[1] if match else ""


def may_change(word: str) -> bool | None:
    """True if Moodle allows changes to a grade, by its word for it; None for an unknown word."""
    word = word.casefold()
    if (word in YES) == (word in NO):
        return None
    return word in YES


def _index(sheet: Sheet, header: str) -> int:
    if sheet.header.count(header) != 1:
        count = sheet.header.count(header) or "no"
        message = f"found {count} columns {header!r}, expected one; the headers are {_headers(sheet)}"
        raise sheet.fail(message + did_you_mean(header, sheet.header))
    return sheet.header.index(header)


def _headers(sheet: Sheet) -> str:
    return ", ".join(repr(header) for header in sheet.header)


def _missing(sheet: Sheet, role: str) -> UserError:
    return sheet.fail(
        f"cannot find the column of the {role} ({ENGLISH[role]!r} in English); the headers are "
        f"{_headers(sheet)}: name it with --column {role}=HEADER"
    )


def _by_content(sheet: Sheet, find: Find, columns: dict[str, int | None]) -> None:
    """Adds the columns known by order and content: identifier, [name, ...], status, grade, maximum, ..."""
    if "identifier" not in columns and _all(sheet, 0, lambda cell: bool(participant(cell))):
        columns["identifier"] = 0
    grade = _grade(sheet, columns)
    after = columns.get("maximum") or grade
    between = [index for index in range(1, grade) if index not in columns.values()]
    addresses = [index for index in between if _all(sheet, index, lambda cell: "@" in cell)]
    if "email" not in columns and len(addresses) == 1:
        columns["email"] = addresses[0]
    if "name" not in columns and between[:1] == [1] and _holds_names(sheet, find, columns, len(between)):
        columns["name"] = 1
    if "changed" not in columns:
        columns |= _changed(sheet, after)
    last = len(sheet.header) - 1
    is_late = last > (columns.get("changed") or after) + 1
    if "comments" not in columns and is_late and not _are_times(sheet, last):
        columns["comments"] = last


def _grade(sheet: Sheet, columns: dict[str, int | None]) -> int:
    """The column of grades: right before the maximum, which is one number in all lines."""
    if "maximum" not in columns and "grade" not in columns:
        same = [index for index in range(2, len(sheet.header)) if _is_maximum(sheet, index)]
        if len(same) != 1:
            raise _missing(sheet, "maximum")
        columns["maximum"] = same[0]
    if "grade" not in columns and columns["maximum"] is not None:
        columns["grade"] = columns["maximum"] - 1
    grade = columns.get("grade")
    if grade is None:
        raise _missing(sheet, "grade")
    if "maximum" not in columns and _is_maximum(sheet, grade + 1):
        columns["maximum"] = grade + 1
    if columns.get("maximum") is not None and not _all(
        sheet, grade, lambda cell: not cell or sheet.value(cell) is not None
    ):
        raise _missing(sheet, "grade")
    return grade


def _holds_names(sheet: Sheet, find: Find, columns: Mapping[str, int | None], between: int) -> bool:
    """True if the second column has names; with blind marking, it is the status, just before the grade."""
    if columns.get("email") is not None:
        return True
    is_known = any(isinstance(find(Claim(name=sheet.at(line, 1))), Student) for line in sheet.lines)
    return is_known or between > 1


def _changed(sheet: Sheet, after: int) -> dict[str, int]:
    rest = range(after + 1, len(sheet.header))
    for index in rest:
        if _all(sheet, index, lambda cell: may_change(cell) is not None):
            return {"changed": index}
    # words of an unknown language: every line becomes a doubt instead of a guess
    first = next(iter(rest), None)
    if first is not None and len({sheet.at(line, first).casefold() for line in sheet.lines}) <= 2:
        return {"changed": first}
    return {}


def _is_maximum(sheet: Sheet, index: int) -> bool:
    """True if all lines have the same positive number."""
    cells = {sheet.at(line, index) for line in sheet.lines}
    value = sheet.value(cells.pop()) if len(cells) == 1 else None
    return value is not None and value > 0


def _are_times(sheet: Sheet, index: int) -> bool:
    """True for the times of changes, or "-": that column is never empty, but comments usually are in part."""
    return _all(sheet, index, lambda cell: cell == "-" or (bool(re.search(r"\d", cell)) and len(cell) < 60))


def _all(sheet: Sheet, index: int, holds: Callable[[str], bool]) -> bool:
    lines: Sequence[Line] = sheet.lines
    return bool(lines) and all(holds(sheet.at(line, index)) for line in lines)
