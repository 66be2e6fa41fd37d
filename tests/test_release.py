"""Laws of a release: one version, a changelog that can be gathered, and a wheel that is checked first."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

import grader

ROOT = Path(__file__).parents[1]


def git(folder: Path, *words: str) -> str:
    who = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    process = subprocess.run(["git", *who, *words], cwd=folder, check=True, capture_output=True, text=True)
    return process.stdout


@pytest.fixture(scope="module")
def unchanged(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of the repository as a repository of its own, with the environment of this one."""
    root = tmp_path_factory.mktemp("release") / "clone"
    names = subprocess.run(
        ["git", "ls-files", "-z"], cwd=repository, check=True, capture_output=True, text=True
    ).stdout.split("\0")
    for name in filter(None, names):
        if (repository / name).is_file():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(repository / name, root / name)
    (root / ".venv").symlink_to(Path(sys.prefix))
    (root / ".gitignore").write_text(".venv\nbuild/\n")
    git(root.parent, "init", "-q", "clone")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "Everything")
    return root


@pytest.fixture
def clone(unchanged: Path, tmp_path: Path) -> Path:
    """A copy of it, to be changed."""
    return Path(shutil.copytree(unchanged, tmp_path / "clone", symlinks=True))


def release(root: Path, version: str) -> subprocess.CompletedProcess[str]:
    who = {
        f"GIT_{role}_{what}": "a@example.org"
        for role in ("AUTHOR", "COMMITTER")
        for what in ("NAME", "EMAIL")
    }
    return subprocess.run(
        ["sh", "./release.sh", version], cwd=root, capture_output=True, text=True, env={**os.environ, **who}
    )


def test_the_version_is_in_one_place_and_the_citation_agrees(repository: Path) -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+", grader.__version__)
    assert 'dynamic = ["version"]' in (repository / "pyproject.toml").read_text()
    citation = yaml.safe_load((repository / "CITATION.cff").read_text())
    assert citation["version"] == grader.__version__


TOOLS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
GROUPS = [group["directory"] for group in TOOLS["towncrier"]["type"]]
FRAGMENTS = sorted(path for path in (ROOT / "changelog.d").iterdir() if path.name != "README.md")


def test_every_fragment_of_the_changelog_is_in_a_group_that_a_release_gathers() -> None:
    name = re.compile(rf"\+[a-z0-9-]+\.({'|'.join(GROUPS)})\.md")
    assert [path.name for path in FRAGMENTS if not name.fullmatch(path.name)] == []


def test_the_page_of_fragments_names_every_group() -> None:
    page = (ROOT / "changelog.d" / "README.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE) == GROUPS


MOST_LINES = 8  # of a fragment: a reader wants the subject, and two or three sentences


@pytest.mark.parametrize("fragment", FRAGMENTS, ids=lambda path: path.name)
def test_a_fragment_is_one_short_entry_that_begins_with_its_subject(fragment: Path) -> None:
    text = fragment.read_text(encoding="utf-8")
    lines = text.splitlines()
    assert re.match(r"\*\*[^*]+\*\*\s\S", text)
    assert (len(lines) <= MOST_LINES, max(map(len, lines)) <= 110) == (True, True)


def test_a_changelog_has_one_group_for_each_reader_and_can_be_read_at_once() -> None:
    command = [sys.executable, "-m", "towncrier", "build", "--draft", "--version", "9.8.7"]
    process = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    headings = re.findall(r"^### (.+)$", process.stdout, re.MULTILINE)
    assert len(headings) == len(set(headings)) == len({path.suffixes[-2] for path in FRAGMENTS})
    assert len(process.stdout.splitlines()) <= 250


@pytest.mark.parametrize("version", ["", "1.0", "v1.0.0", "1.0.0; true"])
def test_an_invalid_version_is_refused_and_nothing_changes(unchanged: Path, version: str) -> None:
    process = release(unchanged, version)
    assert process.returncode == 2
    assert "expected a version such as 1.2.3" in process.stderr
    assert git(unchanged, "status", "--porcelain") == ""


def test_a_release_is_refused_while_something_is_not_committed(clone: Path) -> None:
    (clone / "README.md").write_text("changed")
    process = release(clone, "9.8.7")
    assert (process.returncode, "commit or stash" in process.stderr) == (2, True)
    assert (clone / "README.md").read_text() == "changed"


@pytest.mark.slow
def test_a_release_sets_the_version_gathers_the_changelog_and_tags(clone: Path) -> None:
    (clone / "changelog.d" / "+of-this-test.student.md").write_text(
        "**Test.** A change that this test made.\n"
    )
    git(clone, "add", "-A")
    git(clone, "commit", "-qm", "Change something")
    process = release(clone, "9.8.7")
    assert process.returncode == 0, process.stderr
    assert git(clone, "tag") == "v9.8.7\n"
    assert git(clone, "status", "--porcelain") == ""
    assert '__version__ = "9.8.7"' in (clone / "grader" / "__init__.py").read_text()
    changelog = (clone / "CHANGELOG.md").read_text()
    group = changelog.partition("## 9.8.7")[2].partition("### For students")[2].partition("###")[0]
    assert "- **Test.** A change that this test made.\n" in group
    assert [path.name for path in (clone / "changelog.d").iterdir()] == ["README.md"]
    assert len(list((clone / "build" / "dist").glob("backflip-9.8.7-*.whl"))) == 1
    again = release(clone, "9.8.7")
    assert (again.returncode, "exists already" in again.stderr) == (2, True)


@pytest.mark.slow
def test_a_release_whose_wheel_fails_its_check_commits_nothing(clone: Path) -> None:
    (clone / "grader" / "py.typed").unlink()
    git(clone, "commit", "-qam", "Lose py.typed")
    before = git(clone, "rev-parse", "HEAD")
    process = release(clone, "9.8.7")
    assert (process.returncode, "holds no py.typed" in process.stderr) == (2, True)
    assert git(clone, "rev-parse", "HEAD") == before
    assert git(clone, "status", "--porcelain") == "" == git(clone, "tag")
