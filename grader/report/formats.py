"""The formats of a report on a class, by their names: pure functions from grades to files."""

from collections.abc import Callable, Mapping

from grader.model.grade import Grade
from grader.model.policies import Final
from grader.report import gradescope, prairielearn
from grader.report.class_page import class_pages
from grader.report.class_row import ClassReport
from grader.report.csv_report import adjustments_csv, grades_csv
from grader.report.feedback_files import feedback_files
from grader.report.files import Files, folder_name
from grader.report.json_report import class_json
from grader.report.junit import class_junit


def _for_each(results: Callable[[Grade, Final | None], str]) -> Callable[[ClassReport], Files]:
    """`<student>/<assignment>/results.json` of everyone whose score a person need not look at first."""

    def files(report: ClassReport) -> Files:
        return {
            f"{folder_name(row.student_id)}/{row.assignment}/results.json": results(
                row.grade, row.final
            ).encode()
            for row in report.rows
            if row.grade is not None and not row.needs_person
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
