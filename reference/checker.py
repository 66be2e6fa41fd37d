"""A gradient checker: central differences, one input at a time, compared by the size of the terms."""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.floating]


def slope(
    forward: Callable[..., Array],
    out_grad: Array,
    inputs: Sequence[Array],
    directions: Sequence[Array],
    step: float,
) -> float:
    """How fast the loss changes when each input moves along its direction, by a central difference.

    The loss is the sum of out_grad * forward(*inputs) over all elements. `directions` holds one array for
    each input, of its shape. All inputs move at the same time: forward by `step` times their directions, and
    backward by as much. The change of the loss from one end to the other is divided by the distance,
    2 * step. The given arrays stay as they are.
    """
    ahead = forward(*(a + step * v for a, v in zip(inputs, directions, strict=True)))
    behind = forward(*(a - step * v for a, v in zip(inputs, directions, strict=True)))
    return float((out_grad * (ahead - behind)).sum() / (2 * step))


def check(
    forward: Callable[..., Array],
    gradient: Callable[..., tuple[Array, ...]],
    make_inputs: Callable[[int], tuple[Array, ...]],
) -> bool:
    """True if `gradient` is the gradient of `forward`, and False if it is not. It raises nothing itself.

    - make_inputs(n), for a whole number n from 0 on, returns a tuple of arrays (float64), the n-th draw of
      inputs. Shapes may change from one draw to the next. The same n always gives the same draw. The largest
      absolute value of an input is between 1e-6 and 1e4. Or all numbers of an input are 0; then those of the
      other inputs are about 1.
    - forward(*inputs) returns one array (float64). It is smooth around each draw: if each input moves by
      up to a thousandth of its largest number (if all are 0, of 1), it meets no kink.
    - gradient(out_grad, *inputs) should return a tuple with one array for each input, of that input's
      shape: the gradient of the sum of out_grad * forward(*inputs).

    A right gradient may be computed in float32, and may add up in any order: each of its arrays is off by at
    most 1e-5 of its norm, for every out_grad and every draw. A wrong gradient is off by 1/20 of the norm of
    one of its arrays, or more, in at least 4 of the draws 0 to 7, for a random out_grad with numbers of both
    signs. Or its result is not a tuple of arrays, has the wrong number of arrays or a wrong shape, holds a
    number that is not finite, or is an exception; that, too, happens in at least 4 of these draws.
    """
    rng = np.random.default_rng(0)
    for number in range(8):
        inputs = make_inputs(number)
        out_grad = rng.normal(size=forward(*inputs).shape)
        try:
            gradients = gradient(out_grad, *inputs)
            if len(gradients) != len(inputs):
                return False
            for g, a in zip(gradients, inputs, strict=True):
                if g.shape != a.shape or not np.isfinite(g).all():
                    return False
        except Exception:  # raised by it, or because its result is not a tuple of arrays
            return False
        for place, (g, a) in enumerate(zip(gradients, inputs, strict=True)):
            size = np.abs(a).max() or 1.0
            # One input at a time: next to the terms of a large input, the mistakes of a small one would not
            # show.
            directions = [np.zeros_like(other) for other in inputs]
            directions[place] = size * rng.normal(size=a.shape)
            terms = g * directions[place]
            measured = slope(forward, out_grad, inputs, directions, 1e-5)
            if abs(measured - terms.sum()) > 1e-5 * np.abs(terms).sum():
                return False
    return True
