"""Laws of `grader collect`: only the server's times count, and no code of a repository is run."""

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.__main__ import main
from grader.cli.command_line.exit_status import NOT_PASSED, PASSED, USER_MISTAKE
from grader.intake.repositories import class_repositories
from grader.intake.repositories import git as git_reader
from grader.intake.repositories.class_repositories import common_prefix
from grader.intake.repositories.push_times import read_pushes
from grader.model.errors import UserError
from tests.tiny_course import RIGHT, WRONG
from tests.waiting import LIMIT

EARLY, LATE = "2026-10-01T10:00:00Z", "2026-10-03T10:00:00Z"
FORGED = "2020-01-01T00:00:00Z"  # the commit's own time


def git(folder: Path, *words: str) -> str:
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        **{
            f"GIT_{who}_{what}": f"{what}@example.org"
            for who in ("AUTHOR", "COMMITTER")
            for what in ("NAME", "EMAIL")
        },
        **dict.fromkeys(("GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"), FORGED),
    }
    process = subprocess.run(
        ["git", *words], cwd=folder, env=environment, capture_output=True, text=True, check=True
    )
    return process.stdout.strip()


@pytest.fixture(autouse=True)
def outside_of_a_course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def repository(tmp_path: Path) -> Callable[..., tuple[Path, list[str]]]:
    """A repository with a commit for each source; its folder and the commits."""

    def repository(name: str, *sources: str) -> tuple[Path, list[str]]:
        folder = tmp_path / "server" / name
        folder.mkdir(parents=True)
        git(folder, "init", "--quiet", "--initial-branch=main")
        commits = []
        for source in sources:
            (folder / "conv.py").write_bytes(source.encode())
            git(folder, "add", ".")
            git(folder, "commit", "--quiet", "--message=work")
            commits.append(git(folder, "rev-parse", "HEAD"))
        return folder, commits

    return repository


def activity(commits: list[str], times: list[str]) -> list[dict[str, str]]:
    """Activity as GitHub's repos/OWNER/REPO/activity returns it, latest first."""
    pushes = [
        {
            "ref": "refs/heads/main",
            "before": "0" * 40,
            "after": commit,
            "timestamp": time,
            "activity_type": "push",
        }
        for commit, time in zip(commits, times, strict=True)
    ]
    return [
        *reversed(pushes),
        {"ref": "refs/heads/old", "before": commits[0], "after": "0" * 40, "timestamp": LATE},
    ]


def collect(tmp_path: Path, source: Path, *words: str) -> int:
    out = str(tmp_path / "class")
    return main(["collect", str(source), "--assignment", "tiny", "--out", out, *words])


def submissions(tmp_path: Path) -> list[dict[str, str]]:
    entries: list[dict[str, str]] = json.loads((tmp_path / "class" / "collected.json").read_text())[
        "submissions"
    ]
    return entries


def test_each_push_is_a_submission_by_the_servers_time(
    course: Path,
    repository: Callable[..., tuple[Path, list[str]]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder, commits = repository("tiny-ada", WRONG, RIGHT)
    repository("tiny-bob", RIGHT)
    (tmp_path / "times").mkdir()
    (tmp_path / "times" / "tiny-ada.json").write_text(json.dumps(activity(commits, [EARLY, LATE])))

    assert collect(tmp_path, folder.parent, "--times", str(tmp_path / "times")) == PASSED
    by_name = submissions(tmp_path)
    times = sorted((entry["login"], entry["submitted_at"][:19]) for entry in by_name)
    assert times == [("ada", EARLY[:19]), ("ada", LATE[:19]), ("bob", "")]
    assert FORGED[:10] not in (tmp_path / "class" / "collected.json").read_text()
    assert "collect again with --times" in capsys.readouterr().err

    monkeypatch.chdir(course)
    class_words = [str(tmp_path / "class"), "--assignment", "tiny"]
    assert main(["intake", *class_words]) == NOT_PASSED
    assert "nothing says when the server got it" in capsys.readouterr().out
    gradebook = ["--gradebook", f"sqlite:///{tmp_path}/g.db"]
    deadline = ["--counts", "last-before-deadline", "--deadline", "2026-10-02T00:00:00Z"]
    assert main(["batch", *class_words, *gradebook, *deadline]) == NOT_PASSED
    assert main(["report", *gradebook, "--format", "json", "--out", str(tmp_path)]) == PASSED
    rows = {row["student"]["id"]: row for row in json.loads((tmp_path / "grades.json").read_text())["rows"]}
    assert rows["ada"]["score"] == 0 and not rows["ada"]["needs_review"]  # the right one came too late
    assert "bob" not in rows


def test_nothing_of_a_repository_is_run(
    repository: Callable[..., tuple[Path, list[str]]], tmp_path: Path
) -> None:
    folder, _ = repository("tiny-ada", RIGHT)
    ran = tmp_path / "ran"
    script = folder / "evil.sh"
    script.write_text(f"#!/bin/sh\ntouch {ran}\ncat\n")
    script.chmod(0o755)
    (folder / ".gitattributes").write_text("* filter=evil text eol=crlf export-subst diff=evil\n")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--message=attributes")
    for name, value in {
        "core.fsmonitor": str(script),
        "filter.evil.smudge": str(script),
        "filter.evil.clean": str(script),
        "diff.evil.textconv": str(script),
        "core.hooksPath": str(folder / "hooks"),
        "core.pager": str(script),
        "core.sshCommand": str(script),
        "extensions.partialClone": "origin",
        "remote.origin.url": f"ext::{script}",
        "remote.origin.promisor": "true",
        "protocol.ext.allow": "always",
    }.items():
        git(folder, "config", name, value)
    (folder / "hooks").mkdir()
    for hook in ("post-checkout", "reference-transaction", "post-index-change"):
        (folder / "hooks" / hook).symlink_to(script)

    addresses = tmp_path / "list.txt"
    addresses.write_text(f"# the class\n{folder}\n")
    assert collect(tmp_path, folder.parent) == PASSED
    assert not ran.exists()
    (copy,) = (tmp_path / "class").rglob("conv.py")
    assert copy.read_bytes() == RIGHT.encode(), "line ends are as they were committed"
    assert (
        main(["collect", str(addresses), "--assignment", "tiny", "--out", str(tmp_path / "cloned")]) == PASSED
    )
    assert not ran.exists()

    git(folder, "status")
    assert ran.exists(), "the trap is not armed"


def test_a_missing_object_is_not_fetched(
    repository: Callable[..., tuple[Path, list[str]]], tmp_path: Path
) -> None:
    """A partial clone fetches missing objects from its configured source, which may be a command."""
    folder, _ = repository("tiny-ada", RIGHT)
    ran = tmp_path / "ran"
    blob = git(folder, "rev-parse", "HEAD:conv.py")
    (folder / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    for name, value in {
        "core.repositoryFormatVersion": "1",
        "extensions.partialClone": "origin",
        "remote.origin.url": f"ext::touch {ran}",
        "remote.origin.promisor": "true",
        "protocol.ext.allow": "always",
    }.items():
        git(folder, "config", name, value)

    assert collect(tmp_path, folder.parent) == NOT_PASSED
    assert not ran.exists()
    with pytest.raises(subprocess.CalledProcessError):
        git(folder, "cat-file", "blob", blob)
    assert ran.exists(), "the trap is not armed"


def test_a_repository_that_is_too_large_is_listed_and_the_rest_collected(
    repository: Callable[..., tuple[Path, list[str]]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Zeros are small in a repository and large outside it."""
    monkeypatch.setattr(class_repositories, "MAX_BYTES", 1 << 20)
    monkeypatch.setattr(class_repositories, "MAX_PUSHES", 2)
    folder, _ = repository("tiny-ada", RIGHT)
    repository("tiny-eve", f"{RIGHT}\n#{'0' * (1 << 20)}")
    _, commits = repository("tiny-zoe", WRONG, RIGHT, WRONG)
    (tmp_path / "times").mkdir()
    (tmp_path / "times" / "tiny-zoe.json").write_text(json.dumps(activity(commits, [EARLY, EARLY, LATE])))

    assert collect(tmp_path, folder.parent, "--times", str(tmp_path / "times")) == NOT_PASSED
    output = capsys.readouterr().err
    assert "its files are larger than 1 MiB together" in output
    assert "it got 3 pushes, and at most 2 are read" in output
    assert [entry["login"] for entry in submissions(tmp_path)] == ["ada"]


@pytest.mark.parametrize(
    ("script", "says"),
    [
        pytest.param("sleep 60 & wait", "took longer than", id="slow"),
        pytest.param("exec yes", "ls-tree ended with status", id="endless"),
        pytest.param("exec yes >&2", "^y$", id="endless_complaint"),
    ],
)
def test_git_itself_has_limits_of_time_and_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, says: str
) -> None:
    (tmp_path / "git").write_text(f"#!/bin/sh\n{script}\n")
    (tmp_path / "git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")

    with pytest.raises(git_reader.GitRefused, match=says):
        git_reader._git("ls-tree", seconds=1 if script.startswith("sleep") else LIMIT, most=1 << 16)


def test_an_unreachable_address_is_listed_and_the_rest_collected(
    repository: Callable[..., tuple[Path, list[str]]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, _ = repository("tiny-ada", RIGHT)
    empty, _ = repository("tiny-cleo")
    addresses = tmp_path / "list.txt"
    addresses.write_text(
        f"{folder}\n{tmp_path}/nowhere/tiny-bob.git\n{empty}\next::touch%20{tmp_path}/ran/tiny-eve\n"
    )
    assert collect(tmp_path, addresses) == NOT_PASSED
    assert [entry["repository"] for entry in submissions(tmp_path)] == ["tiny-ada"]
    output = capsys.readouterr().err
    assert all(f"not collected: {start}" in output for start in (f"{tmp_path}/nowhere", str(empty), "ext::"))
    assert not (tmp_path / "ran").exists()


def test_a_push_that_was_taken_back_is_a_doubt(
    repository: Callable[..., tuple[Path, list[str]]], tmp_path: Path
) -> None:
    folder, commits = repository("tiny-ada", RIGHT)
    pushes = activity(["f" * 40, *commits], [EARLY, LATE])
    (tmp_path / "times.json").write_text(json.dumps({"school/tiny-ada": pushes}))
    assert collect(tmp_path, folder.parent, "--times", str(tmp_path / "times.json")) == PASSED
    (entry,) = submissions(tmp_path)
    assert "a push of 2026-10-01" in entry["doubt"] and "no longer in the repository" in entry["doubt"]


def test_without_a_deadline_no_time_is_needed(
    repository: Callable[..., tuple[Path, list[str]]], tmp_path: Path
) -> None:
    folder, _ = repository("tiny-ada", RIGHT)
    assert collect(tmp_path, folder.parent, "--any-time") == PASSED
    assert [entry["doubt"] for entry in submissions(tmp_path)] == [""]


def test_a_link_is_no_file(repository: Callable[..., tuple[Path, list[str]]], tmp_path: Path) -> None:
    folder, _ = repository("tiny-ada")
    (folder / "conv.py").symlink_to("/etc/passwd")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--message=link")
    assert collect(tmp_path, folder.parent, "--any-time") == PASSED
    assert [path.name for path in (tmp_path / "class").rglob("*") if path.is_file()] == ["collected.json"]


def test_submodules_and_huge_files_are_not_read(
    repository: Callable[..., tuple[Path, list[str]]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(git_reader, "MAX_FILE", 1 << 16)
    inner, _ = repository("other", "secret = 1\n")
    folder, _ = repository("tiny-ada", RIGHT)
    (folder / "data.bin").write_bytes(bytes(1 << 17))
    git(folder, "-c", "protocol.file.allow=always", "submodule", "add", "--quiet", str(inner), "inner")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--message=more")
    addresses = tmp_path / "list.txt"
    addresses.write_text(f"{folder}\n")
    assert collect(tmp_path, addresses, "--any-time") == PASSED
    names = sorted(path.name for path in (tmp_path / "class").rglob("*") if path.is_file())
    assert names == [".gitmodules", "collected.json", "conv.py"]


def test_a_file_that_git_lfs_keeps_elsewhere_is_a_doubt(
    repository: Callable[..., tuple[Path, list[str]]], tmp_path: Path
) -> None:
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'a' * 64}\nsize 9\n"
    folder, _ = repository("tiny-ada", pointer)
    repository("tiny-bob", RIGHT)
    (tmp_path / "server" / "tiny-bob" / "picture.png").write_text(pointer)
    git(tmp_path / "server" / "tiny-bob", "add", ".")
    git(tmp_path / "server" / "tiny-bob", "commit", "--quiet", "--message=picture")
    assert collect(tmp_path, folder.parent, "--any-time") == PASSED
    doubts = {entry["login"]: entry["doubt"] for entry in submissions(tmp_path)}
    assert "Git LFS keeps conv.py elsewhere" in doubts["ada"] and doubts["bob"] == ""


def test_a_folder_with_old_files_is_not_written_into(
    repository: Callable[..., tuple[Path, list[str]]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, _ = repository("tiny-ada", RIGHT)
    assert collect(tmp_path, folder.parent) == PASSED
    assert collect(tmp_path, folder.parent) == USER_MISTAKE
    assert "name a new folder" in capsys.readouterr().err


EVENTS = {
    "github_events": [
        {"type": "PushEvent", "repo": {"name": "school/tiny-ada"}, "created_at": EARLY,
         "payload": {"ref": "refs/heads/main", "head": "a" * 40}},
        {"type": "WatchEvent", "repo": {"name": "school/tiny-ada"}, "created_at": LATE, "payload": {}},
    ],
    "gitlab_events": {
        "tiny-ada": [{"action_name": "pushed to", "created_at": EARLY,
                      "push_data": {"ref": "main", "commit_to": "a" * 40}}],
    },
}  # fmt: skip


@pytest.mark.parametrize("export", EVENTS.values(), ids=EVENTS)
def test_pushes_are_read_from_each_api(tmp_path: Path, export: object) -> None:
    (tmp_path / "times.json").write_text(json.dumps(export))
    ((name, (push,)),) = read_pushes(tmp_path / "times.json").items()
    assert (name, push.commit, push.branch, push.time[:19]) == ("tiny-ada", "a" * 40, "main", EARLY[:19])


@pytest.mark.parametrize("pages", ["{0}\n{0}", "[{0}, {0}]"], ids=["one_after_the_other", "in_a_list"])
def test_pages_of_an_api_are_read_as_one_list(tmp_path: Path, pages: str) -> None:
    page = json.dumps(activity(["a" * 40], [EARLY]))
    (tmp_path / "tiny-ada.json").write_text(pages.format(page))
    assert [len(pushes) for pushes in read_pushes(tmp_path).values()] == [2]


@pytest.mark.parametrize("text", ["{", "3", "[]", '{"a": 3}', '[{"after": "abc"}]'])
def test_a_file_without_pushes_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "times.json").write_text(text)
    with pytest.raises(UserError, match=r"JSON that cannot be read|expected pushes as an API gives them"):
        read_pushes(tmp_path / "times.json")


@pytest.mark.parametrize(
    ("names", "prefix"),
    [
        (["tiny-ada", "tiny-bob"], "tiny-"),
        (["fall-tiny-ada"], "fall-tiny-"),
        (["ada"], ""),
        (["tiny-ann", "tiny-ann-marie"], "tiny-"),
        (["x-ada-b", "y-ada-c"], ""),
    ],
)
def test_a_common_beginning_of_names_is_no_part_of_a_login(names: list[str], prefix: str) -> None:
    assert common_prefix(names, "tiny") == prefix
