"""Asks a criterion's forward pass for the shape of its result, which the upstream gradient has as well."""

from collections.abc import Callable, Mapping

from grader.judge.comparison import DTYPE, Oracle
from grader.judge.differences.probe_values import Array, arrays_of
from grader.judge.inputs import UPSTREAM, Inputs
from grader.judge.kind import Shape
from grader.model.assignment import Criterion
from grader.model.grade import Status

Forward = Callable[[Inputs], Shape | None]  # the shape of the forward pass's result; None: it has none


def forward_of(oracle: Oracle, criterion: Criterion) -> Forward | None:
    """The forward pass that the criterion's gradients belong to; None if it names none."""
    if (probe := criterion.options.get("adjoint_of")) is None:
        return None
    shapes: dict[str, Shape | None] = {}

    def forward(inputs: Inputs) -> Shape | None:
        if inputs.digest not in shapes:
            outcome, _ = oracle.answer(str(probe), inputs, DTYPE)
            arrays = arrays_of(outcome) if outcome.status is Status.OK else ()
            shapes[inputs.digest] = arrays[0].shape if len(arrays) == 1 else None
        return shapes[inputs.digest]

    return forward


def upstream_shape(forward: Forward | None, inputs: Inputs, arrays: Mapping[str, Array]) -> Shape | None:
    """The shape of the upstream gradient for these arrays of a case; None if no forward pass tells."""
    if forward is None:
        return None
    bases = {name: array for name, array in arrays.items() if name != UPSTREAM}
    return forward(Inputs(inputs.values, bases, dict.fromkeys(bases, ()), inputs.ask))
