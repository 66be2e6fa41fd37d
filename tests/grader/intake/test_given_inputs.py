"""Small exports as Canvas, Moodle, macOS and students really make them, each with its required result.

The files are outside the project, in `shared/inputs`. Without them these tests cannot run.
"""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.intake.read_class import Intake, read_class
from grader.intake.roster import read_roster
from grader.model.class_input.inventory import Role

INPUTS = Path(__file__).parents[4] / "shared" / "inputs"
pytestmark = pytest.mark.skipif(not INPUTS.is_dir(), reason="shared/inputs is not beside the project")

# Who is credited without a doubt, and who only in doubt.
EXPECTED: dict[str, tuple[set[str], set[str]]] = {
    "min_f1.zip": ({"1001"}, set()),
    "canvas_extra.zip": ({"1001", "1002", "1003", "1004", "1005"}, set()),
    "class_mac.zip": ({"ada", "bob"}, set()),
    "class_mac_top.zip": ({"ada", "bob"}, set()),
    "canvas_wrapped.zip": ({"1001", "1002"}, set()),
    "moodle_wrapped.zip": ({"1001", "1002"}, set()),
    "canvas_anon.zip": ({"aB3xY", "cD4zW", "12345", "9x8y7"}, set()),
    "nb_ckpt.zip": ({"ada", "bob"}, set()),
    "one_nested.zip": ({"ada"}, set()),
    "attempts_v1_final": (set(), {"ada"}),
    "planted/hijack_folder": ({"ada", "bob", "eve"}, set()),
    "planted/hijack_moodle_vandal.zip": ({"1001", "1002"}, {"1003"}),
    "planted/superscript": ({"ada"}, {"eve"}),
    "planted/superscript2": (set(), {"eve"}),
    "planted/yaml_inject": ({"eve"}, set()),
    "planted/nb_surrogate": ({"ada"}, {"eve"}),
    "planted/nb_slow": ({"ada", "eve"}, set()),
    "planted/yaml_bomb": ({"ada", "eve"}, set()),
}


@pytest.fixture
def read() -> Callable[..., Intake]:
    def read(name: str, roster: str = "") -> Intake:
        students = read_roster(INPUTS / roster) if roster else None
        return read_class(INPUTS / name, ["dense.py"], "dense", students)

    return read


@pytest.mark.parametrize("name", EXPECTED)
def test_an_input_gives_each_student_their_own_file_or_a_doubt(
    read: Callable[..., Intake], name: str
) -> None:
    certain, doubtful = EXPECTED[name]
    intake = read(name)
    submissions = {one.submission.student_id: one for one in intake.submissions}
    assert {id for id, one in submissions.items() if not one.submission.doubt} == certain
    assert {id for id, one in submissions.items() if one.submission.doubt} == doubtful
    for id in certain:
        source = intake.read(submissions[id]).files["dense.py"]
        assert b"NotImplementedError" in source and b"SystemExit" not in source
    assert bool(intake.doubts) == bool(doubtful)
    assert len({entry.path for entry in intake.entries}) == len(intake.entries)


def test_canvas_says_who_was_late_without_a_name(read: Callable[..., Intake]) -> None:
    late = [one.submission.student_id for one in read("canvas_anon.zip").submissions if one.submission.late]
    assert late == ["cD4zW"]


def test_a_number_that_is_another_students_id_credits_neither(read: Callable[..., Intake]) -> None:
    intake = read("idclash.zip", "clash.csv")
    assert intake.submissions == ()
    (doubt,) = intake.doubts
    assert "Grace Hopper" in doubt.reason and "Ada Lovelace" in doubt.reason


def test_a_file_that_takes_the_class_apart_elsewhere_is_only_a_file(read: Callable[..., Intake]) -> None:
    (entry,) = [e for e in read("planted/hijack_folder").entries if e.path.endswith(".yml")]
    assert (entry.role, entry.student) == (Role.EXTRA, "eve")


@pytest.mark.parametrize("name", ["planted/nb_slow", "planted/yaml_bomb"])
def test_a_slow_file_of_one_student_delays_no_other(read: Callable[..., Intake], name: str) -> None:
    start = time.process_time()
    read(name)
    assert time.process_time() - start < 10  # it took minutes; CPU time does not depend on other processes
