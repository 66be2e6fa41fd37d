"""A student keeps a kernel's comment, signature and the code around the marks; a mutant replaces it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from grader.author.exercises.cuda_functions import cut_kernel, kernels
from grader.author.load import load
from grader.author.render import Views, render
from grader.judge.case_selection.selection import criteria_of_exercises
from grader.model.errors import UserError
from grader.model.mutant import Mutant
from grader.prove.assignment_checks import leaks
from grader.prove.read_mutants import read_mutants

ROOT = Path(__file__).parents[4]
LIBRARY = """\
// A library; its own comment belongs to no kernel.

#define BRACE {

typedef REAL real;
__device__ real helper(real a);  // a declaration

__device__ real helper(real a)
{
    return a + '}' - '}';  /* } */
}

// Doubles each element: out[i] = 2 a[i], for i < size.
template <int EDGE>
extern "C" __global__ void twice(
    long long size, const real *a, real *out)
{
    long long i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < size) {
        out[i] = helper(a[i]) + a[i];
        printf("}");
    }
}

// Adds 1 where there is an element.
__global__ void guarded(long long size, real *out)
{
    long long i = threadIdx.x;
    // BEGIN SOLUTION
    if (i < size)
        out[i] += 1;
    // END SOLUTION
}
"""
WRONG = """\
__device__ real half_of(real a) { return a / 2; }
__device__ real less(real a) { return half_of(a); }

// mutant of guarded
// Your kernel writes behind the end: what of the threads
// that have no element?
__global__ void no_guard(long long size, real *out)
{
    out[threadIdx.x] += less(2);  // no_guard
}
"""
EDITED = '''\
from grader.model.mutant import mutant


@mutant(of="{exercise}", edits={edits!r})
def no_guard():
    """Your kernel writes behind the end."""
'''


@pytest.fixture
def course(course: Path) -> Path:
    """The tiny course, with kernels to write in addition to its function."""
    folder = course / "assignments" / "tiny"
    (course / "library").mkdir()
    (course / "library" / "kernels.cu").write_text(LIBRARY)
    (folder / "templates" / "kernels.cu.j2").write_text(
        '{{ provided("library/kernels.cu:helper") }}\n\n'
        '{{ exercise("library/kernels.cu:twice") }}\n\n'
        '{{ exercise("library/kernels.cu:guarded") }}\n'
    )
    path = folder / "assignment.yaml"
    path.write_text(path.read_text().replace("files: [", "files: [kernels.cu, "))
    return course


@pytest.fixture
def read(course: Path) -> Callable[[str], tuple[list[str], list[str]]]:
    """The names of the mutants in a text, and its findings as line and message."""
    folder = course / "assignments" / "tiny"
    (folder / "mutants.py").unlink(missing_ok=True)

    def read(text: str) -> tuple[list[str], list[str]]:
        (folder / "mutants.cu").write_text(text)
        mutants, findings = read_mutants(Views(load(folder)))
        return [mutant.name for mutant in mutants], [f"{f.line}: {f.message}" for f in findings]

    return read


def test_every_definition_is_found_and_no_call_or_declaration() -> None:
    assert [kernel.name for _, kernel in kernels(LIBRARY)] == ["helper", "twice", "guarded"]
    assert cut_kernel(LIBRARY, "printf") is None
    assert cut_kernel(LIBRARY, "absent") is None


def test_a_kernel_is_cut_with_its_comment_template_and_closing_brace() -> None:
    kernel = cut_kernel(LIBRARY, "twice")

    assert kernel is not None
    start, end = LIBRARY.index("// Doubles"), LIBRARY.index("\n\n// Adds 1")
    assert kernel.whole == LIBRARY[start:end]


def test_a_stub_keeps_comment_and_signature() -> None:
    kernel = cut_kernel(LIBRARY, "twice")

    assert kernel is not None
    head = LIBRARY[LIBRARY.index("// Doubles") : LIBRARY.index("    long long i = blockIdx")]
    assert kernel.stub == f"{head}    // yours to write\n}}"


def test_a_stub_keeps_the_code_around_the_marks_and_no_mark() -> None:
    kernel = cut_kernel(LIBRARY, "guarded")

    assert kernel is not None
    assert kernel.stub.splitlines()[2:] == [
        "{",
        "    long long i = threadIdx.x;",
        "    // yours to write",
        "}",
    ]
    assert "SOLUTION" not in kernel.stub + kernel.whole
    assert "out[i] += 1;" in kernel.whole


def test_a_kernel_without_a_comment_can_be_provided_and_is_no_exercise() -> None:
    kernel = cut_kernel(LIBRARY, "helper")

    assert kernel is not None
    assert kernel.whole.startswith("__device__ real helper(real a)\n{")
    with pytest.raises(UserError, match="helper has no comment right above it"):
        _ = kernel.stub


KERNEL_FILES = sorted((ROOT / "reference" / "backends" / "kernels").glob("*.cu"))


def test_the_reference_has_files_of_kernels() -> None:
    assert len(KERNEL_FILES) == 6


@pytest.mark.parametrize("path", KERNEL_FILES, ids=lambda path: path.stem)
def test_the_reference_s_kernels_are_cut_whole(path: Path) -> None:
    text = path.read_text()
    cut = [kernel for _, kernel in kernels(text)]

    assert text.count("__global__ void") <= len(cut)
    for kernel in cut:
        assert kernel.whole in text
        assert kernel.whole.count("{") == kernel.whole.count("}") > 0


def test_handout_and_solution_are_rendered_from_one_source(course: Path) -> None:
    assignment = load(course / "assignments" / "tiny")
    handout, solution = (render(assignment, view).files["kernels.cu"] for view in ("handout", "solution"))

    assert "helper(a[i])" not in handout
    assert handout.count("// yours to write") == 2
    assert "yours to write" not in solution
    assert [k.name for _, k in kernels(handout)] == [k.name for _, k in kernels(solution)]


def test_a_kernel_that_is_not_there_is_the_author_s_mistake(course: Path) -> None:
    template = course / "assignments" / "tiny" / "templates" / "kernels.cu.j2"
    template.write_text('{{ exercise("library/kernels.cu:thrice") }}')

    with pytest.raises(UserError, match=r"kernels\.cu defines no function thrice"):
        render(load(course / "assignments" / "tiny"), "handout")


def test_two_lines_of_a_solution_in_a_handout_are_a_leak(course: Path) -> None:
    exercises = ["library/kernels.cu:guarded"]
    hint = "// a hint\nif (i<size)  // so\n{\n   out[i] += 1;\n}\n"

    assert leaks(course, exercises, {"kernels.cu": hint}) == [("kernels.cu", 2, exercises[0])]
    assert not leaks(course, exercises, {"kernels.cu": "if (i < size)\n  out[i] += 2;\n"})
    assert not leaks(course, exercises, render(load(course / "assignments" / "tiny"), "handout").files)


def test_a_mutant_takes_the_exercises_place_below_its_helpers(course: Path) -> None:
    folder = course / "assignments" / "tiny"
    (folder / "mutants.py").unlink(missing_ok=True)
    (folder / "mutants.cu").write_text(WRONG)
    (mutant,), findings = read_mutants(Views(load(folder)))
    solution = render(load(folder), "solution").files["kernels.cu"]

    assert not findings
    assert (mutant.name, mutant.line) == ("no_guard", 4)
    assert (mutant.exercise, mutant.file) == ("guarded", "kernels.cu")
    assert mutant.message == "Your kernel writes behind the end: what of the threads that have no element?"
    names = [kernel.name for _, kernel in kernels(mutant.source)]
    assert names == ["helper", "twice", "half_of", "less", "guarded"]
    assert mutant.source.startswith(solution[: solution.index("__global__ void guarded")])
    assert "out[i] += 1;" not in mutant.source
    assert "mutant of" not in mutant.source


@pytest.fixture
def edited(course: Path) -> Callable[[str, dict[str, str]], tuple[Mutant | None, list[str]]]:
    """The mutant that edits a kernel so, and the findings about it."""
    folder = course / "assignments" / "tiny"

    def edited(exercise: str, edits: dict[str, str]) -> tuple[Mutant | None, list[str]]:
        (folder / "mutants.py").write_text(EDITED.format(exercise=exercise, edits=edits))
        mutants, findings = read_mutants(Views(load(folder)))
        return next(iter(mutants), None), [f"{f.source.name}:{f.line}: {f.message}" for f in findings]

    return edited


def test_a_mutant_may_edit_a_kernel(course: Path, edited: Callable[..., tuple[Mutant, list[str]]]) -> None:
    mutant, findings = edited("guarded", {"if (i < size)\n        ": ""})
    solution = render(load(course / "assignments" / "tiny"), "solution").files["kernels.cu"]

    assert not findings
    assert mutant.source == solution.replace("if (i < size)\n        out[i]", "out[i]")
    assert (mutant.exercise, mutant.file) == ("guarded", "kernels.cu")
    assert (mutant.defined_in, mutant.line) == ("mutants.py", 5)
    assert mutant.message == "Your kernel writes behind the end."


def test_an_edit_does_not_count_the_comment_above_a_kernel(
    edited: Callable[..., tuple[Mutant, list[str]]],
) -> None:
    mutant, findings = edited("twice", {"i < size": "i <= size"})

    assert not findings
    assert "for i < size." in mutant.source
    assert "if (i <= size) {" in mutant.source


NOT_EDITS = {
    "a_text_that_is_there_twice": (
        {"a[i]": "a[0]"},
        "mutant 'no_guard' replaces 'a[i]': the code of twice has it 2 times, expected once",
    ),
    "a_text_of_another_kernel": (
        {"out[i] += 1": "out[i] = 1"},
        "mutant 'no_guard' replaces 'out[i] += 1': the code of twice has it 0 times, expected once",
    ),
    "texts_that_overlap": (
        {"helper(a[i])": "a[i]", "(a[i]) +": "+"},
        "mutant 'no_guard' replaces the same text twice",
    ),
    "no_edit": (
        {},
        "mutant 'no_guard' of the kernel twice has no `edits`: write it in CUDA C, in a .cu file",
    ),
}


@pytest.mark.parametrize(("edits", "problem"), NOT_EDITS.values(), ids=NOT_EDITS)
def test_an_edit_that_does_not_fit_a_kernel_is_a_finding(
    edited: Callable[..., tuple[Mutant | None, list[str]]], edits: dict[str, str], problem: str
) -> None:
    assert edited("twice", edits) == (None, [f"mutants.py:5: {problem}"])


def test_a_kernel_that_cannot_be_a_mutant_is_a_finding(
    read: Callable[[str], tuple[list[str], list[str]]],
) -> None:
    assert read(WRONG + WRONG[WRONG.index("// mutant") :]) == (
        ["no_guard"],
        ["11: found mutant 'no_guard' a second time: names are unique"],
    )
    clash = WRONG.replace("half_of", "helper")
    problem = "4: mutant 'no_guard' would define 'helper' of kernels.cu again: rename yours"
    assert read(clash) == ([], [problem])
    silent = "// mutant of guarded\n__global__ void m(long long size, real *out) {}\n"
    no_words = "found 'm' without a docstring, expected what its student reads, or how a rewrite differs"
    assert read(silent) == ([], [f"1: {no_words}"])
    names, findings = read(silent.replace("guarded", "helper"))
    assert not names
    assert findings[0].startswith("1: found a mutant of 'helper', expected an exercise, one of ")


def test_a_probe_names_a_kernel_in_a_text(course: Path) -> None:
    probes = course / "assignments" / "tiny" / "probes.py"
    probes.write_text(probes.read_text().replace("submission.flip(", 'submission.launch("guarded", '))

    assert criteria_of_exercises(load(course / "assignments" / "tiny"))["guarded"] == ("flip",)


def test_a_probe_may_leave_its_call_to_another_function_of_its_file(course: Path) -> None:
    probes = course / "assignments" / "tiny" / "probes.py"
    source = probes.read_text().replace("def flip(", "def flipped(")
    probes.write_text(f"{source}\n\ndef flip(submission, case):\n    return flipped(submission, case)\n")

    assert criteria_of_exercises(load(course / "assignments" / "tiny"))["flip"] == ("flip",)
