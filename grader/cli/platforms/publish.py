"""`grader publish`: writes an assignment for the platform of a course."""

import argparse
import shutil
import subprocess
import sys
from collections.abc import Mapping
from functools import cache, partial
from pathlib import Path

from grader.api import SEED_FILE, Course, CourseAssignment
from grader.author.wheel import OF_INSTRUCTORS, SOURCE, build_wheel
from grader.cli.command_line.exit_status import PASSED
from grader.cli.command_line.json_output import print_json
from grader.cli.course import course
from grader.judge.process.scratch_folder import ScratchFolder
from grader.model.did_you_mean import one_of
from grader.model.errors import UserError
from grader.prove.mutant_answers import files_of
from grader.publish.bundle import Bundle, Wheel
from grader.publish.targets import names, target_of
from grader.report.write_files import write_files

SCRIPT = b"#!"
DAEMONS = {"docker": ("info",)}  # programs that need a daemon, with the arguments that ask it
ANSWER_SECONDS = 20
LOCKS = ("autograder", "instructor")


def run(options: argparse.Namespace) -> int:
    """Writes the files; prints the next step, and the programs that it needs and this machine lacks."""
    if options.target not in names():
        raise UserError(f"found no target {options.target!r}, expected {one_of(options.target, names())}")
    target = target_of(options.target)
    bundle = bundle_of(course(), options.name)
    files = target.files(bundle)
    paths = write_files(options.out, files)
    for path in paths:
        if path.read_bytes().startswith(SCRIPT):
            path.chmod(0o755)
    next_step = target.next_step(bundle)
    if not options.quiet and not options.json:
        print(f"{options.out}: {target.WRITES}", next_step, sep="\n")
    troubles = {program: trouble for program in target.USES if (trouble := _trouble_with(program))}
    for program, trouble in troubles.items():
        note = f"note: {trouble}. You need it {target.USES[program]}; everything is written"
        print(note, file=sys.stderr)
    if options.json:
        facts = {"folder": options.out, "files": paths, "next_step": next_step}
        print_json("publish/1", {**facts, "lacks": troubles})
    return PASSED


def _trouble_with(program: str) -> str:
    """The reason why a program cannot be used on this machine; "" if it can."""
    path = shutil.which(program)
    if path is None:
        return f"{program} is not installed"
    if program not in DAEMONS:
        return ""
    try:
        process = subprocess.run([path, *DAEMONS[program]], capture_output=True, timeout=ANSWER_SECONDS)
    except (OSError, subprocess.TimeoutExpired):
        return f"the daemon of {program} does not answer"
    return f"the daemon of {program} does not answer" if process.returncode else ""


def bundle_of(course: Course, name: str) -> Bundle:
    """The parts that targets use, for an assignment of the course."""
    views, facts = course[name].views, course.facts
    return Bundle(
        assignment=views.assignment,
        python=facts.python,
        has_variants=facts.variants,
        locks={lock: (SOURCE / "locks" / f"{lock}.txt").read_bytes() for lock in LOCKS},
        handout=cache(partial(_handout, course[name])),
        wheel=cache(partial(_wheel, is_whole=False)),
        whole_wheel=cache(partial(_wheel, is_whole=True)),
        answers=partial(_answers, course[name]),
    )


def _handout(assignment: CourseAssignment) -> Mapping[str, bytes]:
    with ScratchFolder() as scratch:
        folder = assignment.course.generate(scratch, assignment.name)[0]
        paths = sorted(path for path in folder.rglob("*") if path.is_file())
        return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def _wheel(is_whole: bool) -> Wheel:
    with ScratchFolder() as scratch:
        path = build_wheel(Path(scratch), () if is_whole else OF_INSTRUCTORS)
        return Wheel(path.name, path.read_bytes())


def _answers(assignment: CourseAssignment) -> Mapping[str, bytes]:
    """The secret seed, and the mutants' answers."""
    root, seed = assignment.course.root, assignment.course.seed
    answers = files_of(root, assignment.views, seed)
    contents = {path.relative_to(root).as_posix(): path.read_bytes() for path in answers}
    return {**contents, SEED_FILE: seed.encode()}
