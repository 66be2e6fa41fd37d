"""An attack earns what an empty answer earns on what it attacks, and no neighbor's grade changes by it."""

import ctypes
import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy
import pytest

from grader.judge.draw_inputs import draw
from grader.judge.session import Session
from grader.model.assignment import Assignment
from grader.model.grade import CheckResult, Grade, Status
from grader.prove.attacks import LANGUAGES, attack_with
from tests.folders import in_folder
from tests.waiting import wait_until

HERE = Path(__file__).parent
SUBMISSIONS = HERE / "submissions"  # attacks on this course only; all other attacks are in the corpus
PYTHON = LANGUAGES[".py"]
BREACH = "FOUND"  # an attack prints this if it could read or reach something
CANARY = "attack-was-here"  # the name of every file that an attack tries to leave on the machine
PR_SET_CHILD_SUBREAPER = 36

FLIP, DILATE = 4, 6  # the points of the two criteria; `flip` is the one that is attacked


@dataclass(frozen=True)
class Must:
    """The required result of an attack: points (None: any), the statuses of `flip`, words of its record."""

    flip: float
    dilate: float | None
    status: tuple[Status, ...]
    says: str = ""


def call(*status: Status, says: str = "") -> Must:
    """An attack that costs only the cases that call it."""
    return Must(0, DILATE, status, says)


def call_and_next(*status: Status, says: str = "") -> Must:
    """An attack that breaks its worker: it may also cost that worker's next case, but no other submission."""
    return Must(0, None, status, says)


def everything(*status: Status, says: str = "") -> Must:
    """An attack that costs the submission every case."""
    return Must(0, 0, status, says)


RIGHT = Must(FLIP, DILATE, (Status.OK,))  # odd, but the values are right
WRONG, ERROR, CRASHED, FORGED = Status.WRONG, Status.ERROR, Status.CRASHED, Status.FORGED_REPLY
TIMEOUT, MEMORY, OUTPUT = Status.TIMEOUT, Status.MEMORY, Status.OUTPUT_LIMIT

TABLE: dict[str, Must] = {
    "writes_nothing": call(ERROR, says="NotImplementedError"),
    # in the process of the check, where there is no check
    "replaces_numpy_testing": call(WRONG),
    "replaces_numpy_comparisons": call(WRONG),
    "equals_everything": call(WRONG),
    "walks_the_stack_for_the_expected_value": call(WRONG),
    "searches_memory_for_the_reference": call(WRONG),
    "patches_the_reporting_library": call(WRONG),
    "rewrites_results_at_exit": call(WRONG),
    "traces_the_worker": call(WRONG),
    "patches_probes_from_a_metaclass": call(WRONG),
    "thread_changes_what_was_answered": call(WRONG),
    "patches_the_inputs": everything(WRONG),
    "patches_to_raw": everything(WRONG),
    "patches_encode": call(FORGED, says="fields missing or added"),
    "patches_ndarray_tobytes": call(FORGED, WRONG),  # or without effect, where Python's caches lead past it
    "patches_json": call(FORGED),
    "replaces_numpy_in_sys_modules": call(WRONG),
    "replaces_builtins": call_and_next(WRONG),
    "freezes_the_garbage_collector": call(WRONG),
    "hostile_repr": call(ERROR, CRASHED),
    "pretends_to_be_an_array": call(WRONG),
    "changes_with_each_look": call(WRONG),
    "replaces_stdout_by_one_that_exits": call(CRASHED),
    "deletes_its_own_file": call(ERROR, says="where was this?"),
    "replaces_its_file_by_a_pipe": call(TIMEOUT, ERROR),
    "hears_every_event": call_and_next(WRONG, CRASHED, ERROR),
    "changes_numpys_settings": call(WRONG),
    "stays_alive_past_exit": call(WRONG),
    "floods_its_output_at_exit": call(WRONG),
    "registers_what_runs_at_a_fork": call(WRONG),
    "filters_its_own_system_calls": call(CRASHED),
    "outlives_the_channel": call(WRONG),
    # leaving early
    "sys_exit_at_import": everything(ERROR, says="SystemExit"),
    "sys_exit_at_call": call(ERROR, says="SystemExit"),
    "os_exit_at_import": everything(CRASHED),
    "os_exit_at_call": call(CRASHED),
    "kills_itself_at_import": everything(CRASHED),
    "kills_itself_at_call": call(CRASHED),
    "keyboard_interrupt_at_import": everything(ERROR, says="KeyboardInterrupt"),
    "keyboard_interrupt_at_call": call(ERROR, says="KeyboardInterrupt"),
    "generator_exit_at_import": everything(ERROR, says="GeneratorExit"),
    "generator_exit_at_call": call(ERROR, says="GeneratorExit"),
    "segmentation_fault_at_import": everything(CRASHED),
    "segmentation_fault_at_call": call(CRASHED),
    "aborts_at_import": everything(CRASHED),
    "aborts_at_call": call(CRASHED),
    "overflows_the_stack_at_import": everything(CRASHED),
    "overflows_the_stack_at_call": call(CRASHED),
    "faulthandler_at_import": everything(CRASHED, FORGED),
    "faulthandler_at_call": call(CRASHED, FORGED),
    "closes_every_descriptor_at_import": everything(CRASHED),
    "closes_every_descriptor_at_call": call(CRASHED),
    "signals_sigterm_at_import": everything(CRASHED),
    "signals_sigterm_at_call": call(CRASHED),
    # hanging and hoarding
    "infinite_loop_at_call": call(TIMEOUT, says="CPU seconds"),
    "infinite_loop_at_import": everything(TIMEOUT, says="CPU seconds"),
    "loops_inside_c": call(TIMEOUT, MEMORY),
    "ignores_signals": call(TIMEOUT, says="CPU seconds"),
    "sleeps_at_call": call(TIMEOUT, says="it timed out after"),
    "sleeps_at_import": everything(TIMEOUT, says="it timed out after"),
    "stops_itself": call(CRASHED, says="sent itself a signal"),
    "drips_output": call(TIMEOUT),
    "burns_cpu_in_orphans": call(TIMEOUT),
    "allocates_without_end": call(MEMORY),
    "allocates_in_many_processes": call(MEMORY, says="together"),
    "forks_without_end": call(CRASHED, ERROR),
    "forks_without_end_at_import": everything(CRASHED, ERROR),
    "forks_orphans_from_threads": call(CRASHED, TIMEOUT, ERROR),
    "starts_threads_without_end": call(CRASHED, ERROR),
    "prints_without_end": call(OUTPUT),
    "prints_without_end_to_stderr": call(OUTPUT),
    "prints_without_end_at_import": everything(OUTPUT),
    "prints_what_is_no_text": call(WRONG),
    "fills_tmp": call(WRONG),
    "fills_tmp_with_names": call(WRONG),
    "opens_every_descriptor": call(WRONG),
    "opens_every_terminal": call(WRONG),
    "returns_a_huge_array": call(OUTPUT),
    "returns_a_view_of_terabytes": call(MEMORY),
    "returns_a_million_answers": call(OUTPUT, TIMEOUT, MEMORY),
    "returns_a_generator_without_end": call(ERROR, says="generator"),
    "returns_a_tuple_without_end": call(TIMEOUT, MEMORY),
    "makes_a_sparse_file": call(WRONG),
    "raises_its_limits": call(MEMORY),
    "takes_priority": call(WRONG),
    "compiles_a_bomb": everything(ERROR, MEMORY, CRASHED),
    "compiles_a_deep_expression": everything(ERROR, MEMORY, CRASHED),
    # reading and writing files that are not the submission's
    "reads_the_answers_on_disk": call(WRONG),
    "reads_other_submissions": call(WRONG),
    "reads_the_memory_of_processes": call(WRONG),
    "reads_the_environment": call(WRONG),
    "uses_inherited_descriptors": call(WRONG),
    "traces_its_parents": call(WRONG),
    "signals_every_process": call(WRONG),
    "interrupts_process_1": call(CRASHED),
    "kills_its_process_group": call(CRASHED),
    "writes_results_everywhere": call(WRONG),
    "leaves_files_behind": call(CRASHED),
    "changes_an_installed_package": Must(0, DILATE, (WRONG,)),
    "daemonizes": call(CRASHED),
    "forks_and_answers_twice": Must(0, None, (WRONG, FORGED)),  # chance decides when the second answer comes
    "reaches_the_network": call(WRONG),
    "leaves_its_namespaces": call(WRONG),
    "mounts_over_the_file_system": call(WRONG),
    "makes_denied_system_calls": call(WRONG),
    "calls_the_kernel_by_its_old_door": call(CRASHED, WRONG),
    "locks_a_shared_file": call(WRONG),
    "watches_pages_of_files": call(WRONG),
    "asks_the_kernel_for_its_mounts": call(WRONG),
    "enlarges_its_pipes": call(WRONG),
    "imports_the_judge": call(WRONG),
    # speaking the protocol
    "forges_a_frame_at_call": call(FORGED),
    "forges_a_frame_at_import": everything(FORGED),
    "forges_frames_from_a_thread": call(FORGED),
    "answers_from_a_collectors_callback": call_and_next(WRONG, FORGED),
    "answers_twice": call(FORGED),
    "answers_for_another_question": call(FORGED, says="not asked"),
    "answers_ahead": everything(FORGED),
    "answers_itself_and_leaves": call_and_next(WRONG),
    "takes_over_the_channel": everything(WRONG),
    "length_of_2_to_the_63": call(FORGED),
    "length_and_no_more": call(TIMEOUT),
    "negative_shape": call(FORGED, says="no count"),
    "shape_beyond_counting": call(FORGED, says="no array has"),
    "shape_of_many_axes": call(FORGED),
    "lengths_that_are_no_integers": call(FORGED),
    "pickled_objects": call(FORGED, says="does not travel"),
    "pickle_in_the_place_of_a_header": call(FORGED),
    "dtype_that_evaluates": call(FORGED, says="does not travel"),
    "header_within_headers": call(FORGED),
    "header_with_a_score": call(FORGED),
    "status_of_its_own": call(FORGED),
    "status_and_error_that_disagree": call(FORGED),
    "error_of_hostile_text": call_and_next(ERROR),
    "error_without_end": call(ERROR),
    "error_whose_text_never_comes": call(TIMEOUT),
    "error_whose_text_raises": call(ERROR, CRASHED),
    "error_that_is_its_own_cause": call(ERROR),
    "error_in_a_place_of_its_own": call(ERROR, CRASHED),
    "error_beside_hostile_variables": call(ERROR, says="an attack"),
    "changes_its_folder": call(WRONG),
    "interrupts_the_worker_later": Must(0, None, (WRONG, CRASHED, ERROR)),  # chance decides when
    # values only
    "float64": call(WRONG, says="dtype"),
    "integers": call(WRONG, says="dtype"),
    "half_precision": call(WRONG, says="dtype"),
    "complex_numbers": call(WRONG, says="the dtype differs"),
    "long_doubles": call(ERROR),
    "objects": call(ERROR, says="object"),
    "structures": call(ERROR),
    "strings": call(ERROR),
    "dates": call(ERROR, says="datetime64"),
    "truth_values": call(WRONG, says="dtype"),
    "swaps_the_class_of_its_result": call(WRONG),
    "nan": call(WRONG, says="nan"),
    "signalling_nan": call(WRONG),
    "infinity": call(WRONG),
    "zero_size": call(WRONG),
    "no_axes": call(WRONG),
    "broadcast": call(WRONG),
    "one_axis_more": call(WRONG),
    "more_arrays_than_asked": call(WRONG),
    "no_array": call(ERROR),
    "answers_with_what_the_probe_cannot_use": call(ERROR, says="object"),
    "refuses_and_does_nothing_else": call(WRONG),
    "one_step_off": call(WRONG),
    "pulls_its_memory_away": call(CRASHED),
    "fortran_order": RIGHT,
    "big_endian": RIGHT,
    "negative_strides": RIGHT,
    "unaligned": RIGHT,
    "masked": RIGHT,
    "lying_subclass_of_right_values": RIGHT,
    # objects that answer for their values
    "universal_functions_that_agree": call(WRONG),
    "universal_functions_that_exit": RIGHT,
    "array_wrap_that_answers": call(WRONG),
    "array_finalize_that_raises": call(WRONG, ERROR, CRASHED),
    "interface_to_address_0": call(CRASHED, ERROR),
    "interface_to_memory_that_is_gone": call(CRASHED, ERROR),
    "conversion_that_never_ends": call(TIMEOUT, ERROR),
    "conversion_that_exits": call(CRASHED, ERROR),
    "sequence_without_end": call(ERROR, TIMEOUT, MEMORY),
    "list_that_holds_itself": call(ERROR),
    "dlpack_of_its_own": call(ERROR),
    "shape_of_its_own": call(WRONG),
    "view_of_more_memory_than_it_has": call(CRASHED),
    "ndarray_beyond_its_buffer": call(ERROR, WRONG, CRASHED),
    "overlapping_view": call(WRONG),
    "read_only_view": RIGHT,
    "mapped_file": RIGHT,
    "mapped_file_cut_short": call(CRASHED, WRONG),
    "answer_in_its_input": call(WRONG),
    "changes_its_inputs_afterwards": RIGHT,
    "numbers_that_are_no_numbers": call(WRONG),
    "scalars_of_its_own": call(ERROR),
    # remembering answers, and telling cases apart
    # Each case is asked twice in one process, with other values of the same shapes.
    "remembers_its_first_answer": call(WRONG),
    "remembers_by_shape": call(WRONG),
    "right_at_its_first_call_alone": call(WRONG),
    "right_where_nobody_looks": call(WRONG),
    "tells_hidden_values_by_its_statuses": call(WRONG, ERROR),
    "collects_what_it_was_asked": call(WRONG),
    "waits_where_time_is_not_counted": call(WRONG),
    "changes_the_rounding": call(WRONG),
    # text that a person reads
    "error_with_terminal_escapes": call(ERROR),
    "error_class_with_terminal_escapes": call(ERROR),
    "function_with_terminal_escapes": call(ERROR),
    "prints_terminal_escapes": call(WRONG),
    "texts_with_terminal_escapes": call(ERROR),
    # passing without writing the exercise
    "table_of_visible_answers": call(WRONG, ERROR),
    "table_by_shape": call(WRONG),
}

# No sandbox sees which functions code calls: import rules refuse these (see test_import_rules.py).
FOR_IMPORT_RULES = ("calls_numpy_flip", "spells_numpy_flip")


@pytest.fixture(scope="module", autouse=True)
def subreaper() -> Iterator[None]:
    """A process that loses its parent becomes a child of this one, so that the count misses no leftover."""
    prctl = ctypes.CDLL(None).prctl
    prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    yield
    prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0)


def descendants(pid: int) -> dict[int, str]:
    """The processes below `pid` that still run: number and command line."""
    pids: dict[int, str] = {}
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            for child in map(int, path.read_text().split()):
                pids |= descendants(child)
                with suppress(OSError):
                    if Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()[0] != "Z":
                        command = Path(f"/proc/{child}/cmdline").read_bytes()
                        pids[child] = command.decode(errors="replace").replace("\0", " ")[:200]
    return pids


def state_of_the_machine(assignment: Assignment) -> dict[str, tuple[int, int]]:
    """Size and time of the machine's files that a submission can see, and of the course's files."""
    numpy_folder = Path(numpy.__file__).parent
    bound = [HERE.parents[1] / "grader" / "worker", HERE.parents[1] / "grader" / "model"]
    files = [
        *(f for folder in (*bound, assignment.folder) for f in folder.rglob("*.*")),
        *numpy_folder.glob("*.*"),
    ]
    files = [file for file in files if "__pycache__" not in file.parts]  # another process may compile now
    return {str(file): (file.stat().st_size, file.stat().st_mtime_ns) for file in files}


def left_behind() -> list[Path]:
    """The files that attacks left, in every place where one of them tries to leave a file."""
    places: list[str | Path] = [
        "/",
        "/tmp",
        "/tmp/submission",
        "/dev/shm",
        "/var/tmp",
        Path.home(),
        Path.cwd(),
        sys.base_prefix,
    ]
    return [path for place in places if (path := Path(place, CANARY)).exists()]


def results_of(grade: Grade, criterion: str) -> tuple[CheckResult, ...]:
    (match,) = [c for c in grade.criteria if c.id == criterion]
    return match.results


def assert_nothing_is_left(before: set[int], descriptors: int) -> None:
    """No process but the session's own, no descriptor more than before, no file."""
    wait_until(lambda: len(descendants(os.getpid())) <= len(before), "no process of an attack is left")
    assert len(os.listdir("/proc/self/fd")) == descriptors
    assert left_behind() == []


def stage(name: str, folder: Path, assignment: Assignment) -> Path:
    """A submission whose conv.py is the honest one with the attack in the place of `flip`."""
    honest = (HERE / "honest.py").read_text(encoding="utf-8")
    if (path := SUBMISSIONS / f"{name}.py").is_file():  # of this course alone
        case = assignment.criterion("flip").cases[0]
        answer = draw(case, assignment.name).array("a")[:, ::-1].tolist()
        text = path.read_text(encoding="utf-8").replace("VISIBLE_ANSWER", repr(answer))
        text = f"{honest}\n\n{text}"
    else:
        text = attack_with(PYTHON / f"{name}.py", "flip", "conv.py", {"conv.py": honest}).files["conv.py"]
    folder.mkdir()
    (folder / "conv.py").write_text(text, encoding="utf-8")
    return folder


def test_the_table_names_every_attack() -> None:
    paths = [*SUBMISSIONS.glob("*.py"), *PYTHON.glob("*.py")]
    assert {*TABLE, *FOR_IMPORT_RULES} == {path.stem for path in paths}


def test_the_page_of_attacks_is_the_tables() -> None:
    from tests.attacks.page import PAGE, page

    assert page() == PAGE.read_text(encoding="utf-8"), "make docs"


def test_the_honest_submission_is_right(honest_alone: Grade) -> None:
    assert honest_alone.passed
    assert honest_alone.score == FLIP + DILATE


@pytest.mark.parametrize("name", TABLE)
def test_an_attack_ends_as_the_table_says_and_spares_the_next_grade(
    session: Session,
    assignment: Assignment,
    honest_folder: Path,
    honest_alone: Grade,
    tmp_path: Path,
    name: str,
) -> None:
    folder, must = stage(name, tmp_path / "attack", assignment), TABLE[name]
    before, descriptors = set(descendants(os.getpid())), len(os.listdir("/proc/self/fd"))
    machine = state_of_the_machine(assignment)

    grade = session.grade(in_folder(folder), name)
    assert session.grade(in_folder(honest_folder), "honest") == honest_alone

    scores = {criterion.id: float(criterion.score) for criterion in grade.criteria}
    record = [
        (r.criterion, r.case, r.status.value, r.rationale[:300]) for c in grade.criteria for r in c.results
    ]
    assert scores["flip"] == must.flip, record
    assert must.dilate is None or scores["dilate"] == must.dilate, record
    assert grade.criteria[0].status in must.status, record
    assert grade.sandbox == "bubblewrap"
    assert not grade.needs_review, record
    failed = [r for r in results_of(grade, "flip") if r.status is not Status.OK]
    assert all(result.rationale for result in failed)
    assert not failed or must.says in f"{failed[0].rationale} {failed[0].actual}", record
    assert not any(BREACH in r.output for c in grade.criteria for r in c.results), record
    assert state_of_the_machine(assignment) == machine
    assert_nothing_is_left(before, descriptors)
