"""Laws of Gradescope's autograder: it runs in Gradescope's folder layout, and our faults cost no points."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest

from grader.author.load import load
from grader.publish.targets.gradescope import SCRIPTS, entries, files
from tests.grader.publish.bundles import bundle_without_handout
from tests.grader.publish.conftest import SUBMISSIONS, Scores
from tests.grader.publish.target_runner import clean
from tests.grader.publish.target_runner import run as run_words
from tests.waiting import LIMIT

HALF = """\
def flip(a, axes):
    back = {axis % a.ndim for axis in axes}
    return a[tuple(slice(None, None, -1 if axis in back else 1) for axis in range(a.ndim))]


def dilate(a, axes, dilation):
    return a
"""


@pytest.fixture
def autograder(course: Path, tmp_path: Path) -> Callable[..., Path]:
    """Lays out /autograder: source/ as unzipped, run_autograder copied up, a submission, empty results/."""

    def lay_out(submission: str, variants: bool = False) -> Path:
        bundle = bundle_without_handout(load(course / "assignments" / "tiny"), variants)
        root = tmp_path / "autograder"
        with zipfile.ZipFile(BytesIO(files(bundle)["tiny-gradescope.zip"])) as archive:
            assert archive.testzip() is None
            for entry in archive.infolist():
                path = archive.extract(entry, root / "source")
                os.chmod(path, entry.external_attr >> 16)
        commands = root / "source" / ".venv" / "bin"
        commands.mkdir(parents=True)
        for name in ("grader", "python"):  # what setup.sh makes
            (commands / name).symlink_to(Path(sys.executable).parent / name)
        shutil.copy(root / "source" / "run_autograder", root / "run_autograder")
        (root / "results").mkdir()
        (root / "submission").mkdir()
        (root / "submission" / "conv.py").write_text(submission)
        metadata = {"id": 1, "users": [{"id": 2, "email": "ada@example.org", "sid": "ada", "name": "Ada"}]}
        (root / "submission_metadata.json").write_text(json.dumps(metadata))
        return root

    return lay_out


def notebook(source: str) -> str:
    cell: dict[str, object] = {
        "cell_type": "code",
        "id": "a",
        "metadata": {},
        "outputs": [],
        "execution_count": None,
    }
    return json.dumps({
        "cells": [cell | {"source": source, "metadata": {"tags": ["conv.py"]}}],
        "metadata": {}, "nbformat": 4, "nbformat_minor": 5,
    })  # fmt: skip


def run(root: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [root / "run_autograder"],
        env={"PATH": os.environ["PATH"], "HOME": "/nonexistent", **environment},
        cwd="/",
        capture_output=True,
        text=True,
        timeout=LIMIT,
    )


@pytest.fixture
def without_bubblewrap(tmp_path: Path) -> str:
    """A PATH on which bubblewrap fails, as in a container that forbids namespaces."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "bwrap").write_text("#!/bin/sh\necho 'bwrap: No permissions' >&2\nexit 1\n")
    (tmp_path / "bin" / "bwrap").chmod(0o755)
    return f"{tmp_path / 'bin'}:{os.environ['PATH']}"


def test_it_grades_behind_bubblewrap(autograder: Callable[..., Path]) -> None:
    root = autograder(HALF)
    process = run(root)
    assert process.returncode == 0, process.stderr
    results = json.loads((root / "results" / "results.json").read_text())
    assert (results["score"], results["extra_data"]["sandbox"]) == (4, "bubblewrap")
    assert [(t["name"], t["score"], t["status"]) for t in results["tests"]] == [
        ("flip: flip reverses", 4, "passed"),
        ("dilate: dilate fills", 0, "failed"),
    ]
    assert list((root / "results").iterdir()) == [root / "results" / "results.json"]


@pytest.mark.parametrize("name", SUBMISSIONS)
def test_each_criterion_has_the_score_of_grader_grade(
    autograder: Callable[..., Path], own_scores: Callable[[str, str], Scores], name: str
) -> None:
    root = autograder(SUBMISSIONS[name])
    assert run(root).returncode == 0
    assert results_of(root) == own_scores(name, "course")


def results_of(root: Path) -> Scores:
    tests = json.loads((root / "results" / "results.json").read_text())["tests"]
    return {test["name"].partition(":")[0]: (test["score"], test["max_score"]) for test in tests}


@pytest.mark.slow
def test_the_zip_sets_itself_up_and_grades_as_grader_grade_does(
    published: Path, own_scores: Callable[[str, str], Scores], tmp_path: Path
) -> None:
    """All of /autograder comes from the zip; only what Debian would install is this machine's."""
    root = tmp_path / "autograder"
    with zipfile.ZipFile(published / "gradescope" / "tiny-gradescope.zip") as archive:
        archive.extractall(root / "source")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "apt-get").write_text("#!/bin/sh\n")
    (tmp_path / "bin" / "apt-get").chmod(0o755)
    environment = clean(tmp_path, PATH=f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    process = run_words(["bash", root / "source" / "setup.sh"], Path("/"), environment)
    assert process.returncode == 0, process.stderr
    shutil.copy(root / "source" / "run_autograder", root)
    (root / "submission").mkdir()
    for name, source in SUBMISSIONS.items():
        (root / "results").mkdir()
        (root / "submission" / "conv.py").write_text(source)
        process = run_words(["bash", root / "run_autograder"], Path("/"), environment)
        assert process.returncode == 0, process.stderr
        assert results_of(root) == own_scores(name, "course")
        shutil.rmtree(root / "results")


def test_it_grades_where_bubblewrap_cannot_run_and_says_so(
    autograder: Callable[..., Path], without_bubblewrap: str
) -> None:
    root = autograder(HALF)
    process = run(root, PATH=without_bubblewrap)
    assert process.returncode == 0, process.stderr
    results = json.loads((root / "results" / "results.json").read_text())
    assert (results["score"], results["extra_data"]["sandbox"]) == (4, "none")
    assert "No sandbox here" in process.stdout
    assert "This was graded without a sandbox." in results["output"]


@pytest.mark.parametrize("wrong", ["probes", "submission"])
def test_no_other_failure_leads_to_a_run_without_a_sandbox(
    autograder: Callable[..., Path], wrong: str
) -> None:
    """In particular none that a submission may cause."""
    root = autograder(HALF)
    if wrong == "probes":
        (root / "source" / "course" / "assignments" / "tiny" / "probes.py").write_text("1 / 0\n")
    else:
        shutil.rmtree(root / "submission")
        (root / "submission").write_text("neither a folder nor a zip")
    process = run(root)
    assert process.returncode == 2
    assert "No sandbox here" not in process.stdout
    assert list((root / "results").iterdir()) == []


@pytest.mark.parametrize(
    ("files", "score", "note"),
    [
        pytest.param({"hw/conv.py": HALF}, 4, "", id="in-a-folder"),
        pytest.param({"hw.ipynb": notebook(HALF)}, 4, "taken from the cells of hw.ipynb", id="notebook"),
        pytest.param({"conv.py": "\ufeff" + HALF, "__MACOSX/._conv.py": "x"}, 4, "", id="litter-and-a-mark"),
        pytest.param({"Conv.py": HALF}, 0, "Conv.py may be it", id="near-name"),
        pytest.param({"v1/conv.py": HALF, "final/conv.py": HALF + "\n"}, 0, "conv.py", id="no-order"),
    ],
)
def test_gradescope_reads_a_submission_as_every_command_does(
    autograder: Callable[..., Path], files: dict[str, str], score: int, note: str
) -> None:
    root = autograder(HALF)
    shutil.rmtree(root / "submission")
    for name, text in files.items():
        (root / "submission" / name).parent.mkdir(parents=True, exist_ok=True)
        (root / "submission" / name).write_text(text, encoding="utf-8")
    process = run(root)
    assert process.returncode == 0, process.stderr
    text = (root / "results" / "results.json").read_text()
    assert json.loads(text)["score"] == score
    assert note in text


def test_a_students_own_numbers_are_those_of_their_id(autograder: Callable[..., Path]) -> None:
    root = autograder(HALF, variants=True)
    assert run(root).returncode == 0
    results = json.loads((root / "results" / "results.json").read_text())
    assert results["extra_data"]["versions"]["variant"] == "ada"


def test_a_fault_of_ours_leaves_no_result_and_is_no_zero(autograder: Callable[..., Path]) -> None:
    root = autograder(HALF)
    (root / "results" / "results.json").write_text('{"score": 100}')  # of an earlier run
    (root / "source" / "course" / "assignments" / "tiny" / "probes.py").write_text("1 / 0\n")
    assert run(root).returncode == 2
    assert list((root / "results").iterdir()) == []


def test_the_zip_is_the_same_for_the_same_course_and_its_scripts_are_shell(course: Path) -> None:
    tiny = load(course / "assignments" / "tiny")
    one, two = (bundle_without_handout(replace(tiny, title=title), True) for title in ("one", "two"))
    assert files(one) == files(two)
    for script in SCRIPTS:
        subprocess.run(["bash", "-n"], input=entries(one)[script], check=True, timeout=LIMIT)
