"""The trivial exercise for timing: one function, two cases, in a newly written course."""

from __future__ import annotations

from pathlib import Path

from grader.author.load import load
from grader.author.render import Views
from grader.model.assignment import Assignment

NAME = "trivial"
COURSE = {
    "course.yaml": f"title: A course\nassignments: [{NAME}]\n",
    f"{NAME}/assignment.yaml": f"""\
name: {NAME}
title: One function
files: [conv.py]
oracle: reference.conv
""",
    f"{NAME}/rubric.yaml": f"""\
assignment: {NAME}
points: 10
criteria:
  - id: flip
    title: flip reverses the order along some axes
    points: 10
    probe: flip
    help: README.md#flip
    cases:
      - {{id: one-axis, shape: [2, 3], ask: {{axes: [1]}}}}
      - {{id: other-axis, shape: [3, 4], ask: {{axes: [0]}}, visibility: hidden}}
""",
    f"{NAME}/probes.py": """\
def flip(submission, case):
    return submission.flip(submission.array(case.a), case.axes)
""",
    f"{NAME}/mutants.py": "",
    f"{NAME}/templates/README.md.j2": "# One function\n\n## Flip\n",
    f"{NAME}/templates/conv.py.j2": """\
from ndarray import NDArray, normalize_axes


{{ exercise("reference.conv:flip") }}
""",
}
SOLUTION = """\
def flip(a, axes):
    return a[tuple(slice(None, None, -1) if i in axes else slice(None) for i in range(a.ndim))]
"""


def make_course(root: Path, *, hidden: bool = True) -> Assignment:
    """Writes the course into `root` and loads its one assignment; uses the repository's reference.

    If not `hidden`, both cases are visible. Hidden cases run in a process of their own.
    """
    for name, text in COURSE.items():
        path = root / "assignments" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text if hidden else text.replace(", visibility: hidden", ""), encoding="utf-8")
    (root / "reference").symlink_to(Path(__file__).parents[1] / "reference")
    return Views(load(root / "assignments" / NAME)).assignment


def hand_in(root: Path, students: int) -> list[Path]:
    """Writes a folder with a correct solution for each student; no two files are the same."""
    folders = [root / f"student-{number:03}" for number in range(students)]
    for folder in folders:
        folder.mkdir(parents=True)
        (folder / "conv.py").write_text(f"{SOLUTION}# {folder.name}\n", encoding="utf-8")
    return folders
