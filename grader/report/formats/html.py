"""The class report: a page for each assignment, with the feedback of each student."""

from grader.model.class_row import ClassReport
from grader.report.formats import ReportFiles, Request
from grader.report.pages.class_page import class_pages

WRITES = "<assignment>.html: a page about the class, with a link to each student's feedback; needs no network"
FILLS_IN, ONE_ASSIGNMENT, NAMES_COLUMNS = False, False, False


def write(report: ClassReport, request: Request) -> ReportFiles:
    """A page for each assignment, and one for each grade."""
    return ReportFiles(class_pages(report))
