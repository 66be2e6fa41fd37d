"""Right checkers that are written otherwise: all of them must earn full marks."""

import numpy as np
from solution import original

from grader.model.mutant import rewrite


@rewrite(of="slope")
def two_losses(forward, out_grad, inputs, directions, step):
    """The loss at either end, and their difference."""
    losses = []
    for sign in (1, -1):
        moved = [a + sign * step * v for a, v in zip(inputs, directions, strict=True)]
        losses.append(np.vdot(out_grad, forward(*moved)))
    return (losses[0] - losses[1]) / step / 2


@rewrite(of="slope")
def by_index(forward, out_grad, inputs, directions, step):
    """Copies that move in place."""
    ahead, behind = [a.copy() for a in inputs], [a.copy() for a in inputs]
    for i in range(len(inputs)):
        ahead[i] += step * directions[i]
        behind[i] -= step * directions[i]
    difference = np.asarray(forward(*ahead)) - np.asarray(forward(*behind))
    return np.multiply(out_grad, difference).sum() / (2 * step)


def gradients_of(gradient, out_grad, inputs):
    """The gradients if they have the right form; else None."""
    try:
        gradients = gradient(out_grad, *inputs)
        is_right = len(gradients) == len(inputs)
        is_right = is_right and all(g.shape == a.shape for g, a in zip(gradients, inputs, strict=True))
        return gradients if is_right and all(np.isfinite(g).all() for g in gradients) else None
    except Exception:
        return None


def with_one(inputs, place, array):
    """The inputs with another array at a place."""
    return [*inputs[:place], array, *inputs[place + 1 :]]


@rewrite(of="check")
def by_the_exact_adjoint(forward, gradient, make_inputs):
    """On whole numbers no sum is rounded: if a function is a line in each input, its gradient must agree
    to the last digit. Any other function goes to finite differences."""
    rng = np.random.default_rng()
    for number in range(8):
        inputs = [rng.integers(-8, 9, a.shape).astype(float) for a in make_inputs(number)]
        here = forward(*inputs)
        out_grad = rng.integers(-8, 9, here.shape).astype(float)
        gradients = gradients_of(gradient, out_grad, inputs)
        for place, a in enumerate(inputs):
            v = rng.integers(-8, 9, a.shape).astype(float)
            once, twice = (forward(*with_one(inputs, place, a + n * v)) for n in (1, 2))
            if not np.array_equal(twice - once, once - here):  # no line
                return original(forward, gradient, make_inputs)
            if gradients is None or np.vdot(out_grad, once - here) != np.vdot(
                gradients[place].astype(float), v
            ):
                return False
    return True


@rewrite(of="check")
def one_input_at_a_time(forward, gradient, make_inputs):
    """Each input has a direction and a tolerance of its own, in draws that nobody has chosen."""
    rng = np.random.default_rng()
    for number in range(10):
        inputs = make_inputs(number)
        out_grad = rng.uniform(-1, 1, np.shape(forward(*inputs)))
        gradients = gradients_of(gradient, out_grad, inputs)
        if gradients is None:
            return False
        for place, (g, a) in enumerate(zip(gradients, inputs, strict=True)):
            step = 1e-5 * np.linalg.norm(a) / np.sqrt(a.size) * rng.choice([-1.0, 1.0], a.shape)
            ahead = forward(*with_one(inputs, place, a + step))
            behind = forward(*with_one(inputs, place, a - step))
            measured, claimed = np.vdot(out_grad, ahead - behind) / 2, np.vdot(g, step)
            if not abs(measured - claimed) <= 1e-4 * np.linalg.norm(g) * np.linalg.norm(step):
                return False
    return True


@rewrite(of="check")
def with_two_steps(forward, gradient, make_inputs):
    """Two central differences, of a step and of half of it, make one of a higher order, so steps may be
    longer."""
    rng = np.random.default_rng(1)

    def loss(inputs, directions, step):
        return np.vdot(out_grad, forward(*(a + step * v for a, v in zip(inputs, directions, strict=True))))

    for number in range(9):
        inputs = make_inputs(number)
        out_grad = rng.normal(size=np.shape(forward(*inputs)))
        gradients = gradients_of(gradient, out_grad, inputs)
        if gradients is None:
            return False
        directions = [rng.normal(size=a.shape) * np.sqrt((a**2).mean()) for a in inputs]
        coarse, fine = (
            (loss(inputs, directions, h) - loss(inputs, directions, -h)) / (2 * h) for h in (1e-4, 5e-5)
        )
        measured = (4 * fine - coarse) / 3
        claimed = sum(np.vdot(g, v) for g, v in zip(gradients, directions, strict=True))
        size = np.sqrt(
            sum((np.asarray(g, float) ** 2 * v**2).sum() for g, v in zip(gradients, directions, strict=True))
        )
        if abs(measured - claimed) > 1e-4 * size:
            return False
    return True
