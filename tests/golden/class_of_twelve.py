"""A class of twelve with everything that may happen to a grade, and the reports on it in this folder.

`make golden` writes them anew; look at the difference before you commit it.
"""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from functools import cache
from pathlib import Path

from grader.model.assignment import Visibility
from grader.model.class_input.identity import Identities
from grader.model.class_row import ClassReport, ClassRow, with_policies
from grader.model.grade import CheckResult, CriterionGrade, Grade, Status
from grader.model.late_policy import DAY, LateDays, Penalty, Policies, Rounding
from grader.model.student import Adjustment, Student, Submission
from grader.report.formats import Request, canvas, format_of, moodle, names
from grader.report.tables.sheet import read_sheet
from grader.report.write_files import write_files

GOLDEN = Path(__file__).parent
NAME, TITLE = "conv_backward", "Convolution, backward"
DUE = datetime.fromisoformat("2026-10-01T23:59:00+02:00")
POLICIES = Policies(
    deadlines={NAME: DUE},
    extensions={NAME: {"s06": 2 * DAY}},
    grace=timedelta(minutes=15),
    penalty=Penalty(Fraction(1, 10), DAY),
    floor=Fraction(1, 5),
    cap=Fraction(9, 10),
    drop_after=7 * DAY,
    late_days=LateDays(2, 2),
    rounding=Rounding("nearest", Fraction(1, 2)),
)
HIDDEN = "SECRET"  # in every text about a hidden case
LATER = "LATER"  # in every text about a case that is shown after the due date


@dataclass(frozen=True)
class Member:
    """One student: the cases that they fail and how, when they submitted, and what happened to the grade."""

    id: str
    name: str
    failing: Mapping[str, Status | str] | None  # the id of a misconception means WRONG; None: no grade
    after: timedelta | None = -DAY
    late: bool = False
    fault: str = ""
    adjusted: str = ""


CASES = {
    "flip": (10, ("vector", "matrix", "of-a-view")),
    "x_grad": (60, ("stride-1", "stride-2", "remainder", "hidden-1", "hidden-2", "drawn")),
    "w_grad": (30, ("stride-1", "remainder")),
}
VISIBILITY = {
    "hidden-1": Visibility.HIDDEN,
    "hidden-2": Visibility.HIDDEN,
    "drawn": Visibility.AFTER_DUE_DATE,
}
EVERYTHING = {
    f"{criterion}/{case}": Status.ERROR for criterion, (_, cases) in CASES.items() for case in cases
}
REMAINDER = dict.fromkeys(("x_grad/remainder", "x_grad/hidden-1", "w_grad/remainder"), "remainder_ignored")
ODD = {"x_grad/hidden-1": "", "x_grad/hidden-2": ""}
MEMBERS = (
    Member("s01", "Ada Lovelace", {}),
    Member("s02", '=HYPERLINK("http://evil.example","A. Turing")', REMAINDER),
    Member("s03", "<script>alert(1)</script>", ODD | {"x_grad/hidden-2": Status.TIMEOUT}, DAY),
    Member("s04", "Émilie du Châtelet", REMAINDER | {"flip/matrix": ""}, timedelta(minutes=10)),
    Member("s05", "Noether, Emmy", {}, 3 * DAY + timedelta(hours=1)),
    Member("s06", "| *Grace* [Hopper](x) `", ODD, DAY),
    Member("s07", "@Sofja", EVERYTHING),
    Member("s08", "-1+1 Katherine", {"x_grad/stride-2": Status.INTERNAL_ERROR}),
    Member("s09", "李冶", {"flip/vector": "kernel_flipped"}, 9 * DAY),
    Member("s10", "Hedy Lamarr", {"x_grad/drawn": ""}, None, adjusted="2.25"),
    Member("s11", "Mary Jackson", None, fault="grading failed: /home/someone/conv.py"),
    Member("../s12", "Dorothy\tVaughan", ODD, None, late=True),
)


def class_report() -> ClassReport:
    """The whole class after policies."""
    rows = sorted((_row(member) for member in MEMBERS), key=lambda row: row.student_id)
    seconds = {row.submission.id: 1.5 * n for n, row in enumerate(rows, 1) if row.submission is not None}
    return ClassReport(tuple(with_policies(rows, POLICIES)), {NAME: TITLE}, seconds)


@cache
def golden_files() -> dict[str, bytes]:
    """The content of every golden file, by its path below this folder."""
    report = class_report()
    files = {
        f"{name}/{path}": data
        for name in names()
        if not format_of(name).FILLS_IN
        for path, data in format_of(name).write(report, Request()).files.items()
    }
    find = Identities([row.student for row in report.rows if row.student is not None]).find
    into_canvas = canvas.fill_canvas(
        report, read_sheet(GOLDEN / "canvas-export.csv", canvas.NEEDED, "C"), find
    )
    into_moodle = moodle.fill_moodle(report, read_sheet(GOLDEN / "moodle-export.csv", (), "M"), find)
    files |= {f"canvas/{path}": data for path, data in into_canvas.files.items()}
    return files | {f"moodle/{path}": data for path, data in into_moodle.files.items()}


def _row(member: Member) -> ClassRow:
    student = Student(member.id, member.name, f"{member.id.strip('./')}@example.org", "A")
    time = "" if member.after is None else (DUE + member.after).isoformat()
    submission = Submission(member.id, NAME, member.id * 8, submitted_at=time, late=member.late)
    adjustments: tuple[Adjustment, ...] = ()
    if member.adjusted:
        points = Fraction(member.adjusted)
        adjustments = (Adjustment(member.id, NAME, "flip", points, "=a better reading of the page", "ta@x"),)
    grade = None if member.failing is None else _grade(member.id, member.failing)
    return ClassRow(member.id, NAME, grade, member.fault, student, submission if grade else None, adjustments)


def _grade(id: str, failing: Mapping[str, Status | str]) -> Grade:
    criteria = []
    for criterion, (points, cases) in CASES.items():
        results = tuple(_result(criterion, case, failing.get(f"{criterion}/{case}")) for case in cases)
        passed = [result for result in results if result.status is Status.OK]
        status = next((result.status for result in results if result.status is not Status.OK), Status.OK)
        score = Fraction(points * len(passed), len(cases))
        title = f"what *{criterion}* is for"
        criteria.append(CriterionGrade(criterion, title, Fraction(points), score, status, results))
    return Grade(NAME, id, tuple(criteria), "bubblewrap", versions={"backflip": "0.1.0"})


def _result(criterion: str, case: str, failing: Status | str | None) -> CheckResult:
    visibility = VISIBILITY.get(case, Visibility.VISIBLE)
    if failing is None:
        return CheckResult(criterion, case, Status.OK, visibility, answer="right")
    text = {Visibility.HIDDEN: HIDDEN, Visibility.AFTER_DUE_DATE: LATER}.get(
        visibility, "a | `wrong` *array*"
    )
    status = failing if isinstance(failing, Status) else Status.WRONG
    misconceptions = (failing,) if failing and not isinstance(failing, Status) else ()
    answer = f"answer of {misconceptions}" if status is Status.WRONG else ""
    return CheckResult(
        criterion, case, status, visibility, f"2 images, {text}", (0, 1), f"{text} 1", f"{text} 2",
        f"it is {text}", f"README.md#{text.split()[0].lower()}" if text != HIDDEN else HIDDEN,
        f"printed {text}\n<b>twice</b>", answer, misconceptions,
        f"the idea of {text}" if misconceptions else "",
    )  # fmt: skip


def main() -> None:
    """Writes every golden file, and removes files that no report writes any more."""
    files = golden_files()
    for folder in {path.partition("/")[0] for path in files}:
        shutil.rmtree(GOLDEN / folder, ignore_errors=True)
    write_files(GOLDEN, files)


if __name__ == "__main__":
    main()
