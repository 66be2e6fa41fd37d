"""A class's grades as JUnit XML, which every CI service reads."""

from collections.abc import Iterable
from xml.etree import ElementTree

from grader.model.class_row import NOTHING, ClassReport, ClassRow
from grader.model.grade import CheckResult, Status
from grader.model.text import clean_line, score_text
from grader.report.feedback_content import block
from grader.report.formats import OneGrade, ReportFiles, Request

WRITES = "junit.xml: a test suite for each student"
FILLS_IN, ONE_ASSIGNMENT, NAMES_COLUMNS = False, False, False


def class_junit(report: ClassReport) -> bytes:
    """A test suite for each student and assignment, a test case for each case; no value of a hidden case."""
    return _xml(_suite(row) for row in report.rows)


def _xml(suites: Iterable[ElementTree.Element]) -> bytes:
    root = ElementTree.Element("testsuites", name="backflip")
    root.extend(suites)
    ElementTree.indent(root)
    text: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return text + b"\n"


def _suite(row: ClassRow) -> ElementTree.Element:
    name = _text(f"{row.assignment}.{row.student_id}")
    suite = ElementTree.Element("testsuite", name=name)
    properties = ElementTree.SubElement(suite, "properties")
    if row.score is not None:
        ElementTree.SubElement(properties, "property", name="score", value=score_text(row.score))
    results = [r for c in row.grade.criteria for r in c.results] if row.grade is not None else []
    for result in results:
        suite.append(_case(row.assignment, result))
    if row.is_absent:
        case = ElementTree.SubElement(suite, "testcase", classname=row.assignment, name="submission")
        ElementTree.SubElement(case, "skipped", message=NOTHING)
    elif row.fault or row.grade is None:
        case = ElementTree.SubElement(suite, "testcase", classname=row.assignment, name="grading")
        ElementTree.SubElement(case, "error", message=row.review_reason or "not graded")
    if row.review_reason and row.grade is not None and not row.fault:
        case = ElementTree.SubElement(suite, "testcase", classname=row.assignment, name="review")
        ElementTree.SubElement(case, "error", message=_text(f"needs review: {row.review_reason}"))
    for tag, plural in (("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
        suite.set(plural, str(len(suite.findall(f"testcase/{tag}"))))
    suite.set("tests", str(len(suite.findall("testcase"))))
    return suite


def _case(assignment: str, result: CheckResult) -> ElementTree.Element:
    classname = _text(f"{assignment}.{result.criterion}")
    case = ElementTree.Element("testcase", classname=classname, name=_text(result.case))
    if result.status is Status.OK:
        return case
    feedback = block(result, "", reveal=False)
    tag = {Status.NOT_RUN: "skipped", Status.INTERNAL_ERROR: "error"}.get(result.status, "failure")
    outcome = ElementTree.SubElement(case, tag, type=result.status.value, message=_text(feedback.status))
    outcome.text = "\n".join(_characters(f"{label}: {text}") for label, text in feedback.facts) or None
    return case


def _text(text: str) -> str:
    return _characters(clean_line(text))


def _characters(text: str) -> str:
    """The text without the characters that `clean` keeps and XML 1.0 forbids."""
    return text.replace("\ufffe", "").replace("\uffff", "")


def write(report: ClassReport, request: Request) -> ReportFiles:
    """A suite for each student."""
    return ReportFiles({"junit.xml": class_junit(report)})


def write_one(one: OneGrade) -> str:
    """One suite."""
    row = ClassRow(one.grade.submission, one.grade.assignment, one.grade)
    return _xml([_suite(row)]).decode()
