"""The class's scores as a table in a terminal."""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from grader.model.class_input.inventory import Doubt
from grader.model.class_row import ClassRow, to_review
from grader.model.text import clean_line, review_count, score_text
from grader.report.terminal.doubt_kinds import print_absent, print_doubts

SHARE_OF_STUDENTS = 1 / 4  # of the width, at most
NARROWEST_REMARK = 14
WIDTH_OF_TOTAL = 9


def show_class(rows: Iterable[ClassRow], console: Console) -> None:
    """Prints a table per assignment: student, score per criterion, total, and a remark, sorted by id.

    Below the table are the students who need review, the remedy, and those who submitted nothing. The heading
    of a criterion's column is its number and its points; a line above explains the numbers. If the terminal
    is too narrow for these columns, that line says so, and the table has none of them.
    """
    ordered = sorted(rows, key=lambda row: (row.assignment, row.student_id))
    for assignment in dict.fromkeys(row.assignment for row in ordered):
        class_rows = [row for row in ordered if row.assignment == assignment]
        points = {c.id: c.points for row in class_rows if row.grade is not None for c in row.grade.criteria}
        console.print(Text(clean_line(assignment), "bold"))
        if _width_of_points(class_rows, points) > console.width * (1 - SHARE_OF_STUDENTS) - NARROWEST_REMARK:
            legend = [f"{len(points)} criteria: see --format csv, or widen the terminal"]
            points = {}
        else:
            legend = [f"{number}={clean_line(id)}" for number, id in enumerate(points, 1)]
        console.print(Text("   ".join(legend), "dim"))
        console.print(_table(class_rows, points, console.width), highlight=False)
        doubts = (Doubt(row.standing.student.label, row.review_reason) for row in to_review(class_rows))
        print_doubts(doubts, console)
        print_absent([row.standing.student.label for row in class_rows if row.is_absent], (), console)
        console.print(Text(review_count(len(to_review(class_rows)))))


def _width_of_points(rows: Sequence[ClassRow], points: Mapping[str, Fraction]) -> int:
    """The width of the criteria's columns and of the total's."""
    widths = {id: len(f"/ {score_text(offered)}") for id, offered in points.items()}
    for row in rows:
        for criterion in row.grade.criteria if row.grade is not None else ():
            widths[criterion.id] = max(widths[criterion.id], len(score_text(criterion.score)))
    return sum(width + 1 for width in widths.values()) + WIDTH_OF_TOTAL


def _table(rows: Sequence[ClassRow], points: Mapping[str, Fraction], width: int) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 0, 0, 1), pad_edge=False)
    table.add_column("student", overflow="fold", max_width=int(width * SHARE_OF_STUDENTS))
    for number, offered in enumerate(points.values(), 1):
        table.add_column(f"{number}\n/ {score_text(offered)}", justify="right", no_wrap=True)
    most = max((row.grade.max_score for row in rows if row.grade is not None), default=None)
    total = "total" if most is None else f"total\n/ {score_text(most)}"
    table.add_column(total, justify="right", no_wrap=True)
    table.add_column("remark", overflow="fold")
    for row in rows:
        earned = {c.id: score_text(c.score) for c in row.grade.criteria} if row.grade is not None else {}
        table.add_row(
            Text(clean_line(row.standing.student.label)),
            *(Text(earned.get(id, "–")) for id in points),
            Text("–" if row.score is None else score_text(row.score), "bold"),
            Text(row.remark, "magenta" if row.review_reason else "dim"),
        )
    return table
