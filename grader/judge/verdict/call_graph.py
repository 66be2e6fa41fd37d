"""Reads from a submission's source which of its functions call which."""

import ast
import builtins
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Set

from grader.model.mutant import called_name

CONSTRUCTORS = ("array", "empty", "full", "zeros")  # of NDArrays
BUILTINS = frozenset(dir(builtins))
MADE = ""  # in place of a variable
OF_NUMPY = ("buffer", "numpy")  # attributes of an NDArray that give an array of NumPy
READ_BY = "numpy"  # the method by which probes read a result, of the file itself if it defines the arrays


def calls(files: Mapping[str, bytes], names: Iterable[str]) -> dict[str, frozenset[str]]:
    """The other functions among `names` that each function may reach; a method goes by its bare name.

    A probe reads the result of every function, so each also reaches what the reading of an array reaches.
    Every mention counts as a call. A file that is not valid Python has no functions.
    """
    return _graph(files, names, _mentioned)


def certain_calls(files: Mapping[str, bytes], names: Iterable[str]) -> dict[str, frozenset[str]]:
    """The calls of `calls` without those of methods that may be NumPy's, such as `rows.reshape(shape)`."""
    return _graph(files, names, _certainly_mentioned)


def _graph(
    files: Mapping[str, bytes],
    names: Iterable[str],
    mentioned: Callable[[ast.FunctionDef, Set[str]], set[str]],
) -> dict[str, frozenset[str]]:
    exercises = {called_name(name) for name in names}
    direct: dict[str, set[str]] = {}
    for file, content in files.items():
        if file.endswith(".py"):
            all_functions = _functions(content)
            functions = {name for name, _, is_method in all_functions if not is_method}
            for name, function, _ in all_functions:
                direct.setdefault(name, set()).update(mentioned(function, functions))
    of_reading = _reached(READ_BY, direct)
    return {name: (_reached(name, direct) | of_reading) & exercises - {name} for name in exercises}


def _functions(content: bytes) -> list[tuple[str, ast.FunctionDef, bool]]:
    """Every function, with the name by which it is called, and whether it is a method."""
    try:
        tree = ast.parse(content)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    nodes = list(ast.walk(tree))
    class_of = {id(each): node.name for node in nodes if isinstance(node, ast.ClassDef) for each in node.body}
    functions = [node for node in nodes if isinstance(node, ast.FunctionDef)]
    owners = [(node, class_of.get(id(node), "")) for node in functions]
    return [(called_name(f"{owner}.{node.name}"), node, bool(owner)) for node, owner in owners]


def _mentioned(function: ast.FunctionDef, functions: Set[str]) -> set[str]:
    """The names in a function. A name of Python's own counts if the file has a function of that name.

    `sum(lengths)` does not call a method `sum`.
    """
    nodes = [
        node
        for node in ast.walk(function)
        if not isinstance(node, ast.Name) or node.id not in BUILTINS or node.id in functions
    ]
    arrays = {"self", *(name for node in nodes if (name := _made_array(node)))}
    return {name for node in nodes if (name := _name_of(node, arrays))}


def _certainly_mentioned(function: ast.FunctionDef, functions: Set[str]) -> set[str]:
    nodes = list(ast.walk(function))
    arrays = _arrays_in(function, nodes)
    attributes = [node for node in nodes if isinstance(node, ast.Attribute)]
    certain = {node.attr for node in attributes if _is_array(node.value, arrays)}
    return _mentioned(function, functions) - ({node.attr for node in attributes} - certain)


def _arrays_in(function: ast.FunctionDef, nodes: list[ast.AST]) -> set[str]:
    """The variables that hold only NDArrays: parameters, and variables assigned from operations on arrays."""
    arguments = function.args
    assigned = [node for node in nodes if isinstance(node, ast.Assign)]
    made_from: dict[str, list[str]] = defaultdict(list)  # by a variable, those that are arrays if it is one
    for node in assigned:
        targets = [target.id for target in node.targets if isinstance(target, ast.Name)]
        for origin in _origins(node.value):
            made_from[origin] += targets
    arrays: set[str] = set()
    todo = [one.arg for one in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]
    todo += made_from.pop(MADE, [])
    while todo:
        name = todo.pop()
        arrays.add(name)
        todo += made_from.pop(name, [])
    other = {
        name.id
        for node in assigned
        if not _is_array(node.value, arrays) or not all(isinstance(t, ast.Name) for t in node.targets)
        for target in node.targets
        for name in ast.walk(target)
        if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store)
    }
    return arrays - other


def _is_array(node: ast.AST, arrays: Set[str]) -> bool:
    """True for an expression that gives an NDArray: it starts from one and takes no NumPy array from it."""
    return any(origin == MADE or origin in arrays for origin in _origins(node))


def _origins(node: ast.AST) -> list[str]:
    """The variables of which one must be an NDArray for an expression to give one; MADE if it makes one."""
    origins, todo = [], [node]
    while todo:
        match todo.pop():
            case ast.Name(id=name):
                origins.append(name)
            case ast.Attribute(value=value, attr=attr):
                todo += [] if attr in OF_NUMPY else [value]
            case ast.Call(func=ast.Name()):  # by a constructor or another exercise
                origins.append(MADE)
            case ast.Call(func=value) | ast.Subscript(value=value):
                todo.append(value)
            case ast.BinOp(left=left, right=right):
                todo += [left, right]
    return origins


def _made_array(node: ast.AST) -> str:
    """The variable that gets an NDArray of a constructor: `out` in `out = zeros(shape)`, not `np.zeros`."""
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
        target, function = node.targets[0], node.value.func
        if isinstance(target, ast.Name) and isinstance(function, ast.Name) and function.id in CONSTRUCTORS:
            return target.id
    return ""


def _name_of(node: ast.AST, arrays: Set[str]) -> str:
    """The name in a node; an index of one of the arrays names the method behind it, unlike any other."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name) and node.value.id in arrays:
        return "__getitem__" if isinstance(node.ctx, ast.Load) else "__setitem__"
    return ""


def _reached(name: str, direct: Mapping[str, set[str]]) -> frozenset[str]:
    reached: set[str] = set()
    queue = [name]
    while queue:
        for other in direct.get(queue.pop(), set()) & direct.keys() - reached:
            reached.add(other)
            queue.append(other)
    return frozenset(reached)
