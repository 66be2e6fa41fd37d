"""`grader collect`: fetches the repositories of a class; each push is a separate submission."""

import argparse
import sys
from pathlib import Path

from grader.cli.command_line.exit_status import NOT_PASSED, PASSED
from grader.cli.command_line.json_output import print_json
from grader.cli.course import course, find_repository
from grader.intake.repositories.class_repositories import collect, common_prefix, manifest, repositories_of
from grader.intake.repositories.push_times import read_pushes
from grader.judge.process.scratch_folder import ScratchFolder
from grader.model.errors import UserError
from grader.model.text import plural
from grader.report.write_files import write_files


def run(options: argparse.Namespace) -> int:
    """Writes the folder that `grader batch` reads; lists sources that it cannot fetch, and then returns 1."""
    if options.out.exists() and any(options.out.iterdir()):
        raise UserError("found files there: name a new folder, so that no old files are graded", options.out)
    if find_repository() is not None:
        course()[options.assignment]  # lists the assignments
    repositories = repositories_of(options.source)
    pushes = {} if options.times is None else read_pushes(options.times)
    prefix = options.prefix
    if prefix is None:
        prefix = common_prefix([one.name for one in repositories], options.assignment)
    with ScratchFolder() as scratch:
        collected = collect(repositories, pushes, Path(scratch), prefix, options.any_time)
    files = {path: content for one in collected for path, content in one.files.items()}
    write_files(options.out, {**files, **manifest(collected)})
    entries = [entry for one in collected for entry in one.entries]
    students = sum(bool(one.entries) for one in collected)
    if options.json:
        doubtful = [{"name": entry.repository, "reason": entry.doubt} for entry in entries if entry.doubt]
        problems = [{"address": c.repository.address, "reason": c.problem} for c in collected if c.problem]
        facts = {"folder": options.out, "students": students, "submissions": len(entries)}
        print_json("collect/1", {**facts, "to_review": doubtful, "not_collected": problems})
        return NOT_PASSED if problems else PASSED
    if not options.quiet:
        print(f"{options.out}: {plural(len(entries), 'submission')} from {plural(students, 'student')}")
        print(f"Next: grader batch {options.out} --assignment {options.assignment}")
    doubts = [entry.doubt for entry in entries if entry.doubt]
    if doubts:
        print(f"note: {plural(len(doubts), 'submission')} to review: {doubts[0]}", file=sys.stderr)
    for one in collected:
        if one.problem:
            print(f"not collected: {one.repository.address}: {one.problem}", file=sys.stderr)
    return NOT_PASSED if any(one.problem for one in collected) else PASSED
