"""What tests of every part share: where the repository is, and a tiny course made on the spot."""

import signal
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import settings

from tests.sample_class import conv_backward
from tests.sample_class.difference import write_class

# the same examples in every run, and no deadline: a busy machine is no failure
settings.register_profile("laws", deadline=None, derandomize=True)
settings.load_profile("laws")

# a shell's background job ignores Ctrl-C, and so would what these tests start and then interrupt
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

ASSIGNMENT = """\
name: tiny
title: Two functions
files: [conv.py]
oracle: reference.conv
limits: {case_seconds: 2}
"""

RUBRIC = """\
assignment: tiny
points: 10
criteria:
  - id: flip
    title: flip reverses
    points: 4
    probe: flip
    help: README.md#flip
    cases:
      - {id: one-axis, shape: [2, 3], axes: [1]}
      - {id: hidden-one, shape: [3, 4], axes: [0], visibility: hidden}
  - id: dilate
    title: dilate fills
    points: 6
    probe: dilate
    requires: [flip]
    help: README.md#dilate
    cases:
      - {id: rows, shape: [2, 3], axes: [0], dilation: 1}
      - {id: columns, shape: [2, 3], axes: [1], dilation: 2, weight: 2}
"""

PROBES = """\
def flip(submission, case):
    return submission.flip(submission.array(case.a), case.axes)


def dilate(submission, case):
    return submission.dilate(submission.array(case.a), case.axes, case.dilation)
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


@pytest.fixture(scope="session")
def repository() -> Path:
    return Path(__file__).parents[1]


@pytest.fixture(scope="session")
def sample_class(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample class of conv_backward: a folder of submissions, one for each student."""
    return write_class(tmp_path_factory.mktemp("sample_class"), conv_backward.submissions())


@pytest.fixture(scope="session")
def make_course(repository: Path) -> Callable[..., Path]:
    """Writes a course of one assignment, `tiny`; `replaced` holds other texts for its files, or further ones.

    The reference is the repository's own: a worker without a wall finds no other.
    """

    def make(root: Path, replaced: Mapping[str, str] = {}) -> Path:
        for name, text in {**COURSE, **replaced}.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        (root / "reference").symlink_to(repository / "reference")
        return root

    return make


@pytest.fixture
def course(tmp_path: Path, make_course: Callable[..., Path]) -> Path:
    """The root of a course with the one assignment `tiny`."""
    return make_course(tmp_path / "course")
