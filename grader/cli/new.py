"""`grader new`: writes a new assignment that passes `grader verify` immediately."""

import argparse
import re
import shutil
import sys
from pathlib import Path

from grader.api import Course
from grader.author.load import load_course
from grader.author.new_assignment.course_entry import with_assignment
from grader.author.new_assignment.draft import EXAMPLE, TEMPLATES, first_draft
from grader.author.new_assignment.function import PACKAGE, read_function
from grader.cli.command_line.exit_status import NOT_PASSED, PASSED
from grader.cli.command_line.json_output import print_json
from grader.cli.course import COURSE, find_repository, secret
from grader.model.errors import UserError
from grader.model.results.verification import Verification
from grader.model.text import plural
from grader.prove.prune_draft import ProvedDraft, prune
from grader.prove.tolerance_proof import SEEDS
from grader.report.write_files import write_files, write_text

NAME = re.compile(r"[a-z][a-z0-9_]*")
RESERVED = {"grader", "ndarray", "numpy", "probes", PACKAGE, "solution"}
SHOWN_SURVIVORS = 3


def run(options: argparse.Namespace) -> int:
    """Writes the files, adds the assignment to the course, and proves it."""
    root, name = find_repository() or Path.cwd(), options.name
    _check(root, name)
    course_text = with_assignment(root / COURSE, name)
    had_reference = (root / PACKAGE).exists()
    new_files = _begin(root, name, has_function=bool(options.source))
    try:
        drafted = _draft(root, name, options)
    except BaseException:
        for path in new_files:
            path.unlink()
        if not had_reference:
            shutil.rmtree(root / PACKAGE)
        raise
    assignment_files = write_files(root / COURSE.parent / name, drafted.draft.files())
    write_text(root / COURSE, course_text)
    load_course(root / COURSE)
    paths = [*new_files, *assignment_files, root / COURSE]
    files = [str(path.relative_to(root)) for path in paths]
    if not options.json:
        print("\n".join(files))
    verification = Course(root)[name].verify(jobs=options.jobs, seeds=SEEDS)
    if options.json:
        survivors = [one.change.before_and_after for one in drafted.survivors]
        facts = {"assignment": name, "files": files, "cases": _cases(drafted)}
        changes = [{"before": before, "after": after} for before, after in survivors]
        proof = {"mutants": len(drafted.draft.mutants), "findings": verification.findings}
        print_json("new/1", {**facts, **proof, "unnoticed_changes": changes})
    else:
        _show(drafted, verification)
    return NOT_PASSED if verification.findings else PASSED


def _check(root: Path, name: str) -> None:
    if not NAME.fullmatch(name):
        raise UserError(
            f"found {name!r}, expected a name of lowercase letters, digits and _, such as two_sums"
        )
    if name in RESERVED or name in sys.stdlib_module_names:
        raise UserError(f"{name}.py would hide the module {name}: choose another name")
    if (root / COURSE.parent / name).exists():
        raise UserError(
            "this assignment exists: choose another name, or remove it", root / COURSE.parent / name
        )


def _begin(root: Path, name: str, has_function: bool) -> list[Path]:
    """Writes what the reference lacks: its package, and a module with an example; returns the new files."""
    new_files = {}
    if not (package := root / PACKAGE / "__init__.py").exists():
        new_files[package] = ""
    if not has_function:
        path = root / PACKAGE / f"{name}.py"
        if path.exists():
            raise UserError(
                f"this file exists: name its function with --from {PACKAGE}.{name}:FUNCTION", path
            )
        new_files[path] = (TEMPLATES / "reference.py.j2").read_text(encoding="utf-8")
    for path, text in new_files.items():
        write_text(path, text)
    return list(new_files)


def _draft(root: Path, name: str, options: argparse.Namespace) -> ProvedDraft:
    function = read_function(root, options.source or f"{PACKAGE}.{name}:{EXAMPLE}")
    return prune(root, first_draft(name, function), secret(), options.jobs)


def _cases(drafted: ProvedDraft) -> int:
    draft = drafted.draft
    return sum(case.draws for case in (*draft.cases, *draft.hidden, *draft.refused))


def _show(drafted: ProvedDraft, verification: Verification) -> None:
    """Prints the findings of `grader verify`, and the next steps."""
    draft = drafted.draft
    for finding in verification.findings:
        print(finding)
    counts = (
        (_cases(drafted), "case"),
        (len(draft.mutants), "mutant"),
        (len(verification.findings), "finding"),
    )
    print(", ".join(plural(*count) for count in counts))
    for mutant in drafted.survivors[:SHOWN_SURVIVORS]:
        old, new = mutant.change.before_and_after
        print(f"no case fails if `{old}` becomes `{new}`: add a case if one should")
    print(
        f"Next: teach in assignments/{draft.name}/templates/README.md.j2, name the mutants by their ideas, "
        f"then run: grader verify {draft.name}"
    )
