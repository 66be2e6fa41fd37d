"""The class report: one page for each assignment, readable without a network and on paper."""

from grader.model.class_row import ClassReport, ClassRow
from grader.model.text import clean_line
from grader.report.files import Files
from grader.report.pages.class_statistics import ClassStatistics, statistics_of
from grader.report.pages.templating import environment


def class_pages(report: ClassReport) -> Files:
    """`<assignment>.html`; the same grades give the same bytes."""
    template = environment().get_template("class.html.j2")
    return {
        f"{name}.html": template.render(
            title=report.title(name), name=name, who=_who, **_context(report, name)
        ).encode()
        for name in report.assignments
    }


def _context(report: ClassReport, name: str) -> dict[str, object]:
    statistics = statistics_of(report.of(name), report.seconds)
    return {"s": statistics, "tallest": max((*statistics.bins, 1)), "edges": _edges(statistics)}


def _edges(statistics: ClassStatistics) -> list[float]:
    """The scores at the edges of the histogram's bars."""
    count = len(statistics.bins)
    return [statistics.max_score * edge / count for edge in range(count + 1)]


def _who(row: ClassRow) -> str:
    name = row.standing.student.name
    return clean_line(f"{name} ({row.student_id})" if name and name != row.student_id else row.student_id)
