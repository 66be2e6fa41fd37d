"""The class's scores as a spreadsheet, grades.csv."""

import csv
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from grader.report.class_row import ClassRow
from grader.report.text import score_text


def write_grades(rows: Iterable[ClassRow], out_dir: Path) -> Path:
    """Writes `out_dir`/grades.csv, whole or not at all, and returns its path.

    Columns: student_id; for each assignment its total and then `assignment.criterion` in the rubric's
    order; needs_person. One row a student, sorted by student_id. The same grades give the same bytes.
    """
    ordered = sorted(rows, key=lambda row: (row.assignment, row.student_id))
    columns: dict[str, dict[str, None]] = {}  # per assignment, because a regrade may meet an older rubric
    students: dict[str, dict[str, str]] = {id: {} for id in sorted({row.student_id for row in ordered})}
    for row in ordered:
        named = columns.setdefault(row.assignment, {row.assignment: None})
        cells = students[row.student_id]
        if row.score is not None:
            criteria = () if row.grade is None else row.grade.criteria
            scores = {f"{row.assignment}.{c.id}": score_text(c.score) for c in criteria}
            named.update(dict.fromkeys(scores))
            cells |= {row.assignment: score_text(row.score)} | scores
        if row.needs_person:
            said = f"{row.assignment}: {row.needs_person}"
            cells["needs_person"] = "; ".join(filter(None, [cells.get("needs_person"), said]))
    header = ["student_id", *(name for named in columns.values() for name in named), "needs_person"]
    lines = [[id, *(cells.get(name, "") for name in header[1:])] for id, cells in students.items()]
    return _write(out_dir / "grades.csv", [header, *lines])


def _write(path: Path, lines: Iterable[list[str]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(
        "w",
        encoding="utf-8",
        errors="backslashreplace",
        newline="",
        dir=path.parent,
        prefix=".grades-",
        suffix=".csv",
        delete=False,
    ) as file:
        try:
            csv.writer(file, lineterminator="\n").writerows(
                [_harmless(cell) for cell in line] for line in lines
            )
            file.close()
            os.replace(file.name, path)
        except BaseException:
            os.unlink(file.name)
            raise
    return path


def _harmless(cell: str) -> str:
    """`cell` such that no spreadsheet takes it for a formula, on rows that every reader counts alike."""
    cell = f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell
    return cell.replace("\r\n", "\n").replace(
        "\r", "\n"
    )  # before 3.13 the csv module leaves a bare CR unquoted
