"""Kernels are compiled in a child process, inspected before they are loaded, and cached by content."""

import os
import shutil
import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from grader.author.load import load
from grader.author.render import Views, render
from grader.judge.import_rules.read_sources import SourceReader
from grader.judge.import_rules.terms import Terms
from grader.judge.kernels import builder as build
from grader.judge.kernels import find_nvrtc
from grader.judge.kernels.builder import KERNELS, RUNTIME, Builder
from grader.model.assignment import Assignment
from grader.model.errors import GraderFault
from grader.model.grade import Status
from grader.model.surroundings import Sandbox
from tests.waiting import wait_until

ROOT = Path(__file__).parents[4]
LEAST = "__device__ int blocks_for(int size, int threads) { return 1; }\n"
JOIN = "#define JOIN(a, b) a##b\n"
STAR = "#define STAR *\n#else\n#define STAR\n#endif\nlong g(long n) { return *(long STAR)n; }"
# g++ knows no device
FOR_NO_GPU = (
    f"{LEAST}int of_the_host(int n) {{ return n; }}\n__global__ void k(int *n) {{ of_the_host(*n); }}\n"
)


@pytest.fixture(scope="module")
def assignment() -> Assignment:
    """cuda_kernels, with its provided files."""
    return Views(load(ROOT / "assignments" / "cuda_kernels")).assignment


@pytest.fixture(scope="module")
def provided(assignment: Assignment, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the assignment's provided files."""
    folder = tmp_path_factory.mktemp("provided")
    for name, content in assignment.provided.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def refusal(name: str, expanded: bytes) -> str:
    """The refusal of expanded macros, for an assignment that allows no import."""
    return SourceReader(Terms((), (), (), ())).refusal_of_macros(name, expanded)


@pytest.fixture(scope="module")
def builder(provided: Path, tmp_path_factory: pytest.TempPathFactory) -> Builder:
    """A builder in the sandbox with a cache that is empty."""
    return Builder(Sandbox.BUBBLEWRAP, provided, "kernels", refusal, tmp_path_factory.mktemp("cache"))


@pytest.fixture
def no_nvrtc(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without NVIDIA's compiler."""
    monkeypatch.setattr(find_nvrtc, "installed", lambda: None)


@pytest.fixture
def no_compiler(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine without a C++ compiler."""
    monkeypatch.setenv("BACKFLIP_CXX", str(tmp_path / "none"))


def test_the_libraries_are_what_a_worker_is_given(builder: Builder, assignment: Assignment) -> None:
    source = render(assignment, "solution").files["kernels.cu"].encode()
    build = builder.build("kernels.cu", source)
    assert (build.refusal, build.failed) == ("", None)
    assert set(build.files) == {KERNELS, RUNTIME}
    assert all(content.startswith(b"\x7fELF") for content in build.files.values())


def test_a_cached_library_is_not_compiled_again(
    builder: Builder, assignment: Assignment, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The bytes are identical; any other source would fail without the compiler."""
    source = render(assignment, "solution").files["kernels.cu"].encode()
    compiled = builder.build("kernels.cu", source).files
    monkeypatch.setenv("BACKFLIP_CXX", str(tmp_path / "none"))
    assert builder.build("kernels.cu", source).files == compiled
    with pytest.raises(GraderFault, match="no C\\+\\+ compiler"):
        builder.build("kernels.cu", source + b"\n")


def test_an_expected_source_is_compiled_by_the_waiting_process(
    builder: Builder, monkeypatch: pytest.MonkeyPatch, no_nvrtc: None
) -> None:
    builder.missing()
    started = []
    popen = subprocess.Popen

    def start(*words: Any, **how: Any) -> Any:
        started.append(popen(*words, **how))
        return started[-1]

    monkeypatch.setattr(subprocess, "Popen", start)
    source = f"{LEAST}// expected\n".encode()
    builder.expect("kernels.cu", source)
    assert len(started) == 1 and started[0].poll() is None
    assert builder.build("kernels.cu", source).files
    builder.expect("kernels.cu", source)  # the cache holds it
    assert len(started) == 1 and started[0].returncode == 0


def test_a_process_whose_source_never_comes_is_ended(builder: Builder) -> None:
    builder.missing()
    folders = []
    for text in ("first", "second"):  # the second replaces the first
        builder.expect("kernels.cu", f"{LEAST}// {text}\n".encode())
        assert builder._early is not None
        folders.append((builder._early.process, builder._early.folder))
    builder.close()
    assert [process.returncode for process, _ in folders] == [0, 0]  # no signal ended it
    assert not any(folder.exists() for _, folder in folders)


def test_a_known_runtime_needs_no_child_and_an_exchanged_compiler_does(
    builder: Builder, provided: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert builder.missing() == ""
    children: list[str] = []
    start = Builder._start

    def watched(self: Builder, source: str, **options: Any) -> build._Child:
        children.append(source)
        return start(self, source, **options)

    monkeypatch.setattr(Builder, "_start", watched)
    again = Builder(Sandbox.BUBBLEWRAP, provided, "kernels", refusal, builder._cache._folder)
    assert (again.missing(), children) == ("", [])
    assert again._runtime == builder._runtime
    monkeypatch.setattr(build, "compiler_files", lambda: [("another", 1, 1)])
    other = Builder(Sandbox.BUBBLEWRAP, provided, "kernels", refusal, builder._cache._folder)
    assert (other.missing(), children) == ("", [""])


def test_a_compiler_is_known_by_its_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    compiler = tmp_path / "compiler"
    monkeypatch.setenv("BACKFLIP_CXX", f"{compiler} -O0")
    assert build.compiler_files() == []
    compiler.write_text("#!/bin/sh\n", encoding="utf-8")
    compiler.chmod(0o755)
    first = build.compiler_files()
    compiler.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    changed = build.compiler_files()
    monkeypatch.setenv("BACKFLIP_CXX", f"{compiler} -O1")
    assert len(first) == 1
    assert first != changed != build.compiler_files()


def test_a_mistake_is_an_error_with_its_line(builder: Builder) -> None:
    build = builder.build("kernels.cu", f"{LEAST}\nint f() {{ return nothing; }}\n".encode())
    assert build.failed is not None
    assert build.failed.status is Status.ERROR
    assert "kernels.cu:3" in build.failed.reason
    assert "nothing" in build.failed.reason


def test_without_a_compiler_nothing_is_scored(provided: Path, tmp_path: Path, no_compiler: None) -> None:
    """One line says what to install; the case is not run, which is not a zero."""
    builder = Builder(Sandbox.BUBBLEWRAP, provided, "kernels", refusal, tmp_path)
    assert "install" in builder.missing()
    failed = builder.build("kernels.cu", LEAST.encode()).failed
    assert failed is not None
    assert failed.status is Status.NOT_RUN


def test_a_kernel_that_does_not_compile_costs_the_others_nothing(builder: Builder) -> None:
    """The library is there; a launch of that kernel raises its errors."""
    broken = "__global__ void broken(int *n) { *n = nothing; }\n"
    build = builder.build(
        "kernels.cu", f"{LEAST}{broken}__global__ void good(int *n) {{ *n = 1; }}\n".encode()
    )
    assert build.failed is None
    assert b"is left out, as it does not compile: kernels.cu:2:" in build.files[KERNELS]


@pytest.mark.parametrize(
    ("trick", "named"),
    [
        ("int first();\nint early = first();\nint first() { return 1; }", "gets its value from code"),
        ('extern "C" __global__ void system(const char *);\nvoid f() { system("true"); }', "system"),
        (f'{JOIN}void g() {{ JOIN(as, m)("nop"); }}', "asm"),
        (f"{JOIN}JOIN(__attri, bute__)((constructor)) void g() {{}}", "__attribute__"),
        (f"{JOIN}float *g(long n) {{ return JOIN(reinterpret_, cast)<float *>(n); }}", "reinterpret_cast"),
        (f'{JOIN}JOIN(_Pra, gma)("GCC optimize 3")', "#pragma"),
        (
            f"{JOIN}#define A(x) JOIN(x, lator_barrier)\nint g() {{ return A(emu)(0, 0); }}",
            "emulator_barrier",
        ),
        ("#define STAR * const\nfloat g(long n) { return *(float STAR)n; }", "(float * const)n"),
        (f"#ifdef INT_MAX\n{STAR}", "(long *)n"),
        (f"#if INT_MAX\n{STAR}", "(long *)n"),
        (
            "template <class T> int S = blocks_for(1, 1);\nvoid f() { S<int> = 1; }",
            "gets its value from code",
        ),
        ("void f(long n) { ((void (*)(int))n)(1); }", "called by a pointer"),
    ],
)
def test_forbidden_code_that_only_the_compiler_sees_is_refused(
    builder: Builder, trick: str, named: str
) -> None:
    """Code that runs when the library is loaded, another library's functions, a macro's pointer."""
    build = builder.build("kernels.cu", f"{LEAST}{trick}\n".encode())
    assert named in (build.refusal or str(build.failed))
    assert not build.files


def test_a_submission_cannot_read_the_machine(builder: Builder, tmp_path: Path) -> None:
    """Including a file outside the sandbox fails like including a file that does not exist."""
    secret = tmp_path / "secret.h"
    secret.write_text("int canary;\n")
    look = f'{LEAST}#if __has_include("{secret}")\n#error found\n#endif\n'
    build = builder.build("kernels.cu", look.encode())
    assert build.files


needs_nvrtc = pytest.mark.skipif(find_nvrtc.installed() is None, reason="no NVRTC is installed here")


@needs_nvrtc
def test_a_refusal_of_nvidias_compiler_is_a_note_with_line_and_function(builder: Builder) -> None:
    """The libraries are built anyway: the code runs here, and the grade depends on that."""
    build = builder.build("kernels.cu", FOR_NO_GPU.encode())
    assert set(build.files) == {KERNELS, RUNTIME}
    whole, line = build.notes
    assert "costs no points" in whole
    assert line.startswith("kernels.cu:2, in of_the_host: ")


@needs_nvrtc
def test_code_that_a_gpu_accepts_has_no_note(builder: Builder, assignment: Assignment) -> None:
    source = render(assignment, "solution").files["kernels.cu"].encode()
    assert builder.build("kernels.cu", source).notes == ()


@needs_nvrtc
def test_notes_are_cached_next_to_the_libraries_and_never_in_them(
    builder: Builder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The libraries are identical with and without NVRTC; without it, its old notes are not shown."""
    with_notes = builder.build("kernels.cu", FOR_NO_GPU.encode())
    calls: list[object] = []
    monkeypatch.setattr(builder, "_start", lambda *given, **_: calls.append(given))
    assert builder.build("kernels.cu", FOR_NO_GPU.encode()) == with_notes
    monkeypatch.setattr(find_nvrtc, "installed", lambda: None)
    without = builder.build("kernels.cu", FOR_NO_GPU.encode())
    assert (without.files, without.notes) == (with_notes.files, ())
    assert calls == []


def test_without_nvrtc_no_note_is_added_and_nothing_else_changes(builder: Builder, no_nvrtc: None) -> None:
    build = builder.build("kernels.cu", f"{FOR_NO_GPU}// once more\n".encode())
    assert set(build.files) == {KERNELS, RUNTIME}
    assert build.notes == ()


@needs_nvrtc
def test_a_source_that_nvidias_compiler_dies_of_costs_nothing(
    builder: Builder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """NVRTC is native code that reads submissions: its process may die without counting as a grader fault."""
    monkeypatch.setattr(build, "NVIDIA_SECONDS", 0)
    kernels = builder.build("kernels.cu", f"{LEAST}// it has no time\n".encode())
    assert set(kernels.files) == {KERNELS, RUNTIME}
    (note,) = kernels.notes
    assert "did not finish" in note


@needs_nvrtc
def test_a_long_list_is_cut(builder: Builder) -> None:
    many = LEAST + "".join(f"int f{n}() {{ return {n}; }}\n" for n in range(20))
    many += "__global__ void k(int *n) { f0(); }\n"
    notes = builder.build("kernels.cu", many.encode()).notes
    assert notes[-1] == "and 16 more"
    assert len(notes) == 2 + build.MAX_NOTES


MACRO_BOMB = "#define M0 n+n+n+n+n+n+n+n\n" + "".join(
    f"#define M{i + 1} {'+'.join([f'M{i}'] * 8)}\n" for i in range(12)
)
TEMPLATE_BOMB = (  # of unsigned numbers: no overflow ends it before the limit does
    "template <int A, unsigned B> struct T "
    "{ static const unsigned n = T<A - 1, B>::n + T<A - 1, B + (1u << A)>::n; };\n"
    "template <unsigned B> struct T<0, B> { static const unsigned n = B; };\n"
    "__device__ int f() { return T<24, 0>::n; }\n"
)


def test_a_macro_bomb_is_refused_before_it_is_compiled(builder: Builder) -> None:
    """Its expansion is cut off at a limit, so nothing else is done with it."""
    build = builder.build("kernels.cu", f"{LEAST}{MACRO_BOMB}int f(int n) {{ return M12; }}\n".encode())
    assert build.refusal.startswith("kernels.cu: its macros expand to more than 1048576 bytes of code")


def test_a_slow_compilation_is_the_fault_of_the_submission(
    builder: Builder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(build.LIMITS, "RLIMIT_CPU", 2)
    kernels = builder.build("kernels.cu", f"{LEAST}{TEMPLATE_BOMB}".encode())
    assert kernels.failed is not None
    assert kernels.failed.status is Status.ERROR
    assert kernels.failed.reason.startswith("kernels.cu: compiling it takes more than")


def test_a_compiler_that_is_ended_while_it_starts_leaves_no_process(
    builder: Builder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """bubblewrap is several processes; one that stays keeps its output open, and the grader would wait."""
    leaders = []
    for milliseconds in range(20):
        monkeypatch.setattr(build, "ENDING_SECONDS", milliseconds / 1000)
        child = builder._start("kernels.cu")
        child.end()
        leaders.append(child.process.pid)
    wait_until(lambda: not any(map(has_group, leaders)), "every process of the compilers has ended")


def has_group(leader: int) -> bool:
    """True if a process of this group is left."""
    try:
        os.killpg(leader, 0)
    except ProcessLookupError:
        return False
    return True


KILLED = """#!/bin/sh
[ "$1" = --version ] && exit 0
echo 'g++: fatal error: Killed signal terminated program cc1plus' >&2
exit 1
"""


@pytest.mark.parametrize("fault", ["memory", "disk", "time", "no compiler"])
def test_a_machine_that_cannot_compile_costs_no_points(
    builder: Builder, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, fault: str
) -> None:
    """It is out of memory or disk space, or too busy; the source is wrong, which the compiler cannot say."""
    assert builder.missing() == ""
    wrong = f"{LEAST}int f() {{ return {fault.replace(' ', '_')}; }}\n".encode()
    with monkeypatch.context() as patch:
        if fault in ("memory", "no compiler"):
            (tmp_path / "bin").mkdir()
            compiler = tmp_path / "bin" / "g++"
            compiler.write_text(KILLED)
            compiler.chmod(0o755 if fault == "memory" else 0o644)
            patch.setenv("BACKFLIP_CXX", str(compiler))
        elif fault == "disk":
            patch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=1 << 20))
        else:
            patch.setattr(build, "SECONDS", 0)
        with pytest.raises(GraderFault):
            builder.build("kernels.cu", wrong)
    failed = builder.build("kernels.cu", wrong).failed
    assert failed is not None and failed.status is Status.ERROR


def test_a_library_of_12_mib_is_the_fault_of_the_submission(builder: Builder) -> None:
    build = builder.build(
        "kernels.cu", f'{LEAST}extern "C" __device__ const int a[3 << 20] = {{1}};\n'.encode()
    )
    assert build.failed is not None
    assert build.failed.status is Status.ERROR
    assert "its compiled form has more than 8 MiB" in build.failed.reason
