"""Correct versions of kernels that change a few words of the solution. All must earn full marks.

Kernels that are written anew are in rewrites.cu.
"""

from grader.model.mutant import rewrite


@rewrite(of="blocks_for", edits={"(size + threads - 1) / threads": "size / threads + (size % threads != 0)"})
def whole_blocks_and_a_rest():
    """Adds one block for the remaining elements."""


@rewrite(
    of="blocks_for", edits={"(size + threads - 1) / threads": "size == 0 ? 0 : (size - 1) / threads + 1"}
)
def blocks_before_the_last():
    """Counts the blocks before the last."""


@rewrite(of="add", edits={"out[i] = a[i] + b[i];": "{ out[i] = a[i]; out[i] += b[i]; }"})
def add_in_memory():
    """Adds to the result, in memory."""


@rewrite(
    of="sum_naive",
    edits={"float sum = 0;": "out[row] = 0;", "sum +=": "out[row] +=", "    out[row] = sum;\n": ""},
)
def sum_naive_in_memory():
    """Adds up in the result, in memory."""


@rewrite(
    of="conv_direct",
    edits={"float sum = 0;": "out[number] = 0;", "sum +=": "out[number] +=", "    out[number] = sum;\n": ""},
)
def conv_direct_in_memory():
    """Adds up in the result, in memory."""


@rewrite(
    of="w_grad_split",
    edits={
        "float sum = 0;": "partial[part * size + number] = 0;",
        "sum +=": "partial[part * size + number] +=",
        "    partial[part * size + number] = sum;\n": "",
    },
)
def w_grad_split_in_memory():
    """Adds up in the result, in memory."""
