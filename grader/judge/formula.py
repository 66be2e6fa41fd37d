"""Evaluates formulas in a rubric, such as `ceil(n / 16) * m`: whole numbers, names and + - * /."""

import ast
import operator
from collections.abc import Callable, Mapping
from fractions import Fraction
from math import ceil

LONGEST = 200  # characters; only products make numbers grow, so this bounds them too
OPERATORS: Mapping[type[ast.operator], Callable[[Fraction, Fraction], Fraction]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
FUNCTIONS: Mapping[str, Callable[..., Fraction | int]] = {"ceil": ceil, "min": min, "max": max}


def work_out(formula: str | int, names: Mapping[str, int]) -> Fraction:
    """The value of a formula; the message of a ValueError says what was found and what was expected."""
    if isinstance(formula, int):
        return Fraction(formula)
    if len(formula) > LONGEST:
        raise ValueError(f"found a formula of {len(formula)} characters, expected at most {LONGEST}")
    try:
        return _value(ast.parse(formula.strip(), mode="eval").body, names)
    except (SyntaxError, ZeroDivisionError, TypeError, RecursionError) as error:
        raise ValueError(f"found {formula!r}, expected a formula: {error}") from None


def _value(node: ast.expr, names: Mapping[str, int]) -> Fraction:
    if isinstance(node, ast.Constant) and type(node.value) is int:
        return Fraction(node.value)
    if isinstance(node, ast.Name):
        if node.id not in names:
            raise ValueError(f"found {node.id!r}, expected a length: {', '.join(names) or 'none has a name'}")
        return Fraction(names[node.id])
    if isinstance(node, ast.BinOp) and type(node.op) in OPERATORS:
        return OPERATORS[type(node.op)](_value(node.left, names), _value(node.right, names))
    match node:
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]) if name in FUNCTIONS:
            return Fraction(FUNCTIONS[name](*(_value(argument, names) for argument in arguments)))
    expected = f"whole numbers, names, + - * /, {', '.join(FUNCTIONS)}"
    raise ValueError(f"found {ast.unparse(node)!r}, expected {expected}")
