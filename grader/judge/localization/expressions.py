"""Generic edits of an expression: other numbers, names, operators, arguments, axes and bounds.

Each function yields `(text, cost)`: a text for the place of a node, and its rank. The cost is 1 for what
students exchange most often, and grows with the size of the edit and with the number of edits of its kind.
"""

import ast
from collections.abc import Callable, Iterator
from itertools import combinations, permutations

from grader.judge.localization.idioms import of_axes
from grader.judge.localization.student_functions import Function

Edits = Iterator[tuple[str, int]]

OPERATORS: dict[type[ast.operator], tuple[str, ...]] = {
    ast.Add: ("-", "*"),
    ast.Sub: ("+",),
    ast.Mult: ("//", "+", "/"),
    ast.FloorDiv: ("*", "/", "%"),
    ast.Div: ("*", "//"),
    ast.Mod: ("//",),
    ast.MatMult: ("*",),
}
COMPARISONS: dict[type[ast.cmpop], tuple[str, ...]] = {
    ast.Lt: ("<=", ">"),
    ast.LtE: ("<", ">="),
    ast.Gt: (">=", "<"),
    ast.GtE: (">", "<="),
    ast.Eq: ("!=", "<=", ">="),
    ast.NotEq: ("==",),
    ast.In: ("not in",),
    ast.NotIn: ("in",),
    ast.Is: ("is not",),
    ast.IsNot: ("is",),
}
OPPOSITES = (
    ("sum", "mean"),
    ("max", "min"),
    ("maximum", "minimum"),
    ("argmax", "argmin"),
    ("zeros", "ones"),
    ("zeros_like", "ones_like"),
    ("any", "all"),
    ("floor", "ceil"),
    ("shape", "strides"),
    ("float64", "float32"),
)
OTHER_NAMES = {name: other for pair in OPPOSITES for name, other in (pair, pair[::-1])}
REDUCTIONS = ("sum", "mean", "max", "min")
MOST_AXES = 4  # of the arrays whose axes are edited


def constant(node: ast.Constant, of: Function) -> Edits:
    """Another whole number or truth value."""
    if type(node.value) is bool:
        yield str(not node.value), 2
    elif type(node.value) is int:
        value = node.value
        for near, cost in ((value - 1, 1), (value + 1, 1), (value - 2, 2), (value + 2, 2), (-value, 2)):
            yield str(near), cost
        if isinstance(of.parent(node), ast.Subscript):  # an index of an axis
            yield from ((str(index), 2) for index in (*range(MOST_AXES), -1))
        yield from ((term, 3 if value == 0 else 4) for term in of.terms)
    elif type(node.value) is float:
        yield from ((text, 2) for text in ("0.0", "1.0", f"-{node.value!r}", "float('-inf')"))


def name(node: ast.Name, of: Function) -> Edits:
    """Another name in scope that is used alike."""
    names = of.names
    siblings = names.siblings(node.id)
    yield from ((other, 1) for other in siblings)
    sort = names.sort(node.id)
    for other in names.variables:
        if other not in (node.id, *siblings) and names.sort(other) == sort:
            yield other, 2
    if node.id in OTHER_NAMES and isinstance(of.parent(node), ast.Call):
        yield OTHER_NAMES[node.id], 1


def attribute(node: ast.Attribute, of: Function) -> Edits:
    """The opposite attribute, such as `mean` for `sum`; the value without the attribute, as for `.T`."""
    value = of.source.text(node.value)
    if node.attr in OTHER_NAMES:
        yield f"{value}.{OTHER_NAMES[node.attr]}", 1
    if not isinstance(of.parent(node), ast.Call):
        yield value, 3


def operation(node: ast.BinOp, of: Function) -> Edits:
    """Another operator, the operands exchanged, one of them alone."""
    left, right = of.source.text(node.left), of.source.text(node.right)
    for operator in OPERATORS.get(type(node.op), ()):
        yield f"({left}) {operator} ({right})", 1
    for operand in (left, right):
        yield operand, 1
    if isinstance(node.op, ast.Sub | ast.FloorDiv | ast.Mod | ast.MatMult | ast.Div):
        yield f"({right}) {of.operator(node)} ({left})", 2
    if isinstance(node.op, ast.FloorDiv):
        yield f"-(-({left}) // ({right}))", 1
        yield f"({left}) // ({right}) + 1", 1


def unary(node: ast.UnaryOp, of: Function) -> Edits:
    """The operand alone."""
    yield of.source.text(node.operand), 1
    value = node.operand.value if isinstance(node.operand, ast.Constant) else None
    if isinstance(node.op, ast.USub) and type(value) is int:
        yield from ((str(1 - value), 1), (str(-1 - value), 1))


def comparison(node: ast.Compare, of: Function) -> Edits:
    """Another comparison; a bound moved by one is an edit of its operand."""
    if len(node.ops) == 1:
        left, right = of.source.text(node.left), of.source.text(node.comparators[0])
        for operator in COMPARISONS[type(node.ops[0])]:
            yield f"({left}) {operator} ({right})", 1


def combination(node: ast.BoolOp, of: Function) -> Edits:
    """The other operator, or fewer conditions."""
    texts = [of.source.text(value) for value in node.values]
    other = " or " if isinstance(node.op, ast.And) else " and "
    same = " and " if isinstance(node.op, ast.And) else " or "
    yield other.join(f"({text})" for text in texts), 2
    for number in range(len(texts)):
        yield same.join(f"({text})" for n, text in enumerate(texts) if n != number), 2


def call(node: ast.Call, of: Function) -> Edits:
    """An argument or the receiver alone, arguments exchanged, left out or added."""
    text = of.source.text
    function, given = text(node.func), [*map(text, node.args), *map(text, node.keywords)]
    if node.args and not isinstance(node.args[0], ast.Starred):
        yield text(node.args[0]), 1
    if isinstance(node.func, ast.Attribute):
        yield text(node.func.value), 1
    if isinstance(node.func, ast.Name) and node.func.id in ("min", "max"):
        yield from ((text(arg), 1) for arg in node.args[1:])
    count = len(node.args)
    for first, second in combinations(range(count), 2):
        order = list(range(len(given)))
        order[first], order[second] = second, first
        yield f"{function}({', '.join(given[n] for n in order)})", 2 if second - first == 1 else 3
    for left_out in range(1 if count else 0, len(given)):
        yield f"{function}({', '.join(g for n, g in enumerate(given) if n != left_out)})", 2
    if isinstance(node.func, ast.Attribute) and node.func.attr in REDUCTIONS:
        yield from _reduction(function, given)


def _reduction(function: str, given: list[str]) -> Edits:
    """Other axes of a sum, and whether they stay."""
    is_of_module = function.startswith(("np.", "numpy."))
    kept = [g for g in given if not g.startswith(("axis", "keepdims"))] if is_of_module else []
    keeps = [g for g in given if g.startswith("keepdims")]
    if not keeps:
        yield f"{function}({', '.join([*given, 'keepdims=True'])})", 2
    for axis in (*range(MOST_AXES), -1):
        for kept_axis in dict.fromkeys((*keeps, "keepdims=True", "")):
            words = [*kept[:1], f"axis={axis}", kept_axis]
            yield f"{function}({', '.join(filter(None, words))})", 3


def several(node: ast.Tuple | ast.List, of: Function) -> Edits:
    """Other axes or another order in a tuple."""
    if any(isinstance(each, ast.Slice) for each in node.elts):
        return  # part of an index
    texts = [of.source.text(each) for each in node.elts]
    numbers = [each.value for each in node.elts if isinstance(each, ast.Constant) and type(each.value) is int]
    form = ("({},)" if len(texts) == 1 else "({})") if isinstance(node, ast.Tuple) else "[{}]"
    if len(numbers) == len(texts) > 0:
        axes = sorted(numbers)
        if axes == list(range(len(axes))) and 1 < len(axes) <= MOST_AXES:  # a permutation
            for permuted in permutations(axes):
                changed = sum(a != b for a, b in zip(permuted, numbers, strict=True))
                yield form.format(", ".join(map(str, permuted))), 1 if changed == 2 else 2
        for count in range(1, MOST_AXES + 1):
            for subset in combinations(range(MOST_AXES), count):
                if list(subset) == numbers:
                    continue
                yield f"({', '.join(map(str, subset))},)", 3
        return
    for first, second in combinations(range(len(texts)), 2):
        order = texts.copy()
        order[first], order[second] = order[second], order[first]
        yield form.format(", ".join(order)), 1 if second - first == 1 else 2


def index(node: ast.Subscript, of: Function) -> Edits:
    """The array without the index; other bounds and steps of its slices, one at a time."""
    if not isinstance(node.ctx, ast.Load):
        return
    value = of.source.text(node.value)
    yield value, 2
    yield from ((f"{value}[{text}]", cost) for text, cost in indices(node.slice, of))


def indices(node: ast.expr, of: Function) -> Edits:
    """Other indices in the brackets of a subscript."""
    parts = node.elts if isinstance(node, ast.Tuple) else [node]
    texts = [of.source.text(part) for part in parts]
    for number, part in enumerate(parts):
        if isinstance(part, ast.Slice):
            for text, cost in _slices(part, of):
                yield ", ".join([*texts[:number], text, *texts[number + 1 :]]), cost
    if len(parts) > 1:
        yield from of_axes(parts, of)
        for first, second in combinations(range(len(parts)), 2):
            order = texts.copy()
            order[first], order[second] = order[second], order[first]
            if order != texts:
                yield ", ".join(order), 2 if second - first == 1 else 3


def _slices(node: ast.Slice, of: Function) -> Edits:
    lower, upper, step = (of.source.text(p) if p else "" for p in (node.lower, node.upper, node.step))
    parts = [lower, upper, step]
    for number, text in enumerate(parts):
        if text:
            yield _slice(*("" if n == number else part for n, part in enumerate(parts))), 2
    if not step:
        yield _slice(lower, upper, "-1"), 3
        yield from ((_slice(lower, upper, name), 4) for name in of.names.numbers)
    if not lower:
        yield _slice("1", upper, step), 3
        yield from ((_slice(name, upper, step), 4) for name in of.names.numbers)
    if not upper:
        yield _slice(lower, "-1", step), 3
        yield from ((_slice(lower, name, step), 4) for name in of.terms)


def _slice(lower: str, upper: str, step: str) -> str:
    return f"{lower}:{upper}" + (f":{step}" if step else "")


def number(node: ast.expr, of: Function) -> Edits:
    """A whole number with something added, negated, or bounded by 0."""
    text = of.source.text(node)
    for sign in "+-":
        yield f"({text}) {sign} 1", 2
    yield f"max({text}, 0)", 2
    yield f"-({text})", 3
    yield f"({text}) - 2", 3
    for term in of.terms:
        if term != text:
            yield from ((f"({text}) {operator} {term}", 4) for operator in ("+", "-", "*", "//"))
            yield from ((f"({text}) {operator} 2 * {term}", 5) for operator in "+-")


def array(node: ast.expr, of: Function) -> Edits:
    """An array that is turned, copied, cut, transposed, scaled or summed: a step that may be missing."""
    text = of.source.text(node)
    for what in ("[::-1]", "[::-1, ::-1]", "[:, ::-1, ::-1]", ".compact()", ".copy()"):
        yield f"({text}){what}", 3
    yield f"-({text})", 3
    yield from ((f"({text})[tuple(map(slice, {shape}))]", 3) for shape in of.shapes)
    yield from ((f"({text}){what}", 3) for what in (".T", ".permute((1, 0))"))
    yield from ((f"({text}) {operator} {term}", 4) for operator in "*/" for term in of.lengths)
    others = [name for name in of.names.arrays if name != text]
    yield from ((f"({text}) {operator} {other}", 4) for operator in "*+-" for other in others)
    yield from ((f"({text}).reshape({shape})", 4) for shape in of.shapes)
    for axis in range(MOST_AXES):
        yield f"({text}).sum({axis})", 5
    orders = [order for axes in (MOST_AXES, MOST_AXES - 1) for order in permutations(range(axes))]
    for method in of.transpositions:
        for order in orders:
            if moved := sum(n != axis for n, axis in enumerate(order)):
                yield f"({text}).{method}({order})", 4 if moved == 2 else 5


OF_NODES: dict[type[ast.expr], Callable[[ast.expr, Function], Edits]] = {
    ast.Constant: constant,  # type: ignore[dict-item]
    ast.Name: name,  # type: ignore[dict-item]
    ast.Attribute: attribute,  # type: ignore[dict-item]
    ast.BinOp: operation,  # type: ignore[dict-item]
    ast.UnaryOp: unary,  # type: ignore[dict-item]
    ast.Compare: comparison,  # type: ignore[dict-item]
    ast.BoolOp: combination,  # type: ignore[dict-item]
    ast.Call: call,  # type: ignore[dict-item]
    ast.Tuple: several,  # type: ignore[dict-item]
    ast.List: several,  # type: ignore[dict-item]
    ast.Subscript: index,  # type: ignore[dict-item]
}
