"""Edits that exchange one idiom for another: NumPy's for the array's own, a reshape for a transposition.

Each function yields `(text, cost)` like those of `expressions`.
"""

import ast
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise, permutations

from grader.judge.localization.student_functions import Function

Edits = Iterator[tuple[str, int]]

MOST_AXES = 4
TRANSPOSITIONS = ("T", "transpose", "swapaxes", "moveaxis", "permute")
MAKERS = ("zeros", "ones", "empty", "full", "array", "asarray")  # of arrays; a dtype may be missing
NUMPY = ("np", "numpy")


def of_call(node: ast.Call, of: Function) -> Edits:
    """Another way to write a call that the arrays here support, or that means something else."""
    texts = [of.source.text(one) for one in (*node.args, *node.keywords)]
    match node.func:
        case ast.Name(id="slice"):
            for number, text in enumerate(texts):
                if text != "None":  # -1 as an end is the last element
                    yield f"slice({', '.join((*texts[:number], 'None', *texts[number + 1 :]))})", 2
        case ast.Attribute(value=ast.Name(id=module), attr=name) if module in NUMPY and texts:
            yield f"({texts[0]}).{name}({', '.join(texts[1:])})", 2
        case ast.Attribute(value=value, attr="reshape"):
            yield from _transposed(of.source.text(value), _sizes(node, of), of)
        case ast.Attribute(value=value, attr="mean"):
            total = f"({of.source.text(value)}).sum({', '.join(texts)})"
            yield f"{total} / (({of.source.text(value)}).size / {total}.size)", 3
        case ast.Attribute(value=value, attr=name) if name in of.source.names and name != of.node.name:
            yield f"{name}({', '.join((of.source.text(value), *texts))})", 3
    yield from of_transposition(node, of)
    if isinstance(node.func, ast.Name | ast.Attribute):
        yield from _with_dtype(node, texts, of)


def of_transposition(node: ast.Call | ast.Attribute, of: Function) -> Edits:
    """The array with other axes exchanged, in place of one or several transpositions."""
    around = of.parent(node)
    if isinstance(around, ast.Attribute) and around.attr in TRANSPOSITIONS:
        return  # the whole chain is edited at its end
    array = _without_transpositions(node)
    is_module = isinstance(array, ast.Name) and array.id in NUMPY
    if array is node or is_module:
        return
    for method in of.transpositions or ("permute",):
        for order in _orders(2, MOST_AXES):
            yield f"({of.source.text(array)}).{method}({order})", 3 if _moved(order) == 2 else 4


def _without_transpositions(node: ast.expr) -> ast.expr:
    """The array in `array.transpose(...).T`."""
    while True:
        attribute = node.func if isinstance(node, ast.Call) else node
        if not isinstance(attribute, ast.Attribute) or attribute.attr not in TRANSPOSITIONS:
            return node
        node = attribute.value


def of_parameter(node: ast.Name, of: Function) -> Edits:
    """A parameter as other functions of the file use one of its name: `pair(stride)`."""
    if node.id not in of.names.parameters:
        return
    around = of.parent(node)
    for function in of.source.wrappers(node.id):
        if function != of.node.name and not (
            isinstance(around, ast.Call) and of.source.text(around.func) == function
        ):
            yield f"{function}({node.id})", 2


def of_axes(parts: Sequence[ast.expr], of: Function) -> Edits:
    """Other bounds of the slices of two neighboring axes, from lengths that belong together."""
    texts = [of.source.text(part) for part in parts]
    for at, (first, second) in enumerate(pairwise(parts)):
        if not isinstance(first, ast.Slice) or not isinstance(second, ast.Slice):
            continue
        if not any((first.lower, first.upper, first.step, second.lower, second.upper, second.step)):
            continue

        def edited(ends: Sequence[tuple[str, str]], at: int = at) -> str:
            both = (parts[at], parts[at + 1])
            slices = [_bounded(one, *end, of) for one, end in zip(both, ends, strict=True)]
            return ", ".join((*texts[:at], *slices, *texts[at + 2 :]))

        for pair in _pairs(at, of):
            yield edited([("", length) for length in pair]), 3
            if all(one.upper and not one.lower for one in (first, second)):
                yield edited([(start, "") for start in pair]), 3


def _bounded(node: ast.expr, start: str, length: str, of: Function) -> str:
    """A slice of `length` elements from its own start, or one of its own length from another `start`."""
    assert isinstance(node, ast.Slice)
    lower, upper, step = (of.source.text(p) if p else "" for p in (node.lower, node.upper, node.step))
    end = (f"{step} * " if step else "") + length if length else upper
    if start or lower:
        end = f"{start or lower} + {end}"
    return f"{start or lower}:{end}" + (f":{step}" if step else "")


def _pairs(axis: int, of: Function) -> Iterator[tuple[str, str]]:
    """Lengths of two neighboring axes: names that are unpacked next to each other, and those of shapes."""
    numbers = set(of.names.numbers)
    named = (pair for group in of.names.groups for pair in pairwise(group) if numbers.issuperset(pair))
    shapes = ((f"{shape}[{axis}]", f"{shape}[{axis + 1}]") for shape in of.shapes)
    yield from dict.fromkeys((*named, *shapes))


def of_result(node: ast.expr, of: Function) -> Edits:
    """What is returned, as an array of the course and as one of its own."""
    text = of.source.text(node)
    if "array" in of.source.names and not text.startswith("array("):
        yield f"array({text})", 3


def _sizes(node: ast.Call, of: Function) -> list[str]:
    """The lengths in a call of `reshape`; [] if it is called with something else."""
    sizes = node.args
    if len(sizes) == 1 and isinstance(sizes[0], ast.Tuple | ast.List):
        sizes = sizes[0].elts
    is_plain = not node.keywords and not any(isinstance(one, ast.Starred) for one in sizes)
    return [of.source.text(one) for one in sizes] if is_plain else []


def _transposed(array: str, sizes: Sequence[str], of: Function) -> Edits:
    """A transposition in place of a reshape, and a reshape to axes in another order that then move."""
    if not 2 <= len(sizes) <= MOST_AXES:
        return
    for method in of.transpositions:
        for order in _orders(len(sizes), len(sizes)):
            cost = 3 if _moved(order) == 2 else 4
            yield f"({array}).{method}({order})", cost
            shape = ", ".join(sizes[axis] for axis in order)
            back = tuple(order.index(axis) for axis in range(len(order)))
            yield f"({array}).reshape(({shape})).{method}({back})", cost


def _orders(least: int, most: int) -> Iterator[tuple[int, ...]]:
    """The permutations of so many axes, without those that move none."""
    for count in range(least, most + 1):
        yield from (order for order in permutations(range(count)) if _moved(order))


def _moved(order: Sequence[int]) -> int:
    return sum(number != axis for number, axis in enumerate(order))


def _with_dtype(node: ast.Call, texts: Sequence[str], of: Function) -> Edits:
    """A new array with the dtype of another one."""
    name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr  # type: ignore[attr-defined]
    if name not in MAKERS or not texts or any(text.startswith("dtype") for text in texts):
        return
    for array in of.names.arrays[:MOST_AXES]:
        yield f"{of.source.text(node.func)}({', '.join((*texts, f'dtype={array}.dtype'))})", 3


def of_constant(node: ast.Constant, of: Function) -> Edits:
    """The dtype of an array in scope in place of a word."""
    if type(node.value) is str and not isinstance(of.parent(node), ast.Expr | ast.Raise):
        yield from _dtypes(of)


def of_attribute(node: ast.Attribute, of: Function) -> Edits:
    """The dtype of an array in scope in place of a fixed one; other axes in place of `T`."""
    if node.attr.startswith(("float", "int")):
        yield from _dtypes(of)
    yield from of_transposition(node, of)


def _dtypes(of: Function) -> Edits:
    yield from ((f"{array}.dtype", 3) for array in of.names.arrays[:MOST_AXES])


def of_index(node: ast.Subscript, of: Function) -> Edits:
    """A list of indices as a tuple: a list selects elements of one axis. The array as one of NumPy."""
    array, index = of.source.text(node.value), of.source.text(node.slice)
    if isinstance(node.slice, ast.Name):
        yield f"{array}[tuple({index})]", 2
    if of.names.is_array(node.value) and isinstance(node.slice, ast.Tuple):
        yield f"{array}.numpy()[{index}]", 3
        if "array" in of.source.names:
            yield f"array({array}.numpy()[{index}])", 3


def of_list(node: ast.List, of: Function) -> Edits:
    """A tuple in place of a list: the two are never equal."""
    yield f"tuple({of.source.text(node)})", 2
    yield from of_tuple(node, of)


def of_tuple(node: ast.Tuple | ast.List, of: Function) -> Edits:
    """One more pair of zeros at an end or at both, where there is a pair for each axis."""
    if len(node.elts) > 1 and all(isinstance(one, ast.Tuple) and len(one.elts) == 2 for one in node.elts):
        pairs = ", ".join(of.source.text(one) for one in node.elts)
        for text in (f"(0, 0), {pairs}, (0, 0)", f"(0, 0), {pairs}", f"{pairs}, (0, 0)"):
            yield f"({text})", 2


OF_IDIOMS: dict[type[ast.expr], Callable[[ast.expr, Function], Edits]] = {
    ast.Attribute: of_attribute,  # type: ignore[dict-item]
    ast.Call: of_call,  # type: ignore[dict-item]
    ast.Constant: of_constant,  # type: ignore[dict-item]
    ast.List: of_list,  # type: ignore[dict-item]
    ast.Name: of_parameter,  # type: ignore[dict-item]
    ast.Subscript: of_index,  # type: ignore[dict-item]
    ast.Tuple: of_tuple,  # type: ignore[dict-item]
}
