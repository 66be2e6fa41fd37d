"""Finds the file with the answers of an assignment's mutants, or creates it."""

import json
from dataclasses import replace
from pathlib import Path

from grader.author.render import Views
from grader.judge.verdict.misconceptions import Misconceptions
from grader.model.errors import GraderFault, UserError
from grader.prove.mutant_answer_paths import misconceptions_file, right_versions_file


def misconceptions(root: Path, views: Views, secret: str) -> Misconceptions:
    """The answers of each mutant of an assignment, and of each pair, in the course's secret numbers.

    They are computed if the file for this version of the assignment is missing or damaged.
    """
    path = misconceptions_file(root, views.loaded, secret)
    answers = _read(path)
    if answers is None:
        _make(root, views, secret)
        answers = _read(path)
    if answers is None:
        raise GraderFault(f"{path}: the answers of the mutants cannot be written there")
    return answers


def files_of(root: Path, views: Views, secret: str) -> tuple[Path, Path]:
    """The file of the mutants' answers and the one of right versions; both are made if one is missing."""
    misconceptions(root, views, secret)
    path = misconceptions_file(root, views.loaded, secret)
    return path, right_versions_file(path)


def _read(path: Path) -> Misconceptions | None:
    """The content of the two files; None if one is missing or damaged."""
    try:
        right = json.loads(right_versions_file(path).read_text(encoding="utf-8"))
        return replace(Misconceptions.read(path), right_versions=dict(right))
    except (OSError, ValueError, LookupError, TypeError, AttributeError, UserError):
        return None


def _make(root: Path, views: Views, secret: str) -> None:
    from grader.prove.run_mutants import answer_all  # it grades them, and needs what proves assignments

    answer_all(root, views, secret)
