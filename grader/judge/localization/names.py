"""Infers from a function's source what its names hold: whole numbers, arrays, or shapes."""

import ast
import builtins
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

OF_ARRAYS = frozenset(
    {
        "T",
        "buffer",
        "compact",
        "copy",
        "device",
        "dtype",
        "flip",
        "is_compact",
        "max",
        "mean",
        "ndim",
        "numpy",
    }
    | {"offset", "permute", "ravel", "reshape", "shape", "strides", "sum", "tolist", "transpose"}
    | {"broadcast_to", "as_strided"}
)
SHAPE = re.compile(r"shape|strides|axes|dims|size\Z")
OF_NUMBERS = (ast.Add, ast.Sub, ast.Mult, ast.FloorDiv, ast.Mod)


@dataclass(frozen=True)
class Names:
    """The names that a function's expressions use, by what they hold; a name may be of no known sort."""

    function: ast.FunctionDef

    @cached_property
    def nodes(self) -> list[ast.AST]:
        """All nodes of the function's body."""
        return [node for statement in self.function.body for node in ast.walk(statement)]

    @cached_property
    def parameters(self) -> list[str]:
        """The names of its parameters."""
        given = self.function.args
        return [one.arg for one in (*given.posonlyargs, *given.args, *given.kwonlyargs)]

    @cached_property
    def variables(self) -> list[str]:
        """Its parameters, then the names that it assigns, each once."""
        stored = [n.id for n in self.nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
        return list(dict.fromkeys([*self.parameters, *stored]))

    @cached_property
    def groups(self) -> list[list[str]]:
        """The names that one assignment unpacks together, such as `sh, sw = pair(stride)`."""
        groups = []
        for node in self.nodes:
            if isinstance(node, ast.Tuple | ast.List) and isinstance(node.ctx, ast.Store):
                names = [n.id for n in ast.walk(node) if isinstance(n, ast.Name) and n.id != "_"]
                groups.append(list(dict.fromkeys(names)))
        return groups

    def siblings(self, name: str) -> list[str]:
        """The names that are unpacked together with `name`."""
        return list(dict.fromkeys(n for group in self.groups if name in group for n in group if n != name))

    @cached_property
    def arrays(self) -> list[str]:
        """The variables that are used as arrays."""
        used = {name for node in self.nodes if (name := _used_as_array(node))}
        used |= {n.id for node in self.nodes for n in _products(node)}
        return [name for name in self.variables if name in used and name not in self.shapes]

    @cached_property
    def shapes(self) -> list[str]:
        """The variables that hold several whole numbers, by their names."""
        return [name for name in self.variables if SHAPE.search(name)]

    @cached_property
    def numbers(self) -> list[str]:
        """The variables that are used as whole numbers."""
        used: set[str] = set()
        for node in self.nodes:
            used.update(_numbers(node))
        for group in self.groups:
            if used & set(group):
                used |= set(group)
        while True:  # what is assigned from numbers is a number
            more = {
                target.id
                for node in self.nodes
                if isinstance(node, ast.Assign) and self._is_number(node.value, used)
                for target in node.targets
                if isinstance(target, ast.Name)
            }
            if more <= used:
                break
            used |= more
        return [name for name in self.variables if name in used and name not in (*self.shapes, *self.arrays)]

    def is_number(self, node: ast.expr) -> bool:
        """True for an expression that is a whole number, as far as its form tells."""
        return self._is_number(node, set(self.numbers))

    def _is_number(self, node: ast.expr, names: set[str]) -> bool:
        match node:
            case ast.Constant(value=value):
                return type(value) is int
            case ast.Name(id=name):
                return name in names
            case ast.BinOp(left=left, op=op, right=right):
                return (
                    isinstance(op, OF_NUMBERS)
                    and self._is_number(left, names)
                    and self._is_number(right, names)
                )
            case ast.UnaryOp(op=ast.USub() | ast.UAdd(), operand=operand):
                return self._is_number(operand, names)
            case ast.Subscript(value=ast.Name(id=name), slice=index):
                return bool(SHAPE.search(name)) and not isinstance(index, ast.Slice)
            case ast.Subscript(value=ast.Attribute(attr=attr), slice=index):
                return bool(SHAPE.search(attr)) and not isinstance(index, ast.Slice)
            case ast.Attribute(attr="offset" | "ndim" | "size"):
                return True
            case ast.Call(func=ast.Name(id="len" | "int" | "max" | "min" | "abs")):
                return True
        return False

    def is_array(self, node: ast.expr) -> bool:
        """True for an expression that may well be an array, as far as its form tells."""
        match node:
            case ast.Name(id=name):
                return name in self.arrays
            case ast.Call(func=ast.Attribute(attr=attr)):
                return attr not in ("append", "index", "items", "format")
            case ast.Call(func=ast.Name(id=name)):
                return name not in BUILT_IN and name not in self.makers_of_numbers
            case ast.BinOp(left=left, op=op, right=right):
                return isinstance(op, ast.MatMult) or self.is_array(left) or self.is_array(right)
            case ast.Subscript(value=value):
                return self.is_array(value) and not self.is_number(node)
            case ast.UnaryOp(operand=operand):
                return self.is_array(operand)
        return False

    @cached_property
    def makers_of_numbers(self) -> frozenset[str]:
        """The functions that return several values or whole numbers, as in `sh, sw = pair(stride)`."""
        makers = set()
        for node in self.nodes:
            for target, value in _assigned(node):
                is_array = isinstance(target, ast.Name) and target.id not in (*self.shapes, *self.numbers)
                if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and not is_array:
                    makers.add(value.func.id)
        return frozenset(makers)

    def sort(self, name: str) -> str:
        """A word for what a name holds; "" if that is not known."""
        sorts = (("number", self.numbers), ("array", self.arrays), ("shape", self.shapes))
        return next((sort for sort, names in sorts if name in names), "")


BUILT_IN = frozenset(dir(builtins))


def _used_as_array(node: ast.AST) -> str:
    """The name that a node uses as an array; "" if there is none."""
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return node.value.id if node.attr in OF_ARRAYS else ""
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
        parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        return node.value.id if len(parts) != 1 or isinstance(parts[0], ast.Slice) else ""
    return ""


def _assigned(node: ast.AST) -> list[tuple[ast.expr, ast.expr]]:
    """The targets of an assignment with their values."""
    match node:
        case ast.Assign(targets=[ast.Tuple(elts=targets)], value=ast.Tuple(elts=values)):
            return list(zip(targets, values, strict=False))
        case ast.Assign(targets=[ast.Name() | ast.Tuple() as target], value=value):
            return [(target, value)]
    return []


def _products(node: ast.AST) -> Iterator[ast.Name]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult):
        yield from (side for side in (node.left, node.right) if isinstance(side, ast.Name))


def _numbers(node: ast.AST) -> Iterator[str]:
    """The names that a node uses as whole numbers."""
    used: list[ast.AST | None] = []
    match node:
        case ast.BinOp(left=left, op=op, right=right) if isinstance(op, OF_NUMBERS):
            if any(isinstance(side, ast.Constant) for side in (left, right)):
                used = [left, right]
        case ast.Slice(lower=lower, upper=upper, step=step):
            used = [each for part in (lower, upper, step) if part for each in ast.walk(part)]
        case ast.Call(func=ast.Name(id="range"), args=args):
            used = [each for arg in args for each in ast.walk(arg)]
        case ast.For(target=target, iter=ast.Call(func=ast.Name(id="range"))):
            used = [target]
        case ast.comprehension(target=target, iter=ast.Call(func=ast.Name(id="range"))):
            used = [target]
    yield from (each.id for each in used if isinstance(each, ast.Name))
