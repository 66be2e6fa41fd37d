"""An attack on a kernel earns what an empty one earns, and costs no other kernel and no grader anything."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from grader.judge.session import Choice, Session
from grader.model.assignment import Assignment
from grader.model.grade import CheckResult, Grade, Status
from grader.model.submitted_files import SubmittedFiles
from grader.model.surroundings import Sandbox
from grader.prove.attacks import NOTHING, Attack, attacks_on
from grader.report.terminal.show_grade import to_text
from tests.golden.class_of_kernels import kernels

WRONG, ERROR, CRASHED, TIMEOUT = Status.WRONG, Status.ERROR, Status.CRASHED, Status.TIMEOUT
REFUSED, OUTPUT, MEMORY, OK = Status.REFUSED, Status.OUTPUT_LIMIT, Status.MEMORY, Status.OK
ATTACKED = ("matmul", "matmul_bugs")
OTHER_CRITERIA = ("blocks_for", "add")
CASE_SECONDS = 3  # a checked run of several tiles may take more than one on a slow machine


@dataclass(frozen=True)
class Must:
    """The statuses of failing cases, words of one reason, and whether other kernels' cases fail too."""

    status: tuple[Status, ...]
    says: str = ""
    costs_all: bool = False


def runs(*status: Status, says: str = "") -> Must:
    """The attack compiles and runs, and costs the cases of its kernel."""
    return Must(status, says)


def refused(says: str) -> Must:
    """The rules refuse the file, so it is not compiled."""
    return Must((REFUSED,), says, costs_all=True)


def compiled(says: str) -> Must:
    """The file does not compile, or the grader does not load the compiled file."""
    return Must((ERROR,), says, costs_all=True)


RIGHT = Must((OK,))
LASTS = compiled("would outlive the launch of a kernel")
TABLE: dict[str, Must] = {
    "writes_nothing": runs(WRONG, says="of memory that was never written"),
    # hanging and hoarding
    "loops_without_end": runs(TIMEOUT, says="CPU seconds"),
    "spins_on_global_memory": runs(TIMEOUT, WRONG),
    "spins_on_shared_memory": runs(TIMEOUT, WRONG),
    "takes_a_lock_before_a_barrier": runs(TIMEOUT, WRONG),
    "waits_at_barriers_without_end": runs(TIMEOUT, says="CPU seconds"),
    "leaves_a_barrier_to_the_others": runs(WRONG),
    "calls_itself_without_end": runs(ERROR, says="crashed in matmul"),
    "works_for_an_hour": runs(TIMEOUT, says="CPU seconds"),
    "has_a_huge_array_in_shared_memory": runs(WRONG),
    "has_many_arrays_in_shared_memory": runs(WRONG),
    "has_a_huge_array_of_its_own": runs(ERROR, says="crashed in matmul"),
    "uses_shared_memory_nobody_asked_for": runs(WRONG, says="dynamic shared memory, which has 0"),
    "prints_without_end": runs(TIMEOUT, OUTPUT),
    "prints_from_every_thread": RIGHT,
    "prints_terminal_escapes": RIGHT,
    "prints_what_is_no_text": RIGHT,
    "writes_memory_with_printf": runs(WRONG),
    # memory that is not theirs
    "makes_a_pointer_of_a_number": refused("makes a pointer from something else"),
    "makes_a_pointer_by_a_template": runs(WRONG, CRASHED, ERROR),
    "makes_a_pointer_by_a_deduced_template": runs(WRONG, CRASHED, ERROR),
    "makes_a_pointer_by_an_alias": refused("makes a pointer from something else"),
    "makes_a_pointer_by_a_union": refused("makes a pointer from something else"),
    "makes_a_pointer_by_memcpy": refused("memcpy"),
    "makes_a_pointer_by_the_name_of_a_struct": refused("makes a pointer from something else"),
    "makes_a_pointer_by_bytes": refused("makes a pointer from something else"),
    "walks_far_from_every_array": runs(WRONG),
    "reads_through_a_constant": runs(WRONG, says="outside of the variable whose address it uses"),
    "writes_before_its_array": runs(WRONG),
    "walks_through_memory_for_the_answer": runs(WRONG),
    "writes_over_its_stack": runs(ERROR, CRASHED),
    "changes_what_the_stack_returns_to": refused("const_cast"),
    "shifts_its_stack": runs(ERROR, CRASHED),
    "writes_to_the_stack_of_another_thread": runs(WRONG, CRASHED, ERROR),
    "writes_to_a_null_pointer": runs(WRONG),
    "calls_through_a_pointer": runs(ERROR, says="called by a pointer"),
    # what outlives a launch
    "counts_its_launches": LASTS,
    "keeps_its_first_launch": LASTS,
    "keeps_a_static_variable": LASTS,
    "keeps_a_member_of_a_template": LASTS,
    "keeps_a_constant_that_varies": LASTS,
    "keeps_a_member_by_a_type_of_the_emulator": LASTS,
    "races_where_nobody_looks": LASTS,
    "starts_with_code_that_runs_on_loading": compiled("gets its value from code"),
    "leaves_values_on_its_stack": RIGHT,
    "reads_shared_memory_of_an_earlier_launch": runs(WRONG),
    "fails_when_its_work_is_done": runs(WRONG),
    "writes_the_first_block_alone": runs(WRONG),
    # the emulator and its compiler
    "tells_the_emulator_by_the_order_of_blocks": runs(WRONG, says="race in matmul"),
    "tells_the_emulator_by_blocks_in_turn": runs(WRONG),
    "tells_the_emulator_by_the_order_of_threads": runs(WRONG, says="of memory that was never written"),
    "tells_the_emulator_by_fresh_memory": runs(WRONG),
    "tells_the_emulator_by_its_macros": runs(WRONG),
    "tells_the_emulator_by_its_compiler": refused("__GNUC__"),
    "tells_the_emulator_by_its_clock": refused("gives a kernel the time"),
    "puts_assembly_together": refused("asm"),
    "hides_assembly_beside_main": refused("asm"),
    "brings_a_program_along": RIGHT,
    "turns_the_checks_off": refused("__attribute__"),
    "turns_the_checks_off_by_a_pragma": refused("#pragma"),
    "calls_the_emulator": refused("extern"),
    "copies_by_the_c_library": compiled("`strcpy` is not a function or variable of device code"),
    "calls_the_system": refused("system"),
    "jumps_to_an_address": refused("goto"),
    "asks_the_processor": refused("asm"),
    "includes_itself": refused("#include"),
    "includes_a_file_of_the_machine": refused("device code has no such header"),
    "embeds_a_file_without_end": refused("#embed"),
    "asks_whether_a_file_is_there": refused("__has_include"),
    "names_another_file": refused("#line"),
    # what keeps the compiler
    "bombs_by_macros": refused("its macros expand to more than"),
    "bombs_by_templates": compiled(""),
    "bombs_by_a_template_without_end": compiled("instantiation depth"),
    "bombs_by_a_constant_loop": compiled("constexpr"),
    "bombs_by_constant_loops_in_turn": compiled(""),
    "bombs_by_a_giant_array": compiled("compiling it takes more than"),
    "bombs_by_an_array_without_bytes": LASTS,
    "bombs_by_brackets": runs(WRONG),
    "floods_the_compilers_messages": compiled("was not declared"),
    "escapes_in_the_compilers_message": compiled("#error"),
}
LONG = {  # more than two seconds each
    "loops_without_end", "spins_on_global_memory", "spins_on_shared_memory", "works_for_an_hour",
    *(
        "waits_at_barriers_without_end",
        "prints_without_end",
        "prints_from_every_thread",
        "bombs_by_templates",
    ),
    "calls_itself_without_end", "has_a_huge_array_of_its_own", "bombs_by_constant_loops_in_turn",
    "takes_a_lock_before_a_barrier", "walks_through_memory_for_the_answer", "writes_over_its_stack",
    "shifts_its_stack", "bombs_by_brackets", "has_many_arrays_in_shared_memory", "writes_before_its_array",
    "tells_the_emulator_by_fresh_memory", "tells_the_emulator_by_its_macros", "prints_what_is_no_text",
    "has_a_huge_array_in_shared_memory", "leaves_a_barrier_to_the_others", "writes_the_first_block_alone",
    "walks_far_from_every_array", "writes_to_a_null_pointer", "makes_a_pointer_by_a_deduced_template",
    "makes_a_pointer_by_a_template", "leaves_values_on_its_stack", "fails_when_its_work_is_done",
    "reads_shared_memory_of_an_earlier_launch", "writes_memory_with_printf", "calls_through_a_pointer",
}  # fmt: skip


def rows() -> list[object]:
    return [pytest.param(name, marks=pytest.mark.slow if name in LONG else ()) for name in TABLE]


@pytest.fixture(scope="module")
def assignment() -> Assignment:
    whole = kernels()
    return replace(whole, limits=replace(whole.limits, case_seconds=CASE_SECONDS))


@pytest.fixture(scope="module")
def attacks(assignment: Assignment) -> dict[str, Attack]:
    return {attack.name: attack for attack in attacks_on(assignment)}


@pytest.fixture(scope="module")
def session(assignment: Assignment) -> Iterator[Session]:
    with Session(assignment, sandbox=Sandbox.BUBBLEWRAP) as one:
        yield one


def grade_of(session: Session, assignment: Assignment, attack: Attack) -> Grade:
    """The results of the attacked kernel's cases and of two other kernels' cases."""
    criteria = [assignment.criterion(id) for id in (*ATTACKED, *OTHER_CRITERIA)]
    only = {case.name for criterion in criteria for case in criterion.cases}
    files = {name: text.encode() for name, text in attack.files.items()}
    return session.grade(SubmittedFiles(files), attack.name, Choice(only=only))


@pytest.fixture(scope="module")
def nothing(session: Session, assignment: Assignment, attacks: dict[str, Attack]) -> Grade:
    return grade_of(session, assignment, attacks[NOTHING])


def results_of(grade: Grade, criteria: tuple[str, ...]) -> list[CheckResult]:
    return [result for c in grade.criteria if c.id in criteria for result in c.results]


def points(grade: Grade) -> float:
    return float(sum(c.score for c in grade.criteria if c.id in ATTACKED))


def test_the_table_names_every_attack(attacks: dict[str, Attack]) -> None:
    assert set(TABLE) == set(attacks)
    assert {attack.exercise for attack in attacks.values()} == {"matmul"}


@pytest.mark.parametrize("name", rows())
def test_an_attack_on_a_kernel_gets_what_the_table_says(
    session: Session, assignment: Assignment, attacks: dict[str, Attack], nothing: Grade, name: str
) -> None:
    attack, must = attacks[name], TABLE[name]

    grade = grade_of(session, assignment, attack)

    attacked, others = results_of(grade, ATTACKED), results_of(grade, OTHER_CRITERIA)
    record = [(r.criterion, r.case, r.status.value, r.rationale[:300], r.actual) for r in attacked]
    judged = attacked + others if must.costs_all else attacked
    failed = [result for result in judged if result.status not in (Status.OK, Status.NOT_RUN)]
    most = sum(assignment.criterion(id).points for id in ATTACKED)
    assert points(grade) <= {"nothing": points(nothing), "part": most - 1, "all": most}[attack.may_gain], (
        record
    )
    assert {result.status for result in failed or attacked} <= {*must.status}, record
    output = " ".join(f"{result.rationale} {result.actual}" for result in failed)
    assert must.says in " ".join(output.split()), record
    assert must.costs_all or {result.status for result in others} == {Status.OK}
    assert not grade.needs_review, record


def test_nothing_that_a_compiler_quotes_steers_what_a_person_reads(
    session: Session, assignment: Assignment, attacks: dict[str, Attack]
) -> None:
    grade = grade_of(session, assignment, attacks["escapes_in_the_compilers_message"])

    text = to_text(grade)
    assert "001 fo 001" in text
    assert not {c for c in text if c != "\n" and not c.isprintable()}
