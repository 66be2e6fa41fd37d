"""The keys that every case of a rubric may have, and the types that keys are made of."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from grader.model.assignment import Visibility

Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
CaseId = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]
Count = Annotated[int, Field(ge=1, le=1_000_000)]
Length = Annotated[int, Field(ge=0, le=1_000_000)]
Amount = Annotated[int, Field(ge=0, le=2**53)]
Number = Annotated[int, Field(ge=-1_000_000_000, le=1_000_000_000)]
Shape = Annotated[list[Length], Field(max_length=8)]
Draws = Annotated[int, Field(ge=1, le=200)]
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


class CaseModel(Strict):
    """What every case may say."""

    id: CaseId
    """Its name, unique in the criterion; students read it, so let it say what is special."""
    data: Data | None = None
    """In place of the default: `integers` or `normal`."""
    compare: str | None = None
    """In place of the criterion's or the default."""
    visibility: Visibility | None = Field(None, strict=False)
    """In place of the default."""
    weight: Count = 1
    """Its share of the criterion's points, among the weights of the other cases."""
    covers: list[str] = []
    """Conditions for which it is there though no mutant needs it; `grader verify` checks them."""
    view: list[View] = Field([], max_length=8)
    """The arrays arrive as views, made by these steps in this order: an offset, odd strides, backwards."""
