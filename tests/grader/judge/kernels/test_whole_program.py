"""A whole program is native code: it is compiled and run in the sandbox, and its output is made harmless."""

import io
from pathlib import Path
from typing import Protocol

import pytest

from grader.judge.kernels import whole_program
from grader.judge.kernels.whole_program import Ending, ProgramError, Request, run_whole_program
from grader.judge.process.user_cache import UserCache
from grader.model.grade import Sandbox
from reference.emulator.programs import runtime_into

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


class Run(Protocol):
    """Runs a program in the sandbox: how it ended, and what it printed."""

    def __call__(self, source: str, *arguments: str, cpu_seconds: int = 20) -> tuple[Ending, str]:
        """Runs the program of `source` with these arguments."""


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Runs a program in the sandbox: how it ended, and what it printed."""
    runtime = runtime_into(tmp_path_factory.mktemp("runtime"))

    def run(source: str, *arguments: str, cpu_seconds: int = 20) -> tuple[Ending, str]:
        output = io.StringIO()
        request = Request(source, "hostile.cu", arguments=arguments, cpu_seconds=cpu_seconds)
        ending = run_whole_program(request, EMULATOR, runtime, Sandbox.BUBBLEWRAP, output, output)
        return ending, output.getvalue()

    return run


def test_a_program_reaches_nothing_outside_of_the_sandbox(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CANARY", "sings")
    ending, printed = run(HOSTILE)
    refused = ("reads the machine", "writes", "sends", "forks", "has the environment")
    assert printed == "".join(f"{what} no\n" for what in refused) + "\\x1b[2Jescape 1\n"
    assert (ending.status, ending.was_late) == (5, False)


@pytest.mark.slow
@pytest.mark.parametrize("what", ["loop", "flood"])
def test_a_program_without_end_is_ended(run: Run, what: str) -> None:
    ending, printed = run(HOSTILE, what, cpu_seconds=1)
    assert ending.was_late
    assert len(printed) < 20 << 20


def test_what_does_not_compile_is_told_with_its_line(run: Run) -> None:
    with pytest.raises(ProgramError, match=r"hostile\.cu:2:.*nothing"):
        run("int main()\n{ return nothing; }\n")


def test_a_program_is_compiled_again_only_if_something_changed(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime = runtime_into(tmp_path_factory.getbasetemp())
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
        cache = UserCache("programs", tmp_path)
        return run_whole_program(request, EMULATOR, runtime, Sandbox.BUBBLEWRAP, output, output, cache).status

    assert [status("3"), status("3"), status("4"), status("3")] == [3, 3, 4, 3]
    assert compiled == ["3", "4"]
    for path in tmp_path.iterdir():  # a damaged file counts as missing
        path.write_bytes(path.read_bytes()[:-1] + b"x")
    assert (status("3"), compiled) == (3, ["3", "4", "3"])
