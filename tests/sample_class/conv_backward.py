"""The sample class of conv_backward: differences to the rendered solution."""

from pathlib import Path

from grader.author.load import load
from grader.author.render import render
from tests.sample_class.difference import Difference, Edit

ROOT = Path(__file__).parents[2]
FILE = "conv.py"

DILATE = "    out_grad = dilate(dilate(out_grad, 1, s_h - 1), 2, s_w - 1)\n"
CUT = "    out_grad = out_grad[:, : height + 2 * p_h - k_h + 1, : width + 2 * p_w - k_w + 1, :]\n"
CUT_AT_LAST = "    out_grad = out_grad[:, : (expected[1] - 1) * s_h + 1, : (expected[2] - 1) * s_w + 1, :]\n"
FLIP = "    transposed = flip(w, (0, 1)).permute((0, 1, 3, 2))\n"
LAST_LINE = "    return w_grad.permute((1, 2, 0, 3))\n"
IM2COL = "    n, out_h, out_w, c_out = output_shape("
CORRELATE = """\
    return correlate(x, flip(w, (0, 1)), stride, padding)  # as a convolution does in mathematics


def correlate(x, w, stride=1, padding=0):
"""
AXES = "    numbers = normalize_axes(axes, a.ndim, a.shape)\n"
STEP = "    step = [dilation + 1"
ENDLESS_AXES = """\
    numbers = []
    for axis in axes if isinstance(axes, Sequence) else (axes,):
        while axis < 0:
            axis % a.ndim
        numbers.append(axis)
"""
FLIPPED = "    return a[tuple(slice(None, None, -1 if axis"
ENDLESS_OUTPUT = '    while a.ndim:\n        print("axes", numbers)\n'
RESHAPED = "    return out.reshape((n, out_h, out_w, c_out))\n"
FLOAT64 = '    return array(out.reshape((n, out_h, out_w, c_out)).numpy(), dtype="float64")\n'

CLASS = {
    "perfect": Difference("Nothing is wrong."),
    "kernel_not_flipped": Difference(
        "The gradient of x takes the kernel as it is.",
        (Edit(FLIP, FLIP.replace("flip(w, (0, 1))", "w")),),
    ),
    "forward_wrong_gradient_right": Difference(
        "The forward pass flips its kernel; both gradients are the exact transposes of that.",
        (
            Edit(IM2COL, CORRELATE + IM2COL),
            Edit(FLIP, FLIP.replace("flip(w, (0, 1))", "w")),
            Edit("return conv(pad(out_grad", "return correlate(pad(out_grad"),
            Edit("w_grad = conv(x,", "w_grad = correlate(x,"),
            Edit(LAST_LINE, "    return flip(w_grad.permute((1, 2, 0, 3)), (0, 1))\n"),
        ),
    ),
    "no_dilation": Difference(
        "The gradients know of no stride.", (Edit(DILATE, "", times=2), Edit(CUT, "", times=2))
    ),
    "cut_forgotten": Difference("The zeros after the last window stay.", (Edit(CUT, "", times=2),)),
    "remainder_ignored": Difference(
        "The gradients end at the last window that was taken.", (Edit(CUT, CUT_AT_LAST, times=2),)
    ),
    "height_for_width": Difference(
        "The gradient of x takes the padding of the height for the width.",
        (Edit("    _, height, width, _ = x_shape\n", "    p_w = p_h\n    _, height, width, _ = x_shape\n"),),
    ),
    "wrong_dtype": Difference(
        "conv returns float64.",
        (Edit("import NDArray, normalize", "import NDArray, array, normalize"), Edit(RESHAPED, FLOAT64)),
    ),
    "wrong_shape": Difference(
        "The gradient of w keeps the order of axes that conv gave it.",
        (Edit(LAST_LINE, "    return w_grad\n"),),
    ),
    "syntax_error": Difference(
        "A bracket is not closed.", (Edit(FLIP, FLIP.replace("flip(w, (0, 1))", "flip(w, (0, 1)")),)
    ),
    "infinite_loop": Difference(
        "dilate never ends for a negative axis.", (Edit(AXES + STEP, ENDLESS_AXES + STEP),)
    ),
    "prints_without_end": Difference(
        "flip prints for ever.", (Edit(AXES + FLIPPED, AXES + ENDLESS_OUTPUT + FLIPPED),)
    ),
    "exits_at_import": Difference(
        "The file ends the process as soon as it is imported.",
        (
            Edit(
                "from collections.abc import Sequence\n", "import os\nfrom collections.abc import Sequence\n"
            ),
            Edit(LAST_LINE, f'{LAST_LINE}\n\nprint("all tests passed")\nos._exit(0)\n'),
        ),
    ),
}


def submissions() -> dict[str, dict[str, str]]:
    """The files of each student; three of the class are no edits of the solution."""
    assignment = load(ROOT / "assignments" / "conv_backward")
    solution = render(assignment, "solution").files[FILE]
    return {name: {FILE: difference.apply(solution)} for name, difference in CLASS.items()} | {
        "untouched_handout": {FILE: render(assignment, "handout").files[FILE]},
        "exercise_missing": {FILE: solution[: solution.index("\n\ndef conv_w_grad(")]},
        "missing_file": {"notes.txt": "My conv.py was too large to attach.\n"},
    }
