"""A view of a view of ... an array."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np

from grader.judge.inputs import Array, Inputs
from grader.judge.kind import Kind, Lengths, draw_arrays
from grader.model.assignment import Case

if TYPE_CHECKING:
    from grader.judge.case_model import CaseModel

MOST_ELEMENTS = 400  # of a view in a chain
CHAINS = 32  # small cases of one length, each drawn anew


@cache
def view_chain_keys() -> "Mapping[str, type[CaseModel]]":
    """The models of a case, by the key that identifies this kind."""
    from pydantic import Field

    from grader.judge.case_model import CaseModel, Draws

    class DrawnViewChains(CaseModel):
        """`draw` random chains of views of an array `case.a`, named id-1, id-2, ...

        `case.ops` are the steps, pairs of a name and its argument, such as ("index", ("1:", 0)).
        """

        draw: Draws
        """How many chains."""
        length: Annotated[list[Annotated[int, Field(ge=1, le=20)]], Field(min_length=2, max_length=2)]
        """The least and the largest number of steps."""

    return {"length": DrawnViewChains}


class ViewChainKind(Kind):
    """An array `a`, and `ops`: (name of a method, or "index"; its argument), one after the other."""

    name = "view_chain"
    keys = staticmethod(view_chain_keys)
    arrays = ("a",)
    values = ("ops",)

    def draw(self, case: Case, shapes: "np.random.Generator", numbers: "np.random.Generator") -> Inputs:
        """The array and the steps."""
        lengths = shapes.permutation(np.arange(3, 7))  # no two are equal, so a swapped axis shows
        shape = tuple(lengths[: shapes.integers(2, 4)].tolist())
        ops = _draw_views(shapes, np.zeros(shape), case.parameters["length"])
        return draw_arrays(case, numbers, {"ops": ops}, {"a": shape})

    def describe(self, case: Case, inputs: Inputs) -> str:
        """The shape and each step in words."""
        steps = "".join(f", {name} {_in_words(argument)}" for name, argument in inputs.values["ops"])
        return f"an array of shape {inputs.array('a').shape}{steps}"

    def lengths(self, parameters: Mapping[str, Any]) -> tuple[Lengths, Lengths]:
        """The largest array that is drawn, and the largest view of it."""
        return [[6, 6, 6]], [[MOST_ELEMENTS]]

    def complaint(self, parameters: Mapping[str, Any]) -> str:
        """The problem with a range of lengths that runs backwards."""
        length = parameters["length"]
        return f"found length {length}, expected [from, to]" if length[0] > length[1] else ""

    def smaller(self, parameters: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        """Some shorter chains of each length."""
        lengths = range(1, parameters["length"][1] + 1)
        yield from ({"length": [length, length]} for length in lengths for _ in range(CHAINS))


def _in_words(argument: list[Any]) -> str:
    """A step's argument as a student reads it: the items of an index without quotes."""
    return f"[{', '.join(map(str, argument))}]"


def _draw_views(rng: "np.random.Generator", view: Array, length: list[int]) -> list[list[Any]]:
    """A random chain of views that starts from `view`. Each view has at most 4 axes.

    Each has at least 8 elements: with fewer, a wrong view may have the same elements by chance.
    """
    ops: list[list[Any]] = []
    shortest, longest = length
    count = rng.integers(shortest, longest, endpoint=True)
    while len(ops) < count:
        name = str(rng.choice(["permute", "index", "index", "flip", "broadcast_to", "reshape"]))
        argument: list[Any]
        shape = list(view.shape)
        if name == "permute":
            argument = rng.permutation(view.ndim).tolist()
            if argument == sorted(argument):
                continue
            after = view.transpose(argument)
        elif name == "index":
            argument = [_draw_item(rng, n) for n in shape]
            after = view[tuple(item if isinstance(item, int) else slice_of(item) for item in argument)]
        elif name == "flip":
            argument = rng.permutation(view.ndim)[: rng.integers(1, view.ndim + 1)].tolist()
            after = view
        elif name == "broadcast_to":
            front = [int(rng.integers(2, 4))] if 1 not in shape else []
            argument = front + [int(rng.integers(2, 4)) if n == 1 else n for n in shape]
            after = np.broadcast_to(view, argument)
        else:
            argument = _draw_shape(rng, shape)
            after = view.reshape(argument)
        if 1 <= after.ndim <= 4 and 8 <= after.size <= MOST_ELEMENTS and argument != shape:
            ops.append([name, argument])
            view = after
    return ops


def _draw_item(rng: "np.random.Generator", n: int) -> int | str:
    """One item of an index for an axis of length n: sometimes an integer, otherwise a slice."""
    if rng.random() < 0.2:
        return int(rng.integers(-n, n))
    step = int(rng.choice([1, 1, 2, -1, -2]))
    start, stop = sorted(rng.choice(n + 1, 2, replace=False).tolist())
    if rng.random() < 0.3:
        return f"::{step}"
    if step < 0:
        return f"{stop - 1}:{start - 1 if start else ''}:{step}"
    return f"{start - n if start and rng.random() < 0.5 else start}:{stop}:{step}"


def slice_of(text: str) -> slice:
    """A slice from its Python notation, such as "1:"."""
    return slice(*(int(part) if part else None for part in text.split(":")))


def _draw_shape(rng: "np.random.Generator", shape: list[int]) -> list[int]:
    """Another shape for the same elements: all on one axis, two axes merged, or one split."""
    axis = int(rng.integers(len(shape)))
    divisors = [d for d in range(2, shape[axis]) if shape[axis] % d == 0]
    if divisors and len(shape) < 4:
        d = int(rng.choice(divisors))
        return [*shape[:axis], shape[axis] // d, d, *shape[axis + 1 :]]
    if len(shape) < 2 or rng.random() < 0.2:
        return [-1]
    axis = min(axis, len(shape) - 2)
    return [*shape[:axis], shape[axis] * shape[axis + 1], *shape[axis + 2 :]]
