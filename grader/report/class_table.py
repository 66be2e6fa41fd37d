"""The class's scores as a table in a terminal."""

from collections.abc import Iterable, Sequence

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from grader.report.class_row import ClassRow
from grader.report.text import clean_line, score_text


def show_class(rows: Iterable[ClassRow], console: Console) -> None:
    """Prints a table per assignment: student, score per criterion, total, and a remark, sorted by name."""
    ordered = sorted(rows, key=lambda row: (row.assignment, row.student_id))
    for assignment in dict.fromkeys(row.assignment for row in ordered):
        console.print(Text(clean_line(assignment), "bold"))
        chosen = [row for row in ordered if row.assignment == assignment]
        console.print(_table(chosen, console.width), highlight=False)


def _table(rows: Sequence[ClassRow], width: int) -> Table:
    """Where room is short the criteria's headings fold, not the names and the remarks."""
    points = {c.id: c.points for row in rows if row.grade is not None for c in row.grade.criteria}
    table = Table(box=box.SIMPLE_HEAD, padding=0, pad_edge=False)
    names = [clean_line(row.student_id) for row in rows]
    student_width = _fitting("student", *names, most=width // 5)
    table.add_column("student", overflow="fold", width=student_width)
    for id, offered in points.items():
        scores = [score_text(c.score) for row in rows if row.grade for c in row.grade.criteria if c.id == id]
        below = f"/ {score_text(offered)}"
        widest = max(map(len, [below, *scores]))  # a number never folds
        heading = Text(f"{_folded(clean_line(id))}\n{below}")
        table.add_column(heading, justify="right", min_width=widest, overflow="fold")
    most = max((row.grade.max_score for row in rows if row.grade is not None), default=None)
    total = "total" if most is None else f"total\n/ {score_text(most)}"
    table.add_column(Text(total), justify="right", no_wrap=True)
    remarks = [row.remark for row in rows]
    room = max(width // 7, width - student_width - 9 * (1 + len(points)))
    table.add_column(Text(" remark"), overflow="fold", width=_fitting(" remark", *remarks, most=room))
    for name, row, remark in zip(names, rows, remarks, strict=True):
        earned = {c.id: score_text(c.score) for c in row.grade.criteria} if row.grade is not None else {}
        table.add_row(
            Text(name),
            *(Text(earned.get(id, "–")) for id in points),
            Text("–" if row.grade is None else score_text(row.grade.score), "bold"),
            Padding(Text(remark, "magenta" if row.needs_person else "dim"), (0, 0, 0, 1)),
        )
    return table


def _fitting(*texts: str, most: int) -> int:
    return min(max(cell_len(text) for text in texts) + 1, most)


def _folded(id: str) -> str:
    return id if len(id) <= 8 else id.replace("_", "\n_")
