"""Finds the subclass of a given class that each module of a package defines."""

import importlib
import inspect
import pkgutil
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar

from grader.model.assignment import OWN_COMPARISONS, OWN_KINDS
from grader.model.file_formats.module_text import module_from

T = TypeVar("T")


def instances(base: type[T], paths: Iterable[str], package: str) -> Mapping[str, T]:
    """An instance of each subclass that the package's modules define, by its `name`, sorted by name."""
    modules = sorted(module.name for module in pkgutil.iter_modules(paths))
    all_instances = [
        one for name in modules for one in defined_in(importlib.import_module(f"{package}.{name}"), base)
    ]
    return {name_of(one): one for one in all_instances}


def defined_in(module: ModuleType, base: type[T]) -> list[T]:
    """An instance of each subclass that a module itself defines."""
    classes = [value for value in vars(module).values() if isinstance(value, type)]
    return [one() for one in classes if issubclass(one, base) and one.__module__ == module.__name__]


def defined_by(source: str, base: type[T], file: str) -> Mapping[str, T]:
    """The subclasses that an assignment's own file defines, by name, from its text, which the cases carry."""
    return {name_of(one): one for one in defined_in(module_of(source, file), base)}


@lru_cache(maxsize=64)
def module_of(source: str, file: str) -> ModuleType:
    """The module of a text: runs the course's own code, without a sandbox, like its reference."""
    return module_from(source, file, f"own_{Path(file).stem}")


def name_of(one: Any) -> str:
    """The name under which a rubric knows it."""
    return str(one.name)


def line_in(file: str, error: BaseException) -> int | None:
    """The last line of an own file that an exception passed through; None if it never did."""
    trace, line = error.__traceback__, None
    while trace is not None:
        line = trace.tb_lineno if trace.tb_frame.f_code.co_filename == file else line
        trace = trace.tb_next
    return line


def error_in_words(error: BaseException, files: Iterable[str] = (OWN_KINDS, OWN_COMPARISONS)) -> str:
    """An unexpected exception in one line, with the place if an assignment's own file raised it."""
    lines = ((file, line_in(file, error)) for file in files)
    place = next((f"{file}:{line}: " for file, line in lines if line is not None), "")
    return f"{place}{type(error).__name__}: {error}"


def method_place(one: object, method: str, file: str) -> str:
    """`kinds.py:12: Shuffled.draw` for a method that an assignment's own file defines."""
    code = getattr(inspect.unwrap(getattr(type(one), method)), "__code__", None)
    line = "" if code is None else f":{code.co_firstlineno}"  # a method may be any object that can be called
    return f"{file}{line}: {type(one).__name__}.{method}"
