"""The course of one assignment, `tiny`, and the submissions to it: what tests of every part grade."""

import shutil
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parents[1]

ASSIGNMENT = """\
name: tiny
title: Two functions
files: [conv.py]
oracle: reference.conv
limits: {case_seconds: 2}
"""

RUBRIC_OF_FLIP = """\
assignment: tiny
points: 10
criteria:
  - id: flip
    title: flip reverses
    points: 4
    probe: flip
    help: README.md#flip
    cases:
      - {id: one-axis, shape: [2, 3], ask: {axes: [1]}}
      - {id: hidden-one, shape: [3, 4], ask: {axes: [0]}, visibility: hidden}
"""
RUBRIC = (
    RUBRIC_OF_FLIP
    + """\
  - id: dilate
    title: dilate fills
    points: 6
    probe: dilate
    requires: [flip]
    help: README.md#dilate
    cases:
      - {id: rows, shape: [2, 3], ask: {axes: [0], dilation: 1}}
      - {id: columns, shape: [2, 3], ask: {axes: [1], dilation: 2}, weight: 2}
"""
)

PROBES = """\
def flip(submission, case):
    return submission.flip(submission.array(case.a), case.axes)


def dilate(submission, case):
    return submission.dilate(submission.array(case.a), case.axes, case.dilation)
"""

CONV_PROBES = """\
def conv(submission, case):
    x, w = submission.array(case.x), submission.array(case.w)
    return submission.conv(x, w, case.stride, case.padding)


def x_grad(submission, case):
    out_grad, w = submission.array(case.out_grad), submission.array(case.w)
    return submission.conv_x_grad(out_grad, w, case.x.shape, case.stride, case.padding)
"""
TEMPLATE = '''\
"""Two functions."""

from collections.abc import Sequence

from ndarray import NDArray, normalize_axes, zeros


{{ exercise("reference.conv:flip") }}


{{ exercise("reference.conv:dilate") }}
'''

COURSE = {
    "assignments/course.yaml": "title: A course\nassignments: [tiny]\n",
    "assignments/tiny/assignment.yaml": ASSIGNMENT,
    "assignments/tiny/rubric.yaml": RUBRIC,
    "assignments/tiny/probes.py": PROBES,
    "assignments/tiny/templates/README.md.j2": "# Tiny\n\n## Flip\n\n## Dilate\n",
    "assignments/tiny/templates/conv.py.j2": TEMPLATE,
}

RIGHT = """\
from ndarray import zeros

def flip(a, axes):
    return a[tuple(slice(None, None, -1) if i in axes else slice(None) for i in range(a.ndim))]

def dilate(a, axes, dilation):
    steps = [dilation + 1 if i in axes else 1 for i in range(a.ndim)]
    out = zeros([n * k for n, k in zip(a.shape, steps)], a.device, a.dtype)
    out[tuple(slice(None, None, k) for k in steps)] = a
    return out
"""
WRONG = RIGHT.replace("slice(None, None, -1)", "slice(None)")  # flip turns nothing around


def write_course(root: Path, replaced: Mapping[str, str] = {}) -> Path:
    """Writes the course; `replaced` holds other texts for its files, or further ones.

    The reference is the repository's own: a worker without a sandbox finds no other.
    """
    for name, text in {**COURSE, **replaced}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (root / "reference").symlink_to(ROOT / "reference")
    return root


def write_course_of_its_own(root: Path) -> Path:
    """Writes the course with a copy of the reference, which a test may edit."""
    for name, text in COURSE.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    shutil.copytree(ROOT / "reference", root / "reference", ignore=shutil.ignore_patterns("__pycache__"))
    return root
