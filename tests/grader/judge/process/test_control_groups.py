"""A control group is made only inside the grader's own group, if that is delegated to it.

The folders here have the layout of the kernel's; the kernel's own behavior is not tested.
"""

from pathlib import Path

import pytest

from grader.judge.process.control_groups import GRADERS, Group, prepare

PID = 4711


@pytest.fixture
def group(tmp_path: Path) -> Path:
    """A delegated group that contains only process PID."""
    return lay_out(tmp_path / "scope")


def lay_out(folder: Path, controllers: str = "cpu memory pids", processes: str = f"{PID}\n") -> Path:
    (folder / GRADERS).mkdir(parents=True)
    for place in (folder, folder / GRADERS):
        (place / "cgroup.controllers").write_text(controllers)
        (place / "cgroup.subtree_control").write_text("")
        (place / "cgroup.procs").write_text("")
    (folder / "cgroup.procs").write_text(processes)
    return folder


def test_the_grader_steps_aside_and_turns_the_controllers_on(group: Path) -> None:
    assert prepare(group, PID) == group
    assert (group / GRADERS / "cgroup.procs").read_text() == str(PID)
    assert (group / "cgroup.subtree_control").read_text() == "+memory +pids"


def test_a_process_that_it_starts_finds_what_was_prepared(group: Path) -> None:
    (group / "cgroup.subtree_control").write_text("memory pids")

    assert prepare(group / GRADERS, PID + 1) == group


@pytest.mark.parametrize(
    "settings",
    [
        {"controllers": "cpu memory"},
        {"processes": f"{PID}\n{PID + 1}\n"},
        {"processes": f"{PID + 1}\n"},
    ],
    ids=["no_pids_controller", "somebody_else_is_in_it", "not_even_its_own"],
)
def test_a_group_that_was_not_delegated_is_left_as_it_is(tmp_path: Path, settings: dict[str, str]) -> None:
    group = lay_out(tmp_path / "scope", **settings)
    before = {path: path.read_text() for path in group.rglob("cgroup.*")}

    assert prepare(group, PID) is None
    assert {path: path.read_text() for path in group.rglob("cgroup.*")} == before


def test_a_machine_without_version_2_has_none(tmp_path: Path) -> None:
    assert prepare(tmp_path / "not-there", PID) is None


def test_a_submissions_group_bounds_memory_and_processes(group: Path) -> None:
    sub_group = Group(group, memory_bytes=1 << 20, processes=65)
    (folder,) = group.glob("submission-*")

    sub_group.take(PID)
    assert {file.name: file.read_text() for file in folder.iterdir()} == {
        "memory.max": str(1 << 20),
        "memory.oom.group": "1",
        "memory.swap.max": "0",
        "pids.max": "65",
        "cgroup.procs": str(PID),
    }
    assert not sub_group.ran_out_of_memory
    (folder / "memory.events").write_text("low 0\nhigh 0\nmax 7\noom 1\noom_kill 0\n")
    assert not sub_group.ran_out_of_memory
    (folder / "memory.events").write_text("low 0\nhigh 0\nmax 0\noom 0\noom_kill 1\n")
    assert not sub_group.ran_out_of_memory  # the whole machine did
    (folder / "memory.events").write_text("low 0\nhigh 0\nmax 7\noom 1\noom_kill 2\n")
    assert sub_group.ran_out_of_memory


def test_a_group_goes_with_its_submission(group: Path) -> None:
    """The kernel's files vanish with the folder; these do not, so they are removed first."""
    sub_group = Group(group, memory_bytes=1 << 20, processes=65)
    (folder,) = group.glob("submission-*")
    for file in folder.iterdir():
        file.unlink()

    sub_group.remove()
    sub_group.remove()
    assert not folder.exists()
