"""Reads what a class submits: layouts, archives, notebooks, identities; every entry is accounted for.

`read_class` reads a whole class, `read_submission` one student's folder. May import: grader.model.
"""

from grader.intake.classes import Intake, Submitted, read_class
from grader.intake.submission import ReadFiles, read_submission

__all__ = ["Intake", "ReadFiles", "Submitted", "read_class", "read_submission"]
