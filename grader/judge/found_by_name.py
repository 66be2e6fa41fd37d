"""Finds the subclass of a given class that each module of a package defines."""

import importlib.abc
import importlib.util
import pkgutil
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar

T = TypeVar("T")


def instances(of: type[T], paths: Iterable[str], package: str) -> Mapping[str, T]:
    """An instance of each subclass that the package's modules define, by its `name`, sorted by name."""
    modules = sorted(module.name for module in pkgutil.iter_modules(paths))
    every = [one for name in modules for one in defined_in(importlib.import_module(f"{package}.{name}"), of)]
    return {name_of(one): one for one in every}


def defined_in(module: ModuleType, of: type[T]) -> list[T]:
    """An instance of each subclass that a module itself defines."""
    classes = [value for value in vars(module).values() if isinstance(value, type)]
    return [one() for one in classes if issubclass(one, of) and one.__module__ == module.__name__]


def defined_by(source: str, of: type[T], file: str) -> Mapping[str, T]:
    """The subclasses that an assignment's own file defines, by name, from its text, which the cases carry."""
    return {name_of(one): one for one in defined_in(_module_of(source, file), of)}


@lru_cache(maxsize=64)
def _module_of(source: str, file: str) -> ModuleType:
    """Runs the course's own code, without a sandbox, like its reference."""
    spec = importlib.util.spec_from_loader(f"own_{Path(file).stem}", _FromText(source, file))
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class _FromText(importlib.abc.SourceLoader):
    """Loads a module from its text, under a file's name."""

    def __init__(self, source: str, file: str) -> None:
        self._source, self._file = source, file

    def get_data(self, path: str | bytes) -> bytes:
        """The text."""
        return self._source.encode()

    def get_filename(self, fullname: str) -> str:
        """The name shown in tracebacks."""
        return self._file


def name_of(one: Any) -> str:
    """The name under which a rubric knows it."""
    return str(one.name)
