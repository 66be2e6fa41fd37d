"""Correct optimizers, written in other ways. All of them must earn full marks."""

import math

# `solution` is the solution as it is rendered from the templates.
from solution import Adam, original

from grader.model.mutant import rewrite


@rewrite(of="SGD.step")
def by_index(self, weights, gradients):
    """Weight by weight, with an index."""
    if len(weights) != len(gradients):
        raise ValueError("lengths differ")
    if not self._velocities:
        self._velocities = [0.0 for _ in weights]
    moved = list(weights)
    for i in range(len(weights)):
        self._velocities[i] = gradients[i] + self._momentum * self._velocities[i]
        moved[i] -= self._rate * self._velocities[i]
    return moved


@rewrite(of="SGD.__init__")
def numbers_as_floats(self, rate, momentum=0.0):
    """Every number is made a float first."""
    original(self, float(rate), float(momentum))


@rewrite(of="Adam.step")
def root_corrected_once(self, weights, gradients):
    """Both corrections are put into the rate, as the paper says at the end of its section 2."""
    if len(weights) != len(gradients):
        raise ValueError("lengths differ")
    self._steps += 1
    first, second = self._betas
    self._means = self._means or [0.0] * len(weights)
    self._squares = self._squares or [0.0] * len(weights)
    root = math.sqrt(1 - second**self._steps)
    rate = self._rate * root / (1 - first**self._steps)
    moved = []
    for i, gradient in enumerate(gradients):
        self._means[i] += (1 - first) * (gradient - self._means[i])
        self._squares[i] += (1 - second) * (gradient**2 - self._squares[i])
        moved.append(
            weights[i] - rate * self._means[i] / (math.sqrt(self._squares[i]) + self._epsilon * root)
        )
    return moved


@rewrite(of="lowest")
def by_recursion(curvatures, weights, rate, steps):
    """The last step follows all the others."""

    def after(count, optimizer):
        if count == 0:
            return list(weights)
        here = after(count - 1, optimizer)
        return optimizer.step(here, [c * w for c, w in zip(curvatures, here, strict=True)])

    return after(steps, Adam(rate))
