"""The probes of kernels.cu, which call it through its host module kernels.py. They decide nothing.

Probes without a suffix return values. `..._bugs` and `traffic` also return what the emulator found in the
same run: the bugs that a GPU hides, and the counts of accesses to memory.
"""

import numpy as np

KINDS = (
    "out_of_bounds", "uninitialized_read", "never_written", "race", "divergent_barrier",
    "schedule_dependent", "bad_launch", "misaligned", "trap", "deadlock", "crashed",
)  # fmt: skip
SHOWN = 4  # at most this many findings get a sentence
LINES = 2  # at most this many lines that waste accesses are named


def blocks_for(submission, case):
    return submission.blocks_for(case.size, case.threads, device=submission.device)


def fill(submission, case):
    return submission.fill(*_fill(case), device=submission.device)


def add(submission, case):
    return submission.add(case.a.base, case.other.base, device=submission.device)


def compact(submission, case):
    return submission.compact(*_strided(case), device=submission.device)


def sum_naive(submission, case):
    return submission.sum_naive(case.a.base, device=submission.device)


def sum_shared(submission, case):
    return submission.sum_shared(case.a.base, device=submission.device)


def sum_warp(submission, case):
    return submission.sum_warp(case.a.base, device=submission.device)


def matmul(submission, case):
    return submission.matmul(case.a.base, case.other.base, device=submission.device)


def conv_direct(submission, case):
    return submission.conv_direct(*_forward(case), device=submission.device)


def conv_implicit(submission, case):
    return submission.conv_implicit(*_forward(case), device=submission.device)


def w_grad_atomic(submission, case):
    return submission.w_grad_atomic(*_gradient(case), device=submission.device)


def w_grad_split(submission, case):
    return submission.w_grad_split(*_gradient(case), device=submission.device)


def elementwise_bugs(submission, case):
    hosts = {"fill": submission.fill, "add": submission.add, "compact": submission.compact}
    return _watched(submission, case, hosts, {"fill": _fill, "add": _two, "compact": _strided}[case.kernel])


def sums_bugs(submission, case):
    hosts = {
        "sum_naive": submission.sum_naive,
        "sum_shared": submission.sum_shared,
        "sum_warp": submission.sum_warp,
    }
    return _watched(submission, case, hosts, _one)


def matmul_bugs(submission, case):
    return _watched(submission, case, {"matmul": submission.matmul}, _two)


def conv_bugs(submission, case):
    hosts = {"conv_direct": submission.conv_direct, "conv_implicit": submission.conv_implicit}
    return _watched(submission, case, hosts, _forward)


def w_grad_bugs(submission, case):
    hosts = {"w_grad_atomic": submission.w_grad_atomic, "w_grad_split": submission.w_grad_split}
    return _watched(submission, case, hosts, _gradient)


def traffic(submission, case):
    hosts = {
        "sum_shared": submission.sum_shared,
        "sum_warp": submission.sum_warp,
        "matmul": submission.matmul,
        "conv_implicit": submission.conv_implicit,
    }
    arguments_of = {"matmul": _two, "conv_implicit": _forward}.get(case.kernel, _one)
    return _watched(submission, case, hosts, arguments_of)


def _fill(case):
    return case.a.base.size, case.number


def _one(case):
    return (case.a.base,)


def _two(case):
    return case.a.base, case.other.base


def _strided(case):
    view = case.strided
    return case.a.base, view["shape"], view["strides"], view.get("offset", 0)


def _forward(case):
    return case.x.base, case.w.base, case.stride, case.padding


def _gradient(case):
    return case.x.base, case.out_grad.base, case.w.shape, case.stride, case.padding


def _watched(submission, case, hosts, arguments_of):
    """The results of one run of a kernel's launches, with its findings and its counts.

    The results are the values of each device that ran. The findings are their number of each kind, and the
    first of them in words. The counts are a number for each name in `case.counted`.
    """
    host, arguments = hosts[case.kernel], arguments_of(case)
    if not hasattr(host, "trace"):  # the reference is no kernel, so it has no findings and no counts
        nothing = [np.zeros(len(names), np.int64) for names in (KINDS, case.counted)]
        return host(*arguments), nothing[0], _text(""), nothing[1]
    run = host.trace(*arguments, device=submission.device, seed=case.schedule)
    kinds = [finding.kind for finding in run.findings]
    words = "\n".join(str(finding) for finding in run.findings[:SHOWN])
    if len(kinds) > SHOWN:
        words += f"\nand {len(kinds) - SHOWN} more"
    if not kinds and {"global_transactions", "shared_passes"} & set(case.counted):
        words = _wasteful(run.lines)
    kinds = np.array([kinds.count(kind) for kind in KINDS], np.int64)
    counts = [sum(getattr(counters, name) for counters in run.counters) for name in case.counted]
    return *run.results, kinds, _text(words), np.array(counts, np.int64)


def _wasteful(lines):
    """The lines whose requests waste most, each with one such request."""
    worst = [line for line in lines if line.worst is not None]
    worst.sort(key=lambda line: line.worst.best - line.worst.units)
    return "\n".join(f"kernels.cu:{line.line}: {line.worst}" for line in worst[:LINES])


def _text(words):
    return np.frombuffer(words.encode(), np.uint8)
