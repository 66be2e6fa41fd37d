"""The class report: a page for each assignment, with the feedback of each student."""

from grader.model.class_row import ClassReport
from grader.report.formats import Request
from grader.report.pages.class_page import class_pages
from grader.report.tables.sheet import Written

WRITES = "<assignment>.html: a page on the class that leads to each student's feedback, without a network"
FILLS_IN, ONE_ASSIGNMENT = False, False


def write(report: ClassReport, request: Request) -> Written:
    """A page for each assignment, and one for each grade."""
    return Written(class_pages(report))
