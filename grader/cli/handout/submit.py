"""`grader submit`: checks that the files can be graded, and packs exactly the files to submit."""

import argparse
import ast
import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from grader.cli.command_line.exit_status import PASSED
from grader.cli.command_line.json_output import print_json
from grader.cli.grade import is_unread, newer_python
from grader.cli.handout.workspace import handout
from grader.intake.submission import read_submission
from grader.judge.import_rules.cuda_source import as_compiled
from grader.judge.import_rules.read_sources import without_host_code
from grader.judge.import_rules.rules import Rules
from grader.judge.import_rules.terms import Terms
from grader.judge.session import Choice, Session
from grader.model.assignment import Assignment
from grader.model.errors import UserError
from grader.model.grade import Status
from grader.model.submitted_files import SubmittedFiles
from grader.model.surroundings import Sandbox
from grader.report.feedback_content import Label, feedback_on
from grader.report.write_files import write_files

FOLDER = Path("submit")


def run(options: argparse.Namespace) -> int:
    """Writes only these files into `submit/`, and prints the digest of each."""
    assignment = handout()
    files = files_to_submit(assignment, Path())
    for old in FOLDER.glob("*") if FOLDER.is_dir() else ():
        if old.is_file():
            old.unlink()
    write_files(FOLDER, files)
    facts = [_facts(name, content) for name, content in files.items()]
    notes = list(newer_python(assignment, files))
    if options.json:
        print_json("submit/1", {"files": facts, "notes": notes})
    else:
        _show(facts, notes)
    return PASSED


def _facts(name: str, content: bytes) -> dict[str, Any]:
    """A packed file, and its functions that are still to be written."""
    return {
        "path": str(FOLDER / name),
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "unwritten": [
            {"function": function, "line": line} for function, line in unwritten_functions(name, content)
        ],
    }


def _show(files: Sequence[Mapping[str, Any]], notes: Sequence[str]) -> None:
    for file in files:
        print(f"{file['path']}   {file['bytes']} bytes   sha256 {file['sha256']}")
        for one in file["unwritten"]:
            place = f"{Path(file['path']).name}, line {one['line']}"
            print(f"note: {place}: {one['function']} is not written yet. It earns nothing")
    for note in notes:
        print(f"note: {note}")
    names = " and ".join(file["path"] for file in files)
    print(f"Submit {names} and nothing else, where your instructor asks for it.")


def files_to_submit(assignment: Assignment, folder: Path) -> dict[str, bytes]:
    """The files to submit; UserError if one is missing, does not parse or breaks a rule."""
    files, problem = read_submission(folder, assignment.files).submitted.all_of(assignment.files)
    if problem:
        raise UserError(f"nothing is packed: {problem}")
    for name, content in files.items():
        if name.endswith(".py"):
            _parse(name, content)
    compiled = {
        n: without_host_code(n, as_compiled(c))[0] if n.endswith(".cu") else c for n, c in files.items()
    }
    rules = assignment.import_rules
    refusal = "" if rules is None else Rules(Terms.of(assignment, rules)).refusal(compiled)
    if refusal:
        raise UserError(f"nothing is packed: {refusal}")
    if any(name.endswith(".cu") for name in files) and (problem := problem_of_kernels(assignment, files)):
        raise UserError(f"nothing is packed: {problem}")
    return dict(files)


def problem_of_kernels(assignment: Assignment, files: Mapping[str, bytes]) -> str:
    """The reason why no kernel can be graded; "" if some can, or if nothing compiles here.

    Only a compiler finds it, so this grades the first case of each criterion.
    """
    first = {criterion.cases[0].name for criterion in assignment.rubric.criteria if criterion.cases}
    with Session(assignment, sandbox=Sandbox.NONE) as session:
        grade = session.grade(SubmittedFiles(files), "", Choice(only=first))
    whole = feedback_on(grade).whole
    is_refused = all(one.status is Status.REFUSED for each in grade.criteria for one in each.results)
    return dict(whole.facts)[Label.WHY] if whole and (is_refused or is_unread(grade)) else ""


def _parse(name: str, content: bytes) -> None:
    try:
        ast.parse(content)
    except (SyntaxError, ValueError) as error:
        line, why = getattr(error, "lineno", None), getattr(error, "msg", None) or error
        raise UserError(f"nothing is packed: Python cannot read it: {why}", name, line) from error


def unwritten_functions(name: str, content: bytes) -> list[tuple[str, int]]:
    """The functions that return nothing and still raise NotImplementedError at the end, with their lines."""
    if not name.endswith(".py"):
        return []
    return [
        (function.name, function.lineno)
        for function in ast.walk(ast.parse(content))
        if isinstance(function, ast.FunctionDef) and _is_stub(function)
    ]


def _is_stub(function: ast.FunctionDef) -> bool:
    last = function.body[-1]
    raised = last.exc if isinstance(last, ast.Raise) else None
    raised = raised.func if isinstance(raised, ast.Call) else raised
    is_raised = isinstance(raised, ast.Name) and raised.id == "NotImplementedError"
    return is_raised and not any(isinstance(node, ast.Return | ast.Yield) for node in ast.walk(function))
