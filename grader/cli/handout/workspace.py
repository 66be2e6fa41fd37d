"""The handout in the working folder: what to submit, its hidden cases, the state of its files."""

from pathlib import Path

from grader.author.load import load
from grader.cli.course import HANDOUT
from grader.judge.subset.selection import functions_of
from grader.model.assignment import Assignment
from grader.model.errors import UserError
from grader.report.next_step import Place


def handout() -> Assignment:
    """The handout's assignment; UserError, with what was looked for, where this folder holds none."""
    if not (HANDOUT / "assignment.yaml").is_file():
        looked_for = HANDOUT / "assignment.yaml"
        raise UserError(
            f"{Path.cwd()} is no handout: found no {looked_for}. Run this in the handout's folder"
        )
    return load(HANDOUT)


def place_of(assignment: Assignment) -> Place:
    """What a report says of where the reader is."""
    in_handout = assignment.frozen is not None
    hidden = sum(criterion.withheld_cases for criterion in assignment.rubric.criteria)
    return Place(assignment.files, hidden, in_handout, functions_of(assignment))
