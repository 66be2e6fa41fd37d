"""Enforces import rules in a running submission: a backstop for imports that the source did not show.

The rules apply only to code in the submission's folder. NumPy, the standard library and the assignment's
provided files may import and call anything. This is no sandbox: hostile code can get around it.
"""

import builtins
import dataclasses
import functools
import importlib
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from importlib.util import spec_from_file_location
from types import CodeType, FrameType, ModuleType
from typing import TYPE_CHECKING, Any

import numpy

if TYPE_CHECKING:
    import symtable

# What the functions that `dataclasses` writes read besides their own names: globals, and special attributes.
# A function with `super` counts as one that reads `__class__`.
GLOBALS_OF_DATACLASSES = frozenset(("NotImplemented", "__class__", "__create_fn__", "hash", "super", "type"))
ATTRIBUTES_OF_DATACLASSES = frozenset(
    ("__class__", "__delattr__", "__post_init__", "__qualname__", "__setattr__")
)


class ImportGuard:
    """The modules that a submission may import, and the functions that students must write themselves."""

    def __init__(self, allowed: Sequence[str], forbidden: Sequence[str]) -> None:
        self._allowed = frozenset(allowed)
        self._offered = ", ".join(name for name in allowed if not name.startswith("_"))
        self._forbidden = tuple(forbidden)
        self._inside = ""

    def install(self) -> None:
        """Wraps `import` and the forbidden functions, under all of their names.

        Call this once all trusted code is loaded: it takes longer than a submission should.
        """
        builtins.__import__ = self._guarded(builtins.__import__)
        of_dataclasses = functools.partial(self._run_text_of_dataclasses, vars(builtins)["exec"])
        vars(dataclasses)["exec"] = of_dataclasses  # hides the built-in one there
        for module, stand_ins in self._stand_ins().items():
            for each in [m for n, m in sys.modules.items() if n.partition(".")[0] == module]:
                for name, value in list(vars(each).items()):
                    if id(value) in stand_ins:
                        vars(each)[name] = stand_ins[id(value)]

    def hold(self, folder: str) -> None:
        """Applies the rules to the code in `folder` from now on."""
        self._inside = folder + os.sep

    def _concerns(self, file: str) -> bool:
        return bool(self._inside) and file.startswith(self._inside)

    def _guarded(self, real: Callable[..., ModuleType]) -> Callable[..., ModuleType]:
        def guarded(
            name: str, globals: Any = None, locals: Any = None, fromlist: Any = (), level: int = 0
        ) -> ModuleType:
            # C code that imports, such as NumPy's during a call, passes a list; a statement never does
            is_statement = not isinstance(fromlist, list) and not level
            if not is_statement or not self._concerns(sys._getframe(1).f_code.co_filename):
                return real(name, globals, locals, fromlist, level)
            self._check(name)
            module = real(name, globals, locals, fromlist, level)
            for part in fromlist or ():
                value = vars(module).get(part)
                if isinstance(value, ModuleType) and sys.modules.get(f"{name}.{part}") is not value:
                    self._check(value.__name__)
            return module

        return guarded

    def _run_text_of_dataclasses(self, real: Callable[..., None], text: str, *namespaces: Any) -> None:
        """The `real` exec for `dataclasses`, which puts the names of fields into functions that it writes.

        A submission may name a field like a piece of code, which no rule has read. So what is written names
        nothing but what `dataclasses` does, and belongs to a submission at the line of its decorator.
        """
        import ast  # few submissions need these two
        import symtable

        tree = ast.parse(text)
        special = {n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute) and n.attr.startswith("__")}
        used = set(_globals_in(symtable.symtable(text, "", "exec")))
        if not (special <= ATTRIBUTES_OF_DATACLASSES and used <= GLOBALS_OF_DATACLASSES):
            raise RuntimeError("the name of a dataclass's field must be an identifier")
        frame: FrameType | None = sys._getframe(1)
        while frame is not None and not self._concerns(frame.f_code.co_filename):
            frame = frame.f_back
        for node in ast.walk(tree):
            if frame is not None and isinstance(node, ast.stmt | ast.expr | ast.arg):
                node.lineno = node.end_lineno = frame.f_lineno
        file = "<string>" if frame is None else frame.f_code.co_filename
        real(compile(tree, file, "exec"), *namespaces)

    def _check(self, name: str) -> None:
        if name.partition(".")[0] not in self._allowed:
            raise ImportError(f"{name} may not be imported; this assignment allows {self._offered}")

    def _stand_ins(self) -> dict[str, dict[int, Callable[..., Any]]]:
        """The replacement of each forbidden function, by its top module and its identity.

        Classes and ufuncs are not replaced: other code tests for them and reads their attributes.
        """
        functions: dict[str, dict[int, Callable[..., Any]]] = {}
        for name in self._forbidden:
            module, _, attribute = name.rpartition(".")
            try:
                function = getattr(importlib.import_module(module), attribute)
            except (ImportError, AttributeError):
                continue  # in another version of NumPy it is elsewhere
            if not isinstance(function, type | numpy.ufunc):
                stand_in = self._stand_in(name, function)
                functions.setdefault(module.partition(".")[0], {})[id(function)] = stand_in
        return functions

    def _stand_in(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def stand_in(*args: Any, **kwargs: Any) -> Any:
            if self._concerns(sys._getframe(1).f_code.co_filename):
                raise RuntimeError(f"{name} is what this exercise asks you to write")
            return function(*args, **kwargs)

        del vars(stand_in)["__wrapped__"]
        return stand_in


def _globals_in(table: "symtable.SymbolTable") -> Iterator[str]:
    """The names of a text that are global or imported."""
    yield from (one.get_name() for one in table.get_symbols() if one.is_global() or one.is_imported())
    for inner in table.get_children():
        yield from _globals_in(inner)


class SubmittedModules(MetaPathFinder):
    """Finds a submission's modules in the bytes that the judge sent, which are what the import rules read.

    A submission can write files. From its `folder`, Python would import them under the name of any module
    that is not loaded yet.
    """

    def __init__(self, folder: str, files: Mapping[str, bytes]) -> None:
        self._loaders = {
            name: _Loader(name, os.path.join(folder, file), content)
            for file, content in files.items()
            for name, suffix in [os.path.splitext(file)]
            if suffix == ".py"
        }

    def install(self) -> None:
        """Puts it before the folders in which Python looks, behind its own built-in modules."""
        sys.meta_path.insert(sys.meta_path.index(PathFinder), self)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The module of that name, if it is a submitted one."""
        loader = self._loaders.get(fullname)
        return None if loader is None else spec_from_file_location(fullname, loader.path, loader=loader)


class _Loader(SourceFileLoader):
    """Compiles what was submitted, whatever the file holds by now, and no bytecode that lies next to it."""

    def __init__(self, name: str, path: str, content: bytes) -> None:
        super().__init__(name, path)
        self._content = content

    def get_code(self, fullname: str) -> CodeType:
        code: CodeType = self.source_to_code(self._content, self.path)
        return code
