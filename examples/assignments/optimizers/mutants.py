"""Wrong ideas about optimizers; `solution` is the rendered solution, `original` the right version."""

import math

# `solution` is the solution as it is rendered from the templates.
from solution import Adam, original

from grader.model.mutant import mutant


@mutant(of="SGD.step", help="#a-ball-that-rolls", edits={"self._momentum * v + g": "g"})
def momentum_forgotten():
    """Your steps do not remember the previous one: add `momentum` times its velocity."""


@mutant(of="SGD.step", help="#a-ball-that-rolls", edits={"w - self._rate * v": "w + self._rate * v"})
def uphill():
    """You move the weight uphill, where its gradient points. Subtract, to move it downhill."""


@mutant(of="SGD.step", help="#a-ball-that-rolls", edits={"* v + g": "* v + (1 - self._momentum) * g"})
def gradient_damped():
    """Your velocity is an average. Add the whole gradient, and multiply only the old velocity."""


@mutant(of="SGD.step", help="#a-ball-that-rolls", edits={"v + g for": "v + self._rate * g for"})
def rate_used_twice():
    """You multiply the gradient by `rate` twice: when you add it, and when the weight moves. Do it once."""


@mutant(of="SGD.__init__", help="#a-ball-that-rolls")
def one_memory_for_all(self, rate, momentum=0.0):
    """Your optimizers share one list of velocities. Make a new list for each object, in `__init__`."""

    def remember(self, velocities):
        type(self).shared = velocities

    type(self)._velocities = property(lambda self: self.shared, remember)
    original(self, rate, momentum)


@mutant(of="SGD.step", help="#a-ball-that-rolls")
def moved_in_place(self, weights, gradients):
    """You change the list `weights` that you are given. Return a new one: the caller may still need it."""
    weights[:] = original(self, weights, gradients)
    return weights


@mutant(
    of="SGD.step",
    help="#what-is-refused",
    edits={
        "len(weights) != len(gradients)": "False",
        "strict=True)]\n        return": "strict=False)]\n        return",
        "self._velocities, strict=True": "self._velocities, strict=False",
    },
)
def shortest_wins():
    """If a gradient is missing, you skip a weight. Raise ValueError."""


@mutant(of="SGD.__init__", help="#what-is-refused", edits={"rate <= 0 or not": "rate < 0 or not"})
def no_rate_is_a_rate():
    """You accept a rate of 0, at which no weight ever moves. Refuse every rate that is not above 0."""


@mutant(of="SGD.__init__", help="#what-is-refused", edits={"momentum < 1": "momentum <= 1"})
def never_slower():
    """You accept a momentum of 1, with which the velocity never fades. It must be below 1."""


@mutant(of="SGD.__init__", help="#what-is-refused", edits={"rate <= 0 or not": "rate == 0 or not"})
def below_no_rate_is_a_rate():
    """You accept a negative rate, which moves every weight uphill. Refuse every rate that is not above 0."""


@mutant(of="SGD.__init__", help="#what-is-refused", edits={"not 0 <= momentum < 1": "momentum >= 1"})
def negative_momentum():
    """You accept a negative momentum, with which each step reverses the one before. Raise ValueError if it
    is below 0."""


@mutant(
    of="SGD.step",
    help="#what-is-refused",
    edits={
        "len(weights) != len(gradients)": "len(weights) > len(gradients)",
        "strict=True)]\n        return": "strict=False)]\n        return",
    },
)
def gradients_too_many_ignored():
    """If there are more gradients than weights, you ignore the last ones. Raise ValueError."""


@mutant(of="SGD.step", help="#what-is-refused")
def refused_steps_forget(self, weights, gradients):
    """A step that you refuse changes the velocities. Raise ValueError before you change anything."""
    if len(weights) != len(gradients):
        self._velocities = []
    return original(self, weights, gradients)


@mutant(
    of="Adam.step",
    help="#a-step-for-each-weight",
    edits={"mean /= 1 - first**self._steps": "pass", "square /= 1 - second**self._steps": "pass"},
)
def averages_not_corrected():
    """Your averages start at 0, so they are too small at first. Divide them by 1 - beta**steps."""


@mutant(of="Adam.step", help="#a-step-for-each-weight")
def quotients_kept(self, weights, gradients):
    """You remember m and s after you divided them. Remember them as they were before the division, and
    use the quotients in this step only."""
    moved = original(self, weights, gradients)
    first, second = self._betas
    self._means = [mean / (1 - first**self._steps) for mean in self._means]
    self._squares = [square / (1 - second**self._steps) for square in self._squares]
    return moved


@mutant(of="Adam.step", help="#a-step-for-each-weight")
def adam_moves_in_place(self, weights, gradients):
    """Your Adam changes the list `weights` that it is given. Return a new one: the caller may still need
    it."""
    weights[:] = original(self, weights, gradients)
    return weights


@mutant(of="Adam.step", help="#a-step-for-each-weight", edits={"self._steps += 1": "self._steps = 1"})
def corrected_as_in_the_first_step():
    """You correct every step as if it were the first. Use the number of steps as the exponent."""


@mutant(
    of="Adam.step", help="#a-step-for-each-weight", edits={"(1 - second) * g * g": "(1 - second) * abs(g)"}
)
def sizes_not_squares():
    """Your second average is of absolute values. Average the squares, and take the root when you divide."""


@mutant(
    of="Adam.step",
    help="#a-step-for-each-weight",
    edits={"math.sqrt(square) + self._epsilon": "math.sqrt(square + self._epsilon)"},
)
def epsilon_in_the_root():
    """You add epsilon inside the root. Add it after you take the root."""


@mutant(
    of="Adam.step",
    help="#a-step-for-each-weight",
    edits={"first, second = self._betas": "second, first = self._betas"},
)
def betas_exchanged():
    """You swapped the betas. The first is for the gradients, the second for their squares."""


@mutant(
    of="Adam.step",
    help="#a-step-for-each-weight",
    edits={"self._rate * mean / (": "self._rate * gradients[0] / ("},
)
def first_gradient_for_all():
    """You move every weight by the first gradient. Each weight has its own averages."""


@mutant(of="Adam.__init__", help="#a-step-for-each-weight")
def epsilon_of_its_own(self, rate=0.001, betas=(0.9, 0.999), epsilon=1e-8):
    """You ignore the argument `epsilon`: store it, and use it in `step`."""
    original(self, rate, betas)


@mutant(
    of="Adam.__init__", help="#a-step-for-each-weight", edits={"rate: float = 0.001": "rate: float = 0.01"}
)
def default_of_another_rate():
    """You gave `rate` another default. Without an argument, Adam's rate is 0.001."""


@mutant(of="Adam.__init__", help="#what-is-refused", edits={"rate <= 0": "rate == 0"})
def adam_uphill():
    """Your Adam accepts a negative rate, which moves every weight uphill. Raise ValueError in `__init__` for
    every rate that is not above 0."""


@mutant(of="Adam.__init__", help="#what-is-refused", edits={"rate <= 0": "rate < 0"})
def adam_without_a_rate():
    """Your Adam accepts a rate of 0, at which no weight ever moves. Raise ValueError in `__init__` for every
    rate that is not above 0."""


@mutant(of="Adam.steps", help="#a-step-for-each-weight")
def counts_the_weights(self):
    """You count a step for each weight. `steps` counts the calls of `step`, whatever the number of
    weights."""
    return len(self._means)


@mutant(of="Adam.step", help="#what-is-refused")
def refused_steps_count(self, weights, gradients):
    """You count a step that you refuse: raise ValueError before you count."""
    if len(weights) != len(gradients):
        self._steps += 1
    return original(self, weights, gradients)


@mutant(of="lowest", help="#downhill")
def gradients_of_the_start(curvatures, weights, rate, steps):
    """You compute the gradients once. They change with the weights: compute them at every step."""
    optimizer, gradients = Adam(rate), [c * w for c, w in zip(curvatures, weights, strict=True)]
    for _ in range(steps):
        weights = optimizer.step(weights, gradients)
    return weights


@mutant(of="lowest", help="#downhill")
def a_new_optimizer_each_time(curvatures, weights, rate, steps):
    """You make a new Adam at every step, so it forgets everything. Make one and keep it."""
    for _ in range(steps):
        weights = Adam(rate).step(weights, [c * w for c, w in zip(curvatures, weights, strict=True)])
    return weights


@mutant(of="lowest", help="#downhill")
def at_least_a_step(curvatures, weights, rate, steps):
    """You take a step even if `steps` is 0. Then the weights must stay where they are."""
    return original(curvatures, weights, rate, max(steps, 1))


@mutant(of="lowest", help="#downhill")
def slope_is_the_curvature(curvatures, weights, rate, steps):
    """You leave the weight out of the gradient. The gradient is the curvature times the weight."""
    optimizer = Adam(rate)
    for _ in range(steps):
        weights = optimizer.step(
            weights, [math.copysign(c, w) for c, w in zip(curvatures, weights, strict=True)]
        )
    return weights
