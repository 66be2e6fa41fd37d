"""The formats of a report on a class, by their names: pure functions from grades to files."""

from collections.abc import Callable, Mapping

from grader.model.grade import Grade
from grader.model.policies import Final
from grader.report import gradescope, prairielearn
from grader.report.class_page import class_pages
from grader.report.class_row import ClassReport, review_line, to_review
from grader.report.csv_report import adjustments_csv, grades_csv
from grader.report.feedback_files import feedback_files
from grader.report.files import Files, folder_name
from grader.report.json_report import class_json
from grader.report.junit import class_junit


def _for_each(results: Callable[[Grade, Final | None], str]) -> Callable[[ClassReport], Files]:
    """`<student>/<assignment>/results.json` of each student whose score needs no review."""

    def files(report: ClassReport) -> Files:
        return {
            f"{folder_name(row.student_id)}/{row.assignment}/results.json": results(
                row.grade, row.final
            ).encode()
            for row in report.rows
            if row.grade is not None and not row.review_reason
        }

    return files


FORMATS: Mapping[str, Callable[[ClassReport], Files]] = {
    "csv": lambda report: {"grades.csv": grades_csv(report.rows)},
    "html": class_pages,
    "json": lambda report: {"grades.json": class_json(report).encode()},
    "junit": lambda report: {"junit.xml": class_junit(report)},
    "feedback": feedback_files,
    "gradescope": _for_each(gradescope.results_json),
    "prairielearn": _for_each(prairielearn.results_json),
    "adjustments": lambda report: {"adjustments.csv": adjustments_csv(report.rows)},
}
FINAL_ONLY = ("gradescope", "prairielearn")  # these hold no score that needs review


def not_final(name: str, report: ClassReport) -> tuple[str, ...]:
    """A line for each row that the files of a format do not hold, because it needs review."""
    return tuple(map(review_line, to_review(report.rows))) if name in FINAL_ONLY else ()
