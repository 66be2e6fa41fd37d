"""Draws a case's inputs from a seed: base arrays, the views that lead from them, dependent shapes.

A kind of case is one function in `KINDS`; the loader knows which keys a case of that kind may have.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from grader.judge.inputs import Array, Inputs, Recipe
from grader.model.assignment import Case, Visibility

LARGEST = 8  # exact integers are drawn from [-8, 8], see numerics: products and sums stay exact in float32


def draw(case: Case, assignment: str, secret: str = "", redraw: int = 0, variant: str = "") -> Inputs:
    """The inputs of a case, the same on every machine for the same names and secret.

    A visible case does not depend on the course's secret seed, so that a handout can show it, nor on the
    `variant`: a student's id, with which the numbers of a hidden case are that student's own. Its shapes are
    everybody's, so that nobody's is harder. `redraw` numbers further, different draws of the same shapes.
    """
    is_visible = case.visibility is Visibility.VISIBLE
    words = [assignment, case.name, "" if is_visible else secret]
    own = [f"variant {variant}"] if variant and not is_visible else []
    # the configuration comes from a generator of its own: a redraw keeps the shapes
    shapes = generator([*words, "shapes"])
    numbers = generator([*words, "numbers", str(redraw), *own])
    return KINDS[case.kind](case, shapes, numbers)


def generator(words: Sequence[str]) -> np.random.Generator:
    """Random numbers that are the same on every platform for the same words."""
    digest = hashlib.sha256("\0".join(words).encode()).digest()
    return np.random.default_rng(np.random.SeedSequence(int.from_bytes(digest, "little")))


def _numbers(case: Case, rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    if case.data == "normal":
        return rng.standard_normal(shape).astype(np.float32)
    return rng.integers(-LARGEST, LARGEST, shape, endpoint=True).astype(np.float32)


def _inputs(
    case: Case, rng: np.random.Generator, values: Mapping[str, Any], shapes: Mapping[str, tuple[int, ...]]
) -> Inputs:
    bases, recipes = {}, {}
    for name, shape in shapes.items():
        base_shape, recipes[name] = _view_recipe(case.parameters.get("view", ()), shape)
        bases[name] = _numbers(case, rng, base_shape)
    return Inputs(values, bases, recipes)


def _view_recipe(views: tuple[str, ...], shape: tuple[int, ...]) -> tuple[tuple[int, ...], Recipe]:
    """The base's shape, and the recipe that makes an array of `shape` of it.

    Built from the last view back to the first. `slice` takes every second element from the second on of
    an axis that is longer at both ends, so the offset is not zero and nothing is compact; `permute`
    turns the axes by one, which is not its own inverse from three axes on; `flip` runs backwards.
    """
    recipe: list[tuple[str, Any]] = []
    for view in reversed(views):
        if view == "permute":
            axes = tuple((axis + 1) % len(shape) for axis in range(len(shape)))
            shape = tuple(shape[axes.index(axis)] for axis in range(len(shape)))
            recipe.append(("permute", axes))
        elif view == "slice":
            recipe.append(("slice", tuple((1, 2 * n + 1, 2) for n in shape)))
            shape = tuple(2 * n + 2 for n in shape)
        else:
            recipe.append(("slice", tuple((None, None, -1) for _ in shape)))
    return shape, tuple(reversed(recipe))


def _array_kind(case: Case, shapes: np.random.Generator, numbers: np.random.Generator) -> Inputs:
    own = ("shape", "other", "level", "view", "upstream")
    values = {key: value for key, value in case.parameters.items() if key not in own}
    shapes_of = {"a": tuple(case.parameters["shape"])}
    if "other" in case.parameters:
        shapes_of["other"] = tuple(case.parameters["other"])
    if case.parameters.get("upstream"):
        shapes_of["out_grad"] = shapes_of["a"]
    inputs = _inputs(case, numbers, values, shapes_of)
    level = case.parameters.get("level", 0)
    return inputs.holding({"a": inputs.array("a") + np.float32(level)}) if level else inputs


def _view_chain_kind(case: Case, shapes: np.random.Generator, numbers: np.random.Generator) -> Inputs:
    """An array `a`, and `ops`: (name of a method, or "index"; its argument), one after the other."""
    if "ops" in case.parameters:
        shape = tuple(case.parameters["chain"])
        ops = [[name, argument] for step in case.parameters["ops"] for name, argument in step.items()]
    else:
        lengths = shapes.permutation(np.arange(3, 7))  # no two alike: a swapped axis shows
        shape = tuple(lengths[: shapes.integers(2, 4)].tolist())
        ops = _draw_views(shapes, np.zeros(shape), case.parameters["length"])
    return _inputs(case, numbers, {"ops": ops}, {"a": shape})


def _draw_views(rng: np.random.Generator, view: Array, length: list[int]) -> list[list[Any]]:
    """A random chain of views from `view` on. Each is of at most 4 axes.

    Each has 8 elements or more: of fewer, those of a wrong view may be the same by chance.
    """
    ops: list[list[Any]] = []
    shortest, longest = length
    wanted = rng.integers(shortest, longest, endpoint=True)
    while len(ops) < wanted:
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
            after = view[tuple(item if isinstance(item, int) else _slice(item) for item in argument)]
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
        if 1 <= after.ndim <= 4 and 8 <= after.size <= 400 and argument != shape:
            ops.append([name, argument])
            view = after
    return ops


def _draw_item(rng: np.random.Generator, n: int) -> int | str:
    """One item of an index for an axis of length n: now and then an integer, else a slice."""
    if rng.random() < 0.2:
        return int(rng.integers(-n, n))
    step = int(rng.choice([1, 1, 2, -1, -2]))
    start, stop = sorted(rng.choice(n + 1, 2, replace=False).tolist())
    if rng.random() < 0.3:
        return f"::{step}"
    if step < 0:
        return f"{stop - 1}:{start - 1 if start else ''}:{step}"
    return f"{start - n if start and rng.random() < 0.5 else start}:{stop}:{step}"


def _slice(text: str) -> slice:
    return slice(*(int(part) if part else None for part in text.split(":")))


def _draw_shape(rng: np.random.Generator, shape: list[int]) -> list[int]:
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


def _matmul_kind(case: Case, shapes: np.random.Generator, numbers: np.random.Generator) -> Inputs:
    samples, features, outputs = case.parameters["matmul"]
    bias = {"b": (outputs,)} if case.parameters["bias"] else {}
    arrays = {"x": (samples, features), "w": (features, outputs), **bias, "out_grad": (samples, outputs)}
    return _inputs(case, numbers, {}, arrays)


def _logits_kind(case: Case, shapes: np.random.Generator, numbers: np.random.Generator) -> Inputs:
    """Rows of logits and one-hot labels; with a `spread`, exact ones.

    Row n is then a permutation of 0, spread, 2 spread, ... around level (n + 1). From a spread of 1000 on
    exp(-spread) is 0 in float32 and float64, so that softmax holds zeros and ones and the loss is exact.
    """
    samples, classes = case.parameters["logits"]
    inputs = _inputs(case, numbers, {}, {"logits": (samples, classes), "labels": (samples, classes)})
    labels = np.eye(classes, dtype=np.float32)[numbers.integers(0, classes, samples)]
    drawn = {"labels": labels}
    if "spread" in case.parameters:
        ranks = numbers.permuted(np.tile(np.arange(classes), (samples, 1)), axis=1)
        levels = case.parameters["level"] * np.arange(1, samples + 1)
        drawn["logits"] = (levels[:, None] + case.parameters["spread"] * ranks).astype(np.float32)
    return inputs.holding(drawn)


def _conv_kind(case: Case, shapes: np.random.Generator, numbers: np.random.Generator) -> Inputs:
    parameters = dict(case.parameters)
    if "x" not in parameters:
        parameters |= _draw_configuration(shapes, parameters["remainder"])
    height, width, channels = parameters["x"]
    kernel_height, kernel_width, filters = parameters["w"]
    stride, padding = pair(parameters["stride"]), pair(parameters["padding"])
    out = tuple(
        (n + 2 * p - k) // s + 1
        for n, k, s, p in zip((height, width), (kernel_height, kernel_width), stride, padding, strict=True)
    )
    batch = parameters["batch"]
    return _inputs(
        case,
        numbers,
        {key: parameters[key] for key in ("stride", "padding", "kernel", "budget") if key in parameters},
        {
            "x": (batch, height, width, channels),
            "w": (kernel_height, kernel_width, channels, filters),
            "out_grad": (batch, *out, filters),
        },
    )


def _draw_configuration(rng: np.random.Generator, remainder: str) -> dict[str, Any]:
    """A random rectangular convolution whose remainder (n + 2p - k) mod s is, on both axes, as asked.

    "zero": r = 0; "full": r = s - 1 with s >= 2; "between": 0 < r < s - 1, so s >= 3; "any": whatever comes.
    """
    smallest = {"any": 1, "zero": 1, "full": 2, "between": 3}[remainder]
    while True:
        stride = rng.integers(smallest, 5, 2)
        kernel = rng.integers(1, 5, 2)
        padding = rng.integers(0, 4, 2)
        low = {"any": 0 * stride, "zero": 0 * stride, "full": stride - 1, "between": 0 * stride + 1}[
            remainder
        ]
        high = {"any": stride - 1, "zero": 0 * stride, "full": stride - 1, "between": stride - 2}[remainder]
        size = (
            (rng.integers(2, 5, 2) - 1) * stride
            + kernel
            - 2 * padding
            + rng.integers(low, high, endpoint=True)
        )
        channels, filters = rng.integers(2, 5, 2)
        differ = (
            size[0] != size[1] and kernel[0] != kernel[1] and stride[0] != stride[1] and channels != filters
        )
        if min(size) >= 1 and differ:
            return {
                "batch": int(rng.integers(2, 4)),
                "x": [int(size[0]), int(size[1]), int(channels)],
                "w": [int(kernel[0]), int(kernel[1]), int(filters)],
                "stride": [int(s) for s in stride],
                "padding": [int(p) for p in padding],
            }


def pair(value: int | list[int] | tuple[int, int]) -> tuple[int, int]:
    """An int or a pair as a pair (height, width)."""
    return (value, value) if isinstance(value, int) else (value[0], value[1])


KINDS: dict[str, Callable[[Case, np.random.Generator, np.random.Generator], Inputs]] = {
    "array": _array_kind,
    "conv": _conv_kind,
    "logits": _logits_kind,
    "matmul": _matmul_kind,
    "view_chain": _view_chain_kind,
}


def describe(case: Case, inputs: Inputs) -> str:
    """The case in words, for the student who failed it."""
    views = ", ".join(
        {"permute": "permuted", "slice": "sliced", "flip": "flipped"}[v]
        for v in case.parameters.get("view", ())
    )
    view = f", as a view ({views})" if views else ""
    if case.kind == "conv":
        n, height, width, channels = inputs.array("x").shape
        kernel_height, kernel_width, _, filters = inputs.array("w").shape
        stride, padding = pair(inputs.values["stride"]), pair(inputs.values["padding"])
        sizes = zip((height, width), (kernel_height, kernel_width), stride, padding, strict=True)
        remainder = "×".join(str((size + 2 * p - k) % s) for size, k, s, p in sizes)
        of = f"{inputs.values['kernel']}: " if "kernel" in inputs.values else ""
        return (
            f"{of}{n} image{'s' * (n != 1)} of {height}×{width}, {channels} channels, {filters} filters of "
            f"{kernel_height}×{kernel_width}, stride {stride[0]}×{stride[1]}, "
            f"padding {padding[0]}×{padding[1]}, remainder {remainder}{view}"
        )
    if case.kind == "matmul":
        (samples, features), outputs = inputs.array("x").shape, inputs.array("w").shape[1]
        bias = ", with a bias" if "b" in inputs.bases else ""
        return f"{samples} sample{'s' * (samples != 1)} of {features} features, {outputs} outputs{bias}{view}"
    if case.kind == "logits":
        samples, classes = inputs.array("logits").shape
        spread = case.parameters.get("spread")
        apart = f", logits {spread} apart" if spread else ", all logits of a row alike" * (spread == 0)
        level = f", row n around {case.parameters['level']}·(n + 1)" * (case.parameters.get("level", 0) != 0)
        return f"{samples} sample{'s' * (samples != 1)}, {classes} classes{apart}{level}{view}"
    if case.kind == "view_chain":
        steps = "".join(f", {name} {_in_words(argument)}" for name, argument in inputs.values["ops"])
        return f"an array of shape {inputs.array('a').shape}{steps}"
    other = f" and one of shape {inputs.array('other').shape}" if "other" in inputs.bases else ""
    told = {name: value for name, value in inputs.values.items() if name != "budget"}  # `expected` says it
    values = "".join(f", {name} {_in_words(value)}" for name, value in told.items())
    return f"an array of shape {inputs.array('a').shape}{other}{values}{view}"


def _in_words(value: Any) -> str:
    """A case's value as a student reads it: an index as Python writes it."""
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_in_words(item)}" for name, item in value.items())
    if isinstance(value, list | tuple) and any(isinstance(item, str) for item in value):
        return f"[{', '.join('None' if item == 'new' else str(item) for item in value)}]"
    return str(value)
