"""A course of one assignment whose cases hand functions to a submission: `check` tells right gradients."""

from dataclasses import replace
from pathlib import Path

from grader.author.load import load
from grader.model.assignment import Assignment

FUNCTIONS = """\
\"\"\"The functions that the cases hand over.\"\"\"

import numpy as np

SCALE = 2
NOBODY_SEES = "the hidden one"


def square(x):
    return x * x


def right_gradient(x):
    return SCALE * x


def wrong_gradient(x, *, by=3):
    return by * x


def hidden_gradient(x):
    if NOBODY_SEES:
        raise ValueError("no gradient there")


def make(number, *, seed):
    return np.random.default_rng([seed, number]).normal(size=4)
"""
RUBRIC = """\
assignment: gradients
points: 4
criteria:
  - id: check
    title: check tells right gradients from wrong ones
    points: 4
    probe: check
    help: README.md#here
    cases:
      - {id: seen, functions: {f: square, make: make, gradients: [right_gradient, wrong_gradient]}}
      - id: hidden
        draw: 3
        visibility: hidden
        functions:
          f: square
          make: make
          gradients: [right_gradient, {use: wrong_gradient, given: {by: 1}}, hidden_gradient]
"""
PROBES = """\
def check(submission, case):
    return [submission.check(case.f, gradient, case.make) for gradient in case.gradients]
"""
CHECK = '''\
def check(f, gradient, make):
    """True if `gradient` gives the slopes of the function `f` at the points that `make` makes."""
    for number in range(3):
        x = make(number)
        try:
            slopes = gradient(x)
        except ValueError:
            return False
        if abs((f(x + 1e-3) - f(x - 1e-3)) / 2e-3 - slopes).max() > 1e-6:
            return False
    return True
'''
FILES = {
    "reference/__init__.py": "",
    "reference/gradients.py": CHECK,
    "assignments/gradients/assignment.yaml": (
        "name: gradients\ntitle: Gradients\nfiles: [gradients.py]\noracle: reference.gradients\n"
        "limits: {function_calls: 200}\n"
    ),
    "assignments/gradients/functions.py": FUNCTIONS,
    "assignments/gradients/rubric.yaml": RUBRIC,
    "assignments/gradients/probes.py": PROBES,
    "assignments/gradients/templates/README.md.j2": "# Here\n",
    "assignments/gradients/templates/gradients.py.j2": '{{ exercise("reference.gradients:check") }}\n',
}
ALWAYS = "def check(f, gradient, make):\n    return True\n"


def write(root: Path, file: str = "", old: str = "", new: str = "") -> Path:
    """Writes the course with one text of one of the assignment's files replaced; returns its folder."""
    for name, text in FILES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        is_it = name == f"assignments/gradients/{file}"
        assert old in text or not is_it
        path.write_text(text.replace(old, new, 1) if is_it else text)
    return root / "assignments" / "gradients"


def load_with_library(folder: Path) -> Assignment:
    """The assignment, with the course's own reference."""
    return replace(load(folder), library=folder.parents[1])
