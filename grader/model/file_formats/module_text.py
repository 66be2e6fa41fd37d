"""Makes a module of the course's own Python, from the text that a case carries."""

import importlib.abc
import importlib.util
from functools import lru_cache
from types import CodeType, ModuleType


def module_from(source: str, file: str, name: str) -> ModuleType:
    """A new module of that name; `file` is the name of the file in tracebacks.

    It runs without a sandbox, so the text must be the author's, like the reference.
    """
    spec = importlib.util.spec_from_loader(name, _FromText(source, file))
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class _FromText(importlib.abc.InspectLoader):
    """Loads a module from its text. Texts are compiled once."""

    def __init__(self, source: str, file: str) -> None:
        self._source, self._file = source, file

    def get_source(self, fullname: str) -> str:
        """The text."""
        return self._source

    def get_code(self, fullname: str) -> CodeType:
        """The text, compiled."""
        return _compiled(self._source, self._file)


@lru_cache(maxsize=256)
def _compiled(source: str, file: str) -> CodeType:
    return importlib.abc.InspectLoader.source_to_code(source, file)
