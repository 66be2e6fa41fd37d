"""Makes wrong versions of a function by changing one thing in its source, as mutation testing does."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from grader.author.exercises.source_places import SourcePlaces

COMPARISONS: dict[type[ast.cmpop], tuple[str, str]] = {
    ast.Lt: ("<", "<="),
    ast.LtE: ("<=", "<"),
    ast.Gt: (">", ">="),
    ast.GtE: (">=", ">"),
    ast.Eq: ("==", "!="),
    ast.NotEq: ("!=", "=="),
}
ARITHMETIC: dict[type[ast.operator], tuple[str, str]] = {
    ast.Add: ("+", "-"),
    ast.Sub: ("-", "+"),
    ast.Mult: ("*", "+"),
    ast.Div: ("/", "*"),
    ast.FloorDiv: ("//", "/"),
    ast.Mod: ("%", "//"),
    ast.Pow: ("**", "*"),
}
OPPOSITES = {"min": "max", "max": "min", "any": "all", "all": "any", "reversed": "iter"}
MESSAGES = {
    "boundary": "A comparison in your `{name}` is wrong if both sides are equal. Try such values by hand.",
    "turned_around": "A condition in your `{name}` is reversed. Say in words when it should be true.",
    "arithmetic": "A step of the arithmetic in your `{name}` is wrong. Work out a small example on paper.",
    "one_off": "A number in your `{name}` is off by one. Check the first and the last step of an example.",
    "condition": "Your `{name}` joins two conditions wrongly. Is one enough, or must both be true?",
    "sign": "A sign in your `{name}` is wrong. Try a negative number, and count from the end by hand.",
    "opposite": "Your `{name}` takes the opposite end or order at one step. Compare it with the description.",
    "last_left_out": "Your `{name}` stops one step early. Check what happens to the last element.",
    "special_case": "Your `{name}` lacks a special case. Try the smallest inputs.",
    "step_left_out": "Your `{name}` leaves out a step. Follow one small example line by line.",
}


@dataclass(frozen=True)
class Change:
    """One change to a function: `old`, a text that occurs in it once, becomes `new`."""

    operator: str
    old: str
    new: str

    @property
    def before_and_after(self) -> tuple[str, str]:
        """The first line that changes, before and after."""
        pairs = zip(self.old.splitlines(), self.new.splitlines(), strict=False)
        old, new = next((pair for pair in pairs if pair[0] != pair[1]), (self.old, self.new))
        return old.strip(), new.strip()


def changes(text: str) -> list[Change]:
    """All changes to a function's source, in the order of its lines; its docstring is left alone."""
    function = ast.parse(text).body[0]
    assert isinstance(function, ast.FunctionDef)
    source = _Source(text)
    every = [
        source.change(*each)
        for statement in function.body[ast.get_docstring(function) is not None :]
        for node in _walk(statement)
        for each in _changes(node, source)
    ]
    return [change for change in dict.fromkeys(every) if _is_python(text.replace(change.old, change.new))]


def _is_python(text: str) -> bool:
    try:
        ast.parse(text)
    except SyntaxError:  # an `elif` without its `if`
        return False
    return True


class _Source(SourcePlaces):
    """A source, and the changes to it."""

    def between(self, one: ast.expr, other: ast.expr, old: str, new: str) -> tuple[int, int, str]:
        """The operator between two operands, without brackets."""
        start, end = self.end(one), self.start(other)
        at = self.text.index(old, start, end)
        return at, at + len(old), new

    def change(self, operator: str, start: int, end: int, new: str) -> Change:
        """The change, with enough whole lines around it that the text occurs only once."""
        first = max(s for s in self.starts if s <= start)
        last = min(s for s in self.starts if s >= end)
        while self.text.count(self.text[first:last].strip()) != 1 and first > 0:
            first = max(s for s in self.starts if s < first)
        first += len(self.text[first:]) - len(self.text[first:].lstrip())
        last -= len(self.text[:last]) - len(self.text[:last].rstrip())
        old = self.text[first:last]
        return Change(operator, old, self.text[first:start] + new + self.text[end : max(last, end)])


def _walk(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes that may be changed: no exception messages, no f-strings, no annotations."""
    if isinstance(node, ast.Raise | ast.JoinedStr | ast.arguments):
        return
    yield node
    for child in ast.iter_child_nodes(node):
        yield from _walk(child)


def _changes(node: ast.AST, source: _Source) -> Iterator[tuple[str, int, int, str]]:
    for operator, place in (*_of_expression(node, source), *_of_statement(node, source)):
        yield operator, *place


def _of_expression(node: ast.AST, source: _Source) -> Iterator[tuple[str, tuple[int, int, str]]]:
    match node:
        case ast.Compare():
            for (one, other), kind in zip(pairwise([node.left, *node.comparators]), node.ops, strict=True):
                if symbols := COMPARISONS.get(type(kind)):
                    name = "turned_around" if isinstance(kind, ast.Eq | ast.NotEq) else "boundary"
                    yield name, source.between(one, other, *symbols)
        case ast.BinOp(op=kind) if symbols := ARITHMETIC.get(type(kind)):
            yield "arithmetic", source.between(node.left, node.right, *symbols)
        case ast.BoolOp():
            old, new = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
            yield "condition", source.between(node.values[0], node.values[1], old, new)
        case ast.UnaryOp(op=ast.USub() | ast.Not()):
            name = "sign" if isinstance(node.op, ast.USub) else "turned_around"
            yield name, (source.start(node), source.start(node.operand), "")
        case ast.Constant(value=int(number)) if not isinstance(number, bool):
            yield "one_off", (source.start(node), source.end(node), str(number + 1))
        case ast.Call(func=ast.Name(id=name) as called) if name in OPPOSITES:
            yield "opposite", (source.start(called), source.end(called), OPPOSITES[name])
        case ast.Call(func=ast.Name(id="range"), args=[*_, last]) if not isinstance(last, ast.Constant):
            yield "last_left_out", (source.end(last), source.end(last), " - 1")


def _of_statement(node: ast.AST, source: _Source) -> Iterator[tuple[str, tuple[int, int, str]]]:
    match node:
        case ast.If(orelse=[], body=[*_, ast.Return() | ast.Raise() | ast.Continue()]):
            yield "special_case", (source.start(node), source.end(node), "pass")
        case ast.AugAssign(op=kind):
            if symbols := ARITHMETIC.get(type(kind)):
                yield (
                    "arithmetic",
                    source.between(node.target, node.value, f"{symbols[0]}=", f"{symbols[1]}="),
                )
            yield "step_left_out", (source.start(node), source.end(node), "pass")
        case ast.Expr(value=ast.Call()):
            yield "step_left_out", (source.start(node), source.end(node), "pass")
