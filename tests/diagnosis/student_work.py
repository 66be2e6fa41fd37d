"""Reads the folders of student work: slips as students write them, in functions of a whole solution.

The docstring of each file says what is wrong with it, and behind "Ideas:" which mutants say the same; a file
without that line has a mistake that no mutant names. The files of `students` and `unseen` were written from
the handouts alone, those of `ported` after the ways in which students of CMU 10-414/714 write the same
functions for that course's own arrays, and those of `mixed` so that most have two or three mistakes. What
`students` showed was mended, and so was what `ported` and `mixed` showed after their first measurement.
`unseen` is only measured: to mend the diagnosis with it, move a file to `students` and write another one.

The files of `fresh`, later those of `later`, then those of `recent`, and last those of `newest` were written
before their author had seen a mutant. There a comment "wrong: ..." says at each wrong line what is wrong with
it. Functions without such a line are right. If a docstring begins with "Nothing is wrong here", all functions
are right. What each of these folders showed was mended after its first measurement.
"""

import ast
import re
from dataclasses import dataclass
from pathlib import Path
from textwrap import indent

HERE = Path(__file__).parent
IDEAS = "Ideas: "
WRONG_LINE = "# wrong: "
NOTHING_WRONG = "Nothing is wrong here"


@dataclass(frozen=True)
class StudentWork:
    """A submission's text, the functions in it that are wrong, and the mutants that say what is wrong.

    `lines` are the numbers of the lines that are marked as wrong, from 1 on.
    """

    text: str
    wrong: frozenset[str]
    ideas: frozenset[str]
    lines: frozenset[int] = frozenset()


def assignments_of(folder: str) -> list[str]:
    """The assignments that a folder has work for."""
    return sorted(path.name for path in (HERE / folder).iterdir() if path.is_dir())


def student_work(folder: str, assignment: str, solution: str) -> dict[str, StudentWork]:
    """The submissions of a folder to an assignment, by name."""
    work = {}
    for path in sorted((HERE / folder / assignment).rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        submission = in_place(text, solution)
        lines = frozenset(n for n, line in enumerate(submission.splitlines(), 1) if WRONG_LINE in line)
        work[path.stem] = StudentWork(submission, wrong_functions(text), _ideas_of(text), lines)
    return work


def lines_of(work: StudentWork) -> frozenset[int]:
    """The lines of the functions that are wrong."""
    return frozenset(
        line
        for node in ast.walk(ast.parse(work.text))
        if isinstance(node, ast.FunctionDef) and node.name in work.wrong
        for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    )


def wrong_functions(text: str) -> frozenset[str]:
    """The functions with a wrong line, and those that call them; without such a line, all or none."""
    functions = {f.name: f for f in ast.parse(text).body if isinstance(f, ast.FunctionDef)}
    if (ast.get_docstring(ast.parse(text)) or "").startswith(NOTHING_WRONG):
        return frozenset()
    if WRONG_LINE not in text:
        return frozenset(functions)
    lines = text.splitlines()
    wrong = {
        name
        for name, f in functions.items()
        if any(WRONG_LINE in line for line in lines[f.lineno - 1 : f.end_lineno])
    }
    helpers = {name for name in wrong if name.startswith("_")}
    for name, f in functions.items():
        wrong |= {name} if any(isinstance(n, ast.Name) and n.id in helpers for n in ast.walk(f)) else set()
    return frozenset(wrong)


def in_place(text: str, solution: str) -> str:
    """The solution with each function of `text` in the place of its own; what else there is comes last."""
    lines, added = solution.splitlines(), text.splitlines()
    places = _places(solution)
    replaced = []
    for node in ast.parse(text).body:
        source = "\n".join(added[node.lineno - 1 : node.end_lineno])
        if isinstance(node, ast.FunctionDef) and node.name in places:
            replaced.append((*places[node.name], source))
        elif not isinstance(node, ast.Expr):  # the docstring
            lines.append(source)
    for first, last, column, source in sorted(replaced, reverse=True):
        lines[first - 1 : last] = indent(source, " " * column).splitlines()
    return "\n".join(lines) + "\n"


def _places(solution: str) -> dict[str, tuple[int, int, int]]:
    """By name: first and last line of each function and method, and the column it begins in."""
    tree = ast.parse(solution).body
    methods = [node for outer in tree if isinstance(outer, ast.ClassDef) for node in outer.body]
    functions = [node for node in (*methods, *tree) if isinstance(node, ast.FunctionDef)]
    return {f.name: (f.lineno, f.end_lineno or f.lineno, f.col_offset) for f in functions}


def _ideas_of(text: str) -> frozenset[str]:
    _, _, ideas = (ast.get_docstring(ast.parse(text)) or "").partition(IDEAS)
    return frozenset(re.split(r",\s+", ideas.rstrip("."))) if ideas else frozenset()
