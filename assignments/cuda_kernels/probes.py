"""What is asked of kernels.cu, through its host kernels.py. A probe returns arrays and decides nothing.

Each probe without a suffix returns values. `..._bugs` returns what a GPU hides and the emulator found,
`traffic` how often memory was accessed.
"""

import numpy as np

KINDS = (
    *("out_of_bounds", "uninitialised_read", "never_written", "race", "divergent_barrier"),
    *("schedule_dependent", "bad_launch"),
)
SHOWN = 4  # findings that are put into words


def blocks_for(submission, case):
    return submission.blocks_for(case.a.base.size, case.number, device=submission.device)


def fill(submission, case):
    return submission.fill(case.a.base.size, case.number, device=submission.device)


def add(submission, case):
    return submission.add(case.a.base, case.other.base, device=submission.device)


def compact(submission, case):
    view = case.strided
    arguments = case.a.base, view["shape"], view["strides"], view["offset"]
    return submission.compact(*arguments, device=submission.device)


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
    return _bugs(
        {
            "fill": lambda: submission.fill.trace(case.a.base.size, 1.0),
            "add": lambda: submission.add.trace(case.a.base, case.other.base),
            "compact": lambda: submission.compact.trace(
                case.a.base, case.strided["shape"], case.strided["strides"], case.strided["offset"]
            ),
        }[case.kernel]()
    )


def sums_bugs(submission, case):
    return _bugs(
        {
            "sum_naive": submission.sum_naive,
            "sum_shared": submission.sum_shared,
            "sum_warp": submission.sum_warp,
        }[case.kernel].trace(case.a.base)
    )


def matmul_bugs(submission, case):
    return _bugs(submission.matmul.trace(case.a.base, case.other.base))


def conv_bugs(submission, case):
    host = {"conv_direct": submission.conv_direct, "conv_implicit": submission.conv_implicit}[case.kernel]
    return _bugs(host.trace(*_forward(case)))


def w_grad_bugs(submission, case):
    host = {"w_grad_atomic": submission.w_grad_atomic, "w_grad_split": submission.w_grad_split}[case.kernel]
    return _bugs(host.trace(*_gradient(case)))


def traffic(submission, case):
    """How often the launches of a kernel's host accessed memory, by the names of the case's budget."""
    traced = {
        "add": lambda: submission.add.trace(case.a.base, case.other.base),
        "sum_shared": lambda: submission.sum_shared.trace(case.a.base),
        "sum_warp": lambda: submission.sum_warp.trace(case.a.base),
        "matmul": lambda: submission.matmul.trace(case.a.base, case.other.base),
        "conv_implicit": lambda: submission.conv_implicit.trace(*_forward(case)),
        "w_grad_split": lambda: submission.w_grad_split.trace(*_gradient(case)),
    }[case.kernel]()
    totals = [sum(getattr(counters, name) for counters in traced.counters) for name in case.budget]
    return np.array(totals, dtype=np.int64)


def _forward(case):
    return case.x.base, case.w.base, case.stride, case.padding


def _gradient(case):
    return case.x.base, case.out_grad.base, case.w.shape, case.stride, case.padding


def _bugs(traced):
    """How many findings there are of each kind, and the first of them in words."""
    found = [finding.kind for finding in traced.findings]
    text = "\n".join(str(finding) for finding in traced.findings[:SHOWN])
    if len(found) > SHOWN:
        text += f"\nand {len(found) - SHOWN} more"
    counts = np.array([found.count(kind) for kind in KINDS], dtype=np.int64)
    return counts, np.frombuffer(text.encode(), dtype=np.uint8)
