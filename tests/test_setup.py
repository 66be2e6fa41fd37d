"""A handout and the repository find their own Python wherever they lie, and make a dead one anew, once.

`uv` stands on the PATH as a small program of the tests' own, so that nothing is downloaded: it makes an
environment of this one's packages and notes that it was called.
"""

import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.author.handout import generate
from grader.author.load import load
from grader.author.render import Views
from tests.waiting import LIMIT

ROOT = Path(__file__).parents[1]
UV = f"""\
#!{sys.executable}
import os, subprocess, sys, sysconfig, zipfile
from pathlib import Path

with open(os.environ["CALLS"], "a") as calls:
    print(*sys.argv[1:], file=calls)
packages = Path(".venv/lib/python{sys.version_info[0]}.{sys.version_info[1]}/site-packages")
if sys.argv[1] == "venv":
    subprocess.run([{sys.executable!r}, "-m", "venv", "--without-pip", ".venv"], check=True)
elif sys.argv[-1] == "requirements.txt":  # of a handout: the packages, and its own wheel
    (packages / "theirs.pth").write_text({sysconfig.get_paths()["purelib"]!r})
    for line in Path("requirements.txt").read_text().splitlines():
        if ".whl" in line:
            zipfile.ZipFile(line.split()[0]).extractall(packages)
elif sys.argv[-2:] == ["-e", "."]:
    (packages / "here.pth").write_text(os.getcwd())
else:
    (packages / "theirs.pth").write_text({sysconfig.get_paths()["purelib"]!r})
"""

FULL_MARKS = "8 / 8 visible points"  # the hidden case has its share of the rest

Make = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module")
def all_calls(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the calls of `uv` are noted, one a line."""
    return tmp_path_factory.mktemp("calls") / "calls"


@pytest.fixture
def calls(all_calls: Path) -> Path:
    """The same, without the calls so far."""
    all_calls.unlink(missing_ok=True)
    return all_calls


@pytest.fixture(scope="module")
def make(tmp_path_factory: pytest.TempPathFactory, all_calls: Path) -> Make:
    """Runs `make` in a folder; what a machine may lack (bubblewrap, a compiler) is there by name."""
    if shutil.which("make") is None:
        pytest.skip("this machine has no make")
    programs = tmp_path_factory.mktemp("bin")
    for name, text in {"uv": UV, "bwrap": "#!/bin/sh\n", "g++": "#!/bin/sh\n"}.items():
        (programs / name).write_text(text)
        (programs / name).chmod(0o755)
    environment = {**os.environ, "PATH": f"{programs}:{os.environ['PATH']}", "CALLS": str(all_calls)}
    environment.pop("MAKEFLAGS", None)

    def make(folder: Path, *words: str) -> "subprocess.CompletedProcess[str]":
        command = ["make", "-C", str(folder), *words]
        return subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=LIMIT, check=False
        )

    return make


@pytest.fixture(scope="module")
def moved_solution(
    make_course: Callable[..., Path], make: Make, all_calls: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The tiny assignment's solution as a folder of its own: graded once, and moved after that."""
    course = make_course(tmp_path_factory.mktemp("setup") / "course")
    for name in ("pyproject.toml", "README.md", "grader", "locks"):
        (course / name).symlink_to(ROOT / name)
    assignment = Views(load(course / "assignments" / "tiny")).assignment
    generate([assignment], course.parent / "out")
    handout = course.parent / "out" / "solution" / "tiny"
    first = make(handout, "grade")
    assert "setting up .venv (once)" in first.stdout and FULL_MARKS in first.stdout, first
    assert all_calls.read_text().startswith("venv ")
    return handout.rename(handout.parent / "a folder elsewhere")


@pytest.fixture
def handout(moved_solution: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return Path(shutil.copytree(moved_solution, tmp_path / "handout", symlinks=True))


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """As much of the repository as `make setup` and a command need."""
    clone = tmp_path / "clone"
    clone.mkdir()
    for name in ("Makefile", "setup.sh", "pyproject.toml"):
        shutil.copy(ROOT / name, clone / name)
    shutil.copytree(ROOT / "locks", clone / "locks")
    (clone / "grader").mkdir()
    (clone / "grader" / "__init__.py").write_text("")
    (clone / "grader" / "__main__.py").write_text("print('graded by', __file__)\n")
    return clone


def python_of(folder: Path) -> Path:
    return folder / ".venv" / "bin" / "python"


def test_a_handout_that_was_moved_is_graded_without_installing_anything(
    moved_solution: Path, make: Make, calls: Path
) -> None:
    second = make(moved_solution, "grade")
    assert second.returncode == 0, second
    assert FULL_MARKS in second.stdout and "setting up" not in second.stdout
    assert not calls.exists()


@pytest.mark.parametrize(
    "trouble",
    [
        "link_to_nothing",
        pytest.param("another_python", marks=pytest.mark.slow),
        pytest.param("half_installed", marks=pytest.mark.slow),
    ],
)
def test_a_handout_makes_a_dead_environment_anew_and_once(
    handout: Path, make: Make, calls: Path, trouble: str
) -> None:
    python = python_of(handout)
    if trouble == "link_to_nothing":
        for link in python.parent.glob("python*"):
            link.unlink()
            link.symlink_to("/no/such/python")
    elif trouble == "another_python":  # the base is another minor version: its packages lie elsewhere
        packages = next((handout / ".venv" / "lib").iterdir())
        packages.rename(packages.with_name("python3.9"))
    else:
        shutil.rmtree(next((handout / ".venv").rglob("grader")))

    again = make(handout, "grade")
    assert again.returncode == 0 and FULL_MARKS in again.stdout, again
    assert calls.read_text().startswith("venv ")
    calls.unlink()
    assert "setting up" not in make(handout, "grade").stdout
    assert not calls.exists()


@pytest.mark.parametrize("is_copied", [False, True], ids=["moved", "copied"])
def test_a_clone_in_another_place_runs_its_own_code(
    clone: Path, make: Make, calls: Path, is_copied: bool
) -> None:
    """An environment of the repository names the folder for which it was made, which may still be there."""
    assert f"graded by {clone}" in make(clone, "batch").stdout
    other = clone.parent / "elsewhere"
    if is_copied:
        shutil.copytree(clone, other, symlinks=True)
    else:
        clone.rename(other)
    calls.unlink()

    assert f"graded by {other}" in make(other, "batch").stdout
    assert calls.read_text().startswith("venv ")
    calls.unlink()
    assert f"graded by {other}" in make(other, "batch").stdout
    assert not calls.exists()


def test_a_clone_makes_a_dead_environment_anew(clone: Path, make: Make, calls: Path) -> None:
    make(clone, "setup")
    for link in python_of(clone).parent.glob("python*"):
        link.unlink()
        link.symlink_to("/no/such/python")

    process = make(clone, "batch")
    assert f"graded by {clone}" in process.stdout, process


def test_make_clean_keeps_what_no_command_makes_again(tmp_path: Path) -> None:
    """The gradebook holds points by hand, adjustments and answers."""
    kept = {"gradebook.db", "gradebook.db-wal", "gradebook.db-dense.lock"}
    shutil.copy(ROOT / "Makefile", tmp_path)
    (tmp_path / "build" / "release" / "dense").mkdir(parents=True)
    for name in (*kept, "report.html", ".hidden"):
        (tmp_path / "build" / name).touch()
    for _ in range(2):
        subprocess.run(["make", "clean"], cwd=tmp_path, check=True, capture_output=True, timeout=LIMIT)
        assert {path.name for path in (tmp_path / "build").iterdir()} == kept


def test_the_sample_class_of_the_demo_stays_out_of_the_course_s_gradebook(tmp_path: Path) -> None:
    """A report or a Canvas export of a real class must not contain students who do not exist."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    (tmp_path / "locks").mkdir()
    for name in ("pyproject.toml", "setup.sh", "locks/dev.txt"):
        (tmp_path / name).touch()
    command = ["make", "--dry-run", "demo"]
    lines = subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, text=True, timeout=LIMIT)
    runs = [
        line for line in lines.stdout.splitlines() if "-m grader batch" in line or "-m grader report" in line
    ]
    assert len(runs) > 1
    assert all("--gradebook sqlite:///build/demo/" in line for line in runs)
