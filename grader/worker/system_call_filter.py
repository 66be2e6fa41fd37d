"""The system-call filter of the sandbox, as programs for Linux's seccomp: what a submission may not call.

Only `grader.worker.confine` installs them. Linux only.
"""

import struct
from collections.abc import Iterable, Mapping
from functools import cache

CLONE_THREAD = 0x10000
ALL_NAMESPACES = 0x7E020000 | 0x80  # every CLONE_NEW* flag: clone(2) with one of them is refused
EPERM, ENOSYS = 1, 38

# Calls that no submission needs. They leave its namespaces, look into other processes, load code into the
# kernel, or open sockets. They take memory that our limits do not count, or kernel objects with a fixed
# number per machine or user. They reveal the machine's paths. Or a neighbor could notice them: two children
# of one submission must not communicate by locks on files that both can read, by watching who opens them, by
# the pages of files that are in memory, which some calls report and some remove, or by the machine's memory
# and its number of processes.
# Numbers: the kernel's arch/x86/entry/syscalls/syscall_64.tbl, scripts/syscall.tbl.
DENIED: Mapping[str, Mapping[str, int]] = {
    "x86_64": {
        "acct": 163, "add_key": 248, "bpf": 321, "cachestat": 451, "chroot": 161, "delete_module": 176,
        "fadvise64": 221, "fanotify_init": 300, "finit_module": 313, "flock": 73, "fsconfig": 431,
        "fsmount": 432, "fsopen": 430, "fspick": 433, "init_module": 175, "inotify_add_watch": 254,
        "inotify_init": 253, "inotify_init1": 294, "io_setup": 206, "io_uring_enter": 426,
        "io_uring_register": 427, "io_uring_setup": 425, "kcmp": 312, "kexec_file_load": 320,
        "kexec_load": 246, "keyctl": 250, "listmount": 458, "memfd_create": 319,
        "memfd_secret": 447, "mincore": 27, "mount": 165,
        "mount_setattr": 442, "move_mount": 429, "mq_open": 240, "msgget": 68, "name_to_handle_at": 303,
        "open_by_handle_at": 304, "open_tree": 428, "open_tree_attr": 467,
        "perf_event_open": 298, "personality": 135,
        "pidfd_getfd": 438, "pidfd_send_signal": 424, "pivot_root": 155, "preadv2": 327,
        "process_madvise": 440, "process_vm_readv": 310, "process_vm_writev": 311,
        "ptrace": 101, "quotactl": 179, "reboot": 169, "request_key": 249, "semget": 64, "setns": 308,
        "shmget": 29, "socket": 41, "statmount": 457, "swapoff": 168, "swapon": 167,
        "sysinfo": 99, "syslog": 103,
        "timer_create": 222, "umount2": 166,
        "unshare": 272, "userfaultfd": 323,
    },
    "aarch64": {
        "acct": 89, "add_key": 217, "bpf": 280, "cachestat": 451, "chroot": 51, "delete_module": 106,
        "fadvise64": 223, "fanotify_init": 262, "finit_module": 273, "flock": 32, "fsconfig": 431,
        "fsmount": 432, "fsopen": 430, "fspick": 433, "init_module": 105, "inotify_add_watch": 27,
        "inotify_init1": 26, "io_setup": 0, "io_uring_enter": 426,
        "io_uring_register": 427, "io_uring_setup": 425, "kcmp": 272,
        "kexec_file_load": 294, "kexec_load": 104, "keyctl": 219,
        "listmount": 458, "memfd_create": 279, "memfd_secret": 447, "mincore": 232, "mount": 40,
        "mount_setattr": 442, "move_mount": 429, "mq_open": 180, "msgget": 186, "name_to_handle_at": 264,
        "open_by_handle_at": 265, "open_tree": 428, "open_tree_attr": 467,
        "perf_event_open": 241, "personality": 92,
        "pidfd_getfd": 438, "pidfd_send_signal": 424, "pivot_root": 41, "preadv2": 286,
        "process_madvise": 440, "process_vm_readv": 270, "process_vm_writev": 271,
        "ptrace": 117, "quotactl": 60, "reboot": 142, "request_key": 218, "semget": 190, "setns": 268,
        "shmget": 194, "socket": 198, "statmount": 457, "swapoff": 225, "swapon": 224,
        "sysinfo": 179, "syslog": 116,
        "timer_create": 107, "umount2": 39,
        "unshare": 97, "userfaultfd": 282,
    },
}  # fmt: skip
# Calls that send a signal to the process, or process group, named by the first argument.
SIGNALLERS: Mapping[str, Mapping[str, int]] = {
    "x86_64": {"kill": 62, "rt_sigqueueinfo": 129, "rt_tgsigqueueinfo": 297, "tgkill": 234, "tkill": 200},
    "aarch64": {"kill": 129, "rt_sigqueueinfo": 138, "rt_tgsigqueueinfo": 240, "tgkill": 131, "tkill": 130},
}
# Calls that CUDA may need: on the one machine where it was tried so far behind a filter, it shared a sealed
# memfd among its own processes, and that filter refused no call about memory.
FOR_GPU = frozenset(("memfd_create", "mincore", "sysinfo"))
ITSELF = (0, 1)  # a worker is process 1, and the leader of its group
# Calls that start a process or another program, in addition to clone(2) without CLONE_THREAD.
PROCESS_STARTERS: Mapping[str, Mapping[str, int]] = {
    "x86_64": {"execve": 59, "execveat": 322, "fork": 57, "vfork": 58},
    "aarch64": {"execve": 221, "execveat": 281},
}
CLONE = {"x86_64": 56, "aarch64": 220}
FCNTL = {"x86_64": 72, "aarch64": 25}
# fcntl(2): F_GETLK to F_SETLKW, F_OFD_*, leases, F_NOTIFY; F_SETPIPE_SZ, as a user's pipe pages are limited
COMMANDS = (5, 6, 7, 36, 37, 38, 1024, 1025, 1026, 1031)
MADVISE = {"x86_64": 28, "aarch64": 233}
ADVICE = (20, 21)  # madvise(2): MADV_COLD, MADV_PAGEOUT remove pages of files from memory
CLONE3 = 435  # its flags are in memory, where a filter cannot look: C libraries fall back to clone
AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
X32 = 0x40000000  # x86_64's second table of system calls starts at this number

# Classic BPF for seccomp(2): instructions (BPF_LD|W|ABS, BPF_JMP|..|K, BPF_RET), offsets in struct
# seccomp_data, and return values.
LOAD, EQUAL, AT_LEAST, ANY_BIT, GIVE = 0x20, 0x15, 0x35, 0x45, 0x06
NUMBER, ARCH, FIRST_ARGUMENT, SECOND_ARGUMENT, THIRD_ARGUMENT = 0, 4, 16, 24, 32
ALLOW, KILL, REFUSE, MISSING = 0x7FFF0000, 0x80000000, 0x00050000 | EPERM, 0x00050000 | ENOSYS


@cache
def filter_program(machine: str, has_gpu: bool = False) -> bytes:
    """The filter for everything in the sandbox: refuses the denied calls and allows the rest.

    The kernel does not deliver signals that process 1 sends to itself. The filter ends the process instead.

    OSError on a machine with system calls that are not known here.
    """
    if machine not in DENIED:
        raise OSError(f"no system-call filter is known for {machine}")
    words = [_step(LOAD, ARCH), _step(EQUAL, AUDIT_ARCH[machine], 1, 0), _step(GIVE, KILL)]
    words += [_step(LOAD, NUMBER), _step(AT_LEAST, X32, 0, 1), _step(GIVE, REFUSE)]
    words += [_step(EQUAL, CLONE3, 0, 1), _step(GIVE, MISSING)]
    denied = DENIED[machine]
    words += _refuse_calls(denied[name] for name in denied.keys() - (FOR_GPU if has_gpu else ()))
    for number in SIGNALLERS[machine].values():
        words += [_step(EQUAL, number, 0, len(ITSELF) + 3), _step(LOAD, FIRST_ARGUMENT)]
        words += [_step(EQUAL, each, len(ITSELF) - i, 0) for i, each in enumerate(ITSELF)]
        words += [_step(GIVE, ALLOW), _step(GIVE, KILL)]
    for number, argument, values in (
        (FCNTL[machine], SECOND_ARGUMENT, COMMANDS),
        (MADVISE[machine], THIRD_ARGUMENT, ADVICE),
    ):
        words += [_step(EQUAL, number, 0, 2 * len(values) + 2), _step(LOAD, argument)]
        words += [*_refuse_calls(values), _step(GIVE, ALLOW)]
    words += [_step(EQUAL, CLONE[machine], 0, 3), _step(LOAD, FIRST_ARGUMENT)]
    words += [_step(ANY_BIT, ALL_NAMESPACES, 0, 1), _step(GIVE, REFUSE), _step(GIVE, ALLOW)]
    return b"".join(words)


@cache
def process_filter(machine: str, may_exec: bool = False) -> bytes:
    """The additional filter for submissions that need no processes of their own.

    With `may_exec` it may still become another program.
    """
    starters = PROCESS_STARTERS[machine]
    calls = [starters[name] for name in starters if not (may_exec and name.startswith("exec"))]
    words = [_step(LOAD, NUMBER), *_refuse_calls(calls)]
    words += [_step(EQUAL, CLONE[machine], 0, 3), _step(LOAD, FIRST_ARGUMENT)]
    words += [_step(ANY_BIT, CLONE_THREAD, 1, 0), _step(GIVE, REFUSE), _step(GIVE, ALLOW)]
    return b"".join(words)


def _refuse_calls(numbers: Iterable[int]) -> list[bytes]:
    return [word for number in sorted(numbers) for word in (_step(EQUAL, number, 0, 1), _step(GIVE, REFUSE))]


def _step(code: int, value: int, yes: int = 0, no: int = 0) -> bytes:
    return struct.pack("HBBI", code, yes, no, value)
