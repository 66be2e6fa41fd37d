"""The class report: a page for each assignment."""

from grader.model.class_row import ClassReport
from grader.report.formats import Request
from grader.report.pages.class_page import class_pages
from grader.report.tables.sheet import Written

WRITES = "<assignment>.html: a page on the class, readable without a network"
FILLS_IN, ONE_ASSIGNMENT = False, False


def write(report: ClassReport, request: Request) -> Written:
    """A page for each assignment."""
    return Written(class_pages(report))
