"""The sample class of cuda_kernels: differences to a correct file that is unlike the solution."""

from pathlib import Path

from tests.sample_class.difference import Difference, Edit

FILE = "kernels.cu"

FIRST_LINE = "// Everything is right, and nothing is written as in the solution."
FILL = """\
    for (int i = my_element(); i < size; i += gridDim.x * blockDim.x)
        out[i] = value;
"""
COMPACT = """\
        const float *from = a + view.offset;
        int left = i;
        for (int axis = view.ndim; axis-- > 0; left /= view.shape[axis])
            from += left % view.shape[axis] * view.strides[axis];
        out[i] = *from;
"""
SUM_ROW = """\
        const float *end = a + (row + 1) * length;
        float total = 0.f;
        for (const float *at = end - length; at != end; ++at)
            total += *at;
        out[row] = total;
"""
REDUCTION = """\
    for (unsigned step = blockDim.x >> 1; step; step >>= 1) {
        if (threadIdx.x < step)
            partial[threadIdx.x] += partial[threadIdx.x + step];
        __syncthreads();
    }
"""
IN_MATMUL = "    float total = 0.f;\n    for (int tile = 0;"
IN_CONV = "    const Position at = position(s, row);\n"
ATOMIC = """\
        if (seen != 0)
            atomicAdd(w_grad + number, seen * out_grad[r * s.c_out + number % s.c_out]);
"""


def unguarded(guard: str, body: str) -> Edit:
    """The body without the `if` around it."""
    return Edit(f"    if ({guard}) {{\n{body}    }}\n", body.replace("\n    ", "\n").removeprefix("    "))


def without_barrier(before: str) -> Edit:
    """The text without the barrier that follows it."""
    return Edit(f"{before}        __syncthreads();\n", before)


def remark(text: str) -> Edit:
    """Another first line."""
    return Edit(FIRST_LINE, f"// {text}")


CLASS = {
    "perfect": Difference("Nothing is wrong."),
    "race": Difference(
        "Threads add to one place without atomics.",
        (
            remark("An addition to memory is believed to be one step."),
            Edit("    partial[threadIdx.x] = 0.f;\n", "    partial[0] = 0.f;\n"),
            Edit("        partial[threadIdx.x] += row[i];\n", "        partial[0] += row[i];\n"),
            Edit(REDUCTION, ""),
            Edit(ATOMIC, "        w_grad[number] += seen * out_grad[r * s.c_out + number % s.c_out];\n"),
        ),
    ),
    "barrier_missing": Difference(
        "The second barrier of a loop is missing.",
        (
            remark("Threads of a block are believed to run in step."),
            without_barrier(REDUCTION.splitlines(keepends=True)[2]),
            without_barrier(
                "            total = fmaf(left[threadIdx.y][d], right[d][threadIdx.x], total);\n"
            ),
        ),
    ),
    "early_return": Difference(
        "A thread without an element returns before the barriers of its block.",
        (
            remark("Who has no element is believed to have nothing to do."),
            Edit(IN_MATMUL, f"    if (row >= m || column >= n)\n        return;\n{IN_MATMUL}"),
            Edit(IN_CONV, f"    if (row >= m || column >= s.c_out)\n        return;\n{IN_CONV}"),
        ),
    ),
    "guard_missing": Difference(
        "No thread asks whether it has an element.",
        (
            remark("Each thread has an element, or so it is believed."),
            Edit(FILL, "    out[my_element()] = value;\n"),
            Edit("    if (i >= size) return;\n", ""),
            unguarded("i < size", COMPACT),
            unguarded("row < rows", SUM_ROW),
        ),
    ),
}


def submissions() -> dict[str, dict[str, str]]:
    """The files of each student."""
    right = Path(__file__).with_name("perfect.cu").read_text(encoding="utf-8")
    return {name: {FILE: difference.apply(right)} for name, difference in CLASS.items()}
