"""Finds what the modules of a package define: one subclass of a class each."""

import importlib
import pkgutil
from collections.abc import Iterable, Mapping
from types import ModuleType
from typing import Any, TypeVar

T = TypeVar("T")


def instances(of: type[T], paths: Iterable[str], package: str) -> Mapping[str, T]:
    """An instance of each subclass that the package's modules define, by its `name`, in the names' order."""
    modules = sorted(module.name for module in pkgutil.iter_modules(paths))
    every = [one for name in modules for one in defined_in(importlib.import_module(f"{package}.{name}"), of)]
    return {name_of(one): one for one in every}


def defined_in(module: ModuleType, of: type[T]) -> list[T]:
    """An instance of each subclass that a module itself defines."""
    classes = [value for value in vars(module).values() if isinstance(value, type)]
    return [one() for one in classes if issubclass(one, of) and one.__module__ == module.__name__]


def name_of(one: Any) -> str:
    """The name under which a rubric knows it."""
    return str(one.name)
