"""Wrong ideas about checking gradients, and what to tell students who have them."""

import numpy as np
from solution import original, slope

from grader.model.mutant import mutant

UPSTREAM = "rng.normal(size=forward(*inputs).shape)"
DIRECTION = "np.abs(a).max() * rng.normal(size=a.shape)"
TOLERANCE = "> 1e-5 * size"
STEP = "directions, 1e-5)"
MEASURED = "slope(forward, out_grad, inputs, directions, 1e-5)"
AT_THE_END = "            return False\n    return True"

# slope


@mutant(of="slope", help="#how-steep-is-it")
def from_one_side(forward, out_grad, inputs, directions, step):
    """Your slope goes from the inputs forward, and not from behind them to ahead of them. It is wrong by
    about the size of the step. The central difference is wrong by about its square."""
    ahead = forward(*(a + step * v for a, v in zip(inputs, directions, strict=True)))
    return float((out_grad * (ahead - forward(*inputs))).sum() / step)


@mutant(of="slope", help="#how-steep-is-it", edits={"/ (2 * step)": "/ step"})
def half_the_distance():
    """From `step` behind to `step` ahead it is twice the step. Your slope is twice as large as it should
    be."""


@mutant(
    of="slope",
    help="#how-steep-is-it",
    edits={"(out_grad * (ahead - behind)).sum()": "(ahead - behind).sum()"},
)
def upstream_left_out():
    """Your slope is that of the sum of the outputs. Multiply each output by its number of out_grad first."""


@mutant(of="slope", help="#how-steep-is-it")
def first_input_alone(forward, out_grad, inputs, directions, step):
    """You move the first input, and all the others stay. Each input moves along its own direction."""
    return original(forward, out_grad, inputs, [directions[0], *(0 * v for v in directions[1:])], step)


@mutant(of="slope", help="#how-steep-is-it")
def moves_what_it_is_given(forward, out_grad, inputs, directions, step):
    """You move the arrays that you are given, so the next one who uses them gets others. Make new arrays."""
    for a, v in zip(inputs, directions, strict=True):
        a += step * v
    ahead = forward(*inputs)
    for a, v in zip(inputs, directions, strict=True):
        a -= 2 * step * v
    return float((out_grad * (ahead - forward(*inputs))).sum() / (2 * step))


# check


@mutant(of="check", help="#never-only-ones", edits={UPSTREAM: "np.ones(forward(*inputs).shape)"})
def ones_upstream():
    """Your out_grad is all ones. With ones, a gradient that ignores out_grad looks right. Draw it at
    random."""


@mutant(of="check", help="#what-a-draw-can-hide", edits={"range(8)": "range(1)"})
def one_draw_alone():
    """You look at one draw. Its shapes may hide a mistake: try all of the draws 0 to 7."""


@mutant(of="check", help="#what-a-draw-can-hide", edits={"make_inputs(number)": "make_inputs(0)"})
def the_same_draw_again():
    """You make draw 0 again and again. It returns the same inputs each time: pass the number of the draw."""


@mutant(
    of="check",
    help="#what-a-draw-can-hide",
    edits={AT_THE_END: "            continue\n        return True\n    return False"},
)
def one_agreement_is_enough():
    """You accept a gradient as soon as one draw agrees. A right gradient agrees in every draw."""


@mutant(
    of="check",
    help="#what-a-draw-can-hide",
    edits={"make_inputs(number)": "tuple(np.ones_like(a) for a in make_inputs(number))"},
)
def inputs_of_ones():
    """Your inputs are all ones. With equal numbers, a kernel that should be flipped looks right without a
    flip. Use the inputs that `make_inputs` makes."""


@mutant(of="check", help="#how-close-is-close", edits={TOLERANCE: "> 1e-6"})
def absolute_tolerance():
    """Your tolerance is a fixed number. Among thousands, rounding alone is larger, and among millionths
    every mistake is smaller. Compare the difference with the size of what you added up."""


@mutant(of="check", help="#how-close-is-close", edits={TOLERANCE: "> 1e-12 * size"})
def float32_refused():
    """Your tolerance is so small that a right gradient in float32 fails. It may be off by 1e-5 of its
    norm."""


@mutant(of="check", help="#how-close-is-close", edits={TOLERANCE: "> 0.2 * size"})
def a_tenth_accepted():
    """Your tolerance is so large that a gradient which is a tenth too large passes. Rounding is far
    smaller."""


@mutant(of="check", help="#a-checker-in-five-lines", edits={TOLERANCE + ":": "> 1e-5 * size and False:"})
def shapes_alone():
    """You accept every gradient with the right shapes. Compare its numbers with the slope."""


@mutant(
    of="check",
    help="#a-checker-in-five-lines",
    edits={"abs(" + MEASURED + " - claimed)": "abs(abs(" + MEASURED + ") - abs(claimed))"},
)
def sizes_alone():
    """You compare how large the two slopes are, and not their signs. A gradient that points the other way
    passes."""


@mutant(of="check", help="#every-input", edits={DIRECTION: "(a is inputs[0]) * " + DIRECTION})
def the_first_gradient_alone():
    """You check the gradient of the first input, and none of the others. Move every input."""


@mutant(of="check", help="#every-input", edits={DIRECTION: "(a is inputs[-1]) * " + DIRECTION})
def the_last_gradient_alone():
    """You check the gradient of the last input, and none of the others. Move every input."""


@mutant(of="check", help="#a-checker-in-five-lines", edits={DIRECTION: "np.abs(a).max() * np.ones(a.shape)"})
def one_fixed_direction():
    """All your directions are the same: every number moves by as much. A mistake that only moves numbers
    to other places keeps their sum, and passes. Draw a direction at random."""


@mutant(of="check", help="#how-large-a-step", edits={DIRECTION: "rng.normal(size=a.shape)"})
def steps_of_one_size():
    """Your step is the same for large inputs and for small ones. Among inputs of 1e-4 it jumps over a
    kink. Let it follow from the size of the inputs."""


@mutant(of="check", help="#how-large-a-step", edits={STEP: "directions, 0.3)"})
def step_too_large():
    """Your step is so large that a curved function has another slope at its ends. Right gradients fail.
    Try 1e-5 of the inputs' size."""


@mutant(of="check", help="#how-large-a-step", edits={STEP: "directions, 1e-14)"})
def step_too_small():
    """Your step is so small that the two results differ in their last digits alone, which are rounded. Right
    gradients fail. Try 1e-5 of the inputs' size."""


@mutant(of="check", help="#how-large-a-step")
def one_sided_difference(forward, gradient, make_inputs):
    """You compare with a one-sided difference. It is wrong by about the step, and that is more than
    rounding, so right gradients fail. Use `slope`."""

    def shifted(*inputs):
        return original_forward(*inputs)

    original_forward = forward
    rng = np.random.default_rng(0)
    for number in range(8):
        inputs = make_inputs(number)
        out_grad = rng.normal(size=shifted(*inputs).shape)
        try:
            gradients = gradient(out_grad, *inputs)
        except Exception:
            return False
        if [np.shape(g) for g in gradients] != [a.shape for a in inputs]:
            return False
        directions = [np.abs(a).max() * rng.normal(size=a.shape) for a in inputs]
        ahead = forward(*(a + 1e-3 * v for a, v in zip(inputs, directions, strict=True)))
        measured = float((out_grad * (ahead - forward(*inputs))).sum() / 1e-3)
        products = [g * v for g, v in zip(gradients, directions, strict=True)]
        size = sum(np.abs(p).sum() for p in products)
        if not abs(measured - sum(p.sum() for p in products)) <= 1e-5 * size < np.inf:
            return False
    return True


@mutant(of="check", help="#how-large-a-step")
def measured_in_float32(forward, gradient, make_inputs):
    """You make the inputs float32 before you measure the slope. Two results that differ by a small step
    agree in almost all the digits that float32 has. Leave the inputs in float64."""

    def rough(*inputs):
        return forward(*inputs).astype(np.float32)

    return original(rough, gradient, make_inputs)


@mutant(of="check", help="#what-is-no-gradient-at-all", edits={" or not np.isfinite(g).all()": ""})
def nan_accepted():
    """A gradient with NaN or infinity passes. A comparison with NaN is always false, and infinity is not
    above infinity. Ask `np.isfinite` first."""


@mutant(of="check", help="#what-is-no-gradient-at-all", edits={"g.shape != a.shape or ": ""})
def shapes_not_compared():
    """You do not compare shapes. NumPy broadcasts a gradient of another shape, and its sum may even be
    right."""


@mutant(
    of="check",
    help="#what-is-no-gradient-at-all",
    edits={"except Exception:\n            return False": "finally:\n            pass"},
)
def exceptions_not_caught():
    """A gradient that raises an exception stops your checker. Catch it: such a gradient is wrong."""


@mutant(of="check", help="#what-is-no-gradient-at-all")
def missing_gradients_forgiven(forward, gradient, make_inputs):
    """You check the gradients that came back, and do not notice that one is missing. Count them."""
    for number in range(8):
        inputs, rng = make_inputs(number), np.random.default_rng(number)
        out_grad = rng.normal(size=forward(*inputs).shape)
        try:
            gradients = gradient(out_grad, *inputs)
        except Exception:
            return False
        for place, (g, a) in enumerate(zip(gradients, inputs, strict=False)):
            if g.shape != a.shape or not np.isfinite(g).all():
                return False
            directions = [0 * other for other in inputs]
            directions[place] = np.abs(a).max() * rng.normal(size=a.shape)
            product = g * directions[place]
            measured = slope(forward, out_grad, inputs, directions, 1e-5)
            if abs(measured - product.sum()) > 1e-5 * np.abs(product).sum():
                return False
    return True


@mutant(of="check", help="#a-checker-in-five-lines")
def everything_is_right(forward, gradient, make_inputs):
    """You accept everything."""
    return True


@mutant(of="check", help="#a-checker-in-five-lines")
def everything_is_wrong(forward, gradient, make_inputs):
    """You reject everything."""
    return False
