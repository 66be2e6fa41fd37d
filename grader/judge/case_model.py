"""The keys that every case of a rubric may have, and the types that keys are made of."""

import json
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from grader.model.assignment import Visibility

Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
CaseId = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]
Count = Annotated[int, Field(ge=1, le=1_000_000)]
Length = Annotated[int, Field(ge=0, le=1_000_000)]
Amount = Annotated[int, Field(ge=0, le=2**53)]
Number = Annotated[int, Field(ge=-1_000_000_000, le=1_000_000_000)]
Shape = Annotated[list[Length], Field(max_length=8)]
Draws = Annotated[int, Field(ge=1, le=200)]
MAX_LITERALS = 32 * 1024
Data = Literal["integers", "normal"]
View = Literal["permute", "slice", "flip"]
# one item of an index: a number, a slice as Python writes it, an ellipsis, "new" for None
Slice = r"^-?\d{0,9}:-?\d{0,9}(:-?\d{0,9})?$"
Item = Number | Annotated[str, Field(pattern=Slice)] | Literal["...", "new"]


class Strict(BaseModel):
    """Takes known keys only, and values as they are written; the text below a field is its description.

    Only `grader.author.describe_schema` reads these texts: pydantic would look for them at every start.
    """

    model_config = ConfigDict(extra="forbid", strict=True, defer_build=True)
    renamed: ClassVar[Mapping[str, str]] = {}  # the new names of keys, by their old ones


Range = Annotated[list[Number], Field(min_length=2, max_length=2)]


class RandomValue(Strict):
    """A value that is drawn: `text`, `integer` or `real` says of which kind, and from what range."""

    text: Annotated[list[Annotated[int, Field(ge=0, le=1000)]], Field(min_length=2, max_length=2)] | None = (
        None
    )
    """A text: the least and the largest number of letters."""
    letters: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    """The letters of a text; by default a to z."""
    integer: Range | None = None
    """A whole number: [from, to], both included."""
    real: Range | None = None
    """A number: [from, to]."""
    count: Annotated[int, Field(ge=0, le=1000)] | None = None
    """A list of this many of them."""

    @model_validator(mode="after")
    def _check(self) -> "RandomValue":
        ranges = [each for each in (self.text, self.integer, self.real) if each is not None]
        if len(ranges) != 1:
            raise PydanticCustomError("range", "Input should have one of text, integer and real")
        if ranges[0][0] > ranges[0][1]:
            raise PydanticCustomError(
                "range", "Input should be a range [from, to] that does not run backwards"
            )
        if self.letters is not None and self.text is None:
            raise PydanticCustomError("range", "Input should have text where it has letters")
        return self


def _literals(values: dict[str, Any]) -> dict[str, Any]:
    """Plain data alone, which is not too much to travel with each question."""
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
            "Input should be null, true, false, a number, a text, a list or a mapping, and holds a {type}; "
            "put it in quotes",
            {"type": type(value).__name__},
        )


Literals = Annotated[dict[Id, Any], AfterValidator(_literals)]


class CaseModel(Strict):
    """What every case may say."""

    id: CaseId
    """Its name, unique in the criterion; students read it, so say what is special about the case."""
    data: Data | None = None
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
    view: list[View] = Field([], max_length=8)
    """The arrays arrive as views, made by these steps in this order: an offset, odd strides, backwards."""
    ask: Annotated[Literals, Field(min_length=1)] | None = None
    """For the probe, as `case.NAME`: null, true, numbers, texts, lists and mappings, as you write them."""
    random: Annotated[dict[Id, RandomValue], Field(min_length=1)] | None = None
    """For the probe, as `case.NAME`: texts and numbers, drawn from ranges."""
