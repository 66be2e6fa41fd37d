"""Generic edits of a statement: left out, in another order, another assignment, another condition."""

import ast
from collections.abc import Iterator

from grader.judge.localization.source_text import Edit
from grader.judge.localization.student_functions import Function

SIMPLE = (ast.Expr, ast.Assign, ast.AugAssign, ast.Assert, ast.Raise, ast.Delete, ast.Break, ast.Continue)
MOST_TIMES = 6  # that a name occurs in a statement
NEAR = 3  # statements that are exchanged are at most this many places apart


def edits_of_statement(node: ast.stmt, of: Function) -> Iterator[Edit]:
    """The edits of one statement itself, without those of its expressions and of the statements in it."""
    source = of.source
    start, end = source.span(node)
    is_elif = source.content.startswith(b"elif", start)
    if isinstance(node, SIMPLE) or (isinstance(node, ast.If | ast.For | ast.While) and not is_elif):
        cost = 1 if isinstance(node, ast.Assert | ast.Raise | ast.If) else 2
        yield Edit(start, end, "pass", node, cost)
    match node:
        case ast.If(test=test) | ast.While(test=test) | ast.IfExp(test=test):
            yield from _condition(test, of)
        case ast.Assign(targets=[ast.Name() | ast.Subscript() | ast.Attribute() as target], value=value):
            at, to = source.between(target, value)
            yield from (Edit(at, to, f" {operator} ", node, 1) for operator in ("+=", "*="))
        case ast.AugAssign(target=target, value=value):
            at, to = source.between(target, value)
            written = source.content[at:to].decode()
            for operator in ("=", "+=", "-=", "*="):
                if operator != written.strip(" ("):
                    yield Edit(at, to, f" {operator} {'(' * written.count('(')}", node, 1)
    if isinstance(node, SIMPLE):
        yield from _everywhere(node, of)
    for body in _bodies(node):
        yield from orders(body, of)
        yield from _after_loop(node, body, of)


def _condition(test: ast.expr, of: Function) -> Iterator[Edit]:
    start, end = of.source.span(test)
    for text in ("True", "False", f"not ({of.source.text(test)})"):
        yield Edit(start, end, f"({text})", test, 1)


def _bodies(node: ast.AST) -> Iterator[list[ast.stmt]]:
    for name in ("body", "orelse"):
        body = getattr(node, name, None)
        if isinstance(body, list) and body and isinstance(body[0], ast.stmt):
            yield body


def orders(body: list[ast.stmt], of: Function) -> Iterator[Edit]:
    """Two statements of one block exchanged."""
    for number, first in enumerate(body):
        for second in body[number + 1 : number + 1 + NEAR]:
            if second.lineno > (first.end_lineno or first.lineno):
                start, end = of.source.span(first)[0], of.source.span(second)[1]
                between = of.source.content[slice(*of.source.between(first, second))].decode()
                if ";" in between or not of.source.begins_a_line(first):
                    continue
                text = of.source.text(second) + between + of.source.text(first)
                yield Edit(start, end, text, first, 2)


def _after_loop(node: ast.stmt, body: list[ast.stmt], of: Function) -> Iterator[Edit]:
    """The last statement of a loop after it."""
    last = body[-1]
    is_loop = isinstance(node, ast.For | ast.While) and body is node.body and not node.orelse
    if is_loop and len(body) > 1 and last.lineno > (body[-2].end_lineno or 0):
        start, end = of.source.span(last)
        yield Edit(start, end, f"pass\n{' ' * of.source.column(node)}{of.source.text(last)}", last, 2)


def _everywhere(node: ast.stmt, of: Function) -> Iterator[Edit]:
    """One name or index replaced wherever it occurs in a statement: the same slip is often made twice."""
    places: dict[str, list[ast.expr]] = {}
    for each in ast.walk(node):
        is_name = isinstance(each, ast.Name) and isinstance(each.ctx, ast.Load)
        is_item = isinstance(each, ast.Subscript) and isinstance(each.slice, ast.Constant)
        if isinstance(each, ast.expr) and (is_name or (is_item and isinstance(each.ctx, ast.Load))):  # type: ignore[attr-defined]
            places.setdefault(of.source.text(each), []).append(each)
    for text, nodes in places.items():
        if 1 < len(nodes) <= MOST_TIMES:
            for other in _instead(nodes[0], text, of):
                yield _replaced(nodes, other, node, of)


def _instead(node: ast.expr, text: str, of: Function) -> list[str]:
    if isinstance(node, ast.Name):
        names = of.names
        return [n for n in names.variables if n != text and names.sort(n) == names.sort(text) != ""]
    value = of.source.text(node.value)  # type: ignore[attr-defined]
    return [item for index in range(4) if (item := f"{value}[{index}]") != text]


def _replaced(nodes: list[ast.expr], other: str, told: ast.stmt, of: Function) -> Edit:
    spans = sorted(map(of.source.span, nodes))
    start, end = spans[0][0], spans[-1][1]
    text = of.source.content[start:end]
    for first, last in reversed(spans):
        text = text[: first - start] + other.encode() + text[last - start :]
    return Edit(start, end, text.decode(), told, 3)
