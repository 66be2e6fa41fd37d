"""A whole program is native code: it is compiled and run in the sandbox, and its output is made harmless."""

import io
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import pytest

from grader.judge.kernels import whole_program
from grader.judge.kernels.whole_program import Ending, ProgramError, Request, run_whole_program
from grader.judge.process.user_cache import UserCache
from grader.model.surroundings import Sandbox
from reference.emulator.programs import Program, read_records

EMULATOR = Path(__file__).parents[4] / "reference" / "emulator"
# Each line is one thing that a program might do to its user; it prints "no" if it cannot.
HOSTILE = r"""
#include <cstdio>
#include <cerrno>
#include <fstream>
#include <sys/socket.h>
#include <sys/mman.h>
#include <unistd.h>
#include <cuda_runtime.h>
__global__ void k(int *out) { out[threadIdx.x] = threadIdx.x; }
static void say(const char *what, bool could) { printf("%s %s\n", what, could ? "yes" : "no"); }
int main(int count, char **words)
{
    if (count > 1 && words[1][0] == 'l') for (;;);
    if (count > 1 && words[1][0] == 'f') for (;;) puts("flood flood flood flood flood flood flood");
    say("reads the machine", std::ifstream("/etc/passwd").good() || std::ifstream("/etc/hostname").good());
    say("writes", std::ofstream("/sandbox/program/written").good() || std::ofstream("/here").good());
    say("sends", socket(AF_INET, SOCK_STREAM, 0) >= 0);
    pid_t child = fork();
    if (child == 0)
        _exit(0);
    say("forks", child > 0);
    say("has the environment", getenv("PATH") != nullptr || getenv("CANARY") != nullptr);
    printf("\x1b[2Jescape %d\n", count);
    int *d;
    cudaMalloc(&d, 128);
    k<<<1, 32>>>(d);
    cudaFree(d);
    return 5;
}
"""


AddRuntime = Callable[[Path], Path]


class Run(Protocol):
    """Runs a program in the sandbox: how it ended, and what it printed."""

    def __call__(self, source: str, *arguments: str, cpu_seconds: int = 20) -> tuple[Ending, str]:
        """Runs the program of `source` with these arguments."""


@pytest.fixture(scope="module")
def run(add_program_runtime: AddRuntime, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Runs a program in the sandbox: how it ended, and what it printed."""
    runtime = add_program_runtime(tmp_path_factory.mktemp("runtime"))

    def run(source: str, *arguments: str, cpu_seconds: int = 20) -> tuple[Ending, str]:
        output = io.StringIO()
        request = Request(source, "hostile.cu", arguments=arguments, cpu_seconds=cpu_seconds)
        ending = run_whole_program(request, EMULATOR, runtime, Sandbox.BUBBLEWRAP, output, output)
        return ending, output.getvalue()

    return run


def test_a_program_reaches_nothing_outside_of_the_sandbox(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CANARY", "sings")
    ending, output = run(HOSTILE)
    refused = ("reads the machine", "writes", "sends", "forks", "has the environment")
    assert output == "".join(f"{what} no\n" for what in refused) + "\\x1b[2Jescape 1\n"
    assert (ending.status, ending.timed_out) == (5, False)


@pytest.mark.slow
@pytest.mark.parametrize("what", ["loop", "flood"])
def test_a_program_without_end_is_ended(run: Run, what: str) -> None:
    ending, output = run(HOSTILE, what, cpu_seconds=1)
    assert ending.timed_out
    assert len(output) < 20 << 20


# A race comes first. Then the program does one thing to the emulator's records, and ends.
RECORDED = r"""
#include <cstdlib>
#include <cstring>
#include <unistd.h>
#include <cuda_runtime.h>
__global__ void racy(int *out) { out[threadIdx.x / 2] = threadIdx.x; }
int main(int, char **words)
{
    int *d, records = atoi(getenv("EMULATOR_FINDINGS"));
    cudaMalloc(&d, 128);
    racy<<<1, 32>>>(d);
    const char *what = words[1];
    char read_back[100000];
    if (!strcmp(what, "cuts"))
        ftruncate(records, 0);
    if (!strcmp(what, "reads"))
        return read(records, read_back, sizeof read_back) > 0;
    if (!strcmp(what, "overwrites") && lseek(records, 0, SEEK_SET) < 0)
        return 0;
    if (!strcmp(what, "adds"))
        write(records, "nonsense\n", 9);
    if (!strcmp(what, "closes"))
        close(records);
    if (!strcmp(what, "leaves"))
        _exit(0);
}
"""


def findings_of(ending: Ending, source: str) -> tuple[set[str], bool]:
    """The kinds in a program's records, and whether they are whole."""
    report = read_records(ending.records, Program(source), ending.executable)
    return {finding.kind for finding in report.findings}, report.is_whole


@pytest.mark.parametrize(
    ("what", "is_whole"),
    [
        ("nothing", True),
        ("cuts", True),
        ("overwrites", True),
        ("adds", False),
        ("closes", False),
        ("leaves", False),
    ],
)
def test_a_program_cannot_hide_a_finding_by_accident(run: Run, what: str, is_whole: bool) -> None:
    ending, _ = run(RECORDED, what)
    kinds, whole = findings_of(ending, RECORDED)
    assert "race" in kinds
    assert whole == is_whole


# It leaves a child in a session of its own, which holds all that the program had open.
WITH_A_CHILD = r"""
#include <cstdio>
#include <unistd.h>
#include <cuda_runtime.h>
__global__ void racy(int *out) { out[threadIdx.x / 2] = threadIdx.x; }
ssize_t write(int, const void *, size_t) { return -1; }
int main()
{
    int *d;
    cudaMalloc(&d, 128);
    racy<<<1, 32>>>(d);
    pid_t child = fork();
    if (child == 0) {
        setsid();
        for (;;)
            pause();
    }
    printf("%d\n", int(child));
}
"""


def test_a_program_that_leaves_a_child_behind_has_ended(
    add_program_runtime: AddRuntime, tmp_path: Path
) -> None:
    """Without a sandbox the child lives on; what the program wrote before its end is complete."""
    output = io.StringIO()
    request = Request(WITH_A_CHILD, "child.cu")
    ending = run_whole_program(request, EMULATOR, add_program_runtime(tmp_path), Sandbox.NONE, output, output)
    os.kill(int(output.getvalue()), signal.SIGKILL)  # it was still there
    assert ending.status == 0
    kinds, is_whole = findings_of(ending, WITH_A_CHILD)
    assert ("race" in kinds, is_whole) == (True, True)


ENDLESS = r"""
#include <cstdio>
#include <cuda_runtime.h>
__global__ void endless(float *out, int is_endless)
{
    float x = 1;
    for (unsigned i = 0; is_endless || i < 9; ++i)
        x = x * 1.5f + i; // here
    out[threadIdx.x] = x;
}
int main()
{
    float *d;
    cudaMalloc(&d, 128);
    endless<<<1, 32>>>(d, 1);
    puts(cudaGetErrorString(cudaDeviceSynchronize()));
}
"""


def test_a_kernel_without_end_is_a_finding_and_the_host_goes_on(run: Run) -> None:
    ending, output = run(ENDLESS, cpu_seconds=1)
    assert findings_of(ending, ENDLESS) == ({"timeout"}, True)
    assert (output, ending.status, ending.timed_out) == (
        "the launch timed out and was terminated\n",
        0,
        False,
    )


def test_many_blocks_of_memory_hide_no_finding(run: Run) -> None:
    many = ENDLESS.replace(
        "endless<<<1, 32>>>(d, 1);", "for (int i = 0; i < 999; ++i) cudaMalloc(&d, 4);\nd[0] = 1;"
    )
    ending, _ = run(many)
    assert findings_of(ending, many) == ({"host_access"}, False)  # it ends there, as on a GPU


def test_a_compile_error_is_shown_with_its_line(run: Run) -> None:
    with pytest.raises(ProgramError, match=r"hostile\.cu:2:.*nothing"):
        run("int main()\n{ return nothing; }\n")


def test_a_program_is_compiled_again_only_if_something_changed(
    add_program_runtime: AddRuntime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "runtime").mkdir()
    runtime = add_program_runtime(tmp_path / "runtime")
    source = "int main() { return VALUE; }"
    compiled: list[str] = []

    def compile_it(request: Request, *_: object) -> bytes:
        compiled.append(request.defines["VALUE"])
        return real(request, *_)  # type: ignore[arg-type]

    real = whole_program._compiled
    monkeypatch.setattr(whole_program, "_compiled", compile_it)

    def status(value: str) -> int:
        request = Request(source, "value.cu", {"VALUE": value})
        output = io.StringIO()
        cache = UserCache("programs", tmp_path / "cache")
        return run_whole_program(request, EMULATOR, runtime, Sandbox.BUBBLEWRAP, output, output, cache).status

    assert [status("3"), status("3"), status("4"), status("3")] == [3, 3, 4, 3]
    assert compiled == ["3", "4"]
    for path in (tmp_path / "cache").iterdir():  # a damaged file counts as missing
        path.write_bytes(path.read_bytes()[:-1] + b"x")
    assert (status("3"), compiled) == (3, ["3", "4", "3"])
