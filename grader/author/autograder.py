"""Packs the zip that Gradescope runs: https://gradescope-autograders.readthedocs.io/en/latest/specs/

It holds the answers, as every autograder there does: it is the instructor's, and no student downloads it.
"""

from collections.abc import Mapping
from pathlib import Path

import yaml

from grader.author.text_templates import text_environment
from grader.model.assignment import Assignment
from grader.model.file_formats.zip_bytes import zipped

SCRIPTS = Path(__file__).parent / "gradescope"
LEFT_OUT = ("__pycache__", ".mypy_cache")


def autograder_files(
    assignment: Assignment, wheel: Path, requirements: bytes, made: Mapping[str, bytes], variants: bool
) -> dict[str, bytes]:
    """The zip's files by path: Gradescope's two scripts, the grader, and a course of this one assignment.

    `made` are files that belong to no assignment (the secret seed, what mutants answer), by their paths below
    the course's root.
    """
    root = assignment.folder.parent.parent
    environment = text_environment(SCRIPTS)
    run = environment.get_template("run_autograder.j2").render(name=assignment.name, variants=variants)
    course = {"title": root.name, "assignments": [assignment.name], "variants": variants}
    files = {
        "setup.sh": (SCRIPTS / "setup.sh").read_bytes(),
        "run_autograder": run.encode(),
        "requirements.txt": requirements,
        wheel.name: wheel.read_bytes(),
        "course/assignments/course.yaml": yaml.safe_dump(course).encode(),
    }
    for folder in (assignment.folder, root / assignment.oracle.partition(".")[0]):
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not set(LEFT_OUT).intersection(path.parts):
                files[f"course/{path.relative_to(root).as_posix()}"] = path.read_bytes()
    return files | {f"course/{path}": data for path, data in made.items()}


def pack(files: Mapping[str, bytes]) -> bytes:
    """The files as a zip in which scripts may be run."""
    return zipped(files, ("setup.sh", "run_autograder"))
