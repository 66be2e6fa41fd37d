"""The keys that every case of a rubric may have, and the types that keys are made of."""

import json
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from grader.model.assignment import Data, Visibility

Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Help = Annotated[str, Field(pattern=r"^README\.md#[a-z0-9-]+$")]
CaseId = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]
Count = Annotated[int, Field(ge=1, le=1_000_000)]
Length = Annotated[int, Field(ge=0, le=1_000_000)]
Amount = Annotated[int, Field(ge=0, le=2**53)]
Number = Annotated[int, Field(ge=-1_000_000_000, le=1_000_000_000)]
Shape = Annotated[list[Length], Field(max_length=8)]
Draws = Annotated[int, Field(ge=1, le=200)]
MAX_LITERALS = 32 * 1024
View = Literal["permute", "slice", "flip"]


class Strict(BaseModel):
    """Takes known keys only, and values as they are written; the text below a field is its description.

    Only `grader.author.describe_schema` reads these texts: pydantic would look for them at every start.
    """

    model_config = ConfigDict(extra="forbid", strict=True, defer_build=True)
    renamed: ClassVar[Mapping[str, str]] = {}  # the new names of keys, by their old ones


Range = Annotated[list[Number], Field(min_length=2, max_length=2)]
Real = Annotated[float | int, Field(ge=-1_000_000_000, le=1_000_000_000)]
RealRange = Annotated[list[Real], Field(min_length=2, max_length=2)]


class RandomValue(Strict):
    """A value that is drawn. `text`, `integer` or `real` names its kind and its range."""

    text: Annotated[list[Annotated[int, Field(ge=0, le=1000)]], Field(min_length=2, max_length=2)] | None = (
        None
    )
    """A text: the least and the largest number of letters."""
    letters: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    """The letters of a text; by default a to z."""
    integer: Range | None = None
    """A whole number: [from, to], both included."""
    step: Annotated[int, Field(ge=1)] | None = None
    """The distance of the whole numbers: `{integer: [9, 15], step: 2}` draws 9, 11, 13 or 15."""
    real: RealRange | None = None
    """A number: [from, to]."""
    count: Annotated[int, Field(ge=0, le=1000)] | None = None
    """A list of this many of them."""

    @model_validator(mode="after")
    def _check(self) -> "RandomValue":
        all_ranges: tuple[Sequence[float] | None, ...] = (self.text, self.integer, self.real)
        ranges = [each for each in all_ranges if each is not None]
        if len(ranges) != 1:
            raise PydanticCustomError("range", "Input should have one of text, integer and real")
        if ranges[0][0] > ranges[0][1]:
            raise PydanticCustomError(
                "range", "Input should be a range [from, to] that does not run backwards"
            )
        if self.letters is not None and self.text is None:
            raise PydanticCustomError("range", "Input should have text where it has letters")
        if self.step is not None and self.integer is None:
            raise PydanticCustomError("range", "Input should have integer where it has step")
        return self


Dtype = (
    Literal["bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"]
    | Literal["float16", "float32", "float64", "complex64", "complex128"]
)


class DrawnArray(Strict):
    """An array of another dtype, or with elements from a range."""

    shape: Shape
    """Its shape."""
    dtype: Dtype = "float32"
    """Its dtype, by NumPy's name."""
    integer: Range | None = None
    """Whole numbers: [from, to], both included."""
    real: RealRange | None = None
    """Numbers: [from, to]."""

    @model_validator(mode="after")
    def _check(self) -> "DrawnArray":
        dtype = np.dtype(self.dtype)
        if self.integer and self.real:
            raise PydanticCustomError("range", "Input should have one of integer and real")
        if (self.integer and dtype.kind == "b") or (self.real and dtype.kind in "biu"):
            range_key = "integer" if self.integer else "real"
            raise PydanticCustomError(
                "range",
                "Input should have no `{key}` with `dtype: {dtype}`",
                {"key": range_key, "dtype": self.dtype},
            )
        low, high = self.integer or self.real or (0, 0)
        if low > high:
            raise PydanticCustomError(
                "range", "Input should be a range [from, to] that does not run backwards"
            )
        least, most = _limits(dtype, is_integer=self.integer is not None)
        if not least <= low <= high <= most:
            raise PydanticCustomError(
                "range",
                "Input should be a range from {least} to {most} with `dtype: {dtype}`",
                {"least": least, "most": most, "dtype": self.dtype},
            )
        return self


def _limits(dtype: np.dtype[Any], is_integer: bool) -> tuple[int, int]:
    """The least and the largest number of a range: beyond them a float is inf, or an integer not exact."""
    if dtype.kind == "b":
        return 0, 1
    if dtype.kind in "iu":
        limits = np.iinfo(dtype)
        return int(limits.min), int(limits.max)
    about = np.finfo(dtype)
    most = 2 ** (about.nmant + 1) if is_integer else int(about.max)
    return -most, most


def _literals(values: dict[str, Any]) -> dict[str, Any]:
    """Plain data that is small enough to travel with each question."""
    for value in values.values():
        _check_literal(value)
    if len(json.dumps(values)) > MAX_LITERALS:
        raise PydanticCustomError("size", f"Input should be at most {MAX_LITERALS} bytes as JSON")
    return values


def _check_literal(value: object) -> None:
    if isinstance(value, list | dict):
        for item in value.values() if isinstance(value, dict) else value:
            _check_literal(item)
    elif not isinstance(value, bool | int | float | str | None):
        raise PydanticCustomError(
            "literal",
            "Input should be null, true, false, a number, a text, a list or a mapping, but holds a {type}; "
            "put it in quotes",
            {"type": type(value).__name__},
        )


Literals = Annotated[dict[Id, Any], AfterValidator(_literals)]
PythonName = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,99}$")]
Given = Annotated[dict[PythonName, Any], AfterValidator(_literals)]


class FunctionUse(Strict):
    """A function of functions.py, with some of its arguments fixed."""

    use: PythonName
    """The name of the function."""
    given: Given = {}
    """The arguments that are fixed, by name; a submission passes the others."""


OneFunction = PythonName | FunctionUse
SeveralFunctions = Annotated[list[OneFunction], Field(min_length=1, max_length=20)]
Functions = Annotated[dict[Id, OneFunction | SeveralFunctions], Field(min_length=1, max_length=20)]


def _listed(values: list[Any]) -> list[Any]:
    _literals({"given": values})
    return values


class Step(Strict):
    """One step of a scenario: it creates an object, calls a method, or reads or changes an attribute."""

    new: PythonName | None = None
    """Creates an object of this class of the submission; the next steps are about it."""
    call: PythonName | None = None
    """Calls this method; before any `new`, this function of the submission."""
    get: PythonName | None = None
    """Reads this attribute or property."""
    set: PythonName | None = None
    """Changes this attribute or property to the value of `to`."""
    given: Annotated[list[Any], AfterValidator(_listed)] | Given | None = None
    """The arguments: a list, or a mapping of their names; `{case: NAME}` is the case's value of that name."""
    to: Any = None
    """The value for `set`."""
    name: PythonName | None = None
    """Keeps the object, or what a call returns, under this name instead of comparing it."""
    of: PythonName | None = None
    """The `name` of the object that a step is about; by default the object that was created last."""
    raises: Annotated[str, Field(pattern=r"^[A-Z][A-Za-z0-9_]{0,99}$")] | None = None
    """The step must raise an exception of this class."""

    @model_validator(mode="after")
    def _check(self) -> "Step":
        keys = self.model_fields_set
        kinds = keys & {"new", "call", "get", "set"}
        if len(kinds) != 1:
            raise PydanticCustomError("step", "Input should have one of new, call, get and set")
        (kind,) = kinds
        for key, of in (
            ("given", ("new", "call")),
            ("name", ("new", "call")),
            ("of", ("call", "get", "set")),
            ("to", ("set",)),
        ):
            if key in keys and kind not in of:
                raise PydanticCustomError(
                    "step",
                    "Input should have `{key}` only with {of}",
                    {"key": key, "of": " or ".join(f"`{one}`" for one in of)},
                )
        if kind == "set" and "to" not in keys:
            raise PydanticCustomError("step", "Input should have `to` with `set`")
        _literals({"to": self.to})
        return self


def _scenario(steps: list[Step]) -> list[Step]:
    """Checks that each name is defined before a step uses it, and that some result can be compared."""
    names: set[str] = set()
    for step in steps:
        if step.of is not None and step.of not in names:
            raise PydanticCustomError(
                "step",
                "Input should have `of: {name}` only after a step with `name: {name}`",
                {"name": step.of},
            )
        if step.name is not None:
            names.add(step.name)
    is_seen = any(s.raises or ((s.call or s.get) and not s.name) for s in steps)
    if not is_seen:
        raise PydanticCustomError("step", "Input should have a step with a result that can be compared")
    return steps


Scenario = Annotated[list[Step], Field(min_length=1, max_length=200), AfterValidator(_scenario)]


class CaseModel(Strict):
    """The keys of every case."""

    id: CaseId
    """Its name, unique in the criterion; students read it, so say what is special about the case."""
    data: Data | None = Field(None, strict=False)
    """Replaces the default: `integers` or `normal`."""
    wide: Id | None = None
    """An array of odd integers between 2^11 and 2^12, which half, tf32 and bfloat16 cannot represent."""
    compare: str | None = None
    """Replaces the criterion's value or the default."""
    visibility: Visibility | None = Field(None, strict=False)
    """Replaces the default."""
    weight: Count = 1
    """Its share of the criterion's points, relative to the weights of the other cases."""
    covers: list[str] = []
    """For a case that no mutant needs: the conditions that it covers; `grader verify` checks them."""
    help: Help | None = None
    """The heading of the handout to read if this case fails. It replaces the criterion's."""
    view: list[View] = Field([], max_length=8)
    """The arrays arrive as views, made by these steps in this order: an offset, odd strides, backwards."""
    ask: Annotated[Literals, Field(min_length=1)] | None = None
    """For the probe, as `case.NAME`: null, true, numbers, texts, lists and mappings, as you write them."""
    random: Annotated[dict[Id, RandomValue], Field(min_length=1)] | None = None
    """For the probe, as `case.NAME`: texts and numbers, drawn from ranges."""
    functions: Functions | None = None
    """For the probe, as `case.NAME`: functions of functions.py; see [functions](#functions)."""
    scenario: Scenario | None = None
    """The steps that the grader's own probe `scenario` takes; their results are compared."""
