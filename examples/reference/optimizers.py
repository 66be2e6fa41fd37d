"""Two optimizers that remember: gradient descent with momentum, and Adam."""

import math


class SGD:
    """Gradient descent with momentum: one velocity for each weight.

    The velocities begin at 0. At every step each becomes `momentum` times itself plus the gradient, and the
    weight moves by `rate` times its velocity, against it. ValueError if `rate` is not above 0, or `momentum`
    is not at least 0 and below 1.
    """

    def __init__(self, rate: float, momentum: float = 0.0) -> None:
        if rate <= 0 or not 0 <= momentum < 1:
            raise ValueError("expected a rate above 0 and a momentum from 0 to 1")
        self._rate = rate
        self._momentum = momentum
        self._velocities: list[float] = []

    def step(self, weights: list[float], gradients: list[float]) -> list[float]:
        """The weights after one more step, as a new list.

        ValueError if there are not as many gradients as weights.
        """
        if len(weights) != len(gradients):
            raise ValueError("expected one gradient for each weight")
        before = self._velocities or [0.0] * len(weights)
        self._velocities = [self._momentum * v + g for v, g in zip(before, gradients, strict=True)]
        return [w - self._rate * v for w, v in zip(weights, self._velocities, strict=True)]


class Adam:
    """Adam: two averages for each weight, of its gradients and of their squares.

    ValueError if `rate` is not above 0.

    D. P. Kingma and J. Ba, "Adam: A Method for Stochastic Optimization", algorithm 1.
    """

    def __init__(
        self, rate: float = 0.001, betas: tuple[float, float] = (0.9, 0.999), epsilon: float = 1e-8
    ) -> None:
        if rate <= 0:
            raise ValueError("expected a rate above 0")
        self._rate = rate
        self._betas = betas
        self._epsilon = epsilon
        self._steps = 0
        self._means: list[float] = []
        self._squares: list[float] = []

    @property
    def steps(self) -> int:
        """How many steps there were."""
        return self._steps

    def step(self, weights: list[float], gradients: list[float]) -> list[float]:
        """The weights after one more step, as a new list.

        ValueError if there are not as many gradients as weights.
        """
        if len(weights) != len(gradients):
            raise ValueError("expected one gradient for each weight")
        first, second = self._betas
        self._steps += 1
        means = self._means or [0.0] * len(weights)
        squares = self._squares or [0.0] * len(weights)
        self._means = [first * m + (1 - first) * g for m, g in zip(means, gradients, strict=True)]
        self._squares = [second * s + (1 - second) * g * g for s, g in zip(squares, gradients, strict=True)]
        moved = []
        for weight, mean, square in zip(weights, self._means, self._squares, strict=True):
            mean /= 1 - first**self._steps
            square /= 1 - second**self._steps
            moved.append(weight - self._rate * mean / (math.sqrt(square) + self._epsilon))
        return moved


def lowest(curvatures: list[float], weights: list[float], rate: float, steps: int) -> list[float]:
    """The weights to which `steps` steps of Adam lead, of a function with the gradient `curvature * weight`.

    Each step uses the gradients at the weights of the step before.
    """
    optimizer = Adam(rate)
    for _ in range(steps):
        weights = optimizer.step(weights, [c * w for c, w in zip(curvatures, weights, strict=True)])
    return weights
