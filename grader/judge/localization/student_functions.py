"""The functions of a submission, with what their edits need: parents of nodes, and terms in scope."""

import ast
import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

from grader.judge.case_selection.selection import criteria_of_exercises
from grader.judge.localization.names import Names
from grader.judge.localization.source_text import Source
from grader.model.assignment import Assignment
from grader.model.mutant import called_name

# The number of edits grows with the square of a function's length: 20,000 bytes can have half a million.
LONGEST, LONGEST_TOGETHER = 6_000, 18_000  # bytes


@dataclass(frozen=True)
class Function:
    """A function of a source; `path` is its name there, `Class.method` for a method."""

    source: Source
    path: str
    node: ast.FunctionDef

    @property
    def size(self) -> int:
        """The length of its text in bytes."""
        start, end = self.source.span(self.node)
        return end - start

    @cached_property
    def names(self) -> Names:
        """The sorts of its names."""
        return Names(self.node)

    @cached_property
    def _parents(self) -> dict[ast.AST, ast.AST]:
        return {child: node for node in ast.walk(self.node) for child in ast.iter_child_nodes(node)}

    def parent(self, node: ast.AST) -> ast.AST:
        """The node around another one."""
        return self._parents[node]

    @cached_property
    def terms(self) -> list[str]:
        """Whole numbers in scope: variables, and where an array starts."""
        offsets = [f"{name}.offset" for name in self.names.arrays if b".offset" in self.source.content]
        return [*self.names.numbers, *offsets]

    @cached_property
    def lengths(self) -> list[str]:
        """Numbers by which an array may be scaled: those in scope, and the lengths of parameters."""
        arrays = [name for name in self.names.arrays if name in self.names.parameters]
        return [*self.names.numbers, *(f"{name}.shape[{axis}]" for name in arrays for axis in range(2))]

    @cached_property
    def shapes(self) -> list[str]:
        """Shapes in scope."""
        named = [name for name in self.names.shapes if "shape" in name]
        return [*named, *(f"{name}.shape" for name in self.names.arrays if name in self.names.parameters)]

    @cached_property
    def transpositions(self) -> list[str]:
        """The methods with which the submission permutes axes."""
        text = self.source.content
        return [name for name in ("permute", "transpose") if f".{name}(".encode() in text]

    def operator(self, node: ast.BinOp) -> str:
        """The operator as it is written."""
        start, end = self.source.between(node.left, node.right)
        return self.source.content[start:end].decode().strip(" ()\\\n\t")


class Code:
    """The functions of a submission's Python files, and the criteria that call them."""

    def __init__(self, functions: Sequence[Function], criteria: Mapping[str, Sequence[str]]) -> None:
        self._functions = {}
        for function in functions:  # the last definition of a name counts
            self._functions[called_name(function.path)] = function
        self._criteria = criteria

    @staticmethod
    def of(files: Mapping[str, bytes], assignment: Assignment) -> "Code | None":
        """The code of these files; None if none of it can be read."""
        functions = []
        for file, content in files.items():
            if not file.endswith(".py"):
                return None  # the mistake may be in a kernel
            with contextlib.suppress(SyntaxError, ValueError, RecursionError, MemoryError):
                source = Source(file, content)
                functions += [Function(source, path, node) for path, node in source.functions()]
        return Code(functions, criteria_of_exercises(assignment)) if functions else None

    def functions_of(self, criterion: str) -> list[Function]:
        """The functions in which a criterion's faults may be: its exercises, then the functions they call.

        Another exercise has criteria of its own, and is not among them. Nor are very long functions: to list
        their edits would take more time and memory than a submission may take from its class.
        """
        exercises = self._exercises_of(criterion)
        helpers = [name for name in self._reached(exercises) if name not in self._criteria]
        functions = [self._functions[name] for name in dict.fromkeys((*exercises, *helpers))]
        short = [function for function in functions if function.size <= LONGEST]
        sizes = accumulate(function.size for function in short)
        return [function for function, size in zip(short, sizes, strict=True) if size <= LONGEST_TOGETHER]

    def criteria_of(self, functions: Sequence[Function]) -> set[str]:
        """The criteria that call one of the functions, directly or not."""
        names = {called_name(function.path) for function in functions}
        ids = {id for ids in self._criteria.values() for id in ids}
        return {id for id in ids if names & set(self._reached(self._exercises_of(id)))}

    def _exercises_of(self, criterion: str) -> list[str]:
        return [
            name
            for name in self._functions
            if criterion in self._criteria.get(name, ()) or name == f"__{criterion}__"
        ]

    def _reached(self, names: Sequence[str]) -> list[str]:
        reached, todo = set(names), list(names)
        for name in todo:  # it grows
            for node in ast.walk(self._functions[name].node):
                word = getattr(node, "id", "") or getattr(node, "attr", "")
                if word in self._functions and word not in reached:
                    reached.add(word)
                    todo.append(word)
        return todo
