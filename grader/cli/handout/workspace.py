"""The handout in the working folder: the files to submit, its hidden cases, the state of its files."""

from collections.abc import Mapping
from pathlib import Path

from grader.author.course_files import digest_of
from grader.author.load import load
from grader.cli.course import HANDOUT
from grader.judge.case_selection.selection import functions_of
from grader.model.assignment import Assignment
from grader.model.errors import UserError
from grader.report.next_step import Place


def handout() -> Assignment:
    """The handout's assignment; if there is none in this folder, UserError says which file is missing."""
    if not (HANDOUT / "assignment.yaml").is_file():
        looked_for = HANDOUT / "assignment.yaml"
        raise UserError(
            f"{Path.cwd()} is not a handout: found no {looked_for}. Run this in the handout's folder"
        )
    return load(HANDOUT)


def place_of(assignment: Assignment, files: Mapping[str, bytes]) -> Place:
    """The facts for a report about where the reader is, with the submitted files."""
    in_handout = assignment.frozen is not None
    plain = {name: content.replace(b"\r\n", b"\n") for name, content in files.items()}
    digests = {name: digest_of(plain.get(name, b"")) for name in assignment.files}
    is_unwritten = digests == assignment.unwritten_digests
    hidden = sum(criterion.withheld_cases for criterion in assignment.rubric.criteria)
    return Place(assignment.files, hidden, in_handout, functions_of(assignment), is_unwritten)
