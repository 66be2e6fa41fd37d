"""Enumerates the edits of a function, the likeliest first."""

import ast
from collections.abc import Iterator
from itertools import combinations

from grader.judge.localization.expressions import OF_NODES, array, indices, number
from grader.judge.localization.idioms import OF_IDIOMS, of_result
from grader.judge.localization.source_text import Edit
from grader.judge.localization.statements import edits_of_statement, orders
from grader.judge.localization.student_functions import Function

# Columns inside an f-string are not exact before Python 3.12, and a pattern is no expression.
OPAQUE = (ast.JoinedStr, ast.Match)
ATOMS = (ast.Name, ast.Constant, ast.Attribute, ast.Slice, ast.Tuple, ast.Starred, ast.keyword)
ARITHMETIC = (ast.BinOp, ast.UnaryOp)
MOST_BYTES, BYTES_OF_ONE = 4 << 20, 200  # of the edits of a function, and of one besides its text
WITHOUT_ELEMENTS = ("shape", "strides", "ndim", "dtype", "device", "offset", "numpy", "compact", "copy")


def edits_of(function: Function) -> list[Edit]:
    """The edits of a function, by cost and then by place. Each changes the text, and not only parentheses.

    All of them for any usual function. The list ends at `MOST_BYTES`, because the submission decides how long
    it would be: an index of 600 slices has a million edits of 4 KB.
    """
    unique: dict[tuple[int, int, str], Edit] = {}
    for edit in sorted(_first(_edits(function)), key=lambda edit: (edit.cost, edit.start, edit.end)):
        before = function.source.content[edit.start : edit.end].decode()
        if _bare(edit.text) != _bare(before):
            unique.setdefault((edit.start, edit.end, edit.text), edit)
    return list(unique.values())


def _first(edits: Iterator[Edit]) -> Iterator[Edit]:
    rest = MOST_BYTES
    for edit in edits:
        rest -= len(edit.text) + BYTES_OF_ONE
        if rest < 0:
            return
        yield edit


def _bare(text: str) -> str:
    return "".join(c for c in text if c not in "() \t\n\\")


def _edits(function: Function) -> Iterator[Edit]:
    yield from orders(function.node.body, function)
    for node in _nodes(function.node):
        if isinstance(node, ast.stmt):
            yield from edits_of_statement(node, function)
        elif isinstance(node, ast.Tuple) and not isinstance(node.ctx, ast.Load):
            yield from _of_targets(node, function)
        elif isinstance(node, ast.Subscript) and not isinstance(node.ctx, ast.Load):
            start, end = function.source.span(node.slice)
            told = _statement(node, function)
            yield from (Edit(start, end, text, told, cost) for text, cost in indices(node.slice, function))
        elif isinstance(node, ast.expr) and isinstance(getattr(node, "ctx", ast.Load()), ast.Load):
            yield from _of_expression(node, function)


def _nodes(function: ast.FunctionDef) -> Iterator[ast.AST]:
    """The nodes of a function's body, without decorators, default values and annotations."""
    todo: list[ast.AST] = [*function.body]
    while todo:
        node = todo.pop()
        if isinstance(node, OPAQUE):
            continue
        yield node
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            todo += node.body
        elif isinstance(node, ast.AnnAssign):
            todo += [node.value] if node.value else []
        else:
            todo += ast.iter_child_nodes(node)


def _of_expression(node: ast.expr, of: Function) -> Iterator[Edit]:
    parent = of.parent(node)
    makers = [maker for kinds in (OF_NODES, OF_IDIOMS) if (maker := kinds.get(type(node)))]
    makers += [of_result] if isinstance(parent, ast.Return) else []
    if isinstance(parent, ast.Call) and node is parent.func:
        makers = makers if isinstance(node, ast.Name | ast.Attribute) and _has_opposite(node) else []
    elif of.names.is_number(node) and not isinstance(node, ast.Constant):
        is_term = isinstance(parent, ast.BinOp) and isinstance(parent.op, ast.Add | ast.Sub)
        makers += [] if is_term else [number]
    elif of.names.is_array(node):
        is_about = isinstance(parent, ast.Attribute) and parent.attr in WITHOUT_ELEMENTS
        makers += [] if is_about or isinstance(parent, ast.Expr | ast.Starred) else [array]
    start, end = of.source.span(node)
    told = None  # looked for once there is an edit: in a long chain of attributes it is far away
    for maker in makers:
        for text, cost in maker(node, of):
            told = told or _told(node, of)
            yield Edit(start, end, f"({text})", told, cost)


def _of_targets(node: ast.Tuple, of: Function) -> Iterator[Edit]:
    """Two names of an unpacked tuple exchanged."""
    texts = [of.source.text(each) for each in node.elts]
    start, end = of.source.span(node)
    is_in_parentheses = of.source.text(node).startswith("(") and of.source.text(node).endswith(")")
    for first, second in combinations(range(len(texts)), 2):
        order = texts.copy()
        order[first], order[second] = order[second], order[first]
        text = ", ".join(order)
        told = _statement(node, of)
        yield Edit(
            start, end, f"({text})" if is_in_parentheses else text, told, 2 if second - first == 1 else 3
        )


def _told(node: ast.AST, of: Function) -> ast.AST:
    """The expression to show for an edit of a node: the sum around a number, the call around a name."""
    while True:
        parent = of.parent(node)
        is_part = isinstance(parent, ARITHMETIC) and isinstance(node, ast.expr) and _is_plain(node)
        if not is_part and not isinstance(node, ATOMS):
            return node
        if isinstance(parent, ast.stmt | ast.comprehension):
            return _statement(node, of) if isinstance(node, ATOMS) else node
        node = parent


def _is_plain(node: ast.expr) -> bool:
    """True for arithmetic, and for what is too small to be shown alone."""
    return isinstance(node, (*ATOMS, *ARITHMETIC, ast.Subscript))


def _statement(node: ast.AST, of: Function) -> ast.AST:
    while not isinstance(node, ast.stmt):
        node = of.parent(node)
    return node


def _has_opposite(node: ast.Name | ast.Attribute) -> bool:
    from grader.judge.localization.expressions import OTHER_NAMES

    return (node.id if isinstance(node, ast.Name) else node.attr) in OTHER_NAMES
