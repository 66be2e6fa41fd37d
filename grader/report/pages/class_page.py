"""The class report: one page for each assignment, readable without a network and on paper."""

from collections import defaultdict
from collections.abc import Iterable

from grader.model.class_row import ClassReport, ClassRow
from grader.model.text import clean_line
from grader.report.pages.class_statistics import ClassStatistics, statistics_of
from grader.report.pages.grade_page import to_html
from grader.report.pages.page_templates import environment
from grader.report.terminal.doubt_kinds import KINDS, OTHER, Kind, kind_of
from grader.report.write_files import Files, folder_name

MOST_OPEN = 30  # students who need review for the same reason; a longer list is folded
FEEDBACK = "feedback"  # the folder of the pages that students read


def class_pages(report: ClassReport) -> Files:
    """`<assignment>.html`, and the feedback that it links to; the same grades give the same bytes."""
    template = environment().get_template("class.html.j2")
    files: dict[str, bytes] = {}
    for name in report.assignments:
        context = _context(report, name)
        page = template.render(title=report.title(name), name=name, who=_student_label, **context)
        files[f"{name}.html"] = page.encode(errors="replace")
    for row in report.rows:
        if row.grade is not None:
            files[_page_of(row)] = to_html(row.grade).encode(errors="replace")
    return files


def _context(report: ClassReport, name: str) -> dict[str, object]:
    rows = report.of(name)
    statistics = statistics_of(rows)
    return {
        "s": statistics,
        "tallest": max((*statistics.bins, 1)),
        "edges": _edges(statistics),
        "review": _review(statistics.to_review),
        "most_open": MOST_OPEN,
        "students": sorted(rows, key=lambda row: (row.standing.student.name.casefold(), row.student_id)),
        "pages": {row.student_id: _page_of(row) for row in rows if row.grade is not None},
    }


def _page_of(row: ClassRow) -> str:
    """The path of a student's feedback, from the folder of the class page."""
    return f"{FEEDBACK}/{folder_name(row.student_id)}/{row.assignment}.html"


def _review(rows: Iterable[ClassRow]) -> list[tuple[Kind, list[ClassRow]]]:
    """The rows that need review, by kind of doubt, in the order of the kinds."""
    by_kind: dict[Kind, list[ClassRow]] = defaultdict(list)
    for row in rows:
        by_kind[kind_of(row.review_reason)].append(row)
    return [(kind, by_kind[kind]) for kind in (*KINDS, OTHER) if kind in by_kind]


def _edges(statistics: ClassStatistics) -> list[float]:
    """The scores at the edges of the histogram's bars."""
    count = len(statistics.bins)
    return [statistics.max_score * edge / count for edge in range(count + 1)]


def _student_label(row: ClassRow) -> str:
    name = row.standing.student.name
    return clean_line(f"{name} ({row.student_id})" if name and name != row.student_id else row.student_id)
