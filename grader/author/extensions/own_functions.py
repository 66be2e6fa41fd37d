"""Reads the functions that an assignment passes to submissions, and checks how cases use them."""

import inspect
from collections.abc import Hashable, Mapping
from functools import cached_property
from pathlib import Path
from types import FunctionType
from typing import Any

from grader.author.course_files import read_text
from grader.author.extensions.own_source import cut_classes, run_own_file
from grader.author.yaml_document import Document
from grader.judge.case_functions import SEED
from grader.judge.case_model import CaseModel, FunctionUse
from grader.judge.discover_subclasses import module_of
from grader.model.assignment import OWN_FUNCTIONS
from grader.model.did_you_mean import did_you_mean

Place = tuple[Hashable, ...]
NAMED = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)


class OwnFunctions:
    """The file functions.py of an assignment; it is read when the first case names a function."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / OWN_FUNCTIONS

    @cached_property
    def _text(self) -> str:
        return read_text(self._path)

    @cached_property
    def _names(self) -> Mapping[str, Any]:
        """The objects that the file defines or imports, by name; UserError if it does not run."""
        return run_own_file(self._path, lambda: vars(module_of(self._text, self._path.name)))

    @cached_property
    def _functions(self) -> Mapping[str, inspect.Signature]:
        """The signatures of the functions that the file itself defines."""
        functions = {name: value for name, value in self._names.items() if isinstance(value, FunctionType)}
        return {
            name: inspect.signature(value)
            for name, value in functions.items()
            if value.__code__.co_filename == self._path.name and value.__name__ == name
        }

    def of_case(self, document: Document, place: Place, model: CaseModel) -> tuple[dict[str, Any], str]:
        """The functions of a case as `Case.functions` holds them, and their source.

        UserError, with the line, for a name or an argument that functions.py does not have.
        """
        if model.functions is None:
            return {}, ""
        here = (*place, "functions")
        if not self._path.is_file():
            raise document.fail(f"found `functions`, expected a file {OWN_FUNCTIONS} next to this one", here)
        functions: dict[str, Any] = {}
        names: set[str] = set()
        for name, entry in model.functions.items():
            uses = entry if isinstance(entry, list) else [entry]
            each = [self._use(document, (*here, name), one) for one in uses]
            names |= {one["use"] for one in each}
            functions[name] = each if isinstance(entry, list) else each[0]
        return functions, cut_classes(self._path, self._text, names)

    def _use(self, document: Document, place: Place, one: str | FunctionUse) -> dict[str, Any]:
        use = FunctionUse(use=one) if isinstance(one, str) else one
        signature = self._functions.get(use.use)
        if signature is None:
            what = f"found {use.use!r}, expected a function that {OWN_FUNCTIONS} defines"
            if use.use in self._names:
                kind = type(self._names[use.use]).__name__
                raise document.fail(f"{what}; there it is of the type {kind}", place)
            defined = sorted(self._functions)
            raise document.fail(f"{what}: {', '.join(defined)}{did_you_mean(use.use, defined)}", place)
        parameters = [p.name for p in signature.parameters.values() if p.kind in NAMED]
        for argument in use.given:
            if argument not in parameters:
                expected = ", ".join(parameters) or "none"
                message = f"found {argument!r}, expected an argument of {use.use}: {expected}"
                raise document.fail(f"{message}{did_you_mean(argument, parameters)}", place)
        seeded = SEED in parameters and SEED not in use.given
        return {"use": use.use, "given": dict(use.given), "seeded": seeded}
