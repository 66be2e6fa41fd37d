"""Wrong ideas about checking gradients, and what to tell students who have them."""

import numpy as np

# `solution` is the solution as it is rendered from the templates.
from solution import original, slope

from grader.model.mutant import mutant

UPSTREAM = "rng.normal(size=forward(*inputs).shape)"
DIRECTION = "size * rng.normal(size=a.shape)"
TOLERANCE = "> 1e-5 * np.abs(terms).sum()"
STEP = "directions, 1e-5)"
MEASURED = "slope(forward, out_grad, inputs, directions, 1e-5)"
ONE_SIDED = (
    "(out_grad * (forward(*(a + 1e-3 * v for a, v in zip(inputs, directions, strict=True)))"
    " - forward(*inputs))).sum() / 1e-3"
)
AT_THE_END = "                return False\n    return True"
CAUGHT = (
    "except Exception:  # raised by it, or because its result is not a tuple of arrays\n"
    "            return False"
)

# slope


@mutant(of="slope", help="#how-steep-is-it")
def from_one_side(forward, out_grad, inputs, directions, step):
    """You measure the slope from the inputs to one step ahead, not from one step behind to one step ahead.
    Its error is about the size of the step. The error of the central difference is about the square of the
    step."""
    ahead = forward(*(a + step * v for a, v in zip(inputs, directions, strict=True)))
    return float((out_grad * (ahead - forward(*inputs))).sum() / step)


@mutant(of="slope", help="#how-steep-is-it", edits={"/ (2 * step)": "/ step"})
def half_the_distance():
    """You divide by one step. From `step` behind to `step` ahead it is two steps, so your slope is twice as
    large as it should be. Divide by 2 · step."""


@mutant(
    of="slope",
    help="#how-steep-is-it",
    edits={"(out_grad * (ahead - behind)).sum()": "(ahead - behind).sum()"},
)
def upstream_left_out():
    """You return the slope of the sum of the outputs. Multiply each output by its number in out_grad
    first."""


@mutant(of="slope", help="#how-steep-is-it")
def first_input_alone(forward, out_grad, inputs, directions, step):
    """You move only the first input. Move every input, each along its own direction."""
    return original(forward, out_grad, inputs, [directions[0], *(0 * v for v in directions[1:])], step)


@mutant(of="slope", help="#how-steep-is-it")
def moves_what_it_is_given(forward, out_grad, inputs, directions, step):
    """You change the arrays that you are given, and the caller still needs them. Make new arrays."""
    for a, v in zip(inputs, directions, strict=True):
        a += step * v
    ahead = forward(*inputs)
    for a, v in zip(inputs, directions, strict=True):
        a -= 2 * step * v
    return float((out_grad * (ahead - forward(*inputs))).sum() / (2 * step))


# check


@mutant(of="check", help="#never-only-ones", edits={UPSTREAM: "np.ones(forward(*inputs).shape)"})
def ones_upstream():
    """Your out_grad is all ones. With ones, a gradient that ignores out_grad looks right. Draw out_grad at
    random."""


@mutant(of="check", help="#never-only-ones", edits={UPSTREAM: "rng.random(forward(*inputs).shape)"})
def positive_upstream():
    """Your out_grad has only positive numbers. A gradient that stops the negative ones looks right then. Draw
    numbers of both signs."""


@mutant(of="check", help="#what-a-draw-can-hide", edits={"range(8)": "range(4)"})
def half_of_the_draws():
    """You look at the draws 0 to 3. A mistake may show only in the draws 4 to 7: try all eight."""


@mutant(of="check", help="#what-a-draw-can-hide", edits={"range(8)": "range(1)"})
def one_draw_alone():
    """You look at one draw only. Its shapes may hide a mistake: try all of the draws 0 to 7."""


@mutant(of="check", help="#what-a-draw-can-hide", edits={"make_inputs(number)": "make_inputs(0)"})
def the_same_draw_again():
    """You make draw 0 again and again, and it returns the same inputs each time. Pass the number of the
    draw."""


@mutant(
    of="check",
    help="#what-a-draw-can-hide",
    edits={AT_THE_END: "                break\n        else:\n            return True\n    return False"},
)
def one_agreement_is_enough():
    """You accept a gradient as soon as one draw agrees. A right gradient agrees in every draw."""


@mutant(
    of="check",
    help="#what-a-draw-can-hide",
    edits={"make_inputs(number)": "tuple(np.ones_like(a) for a in make_inputs(number))"},
)
def inputs_of_ones():
    """Your inputs are all ones. If all numbers are equal, a kernel that should be flipped looks right
    without a flip. Use the inputs that `make_inputs` makes."""


@mutant(
    of="check",
    help="#how-close-is-close",
    edits={TOLERANCE: "> 1e-5 * max(abs(measured), abs(terms.sum()))"},
)
def tolerance_of_the_slope():
    """Your tolerance is a share of the slope. If its terms cancel, the slope is small and their rounding is
    not, so right gradients fail. Take a share of the sum of |gradient · direction|."""


@mutant(of="check", help="#how-close-is-close", edits={TOLERANCE: "> 1e-6"})
def absolute_tolerance():
    """Your tolerance is a fixed number. If the numbers are in the thousands, rounding alone exceeds it; if
    they are around 1e-6, every mistake stays below it. Compare the difference with the size of what you
    added up."""


@mutant(of="check", help="#how-close-is-close")
def all_inputs_at_once(forward, gradient, make_inputs):
    """You move all inputs at once and add up all their terms. Next to a large input, the terms of a bias are
    small, and so are its mistakes. Move one input at a time, and compare it with its own terms."""
    rng = np.random.default_rng(0)
    for number in range(8):
        inputs = make_inputs(number)
        out_grad = rng.normal(size=forward(*inputs).shape)
        try:
            gradients = gradient(out_grad, *inputs)
            if [g.shape for g in gradients] != [a.shape for a in inputs]:
                return False
            if not all(np.isfinite(g).all() for g in gradients):
                return False
        except Exception:
            return False
        directions = [(np.abs(a).max() or 1.0) * rng.normal(size=a.shape) for a in inputs]
        terms = np.concatenate([np.ravel(g * v) for g, v in zip(gradients, directions, strict=True)])
        measured = slope(forward, out_grad, inputs, directions, 1e-5)
        if abs(measured - terms.sum()) > 1e-5 * np.abs(terms).sum():
            return False
    return True


@mutant(of="check", help="#how-close-is-close", edits={TOLERANCE: "> 1e-12 * np.abs(terms).sum()"})
def float32_refused():
    """Your tolerance is so small that a right gradient in float32 fails. It may be off by 1e-5 of its
    norm."""


@mutant(of="check", help="#how-close-is-close", edits={TOLERANCE: "> 0.2 * np.abs(terms).sum()"})
def a_tenth_accepted():
    """Your tolerance is so large that a gradient passes that is too large by a tenth. Rounding is far
    smaller."""


@mutant(of="check", help="#a-checker-in-five-lines", edits={TOLERANCE + ":": TOLERANCE + " and False:"})
def shapes_alone():
    """You accept every gradient with the right shapes. Compare its numbers with the slope too."""


@mutant(
    of="check",
    help="#a-checker-in-five-lines",
    edits={"abs(measured - terms.sum())": "abs(abs(measured) - abs(terms.sum()))"},
)
def sizes_alone():
    """You compare the sizes of the two slopes, but not their signs. A gradient that points the other way
    passes."""


@mutant(of="check", help="#every-input", edits={DIRECTION: "(place == 0) * " + DIRECTION})
def the_first_gradient_alone():
    """You check only the gradient of the first input. Move every input."""


@mutant(of="check", help="#every-input", edits={DIRECTION: "(a is inputs[-1]) * " + DIRECTION})
def the_last_gradient_alone():
    """You check only the gradient of the last input. Move every input."""


@mutant(of="check", help="#a-checker-in-five-lines", edits={DIRECTION: "size * np.ones(a.shape)"})
def one_fixed_direction():
    """Your direction moves every number by the same amount. A mistake that only puts numbers in other
    places keeps their sum, so it passes. Draw a direction at random."""


@mutant(of="check", help="#how-large-a-step", edits={"np.abs(a).max() or 1.0": "np.abs(a).max()"})
def zeros_stay_where_they_are():
    """You move each input by a share of its largest number. An input of zeros, such as a new bias, does not
    move at all, so any gradient of it passes. If all numbers are 0, take 1."""


@mutant(of="check", help="#how-large-a-step", edits={DIRECTION: "rng.normal(size=a.shape)"})
def steps_of_one_size():
    """Your step is the same for large and for small inputs. Inputs around 1e-4 make it jump over a kink.
    Choose the step from the size of the inputs."""


@mutant(of="check", help="#how-large-a-step", edits={STEP: "directions, 0.3)"})
def step_too_large():
    """Your step is so large that the slope of a curved function changes along it, and right gradients fail.
    Try 1e-5 of the inputs' size."""


@mutant(of="check", help="#how-large-a-step", edits={STEP: "directions, 1e-14)"})
def step_too_small():
    """Your step is so small that the two results differ only in their last digits, which are rounding
    error. Right gradients fail. Try 1e-5 of the inputs' size."""


@mutant(of="check", help="#how-large-a-step", edits={MEASURED: ONE_SIDED})
def one_sided_difference():
    """You compare with a one-sided difference. Its error is about the size of the step, far more than
    rounding, so right gradients fail. Use `slope`."""


@mutant(of="check", help="#how-large-a-step")
def measured_in_float32(forward, gradient, make_inputs):
    """You convert the inputs to float32 before you measure the slope. After a small step, the two results
    agree in almost all the digits that float32 has. Leave the inputs in float64."""

    def rough(*inputs):
        return forward(*inputs).astype(np.float32)

    return original(rough, gradient, make_inputs)


@mutant(
    of="check",
    help="#what-is-no-gradient-at-all",
    edits={"g.shape != a.shape": "(number == 0 and g.shape != a.shape)"},
)
def shapes_of_one_draw():
    """You compare shapes in draw 0 alone. In a later draw they may be wrong: compare them in every draw."""


@mutant(of="check", help="#what-is-no-gradient-at-all", edits={"g.shape != a.shape": "g.size != a.size"})
def sizes_for_shapes():
    """You compare how many numbers there are, not the shapes. A bias of shape (2,) has no gradient of shape
    (1, 2)."""


@mutant(of="check", help="#what-is-no-gradient-at-all", edits={" or not np.isfinite(g).all()": ""})
def nan_accepted():
    """A gradient with NaN or infinity passes. A comparison with NaN is always false, and infinity is not
    greater than infinity. Check with `np.isfinite` first."""


@mutant(of="check", help="#what-is-no-gradient-at-all", edits={"g.shape != a.shape or ": ""})
def shapes_not_compared():
    """You do not compare shapes. NumPy broadcasts a gradient of another shape, and its sum may even be
    right."""


@mutant(
    of="check",
    help="#what-is-no-gradient-at-all",
    edits={CAUGHT: "finally:\n            pass"},
)
def exceptions_not_caught():
    """A gradient that raises an exception stops your checker. Catch it: such a gradient is wrong."""


@mutant(of="check", help="#what-is-no-gradient-at-all")
def none_is_not_expected(forward, gradient, make_inputs):
    """Your checker stops with an error if `gradient` returns None or plain numbers. Look at what came back
    inside of the `try`, and return False."""
    inputs = make_inputs(0)
    out_grad = np.ones_like(forward(*inputs))
    try:
        gradients = gradient(out_grad, *inputs)
    except Exception:
        return False
    return [g.shape for g in gradients] == [a.shape for a in inputs] and original(
        forward, gradient, make_inputs
    )


@mutant(of="check", help="#what-is-no-gradient-at-all")
def missing_gradients_forgiven(forward, gradient, make_inputs):
    """You check only the gradients that were returned, so you do not notice a missing one. Count them."""
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
            directions[place] = (np.abs(a).max() or 1.0) * rng.normal(size=a.shape)
            product = g * directions[place]
            measured = slope(forward, out_grad, inputs, directions, 1e-5)
            if abs(measured - product.sum()) > 1e-5 * np.abs(product).sum():
                return False
    return True


@mutant(of="check", help="#a-checker-in-five-lines")
def everything_is_right(forward, gradient, make_inputs):
    """You accept every gradient."""
    return True


@mutant(of="check", help="#a-checker-in-five-lines")
def everything_is_wrong(forward, gradient, make_inputs):
    """You reject every gradient."""
    return False
