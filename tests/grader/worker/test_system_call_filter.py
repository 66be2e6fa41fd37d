"""The tables of system calls match the kernel's, and the filters made from them decide accordingly."""

import re
import struct
from pathlib import Path

import pytest

from grader.worker import system_call_filter as filters

# from the kernel's own headers (Debian, Ubuntu: linux-libc-dev); arm64 has the generic table
HEADERS = {
    "x86_64": Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"),
    "aarch64": Path("/usr/include/asm-generic/unistd.h"),
}
CLONE_VM, CLONE_THREAD, CLONE_NEWUSER, SIGCHLD = 0x100, 0x10000, 0x10000000, 17
ALLOWED, DENIED_HERE, UNKNOWN, KILLED = "allow", "EPERM", "ENOSYS", "kill"
ANSWERS = {
    0x7FFF0000: ALLOWED,
    0x00050000 | 1: DENIED_HERE,
    0x00050000 | 38: UNKNOWN,
    0x80000000: KILLED,
}


def decide(program: bytes, machine: str, number: int, *arguments: int, arch: int | None = None) -> str:
    """A filter's decision about a system call: runs the few instructions of classic BPF that it uses."""
    six_arguments = list(arguments) + [0] * (6 - len(arguments))
    data = struct.pack("<IIQ6Q", number, arch or filters.AUDIT_ARCH[machine], 0, *six_arguments)
    instructions = list(struct.iter_unpack("HBBI", program))
    at, word = 0, 0
    while True:
        code, yes, no, value = instructions[at]
        at += 1
        if code == filters.LOAD:
            (word,) = struct.unpack_from("<I", data, value)
        elif code == filters.GIVE:
            return ANSWERS[value]
        else:
            holds = {
                filters.EQUAL: word == value,
                filters.AT_LEAST: word >= value,
                filters.ANY_BIT: bool(word & value),
            }
            at += yes if holds[code] else no


@pytest.mark.parametrize("machine", HEADERS)
def test_the_numbers_are_those_of_the_kernels_headers(machine: str) -> None:
    if not HEADERS[machine].is_file():
        pytest.skip(f"{HEADERS[machine]} is not installed")
    numbers = re.findall(r"^#define __NR(?:3264)?_(\w+)\s+(\d+)", HEADERS[machine].read_text(), re.MULTILINE)
    kernel = {name: int(number) for name, number in numbers if name != "syscalls"}  # which is their count
    ours = {
        **filters.DENIED[machine],
        **filters.PROCESS_STARTERS[machine],
        **filters.SIGNALLERS[machine],
        "clone": filters.CLONE[machine],
        "clone3": filters.CLONE3,
        "fcntl": filters.FCNTL[machine],
        "madvise": filters.MADVISE[machine],
    }

    newest = max(kernel.values())
    assert newest > 440  # the header was understood

    assert {n: k for n, k in ours.items() if k <= newest} == {n: kernel.get(n) for n in ours if n in kernel}
    younger = {name for name in ours if name not in kernel}  # than the header; numbers are never used again
    assert all(ours[name] > newest for name in younger), younger


@pytest.mark.parametrize("has_gpu", [False, True])
@pytest.mark.parametrize("machine", filters.DENIED)
def test_denied_system_calls_are_refused_and_others_are_not(machine: str, has_gpu: bool) -> None:
    program = filters.filter_program(machine, has_gpu)
    denied = {n for name, n in filters.DENIED[machine].items() if not (has_gpu and name in filters.FOR_GPU)}
    special = {filters.CLONE3}

    for number in range(480):
        expected = DENIED_HERE if number in denied else UNKNOWN if number in special else ALLOWED
        assert decide(program, machine, number, SIGCHLD) == expected, number
    for number in filters.SIGNALLERS[machine].values():
        assert [decide(program, machine, number, pid) for pid in (0, 1, 2)] == [KILLED, KILLED, ALLOWED]
    assert decide(program, machine, filters.X32 + 1) == DENIED_HERE
    assert decide(program, machine, 1, arch=0x40000003) == KILLED  # i386: the kernel's old entry
    clone, fcntl = filters.CLONE[machine], filters.FCNTL[machine]
    assert decide(program, machine, clone, CLONE_NEWUSER | SIGCHLD) == DENIED_HERE
    assert decide(program, machine, clone, CLONE_VM | CLONE_THREAD) == ALLOWED
    assert [decide(program, machine, fcntl, 3, command) for command in (0, 1, 2, 3, 4)] == [ALLOWED] * 5
    assert {decide(program, machine, fcntl, 3, command) for command in filters.COMMANDS} == {DENIED_HERE}
    advice = {
        number: decide(program, machine, filters.MADVISE[machine], 0, 0, number) for number in range(30)
    }
    assert {number for number, answer in advice.items() if answer == DENIED_HERE} == set(filters.ADVICE)
    assert set(advice.values()) == {ALLOWED, DENIED_HERE}


@pytest.mark.parametrize("machine", filters.PROCESS_STARTERS)
def test_the_second_filter_lets_threads_start_and_processes_not(machine: str) -> None:
    program = filters.process_filter(machine)
    clone, starters = (
        filters.CLONE[machine],
        set(filters.PROCESS_STARTERS[machine].values()),
    )

    assert decide(program, machine, clone, CLONE_VM | CLONE_THREAD) == ALLOWED
    assert decide(program, machine, clone, SIGCHLD) == DENIED_HERE
    assert decide(program, machine, clone, CLONE_VM | SIGCHLD) == DENIED_HERE
    for number in set(range(480)) - {clone}:
        assert decide(program, machine, number) == (DENIED_HERE if number in starters else ALLOWED), number


def test_a_machine_whose_system_calls_are_not_known_starts_no_worker() -> None:
    with pytest.raises(OSError, match="no system-call filter is known for riscv64"):
        filters.filter_program("riscv64")
