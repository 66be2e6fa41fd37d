"""Packs the zip that Gradescope runs: https://gradescope-autograders.readthedocs.io/en/latest/specs/

It holds the answers, as every autograder there does: it is the instructor's, and no student downloads it.
"""

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

import jinja2
import yaml

from grader.model.assignment import Assignment

SCRIPTS = Path(__file__).parent / "gradescope"
TIMELESS = (1980, 1, 1, 0, 0, 0)  # of a file in the zip: the same course gives the same bytes
RUNS, READS = 0o755 << 16, 0o644 << 16
LEFT_OUT = ("__pycache__", ".mypy_cache")


def autograder_files(
    assignment: Assignment, wheel: Path, requirements: bytes, made: Mapping[str, bytes], variants: bool
) -> dict[str, bytes]:
    """The zip's files by path: Gradescope's two scripts, the grader, and a course of this one assignment.

    `made` are files that belong to no assignment (the secret seed, what mutants answer), by their paths below
    the course's root.
    """
    root = assignment.folder.parent.parent
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(SCRIPTS),
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
        autoescape=False,  # a shell's script, of names that the loader has checked
    )
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
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name, TIMELESS)
            entry.external_attr = RUNS if name in ("setup.sh", "run_autograder") else READS
            archive.writestr(entry, data, zipfile.ZIP_DEFLATED)
    return packed.getvalue()
