"""Reads a submission without running it and reports imports and uses that its assignment forbids.

`name_resolution.py` finds what each name may stand for. This module says what it must not stand for, in
addition to `loopholes.py`. `grader.worker.import_guard` catches what shows only when the code runs.
"""

import ast
import contextlib
import gc
import importlib
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import ModuleType
from typing import Any

from grader.judge.import_rules import cuda_rules
from grader.judge.import_rules.loopholes import UNPICKLE_AS_THIRD, WHOLE, way_around, ways_around
from grader.judge.import_rules.name_resolution import CALLER, GETTER, MOST_VALUES, Reader, TooManyValues
from grader.judge.import_rules.terms import MAX_SOURCE_BYTES, Terms

NUMPY = "numpy"
UNKNOWN_ENCODING = "encoding that Python does not know, expected UTF-8: remove the line with `coding`"
# The reader of names looks for these itself.
FOLLOWED = frozenset(
    ("builtins.getattr", "builtins.vars", "builtins.locals", GETTER, CALLER, UNPICKLE_AS_THIRD)
)


class Rules:
    """The terms of an assignment, ready for checking submissions.

    `names_numpy` says that one of them may name NumPy. Otherwise NumPy is loaded only when a name leads to
    it, because loading it takes longer than everything else here.
    """

    def __init__(self, terms: Terms, *, names_numpy: bool = True) -> None:
        self.forbidden = tuple(terms.forbidden)
        self._importable = terms.importable
        self._standard = sys.stdlib_module_names & self._importable | {NUMPY} & self._importable
        self._waits_for_numpy = NUMPY in self._standard
        # Loaded here, so that looking up their attributes does not depend on what ran before. NumPy loads no
        # package of the standard library, so nothing below these modules appears with it.
        for name in sorted(self._standard - {NUMPY}):
            with contextlib.suppress(ImportError):  # a standard library module of another operating system
                importlib.import_module(name)
        if names_numpy:
            self._load_numpy()
        else:
            self._identify()
        judged = (*self.forbidden, *ways_around(), *FOLLOWED)
        self._above = {up for name in judged for up in _above(name)} | FOLLOWED
        self._offered = _listed([n for n in (*terms.imports, *terms.provided) if n not in terms.submitted])
        self._problems: dict[str, str] = {}
        self._leads: set[str] = set()
        self._exported: dict[str, frozenset[str]] = {}

    def _load_numpy(self) -> None:
        if self._waits_for_numpy:
            importlib.import_module(NUMPY)
        self._waits_for_numpy = False
        self._identify()

    def _identify(self) -> None:
        """Finds the objects that submissions must not use, among the modules that are loaded now."""
        forbidden = (n for n in self.forbidden if not (self._waits_for_numpy and n.startswith(f"{NUMPY}.")))
        self._objects = {id(function): name for name in forbidden if (function := find(name))}
        self._ways = {id(way): name for name in ways_around() if (way := _loaded(name)) is not None}

    def refusal(self, files: Mapping[str, bytes], most_bytes: int = MAX_SOURCE_BYTES) -> str:
        """The first line of a submission that breaks the import rules, with the reason, or "".

        A file that does not parse is not refused: importing it shows what is wrong. A file in an unknown
        encoding is refused, because it may be one that only the submission itself defines.
        """
        for name, content in files.items():
            self._problems.clear()  # keep nothing of one submission for the next
            self._exported.clear()
            self._leads.clear()
            if name.endswith((".py", ".cu")):
                line, problem = self._first(name, content, most_bytes)
                if problem:
                    return f"{name}:{line}: {problem}" if line else f"{name}: {problem}"
        return ""

    def _first(self, name: str, content: bytes, most_bytes: int) -> tuple[int, str]:
        if len(content) > most_bytes:
            return 0, f"found {len(content)} bytes, expected at most {most_bytes}"
        return self._first_of_python(content) if name.endswith(".py") else cuda_rules.problem_of(content)

    def _first_of_python(self, content: bytes) -> tuple[int, str]:
        try:
            with warnings.catch_warnings(), _no_garbage_collection(), _any_number_of_digits():
                warnings.simplefilter("ignore")
                return min(Reader(self).read(ast.parse(content)), default=(0, ""))
        except SyntaxError as error:
            # a codec that another file registers would let Python read what nothing has checked
            is_unknown = str(error.msg).startswith(("unknown encoding", "encoding problem"))
            return (1, f"found an {UNKNOWN_ENCODING}") if is_unknown else (0, "")
        except ValueError:
            return 0, ""
        except TooManyValues:
            many = f"one name for more than {MOST_VALUES} modules or functions"
            return 0, f"found {many}, which is too tangled to be checked; use a name for each"
        except (RecursionError, MemoryError):
            return 0, "found code that is too deep or too tangled to be checked; write it more simply"

    def problem_of_import(self, module: str) -> str:
        """The reason why a module may not be imported, or ""."""
        if problem := way_around(module):
            return problem
        if module.partition(".")[0] in self._importable:
            return ""
        return f"{module} may not be imported; this assignment allows {self._offered}"

    def problem_of(self, name: str) -> str:
        """The reason why the object behind a dotted name may not be used, or ""."""
        if name not in self._problems:
            self._problems[name] = self._judge(name)
        return self._problems[name]

    def leads_on(self, name: str) -> bool:
        """True if anything below a dotted name may be wrong: a module, or a parent of something refused."""
        self.problem_of(name)
        return name in self._leads

    def _is_namespace(self, name: str) -> bool:
        """True for the dictionary of a module."""
        module, _, last = name.rpartition(".")
        return last == "__dict__" and (
            module == "builtins" or isinstance(self._lookup(module)[1], ModuleType)
        )

    def exported(self, module: str) -> frozenset[str]:
        """The names that `from module import *` binds; none if the module is not known here."""
        if module not in self._exported:
            value = self._lookup(module)[1]
            names = vars(value) if isinstance(value, ModuleType) else {}
            public = names.get("__all__") or [name for name in names if not name.startswith("_")]
            self._exported[module] = frozenset(public)
        return self._exported[module]

    def _judge(self, name: str) -> str:
        resolved, value = self._lookup(name)
        is_above = resolved in self._above or resolved.startswith(f"{GETTER}(")
        if is_above or isinstance(value, ModuleType) or self._is_namespace(resolved):
            self._leads.add(name)
        if id(value) in self._objects or resolved in self.forbidden:
            exercise = self._objects.get(id(value), resolved)
            remedy = "Your file is not graded until you remove it"
            return f"{exercise} is what this exercise asks you to write. {remedy}"
        if problem := way_around(self._ways.get(id(value), resolved)):
            return problem
        if isinstance(value, ModuleType):
            return self.problem_of_import(resolved)
        return ""

    def _lookup(self, name: str) -> tuple[str, object]:
        """An object and its name in the module that defines it; None if it is not known.

        Reads only what is loaded and runs no code: no import, no property, no lazy attribute.
        """
        top, *parts = name.split(".")
        if top == NUMPY and self._waits_for_numpy:
            self._load_numpy()
        value: object = sys.modules.get(top) if top in self._standard else None
        resolved = top
        for part in parts:
            below = f"{resolved}.{part}"
            # Nothing below an entirely refused module is looked up: only some processes loaded it.
            if isinstance(value, ModuleType) and resolved not in WHOLE:
                submodule = sys.modules.get(below)
                value = vars(value).get(part, submodule)
                is_elsewhere = isinstance(value, ModuleType) and value is not submodule
                resolved = value.__name__ if isinstance(value, ModuleType) and is_elsewhere else below
            else:
                value, resolved = None, below
        return resolved, value


@contextlib.contextmanager
def _any_number_of_digits() -> Iterator[None]:
    """Reads numbers of any length: a submission may allow them before it imports its second file."""
    before = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(0)
    try:
        yield
    finally:
        sys.set_int_max_str_digits(before)


@contextlib.contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """Pauses the collector, which would scan a tree that only grows again and again: 2 of 6 milliseconds."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def find(name: str) -> Callable[..., Any] | None:
    """The function behind a dotted name such as numpy.linalg.norm, None if there is none.

    It imports the module, so use it only for names that an author wrote.
    """
    module, _, attribute = name.rpartition(".")
    try:
        value = getattr(importlib.import_module(module), attribute, None)
    except (Exception, SystemExit):  # importing a module that is a program runs it
        return None
    return value if callable(value) else None


def _loaded(name: str) -> object:
    """The object behind a dotted name if its module is loaded, else None."""
    module, _, attribute = name.rpartition(".")
    return vars(sys.modules[module]).get(attribute) if module in sys.modules else None


def _above(name: str) -> Iterator[str]:
    """The parents of a dotted name: numpy and numpy.linalg for numpy.linalg.norm."""
    while name := name.rpartition(".")[0]:
        yield name


def _listed(names: Sequence[str]) -> str:
    *most, last = names or ("no module",)
    return f"{', '.join(most)} and {last}" if most else last
