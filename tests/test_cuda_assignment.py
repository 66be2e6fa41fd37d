"""The assignment cuda_kernels: who holds a misconception is told its name, and where the emulator saw it."""

import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from grader.author.handout import generate
from grader.author.render import Views
from grader.cli.handout.submit import problem_of_kernels
from grader.judge.kernels import find_nvrtc
from grader.judge.session import Session
from grader.judge.verdict.diagnose import diagnose
from grader.judge.verdict.misconceptions import Misconceptions
from grader.model.assignment import Assignment, Visibility
from grader.model.grade import HINT, Grade, Status
from grader.model.mutant import Mutant
from grader.model.submitted_files import SubmittedFiles
from grader.model.surroundings import Sandbox
from grader.prove.assignment_checks import HANDOUT, SOLUTION, submissions
from grader.prove.edit_exercise import edit_kernel
from grader.prove.read_mutants import read_mutants
from grader.prove.run_mutants import grade_texts, work_out
from grader.report.terminal.show_grade import to_text
from tests.golden.class_of_kernels import GOLDEN, golden_files, kernels
from tests.sample_class.cuda_kernels import CLASS

ASKED_FOR = {  # of issue and course: ideas that have to be told by name
    "no_guard", "guard_on_the_wrong_size", "grid_rounded_down", "first_barrier_missing",
    "second_barrier_missing", "early_return", "stale_shared_memory", "wrong_tile_variable",
    "race_in_the_reduction", "not_atomic", "strides_from_the_shape", "uninitialized_shared_memory",
}  # fmt: skip
IN_THE_SAMPLE_CLASS = {"no_guard_in_add", "one_barrier_for_all_rounds", "rows_without_guard"}
TOO_FEW_BITS = ("accumulates_in_half", "accumulates_in_bfloat16")


@pytest.fixture(scope="module")
def assignment() -> Assignment:
    return kernels()


def _graded(assignment: Assignment, mutants: Sequence[Mutant]) -> tuple[dict[str, Grade], Misconceptions]:
    """Handout, solution and these mutants, graded as a student's would be; what each mutant answers."""
    grades = grade_texts(assignment, "", submissions(Views(assignment), mutants), 2)
    return grades, work_out(Views(assignment), "", mutants, grades, 2)[0]


@pytest.fixture(scope="module")
def graded(assignment: Assignment) -> tuple[dict[str, Grade], Misconceptions]:
    """The mutants that a test here asks for; `grader verify` and a slow test grade all of them."""
    names = {*ASKED_FOR, *IN_THE_SAMPLE_CLASS, *TOO_FEW_BITS}
    mutants = [mutant for mutant in read_mutants(Views(assignment))[0] if mutant.name in names]
    assert {mutant.name for mutant in mutants} == names
    return _graded(assignment, mutants)


@pytest.fixture(scope="module")
def grades(graded: tuple[dict[str, Grade], Misconceptions]) -> dict[str, Grade]:
    return graded[0]


@pytest.fixture(scope="module")
def mistakes(graded: tuple[dict[str, Grade], Misconceptions]) -> Misconceptions:
    return graded[1]


@pytest.fixture(scope="module")
def feedback(assignment: Assignment, mistakes: Misconceptions) -> dict[str, bytes]:
    """What each of the sample class reads."""
    return golden_files(assignment, mistakes)


@pytest.fixture(scope="module")
def session(assignment: Assignment) -> Iterator[Session]:
    with Session(assignment, sandbox=Sandbox.BUBBLEWRAP) as one:
        yield one


def _solution_with(assignment: Assignment, old: str, new: str) -> SubmittedFiles:
    solution = submissions(Views(assignment), [])[SOLUTION]["kernels.cu"]
    assert solution.count(old) >= 1
    return SubmittedFiles({"kernels.cu": solution.replace(old, new, 1).encode()})


def test_the_solution_earns_all_and_the_handout_nothing(grades: dict[str, Grade]) -> None:
    assert grades[SOLUTION].score == 100
    assert grades[HANDOUT].score == 0


def test_a_byte_order_mark_crlf_or_a_comment_in_latin_1_costs_nothing(
    assignment: Assignment, session: Session
) -> None:
    solution = submissions(Views(assignment), [])[SOLUTION]["kernels.cu"]
    saved = b"\xef\xbb\xbf// Gr\xfc\xdfe\r\n" + solution.replace("\n", "\r\n").encode()
    assert session.grade(SubmittedFiles({"kernels.cu": saved}), "ada").score == 100


def test_a_given_kernel_with_a_byte_order_mark_is_graded_as_without(session: Session) -> None:
    path = Path(__file__).parents[2] / "shared" / "inputs" / "cu_bom" / "kernels.cu"
    if not path.is_file():
        pytest.skip("shared/inputs is not beside the project")
    marked = path.read_bytes()
    plain = marked.removeprefix(b"\xef\xbb\xbf")
    assert marked != plain
    grades = [session.grade(SubmittedFiles({"kernels.cu": source}), "ada") for source in (marked, plain)]
    assert grades[0].score == grades[1].score > 0


@pytest.mark.slow
def test_the_diagnosis_names_every_mutant(assignment: Assignment) -> None:
    """In every case that fails, and no other name with it; an answer of few numbers alone names nothing."""
    mutants = read_mutants(Views(assignment))[0]
    _each_is_told_by_its_name(mutants, *_graded(assignment, mutants))


def test_the_pages_name_each_misconception_of_the_course(
    assignment: Assignment, grades: dict[str, Grade], mistakes: Misconceptions
) -> None:
    mutants = [mutant for mutant in read_mutants(Views(assignment))[0] if mutant.name in grades]
    _each_is_told_by_its_name(mutants, grades, mistakes)


def _each_is_told_by_its_name(
    mutants: Sequence[Mutant], grades: dict[str, Grade], mistakes: Misconceptions
) -> None:
    assert {mutant.name for mutant in mutants} >= ASKED_FOR
    for name, mutant in ((mutant.name, mutant) for mutant in mutants):
        lines = [
            result.misconceptions or result.answer.startswith(HINT)
            for criterion in diagnose(grades[name], mistakes).criteria
            for result in criterion.results
            if result.status not in (Status.OK, Status.NOT_RUN)
        ]
        assert lines, name
        assert set(lines) - {True} == {(name,)}, (name, mutant.exercise)


def test_a_finding_is_worded_with_kernel_line_block_and_thread(grades: dict[str, Grade]) -> None:
    (criterion,) = (c for c in grades["no_guard"].criteria if c.id == "elementwise_bugs")
    result = criterion.results[0]
    assert result.actual == "out of bounds"
    for word in ("kernels.cu:", "in fill", "block (2, 0, 0)", "257"):
        assert word in result.rationale
    assert re.search(r"thread \([1-9]\d*, 0, 0\)", result.rationale)  # any but thread 0: orders are random


@pytest.mark.parametrize("name", CLASS)
def test_the_sample_class_reads_what_it_did(feedback: dict[str, bytes], name: str) -> None:
    """Each of them whole, through the sandbox; `make golden` writes anew what they read."""
    assert feedback[f"{name}.txt"].decode() == (GOLDEN / f"{name}.txt").read_text()


def test_the_golden_folder_has_feedback_of_the_class_only(feedback: dict[str, bytes]) -> None:
    assert set(feedback) == {path.name for path in GOLDEN.iterdir()}


def test_an_unwritten_function_is_no_misconception(
    grades: dict[str, Grade], mistakes: Misconceptions
) -> None:
    """A result that holds nothing is not the result of a wrong idea, though both may be NaN."""
    diagnosed = diagnose(grades[HANDOUT], mistakes)
    assert not any(result.misconceptions for c in diagnosed.criteria for result in c.results)


def test_a_compile_error_is_an_error_of_every_case(session: Session, assignment: Assignment) -> None:
    """Outside of the kernels, that is."""
    grade = session.grade(
        _solution_with(assignment, "// Your kernels", "int typo = ;\n// Your kernels"), "typo"
    )
    results = [result for criterion in grade.criteria for result in criterion.results]
    assert {result.status for result in results} == {Status.ERROR, Status.NOT_RUN}
    ran = [result for result in results if result.status is Status.ERROR]
    assert all("kernels.cu:" in result.rationale for result in ran)
    assert grade.score == 0


def test_a_kernel_that_does_not_compile_costs_its_own_cases(session: Session, assignment: Assignment) -> None:
    grade = session.grade(_solution_with(assignment, "float sum = 0;", "float sum = 0"), "typo")
    results = [result for criterion in grade.criteria for result in criterion.results]
    assert {result.status for result in results} - {Status.NOT_RUN} == {Status.ERROR, Status.OK}
    failed = [result for result in results if result.status is Status.ERROR]
    assert all("CompileError" in result.rationale or "kernels.cu:" in result.rationale for result in failed)
    assert all(result.status is Status.OK for result in results if result.criterion == "add")
    assert grade.score == 94


def test_a_trick_is_refused_before_anything_is_compiled(session: Session, assignment: Assignment) -> None:
    grade = session.grade(_solution_with(assignment, "float sum = 0;", 'float sum = 0; asm("nop");'), "trick")
    results = [result for criterion in grade.criteria for result in criterion.results]
    assert {result.status for result in results} == {Status.REFUSED}


def test_a_refusal_of_nvidias_compiler_is_shown_and_costs_nothing(
    session: Session, assignment: Assignment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An array as long as a parameter says is g++'s own idea. The grade is the same without NVRTC."""
    submission = _solution_with(assignment, "float sum = 0;", "float sum = 0, more[rows]; more[0] = 0;")
    with_it = session.grade(submission, "for_no_gpu")
    nvrtc = find_nvrtc.installed()
    monkeypatch.setattr(find_nvrtc, "installed", lambda: None)
    without = session.grade(submission, "for_no_gpu")
    assert (without.score, without.criteria) == (with_it.score, with_it.criteria)
    assert (without.versions["nvrtc"], without.notes) == ("none", ())
    if nvrtc is None:
        pytest.skip("no NVRTC here: nvidia-cuda-nvrtc-cu12 is not installed, or not for this system")
    assert with_it.versions["nvrtc"] == nvrtc.version
    assert re.match(r"kernels.cu:\d+, in sum_naive: ", with_it.notes[1])
    assert "This costs no points." in to_text(with_it)


def test_a_handout_shows_what_nvidias_compiler_refuses(assignment: Assignment, tmp_path: Path) -> None:
    """What `make grade` runs there, on this machine's environment."""
    generate([assignment], tmp_path)
    handout = tmp_path / "release" / "cuda_kernels"
    solution = (tmp_path / "solution" / "cuda_kernels" / "kernels.cu").read_text()
    (handout / "kernels.cu").write_text(solution.replace("__device__ float pixel", "float pixel"))
    words = [sys.executable, "-m", "grader", "grade", "."]
    process = subprocess.run(words, cwd=handout, capture_output=True, text=True, check=False)
    assert process.returncode == 0, process.stdout + process.stderr
    if find_nvrtc.installed() is not None:
        assert "in pixel: A function without execution space annotations" in " ".join(process.stdout.split())


@pytest.mark.parametrize("name", TOO_FEW_BITS)
def test_too_few_bits_cost_at_least_half_of_the_criterion(grades: dict[str, Grade], name: str) -> None:
    (matmul,) = (c for c in grades[name].criteria if c.id == "matmul")
    assert matmul.score <= matmul.points / 2
    assert grades[name].score <= 92


def _points(grade: Grade) -> dict[str, float]:
    return {criterion.id: float(criterion.score) for criterion in grade.criteria}


def test_blocks_for_alone_earns_its_own_points_only(session: Session, assignment: Assignment) -> None:
    handout = submissions(Views(assignment), [])[HANDOUT]["kernels.cu"]
    mark = "    int blocks = 0;\n"
    assert mark in handout
    source = handout.replace(mark, "    int blocks = (size + threads - 1) / threads;\n", 1)
    grade = session.grade(SubmittedFiles({"kernels.cu": source.encode()}), "blocks")
    assert grade.score == 4, _points(grade)


def test_zeros_at_the_shape_where_accesses_are_counted_earn_nothing_there(
    session: Session, assignment: Assignment
) -> None:
    """Nothing is read and nothing is found: but the counted run's values are wrong."""
    gate = """    if (m == 32 && k == 48 && n == 32) {
        out[row * n + column] = 0;
        return;
    }
    for (int start = 0; start < k; start += TILE) {"""
    grade = session.grade(
        _solution_with(assignment, "    for (int start = 0; start < k; start += TILE) {", gate), "gated"
    )
    (traffic,) = (c for c in grade.criteria if c.id == "traffic")
    failed = [(r.case, r.rationale) for r in traffic.results if r.status is not Status.OK]
    assert [case for case, _ in failed] == ["matmul"]
    assert "zeros only" in failed[0][1]


def test_a_kernel_that_is_right_at_visible_shapes_alone_loses_points(
    session: Session, assignment: Assignment
) -> None:
    """Its second barrier stands where a visible case looks for races, and nowhere else."""
    source = submissions(Views(assignment), [])[SOLUTION]["kernels.cu"]
    barrier = "        __syncthreads();  // no thread reads them any more: the next ones may come\n"
    assert source.count(barrier) == 1
    gated = source.replace(barrier, barrier.replace("__sync", "if (n == 31 || n == 32) __sync"))
    grade = session.grade(SubmittedFiles({"kernels.cu": gated.encode()}), "gated")
    passed = {
        r.case for c in grade.criteria if c.id == "matmul_bugs" for r in c.results if r.status is Status.OK
    }
    assert passed == {"several-tiles"}


def test_every_criterion_on_kernels_has_a_hidden_case_of_other_shapes(assignment: Assignment) -> None:
    """A kernel that looks at its sizes cannot know where it is watched."""
    criteria = [c for c in assignment.rubric.criteria if c.id != "blocks_for"]
    hidden = {c.id: [case for case in c.cases if case.visibility is not Visibility.VISIBLE] for c in criteria}
    assert [name for name, cases in hidden.items() if not cases] == []


@pytest.mark.parametrize(
    ("values", "points"), [("i < size && size == 257 && value == 3", 0), ("i < size && size != 257", 2)]
)
def test_a_fill_that_looks_at_its_size_has_half_at_most(
    session: Session, assignment: Assignment, values: str, points: int
) -> None:
    """Right where everybody can look and nowhere else: nothing. The reverse: the hidden case alone."""
    grade = session.grade(_solution_with(assignment, "if (i < size)", f"if ({values})"), "gated")
    assert _points(grade)["fill"] == points


IN_THE_FIRST_BLOCK = {  # edits of the solution that give one block, or one part of a sum, the work of all
    "fill": {"if (i < size)": "for (; blockIdx.x == 0 && i < size; i += blockDim.x)"},
    "add": {"if (i < size)": "for (; blockIdx.x == 0 && i < size; i += blockDim.x)"},
    "compact": {
        "if (i >= size)\n        return;": "for (; blockIdx.x == 0 && i < size; i += blockDim.x) {",
        "a[place];": "a[place];\n    }",
    },
    "sum_naive": {
        "if (row >= rows)\n        return;": "for (; blockIdx.x == 0 && row < rows; row += blockDim.x) {",
        "out[row] = sum;": "out[row] = sum;\n    }",
    },
    "sum_shared": {
        ", row = blockIdx.x;": ";",
        "    float sum = 0;": """
    for (int row = 0; blockIdx.x == 0 && row < gridDim.x; ++row) {
    __syncthreads();
    float sum = 0;""",
        "sums[0];": "sums[0];\n    }",
    },
    "sum_warp": {
        ", row = blockIdx.x, lane": ", lane",
        "    float sum = 0;": """
    for (int row = 0; blockIdx.x == 0 && row < gridDim.x; ++row) {
    __syncthreads();
    float sum = 0;""",
        "out[row] = sum;\n    }": "out[row] = sum;\n    }\n    }",
    },
    "matmul": {
        "    float sum = 0;": """
    for (row = y; !blockIdx.x && !blockIdx.y && row - y < m; row += TILE)
    for (column = x; column - x < n; column += TILE) {
    float sum = 0;""",
        "out[row * n + column] = sum;": "out[row * n + column] = sum;\n    }",
    },
    "conv_direct": {
        "if (number >= s.batch * s.out_height * s.out_width * s.c_out)\n        return;": """
    int size = s.batch * s.out_height * s.out_width * s.c_out;
    for (; blockIdx.x == 0 && number < size; number += blockDim.x) {""",
        "out[number] = sum;": "out[number] = sum;\n    }",
    },
    "conv_implicit": {
        "    float sum = 0;": """
    for (row = threadIdx.y; blockIdx.y == 0 && row - (int)threadIdx.y < m; row += TILE) {
    float sum = 0;""",
        "out[row * n + column] = sum;": "out[row * n + column] = sum;\n    }",
    },
    "w_grad_atomic": {
        "if (r >= s.batch * s.out_height * s.out_width)\n        return;": """
    for (; blockIdx.x == 0 && r < s.batch * s.out_height * s.out_width; r += blockDim.x) {""",
        "[r * s.c_out + filter]);\n    }": "[r * s.c_out + filter]);\n    }\n    }",
    },
    "w_grad_split": {
        "part * length; r < min((part + 1) * length, positions)": "part ? positions : 0; r < positions"
    },
}


def test_every_kernel_has_a_version_in_which_one_block_does_the_work_of_all(assignment: Assignment) -> None:
    assert {*IN_THE_FIRST_BLOCK, "blocks_for"} == {*Views(assignment).solution.functions}


@pytest.mark.parametrize("kernel", IN_THE_FIRST_BLOCK)
def test_one_block_that_does_the_work_of_all_loses_points(
    session: Session, assignment: Assignment, kernel: str
) -> None:
    """Its values are right, and its requests are as many as those of the solution."""
    solution = submissions(Views(assignment), [])[SOLUTION]["kernels.cu"]
    source = edit_kernel(solution, kernel, IN_THE_FIRST_BLOCK[kernel])
    grade = session.grade(SubmittedFiles({"kernels.cu": source.encode()}), kernel)
    lost = {c.id: [r.rationale for r in c.results if r.status is Status.WRONG] for c in grade.criteria}
    assert _points(grade)[kernel] == assignment.criterion(kernel).points
    assert any("busiest thread" in rationale for rationales in lost.values() for rationale in rationales), (
        lost
    )


def test_a_kernel_without_end_costs_its_cases_and_no_other(assignment: Assignment) -> None:
    hang = "int row = blockIdx.x * blockDim.x + threadIdx.x;\n    while (rows) { }"
    submission = _solution_with(assignment, "int row = blockIdx.x * blockDim.x + threadIdx.x;", hang)
    quick = replace(assignment, limits=replace(assignment.limits, case_seconds=1))
    with Session(quick, sandbox=Sandbox.BUBBLEWRAP) as session:
        grade = session.grade(submission, "hang")
    status = {c.id: {result.status for result in c.results} for c in grade.criteria}
    assert status["fill"] == status["matmul"] == {Status.OK}
    assert status["sum_naive"] == {Status.TIMEOUT, Status.NOT_RUN}  # the second has no time left


def test_a_wild_pointer_is_found_and_harms_nothing(session: Session, assignment: Assignment) -> None:
    """An index far from every array: the access is stopped, and the worker lives on."""
    grade = session.grade(
        _solution_with(assignment, "out[i] = value;", "out[i + 1000000000000ll] = value;"), "wild"
    )
    status = {c.id: [result.status for result in c.results] for c in grade.criteria}
    assert status["fill"] == [Status.WRONG] * 2
    assert status["elementwise_bugs"][0] is Status.WRONG
    assert status["add"] == [Status.OK] * 3


@pytest.mark.parametrize(
    ("line", "problem"),
    {
        "right": ("", ""),
        "does_not_compile": ("int nothing(", "kernels.cu:"),
        "keeps_a_variable": ("__device__ int counter;", "the variable `counter` would outlive the launch"),
    }.values(),
    ids=["right", "does_not_compile", "keeps_a_variable"],
)
def test_submit_packs_no_kernels_that_a_compiler_refuses_as_a_whole(
    assignment: Assignment, line: str, problem: str
) -> None:
    solution = submissions(Views(assignment), [])[SOLUTION]["kernels.cu"]
    text = problem_of_kernels(assignment, {"kernels.cu": f"{solution}\n{line}\n".encode()})
    assert problem in text and bool(text) == bool(problem)
