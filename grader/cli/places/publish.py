"""`grader publish`: writes an assignment for the place where a course lives."""

import argparse
import shutil
import sys
import tempfile
from collections.abc import Mapping
from functools import cache, partial
from pathlib import Path

from grader.api import SEED_FILE, Course, CourseAssignment
from grader.author.handout import generate
from grader.author.wheel import OF_INSTRUCTORS, SOURCE, build_wheel
from grader.cli import PASSED
from grader.cli.course import repository
from grader.model.errors import UserError
from grader.model.grade import Sandbox
from grader.model.near_miss import one_of
from grader.prove.answers_file import files_of
from grader.publish.bundle import Bundle, Wheel
from grader.publish.targets import names, target_of
from grader.report.write_files import write_files

SCRIPT = b"#!"
LOCKS = ("autograder", "instructor")


def run(options: argparse.Namespace) -> int:
    """Writes the files; prints the next step, and the programs that it needs and this machine lacks."""
    if options.target not in names():
        raise UserError(f"found no target {options.target!r}, expected {one_of(options.target, names())}")
    target = target_of(options.target)
    bundle = bundle_of(repository(), options.name)
    files = target.files(bundle)
    for path in write_files(options.out, files):
        if path.read_bytes().startswith(SCRIPT):
            path.chmod(0o755)
    if not options.quiet:
        print(f"{options.out}: {target.WRITES}", target.next_step(bundle), sep="\n")
    for program, purpose in target.USES.items():
        if shutil.which(program) is None:
            message = f"{program} is not installed. You need it {purpose}; everything is written"
            print(f"note: {message}", file=sys.stderr)
    return PASSED


def bundle_of(root: Path, name: str) -> Bundle:
    """The parts that targets use, for an assignment of the course at `root`."""
    course = Course(root)
    views, facts = course[name].views, course.facts
    return Bundle(
        assignment=views.assignment,
        python=facts.python,
        variants=facts.variants,
        locks={lock: (SOURCE / "locks" / f"{lock}.txt").read_bytes() for lock in LOCKS},
        handout=cache(partial(_handout, course[name], facts.python)),
        wheel=cache(partial(_wheel, whole=False)),
        whole_wheel=cache(partial(_wheel, whole=True)),
        answers=partial(_answers, course[name]),
    )


def _handout(given: CourseAssignment, python: str) -> Mapping[str, bytes]:
    assignment, ideas = given.views.assignment, given.misconceptions(Sandbox.BUBBLEWRAP)
    misconceptions_of = {} if ideas is None else {given.name: ideas}
    with tempfile.TemporaryDirectory(prefix="backflip-") as scratch:
        generate([assignment], Path(scratch), misconceptions_of, python=python)
        folder = Path(scratch) / "release" / assignment.name
        paths = sorted(path for path in folder.rglob("*") if path.is_file())
        return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def _wheel(whole: bool) -> Wheel:
    with tempfile.TemporaryDirectory(prefix="backflip-") as scratch:
        path = build_wheel(Path(scratch), () if whole else OF_INSTRUCTORS)
        return Wheel(path.name, path.read_bytes())


def _answers(given: CourseAssignment) -> Mapping[str, bytes]:
    """The secret seed, and the mutants' answers."""
    root, seed = given.course.root, given.course.seed
    answers = files_of(root, given.views, seed)
    contents = {path.relative_to(root).as_posix(): path.read_bytes() for path in answers}
    return {**contents, SEED_FILE: seed.encode()}
