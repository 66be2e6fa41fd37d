"""The zip that Gradescope runs: https://gradescope-autograders.readthedocs.io/en/latest/specs/

It contains the answers, as every autograder there does. Only instructors can download it.
"""

from collections.abc import Mapping

from grader.model.file_formats.zip_bytes import zipped
from grader.publish.bundle import Bundle

WRITES = "the zip that Gradescope runs; it contains the answers"
USES: Mapping[str, str] = {}
SCRIPTS = ("setup.sh", "run_autograder")


def files(bundle: Bundle) -> Mapping[str, bytes]:
    """One zip, in which the scripts are executable."""
    return {f"{bundle.name}-gradescope.zip": zipped(entries(bundle), SCRIPTS)}


def entries(bundle: Bundle) -> dict[str, bytes]:
    """The zip's files: Gradescope's two scripts, the grader, and a course of only this assignment."""
    wheel = bundle.wheel()
    return {
        "setup.sh": bundle.render("gradescope/setup.sh.j2"),
        "run_autograder": bundle.render("gradescope/run_autograder.j2", variants=bundle.has_variants),
        "requirements.txt": bundle.locks["autograder"] + wheel.requirement,
        wheel.name: wheel.content,
        **{f"course/{path}": content for path, content in bundle.course_of_one().items()},
    }


def next_step(bundle: Bundle) -> str:
    """Says where the zip goes."""
    return "Upload the zip as the assignment's autograder. It holds the answers: keep it from students."
