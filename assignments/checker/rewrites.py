"""Correct checkers, written in other ways. All of them must earn full marks."""

import math

import numpy as np

# `solution` is the solution as it is rendered from the templates.
from solution import original, slope

from grader.model.mutant import rewrite


def moved(inputs, directions, step):
    """The inputs after a step."""
    return [a + step * v for a, v in zip(inputs, directions, strict=True)]


# slope


@rewrite(of="slope")
def two_losses(forward, out_grad, inputs, directions, step):
    """The loss at either end, and their difference."""
    ahead, behind = (np.vdot(out_grad, forward(*moved(inputs, directions, h))) for h in (step, -step))
    return (ahead - behind) / step / 2


@rewrite(of="slope")
def by_index(forward, out_grad, inputs, directions, step):
    """Copies that move in place."""
    ahead, behind = [a.copy() for a in inputs], [a.copy() for a in inputs]
    for i in range(len(inputs)):
        ahead[i] += step * directions[i]
        behind[i] -= step * directions[i]
    difference = np.asarray(forward(*ahead)) - np.asarray(forward(*behind))
    return np.multiply(out_grad, difference).sum() / (2 * step)


@rewrite(of="slope")
def back_to_where_it_was(forward, out_grad, inputs, directions, step):
    """Moves the arrays themselves, and restores their numbers."""
    before, losses = [a.copy() for a in inputs], []
    for h in (step, -step):
        for a, start, v in zip(inputs, before, directions, strict=True):
            a[...] = start + h * v
        losses.append((out_grad * forward(*inputs)).sum())
    for a, start in zip(inputs, before, strict=True):
        a[...] = start
    return (losses[0] - losses[1]) / (2 * step)


@rewrite(of="slope")
def from_behind(forward, out_grad, inputs, directions, step):
    """Two steps ahead from the end behind, and an average of the two quotients at the middle."""
    behind = moved(inputs, directions, -step)
    start, middle, end = (forward(*moved(behind, directions, h)) for h in (0, step, 2 * step))
    first, second = (np.sum(out_grad * change) / step for change in (middle - start, end - middle))
    return float(first + second) / 2


@rewrite(of="slope")
def rounded_once(forward, out_grad, inputs, directions, step):
    """Python's own numbers, and a sum that is rounded once."""
    ends = [np.ravel(forward(*moved(inputs, directions, h))).tolist() for h in (step, -step)]
    return math.fsum(g * (p - q) / (2 * step) for g, p, q in zip(np.ravel(out_grad), *ends, strict=True))


@rewrite(of="slope")
def output_by_output(forward, out_grad, inputs, directions, step):
    """A loop over the outputs, each with a quotient of its own."""
    ahead = forward(*map(np.add, inputs, [step * v for v in directions]))
    behind = forward(*map(np.subtract, inputs, [step * v for v in directions]))
    total = 0.0
    for place in np.ndindex(ahead.shape):
        total += out_grad[place] * ((ahead[place] - behind[place]) / (2 * step))
    return total


@rewrite(of="slope")
def all_inputs_in_one_vector(forward, out_grad, inputs, directions, step):
    """All numbers in one vector, which is cut into the inputs again; the sum is an einsum."""
    point, direction = (np.concatenate([a.reshape(-1) for a in arrays]) for arrays in (inputs, directions))
    ends = np.cumsum([a.size for a in inputs])[:-1]

    def at(t):
        parts = np.split(point + t * direction, ends)
        return forward(*(part.reshape(a.shape) for part, a in zip(parts, inputs, strict=True))).ravel()

    return np.einsum("i,i->", np.ravel(out_grad), (at(step) - at(-step)) / (2 * step))


# check


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


def claimed_and_size(gradients, directions):
    """The slope that the gradients claim, and the sum of the sizes of its terms."""
    terms = np.concatenate([np.ravel(g * v) for g, v in zip(gradients, directions, strict=True)])
    return terms.sum(), np.abs(terms).sum()


def each_alone(directions):
    """For each input, directions that move it along its own direction and leave the others in place."""
    places = range(len(directions))
    return [[v if i == place else np.zeros_like(v) for i, v in enumerate(directions)] for place in places]


def in_normal_directions(rng, inputs):
    """For each input, random directions that move it alone, in proportion to its size."""
    return each_alone([rng.normal(size=a.shape) * (np.abs(a).max() or 1.0) for a in inputs])


@rewrite(of="check")
def by_the_exact_adjoint(forward, gradient, make_inputs):
    """If a function is a line in each input, then any step will do, so inputs and steps are whole numbers,
    whose sums are exact. Any other function goes to finite differences."""
    rng = np.random.default_rng()
    for number in range(8):
        # different numbers, and none is 0, so that no kink lies at the inputs
        orders = [rng.permutation(a.size).reshape(a.shape) for a in make_inputs(number)]
        inputs = [2.0 * (order - order.size // 2) + 1 for order in orders]
        here = forward(*inputs)
        out_grad = rng.integers(-8, 9, here.shape).astype(float)
        gradients = gradients_of(gradient, out_grad, inputs)
        for place, a in enumerate(inputs):
            v = rng.integers(-8, 9, a.shape).astype(float)
            once, twice = (forward(*with_one(inputs, place, a + n * v)) for n in (1, 2))
            if not np.array_equal(twice - once, once - here):  # no line
                return original(forward, gradient, make_inputs)
            if gradients is None:
                return False
            claimed, size = claimed_and_size([gradients[place]], [v])
            if abs(np.vdot(out_grad, once - here) - claimed) > 1e-5 * size:
                return False
    return True


@rewrite(of="check")
def one_input_at_a_time(forward, gradient, make_inputs):
    """Each input has a direction and a tolerance of its own, in random draws."""
    rng = np.random.default_rng()
    for number in range(10):
        inputs = make_inputs(number)
        out_grad = rng.uniform(-1, 1, np.shape(forward(*inputs)))
        gradients = gradients_of(gradient, out_grad, inputs)
        if gradients is None:
            return False
        for place, (g, a) in enumerate(zip(gradients, inputs, strict=True)):
            size = np.linalg.norm(a) / np.sqrt(a.size) or 1.0
            step = 1e-5 * size * rng.choice([-1.0, 1.0], a.shape)
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
        for directions in each_alone(
            [rng.normal(size=a.shape) * (np.sqrt((a**2).mean()) or 1.0) for a in inputs]
        ):
            coarse, fine = (
                (loss(inputs, directions, h) - loss(inputs, directions, -h)) / (2 * h) for h in (1e-4, 5e-5)
            )
            pairs = [(np.asarray(g, float), v) for g, v in zip(gradients, directions, strict=True)]
            claimed = sum(np.vdot(g, v) for g, v in pairs)
            size = np.sqrt(sum((g**2 * v**2).sum() for g, v in pairs))
            if abs((4 * fine - coarse) / 3 - claimed) > 1e-4 * size:
                return False
    return True


@rewrite(of="check")
def in_three_directions(forward, gradient, make_inputs):
    """Three directions in each draw, from the last draw to the first, and an out_grad that is never near
    0."""
    rng = np.random.default_rng(7)
    for number in reversed(range(8)):
        inputs = make_inputs(number)
        shape = forward(*inputs).shape
        out_grad = rng.uniform(0.5, 2, shape) * rng.choice([-1, 1], shape)
        gradients = gradients_of(gradient, out_grad, inputs)
        if gradients is None:
            return False
        for _ in range(3):
            for directions in each_alone(
                [rng.uniform(-1, 1, a.shape) * (np.abs(a).mean() or 1.0) for a in inputs]
            ):
                claimed, size = claimed_and_size(gradients, directions)
                if abs(slope(forward, out_grad, inputs, directions, 3e-6) - claimed) > 2e-5 * size:
                    return False
    return True


@rewrite(of="check")
def number_by_number(forward, gradient, make_inputs):
    """Small inputs move number by number, which measures the whole gradient, and large ones at random."""
    for number in range(8):
        inputs, rng = make_inputs(number), np.random.default_rng(number)
        out_grad = rng.normal(size=forward(*inputs).shape)
        gradients = gradients_of(gradient, out_grad, inputs)
        if gradients is None:
            return False
        for place, (g, a) in enumerate(zip(gradients, inputs, strict=True)):
            is_small = a.size <= 12
            units = np.eye(a.size) if is_small else rng.normal(size=(4, a.size))
            steps = 1e-5 * (np.abs(a).max() or 1.0) * units.reshape(-1, *a.shape)
            ends = ([forward(*with_one(inputs, place, a + h * v)) for v in steps] for h in (1, -1))
            changes = np.array([np.sum(out_grad * (p - q)) / 2 for p, q in zip(*ends, strict=True)])
            errors = changes - steps.reshape(len(steps), -1) @ g.ravel().astype(float)
            if np.linalg.norm(errors) > 1e-3 * np.linalg.norm(changes):
                return False
    return True


@rewrite(of="check")
def of_fourth_order(forward, gradient, make_inputs):
    """The difference of four points, whose error is about the fourth power of the step."""
    rng = np.random.default_rng(2024)
    for number in range(8):
        inputs = make_inputs(number)
        out_grad = rng.standard_normal(forward(*inputs).shape)
        gradients = gradients_of(gradient, out_grad, inputs)
        if gradients is None:
            return False
        weights = {-2: 1, -1: -8, 1: 8, 2: -1}
        for directions in in_normal_directions(rng, inputs):
            ends = [(w, forward(*moved(inputs, directions, n * 1e-4))) for n, w in weights.items()]
            losses = sum(w * np.vdot(out_grad, end) for w, end in ends)
            claimed, size = claimed_and_size(gradients, directions)
            if abs(losses / 12e-4 - claimed) > 3e-5 * size:
                return False
    return True


@rewrite(of="check")
def from_one_side_by_a_short_step(forward, gradient, make_inputs):
    """From one side the error is about the size of the step, and this step is far below the tolerance."""
    rng = np.random.default_rng(3)
    for number in range(8):
        inputs = make_inputs(number)
        here = forward(*inputs)
        out_grad = rng.normal(size=here.shape)
        gradients = gradients_of(gradient, out_grad, inputs)
        if gradients is None:
            return False
        for directions in in_normal_directions(rng, inputs):
            measured = (out_grad * (forward(*moved(inputs, directions, 5e-7)) - here)).sum() / 5e-7
            claimed, size = claimed_and_size(gradients, directions)
            if abs(measured - claimed) > 1e-4 * size:
                return False
    return True


@rewrite(of="check")
def two_votes_of_eight(forward, gradient, make_inputs):
    """Every draw votes, and two votes reject: a wrong gradient shows itself in four."""
    rng = np.random.default_rng(4)
    against = 0
    for number in range(8):
        inputs = make_inputs(number)
        out_grad = rng.normal(size=forward(*inputs).shape)
        gradients = gradients_of(gradient, out_grad, inputs)
        if gradients is None:
            against += 1
            continue
        sides = [(d, *claimed_and_size(gradients, d)) for d in in_normal_directions(rng, inputs)]
        against += not all(
            abs(slope(forward, out_grad, inputs, directions, 1e-5) - claimed) <= 1e-5 * size
            for directions, claimed, size in sides
        )
    return against < 2


@rewrite(of="check")
def with_the_best_of_three_steps(forward, gradient, make_inputs):
    """A draw agrees if one of three steps agrees: a right gradient need not meet the best step."""

    def agrees(number):
        inputs, rng = make_inputs(number), np.random.default_rng([5, number])
        out_grad = rng.normal(size=forward(*inputs).shape)
        gradients = gradients_of(gradient, out_grad, inputs)
        if gradients is None:
            return False
        for directions in in_normal_directions(rng, inputs):
            claimed, size = claimed_and_size(gradients, directions)
            slopes = (slope(forward, out_grad, inputs, directions, step) for step in (1e-5, 1e-6, 1e-4))
            if not any(abs(measured - claimed) <= 1e-5 * size for measured in slopes):
                return False
        return True

    return all(agrees(number) for number in range(12))


@rewrite(of="check")
def by_isclose(forward, gradient, make_inputs):
    """Python's own numbers. NaN and infinity are close to no measured slope, so they need no check."""
    rng = np.random.default_rng(6)
    for number in range(8):
        inputs = make_inputs(number)
        out_grad = rng.normal(size=forward(*inputs).shape)
        try:
            gradients = tuple(gradient(out_grad, *inputs))
        except Exception:
            return False
        if [*map(np.shape, gradients)] != [*map(np.shape, inputs)]:
            return False
        for g, directions in zip(gradients, in_normal_directions(rng, inputs), strict=True):
            (v,) = (v for v in directions if v.any())
            terms = [float(one) * float(other) for one, other in zip(g.flat, v.flat, strict=True)]
            size = sum(map(abs, terms))
            measured = slope(forward, out_grad, inputs, directions, 2e-5)
            if not math.isclose(measured, sum(terms), rel_tol=0, abs_tol=5e-5 * size):
                return False
    return True


@rewrite(of="check")
def along_a_stretch(forward, gradient, make_inputs):
    """The loss changes along a stretch by the integral of its slope, which Simpson's rule takes from the
    gradients at the start, the middle and the end."""
    rng = np.random.default_rng(8)
    for number in range(8):
        inputs = make_inputs(number)
        out_grad = rng.normal(size=forward(*inputs).shape)
        steps = [5e-4 * (np.abs(a).max() or 1.0) * rng.uniform(-1, 1, a.shape) for a in inputs]
        for directions in each_alone(steps):
            points = [moved(inputs, directions, h) for h in (-1, 0, 1)]
            gradients = [gradients_of(gradient, out_grad, point) for point in points]
            if None in gradients:
                return False
            slopes, sizes = zip(*(claimed_and_size(g, directions) for g in gradients), strict=True)
            change = np.vdot(out_grad, forward(*points[2]) - forward(*points[0]))
            if abs(change - (slopes[0] + 4 * slopes[1] + slopes[2]) / 3) > 1e-4 * sum(sizes):
                return False
    return True


@rewrite(of="check")
def on_a_sphere(forward, gradient, make_inputs):
    """Four directions of each input's own length in each draw, and one comparison of all their errors in
    the shares of their sizes."""
    rng = np.random.default_rng(9)
    for number in range(8):
        inputs = make_inputs(number)
        out_grad = rng.uniform(-3, 3, forward(*inputs).shape)
        gradients = gradients_of(gradient, out_grad, inputs)
        if gradients is None:
            return False
        shares = []
        for _ in range(4):
            around = [rng.normal(size=a.shape) for a in inputs]
            lengths = [
                (np.linalg.norm(a) or 1.0) / np.linalg.norm(v) for a, v in zip(inputs, around, strict=True)
            ]
            for directions in each_alone([length * v for length, v in zip(lengths, around, strict=True)]):
                claimed, size = claimed_and_size(gradients, directions)
                error = slope(forward, out_grad, inputs, directions, 1e-5) - claimed
                shares.append(abs(error) / size if size else np.inf * abs(error) if error else 0.0)
        if np.hypot.reduce(shares) > 5e-5:
            return False
    return True


@rewrite(of="check")
def by_a_share_of_each_number(forward, gradient, make_inputs):
    """Each number moves by a share of itself, or of a tenth of the largest number if it is smaller."""
    rng = np.random.default_rng(10)
    for number in range(8):
        inputs = make_inputs(number)
        out_grad = rng.laplace(size=forward(*inputs).shape)
        gradients = gradients_of(gradient, out_grad, inputs)
        if gradients is None:
            return False
        sizes = [np.maximum(np.abs(a), np.abs(a).max() / 10 or 1.0) for a in inputs]
        for directions in each_alone([size * rng.normal(size=size.shape) for size in sizes]):
            claimed, total = claimed_and_size(gradients, directions)
            if abs(slope(forward, out_grad, inputs, directions, 3e-5) - claimed) > 1e-4 * total:
                return False
    return True


@rewrite(of="check")
def with_an_error_of_its_own(forward, gradient, make_inputs):
    """Two steps give the error of the measured slope, and the tolerance grows by that error."""
    rng = np.random.default_rng(11)
    for number in range(10):
        inputs = make_inputs(number)
        out_grad = rng.normal(size=forward(*inputs).shape)
        gradients = gradients_of(gradient, out_grad, inputs)
        if gradients is None:
            return False
        for directions in in_normal_directions(rng, inputs):
            fine, coarse = (slope(forward, out_grad, inputs, directions, step) for step in (1e-5, 2e-5))
            claimed, size = claimed_and_size(gradients, directions)
            if abs(fine - claimed) > 1e-5 * size + 2 * abs(fine - coarse):
                return False
    return True


@rewrite(of="check")
def asked_for_linearity_too(forward, gradient, make_inputs):
    """The gradient of a sum of two out_grads must also be the sum of their gradients."""
    rng = np.random.default_rng(12)
    for number in range(8):
        inputs = make_inputs(number)
        shape = forward(*inputs).shape
        one, other = rng.normal(size=shape), rng.normal(size=shape)
        of_one, of_other, of_both = (gradients_of(gradient, o, inputs) for o in (one, other, one + other))
        if of_one is None or of_other is None or of_both is None:
            return False
        for g, h, both in zip(of_one, of_other, of_both, strict=True):
            lengths = sum(np.linalg.norm(array) for array in (g, h, both))
            if np.linalg.norm(np.float64(g) + h - both) > 1e-3 * lengths:
                return False
        for directions in in_normal_directions(rng, inputs):
            claimed, size = claimed_and_size(of_both, directions)
            if abs(slope(forward, one + other, inputs, directions, 1e-5) - claimed) > 1e-4 * size:
                return False
    return True


@rewrite(of="check")
def in_two_halves(forward, gradient, make_inputs):
    """A coin for each number says in which of two directions it moves; the sums are in long double."""
    rng = np.random.default_rng(13)
    for number in range(8):
        inputs = make_inputs(number)
        out_grad = rng.normal(size=forward(*inputs).shape)
        gradients = gradients_of(gradient, out_grad, inputs)
        if gradients is None:
            return False
        wide = [np.asarray(g, np.longdouble) for g in gradients]
        whole = [rng.normal(size=a.shape) * (np.median(np.abs(a)) or 1.0) for a in inputs]
        coins = [rng.integers(0, 2, a.shape) for a in inputs]
        for side in (0, 1):
            for directions in each_alone([v * (coin == side) for v, coin in zip(whole, coins, strict=True)]):
                claimed, size = claimed_and_size(wide, directions)
                if abs(slope(forward, out_grad, inputs, directions, 1e-5) - claimed) > 1e-4 * size:
                    return False
    return True


@rewrite(of="check")
def output_by_input(forward, gradient, make_inputs):
    """Few directions, and many out_grads: each number of a small output alone, and then all at random."""
    rng = np.random.default_rng(14)
    for number in range(8):
        inputs = make_inputs(number)
        shape = forward(*inputs).shape
        size = math.prod(shape)
        units = np.eye(size).reshape(size, *shape) if size <= 9 else []
        sides = []
        for directions in in_normal_directions(rng, inputs):
            ends = (forward(*moved(inputs, directions, h)) for h in (1e-5, -1e-5))
            sides.append((directions, np.subtract(*ends) / 2e-5))
        for out_grad in (*units, rng.normal(size=shape)):
            gradients = gradients_of(gradient, out_grad, inputs)
            if gradients is None:
                return False
            for directions, quotients in sides:
                claimed, total = claimed_and_size(gradients, directions)
                rounding = 1e-10 * np.abs(quotients).sum()
                if abs((out_grad * quotients).sum() - claimed) > 1e-4 * total + rounding:
                    return False
    return True


@rewrite(of="check")
def all_draws_in_one_comparison(forward, gradient, make_inputs):
    """Arrays of what was measured and claimed, and NumPy's own truth value of their comparison."""
    rng = np.random.default_rng(15)
    comparisons = []
    for number in range(16):
        inputs = make_inputs(number)
        out_grad = rng.normal(size=forward(*inputs).shape)
        gradients = gradients_of(gradient, out_grad, inputs)
        if gradients is None:
            return np.False_
        for directions in in_normal_directions(rng, inputs):
            measured = slope(forward, out_grad, inputs, directions, 5e-6)
            comparisons.append((measured, *claimed_and_size(gradients, directions)))
    measured, claimed, sizes = np.transpose(comparisons)
    return np.all(np.abs(measured - claimed) <= 3e-5 * sizes)
