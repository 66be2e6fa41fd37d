"""A kind of case: the keys that a rubric writes for it, the inputs that they draw, and the words for both."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from grader.judge.inputs import Array, Inputs, Recipe
from grader.model.assignment import Case

if TYPE_CHECKING:
    from grader.judge.case_model import CaseModel

LARGEST = 8  # exact integers are drawn from [-8, 8], see numerics: products and sums stay exact in float32
WIDE = 2**11  # what half and tf32 hold every integer up to
Shape = tuple[int, ...]
Lengths = Sequence[Sequence[int]]
Condition = Callable[[Case, Inputs], bool]
VIEWS = {"permute": "permuted", "slice": "sliced", "flip": "flipped"}


class Kind(ABC):
    """What one kind of case is. A module of `grader.judge.kinds` defines one subclass; no other names it.

    `keys()` says which key of a case tells that it is of this kind, and the model of a case that has it; a
    model with the key `draw` stands for that many cases. It is a function that imports pydantic itself: only
    a loader that reads YAML calls it, and importing pydantic takes twice as long as NumPy.
    `differentiable` names the arrays that a gradient may be with respect to; `conditions` are what a
    case's `covers` may name beside what every kind has. `arrays` names what it draws, all that some case
    may have. `largest_drawn` are parameters as large as any that are drawn. `fixed` names arrays whose
    elements mean something, so that no others are put in their place. A kind that `yields` has no key of
    its own: a case is of another kind where it has a key of that one too.
    """

    name: ClassVar[str]
    arrays: ClassVar[Sequence[str]] = ()
    differentiable: ClassVar[Sequence[str]] = ()
    conditions: ClassVar[Mapping[str, Condition]] = {}
    largest_drawn: ClassVar[Mapping[str, Any]] = {}
    fixed: ClassVar[Sequence[str]] = ()
    yields: ClassVar[bool] = False

    @staticmethod
    @abstractmethod
    def keys() -> "Mapping[str, type[CaseModel]]":
        """The models of a case by the key that tells that it is of this kind."""

    @abstractmethod
    def draw(self, case: Case, shapes: np.random.Generator, numbers: np.random.Generator) -> Inputs:
        """The inputs of a case: its open lengths come from `shapes`, its elements from `numbers`."""

    @abstractmethod
    def describe(self, case: Case, inputs: Inputs) -> str:
        """The case in words, for the student who failed it."""

    @abstractmethod
    def lengths(self, parameters: Mapping[str, Any]) -> tuple[Lengths, Lengths]:
        """The shapes of the arrays of a case, and at least those of its results; nothing is drawn for it."""

    def arrays_of(self, parameters: Mapping[str, Any]) -> Sequence[str]:
        """The names of the arrays that a case may have; where the case itself names them, those."""
        return self.arrays

    def differentiable_of(self, parameters: Mapping[str, Any]) -> Sequence[str]:
        """The names among them that a gradient may be with respect to."""
        return self.differentiable

    def formula_names(self, parameters: Mapping[str, Any]) -> Sequence[str]:
        """The names of lengths that a formula of a case may use."""
        return ()

    def names_of_lengths(self, case: Case, inputs: Inputs) -> Mapping[str, int]:
        """The lengths of a case by those names."""
        return {}

    def complete(self, parameters: dict[str, Any], batch: int) -> dict[str, Any]:
        """A case's keys with the rubric's defaults in them."""
        return parameters

    def complaint(self, parameters: Mapping[str, Any]) -> str:
        """What is wrong with keys that are well-formed one by one: "found ..., expected ..."; else ""."""
        return ""

    def why_not_linear(self, parameters: Mapping[str, Any]) -> str:
        """Why the forward pass is not linear in each array; "" where its gradient is its transpose."""
        return f"nothing is linear in a case of the kind {self.name}"

    def explain_shape(self, expected: Shape, actual: Shape, inputs: Inputs) -> str:
        """The slip in the shape's arithmetic that gives the actual one; "" where none is found."""
        return ""

    def reduce(self, parameters: Mapping[str, Any], longest: int, channels: int) -> dict[str, Any]:
        """The case with shorter axes, where its results may be real-valued: rounding is alike there."""
        return dict(parameters)

    def is_plain(self, inputs: Inputs) -> bool:
        """Whether a small case is of the plainest sort, which is tried before all others."""
        return True

    def smaller(self, parameters: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        """The parameters of small cases of the same probe, among which one may fail as this case does."""
        yield {}


def draw_numbers(case: Case, rng: np.random.Generator, shape: Shape, is_wide: bool = False) -> Array:
    """Elements as the case's `data` says: small integers, or real ones from N(0, 1).

    Wide are odd integers between 2^11 and 2^12, of either sign. They need 12 bits; half and tf32 hold 11,
    bfloat16 8. In float32 their sums with small weights stay exact.
    """
    if is_wide:
        odd: Array = (2 * rng.integers(WIDE // 2, WIDE, shape) + 1) * rng.choice((-1, 1), shape)
        return odd.astype(np.float32)
    if case.data == "normal":
        return rng.standard_normal(shape).astype(np.float32)
    return rng.integers(-LARGEST, LARGEST, shape, endpoint=True).astype(np.float32)


def draw_arrays(
    case: Case, rng: np.random.Generator, values: Mapping[str, Any], shapes: Mapping[str, Shape]
) -> Inputs:
    """Inputs with those `values` and an array of each of the `shapes`, under the views that the case has."""
    bases, recipes = {}, {}
    for name, shape in shapes.items():
        base_shape, recipes[name] = _view_recipe(case.parameters.get("view", ()), shape)
        bases[name] = draw_numbers(case, rng, base_shape, name == case.parameters.get("wide"))
    return Inputs(values, bases, recipes)


def _view_recipe(views: tuple[str, ...], shape: Shape) -> tuple[Shape, Recipe]:
    """The base's shape, and the recipe that makes an array of `shape` of it.

    Built from the last view back to the first. `slice` takes every second element from the second on of
    an axis that is longer at both ends, so the offset is not zero and nothing is compact; `permute`
    turns the axes by one, which is not its own inverse from three axes on; `flip` runs backwards.
    """
    recipe: list[tuple[str, Any]] = []
    for view in reversed(views):
        if view == "permute":
            axes = tuple((axis + 1) % len(shape) for axis in range(len(shape)))
            shape = tuple(shape[axes.index(axis)] for axis in range(len(shape)))
            recipe.append(("permute", axes))
        elif view == "slice":
            recipe.append(("slice", tuple((1, 2 * n + 1, 2) for n in shape)))
            shape = tuple(2 * n + 2 for n in shape)
        else:
            recipe.append(("slice", tuple((None, None, -1) for _ in shape)))
    return shape, tuple(reversed(recipe))


def view_in_words(case: Case) -> str:
    """How a case's arrays arrive, as the end of a sentence; "" where they are compact."""
    views = ", ".join(VIEWS[view] for view in case.parameters.get("view", ()))
    return f", as a view ({views})" if views else ""


def in_words(value: Any) -> str:
    """A case's value as a student reads it: an index as Python writes it."""
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {in_words(item)}" for name, item in value.items())
    if isinstance(value, list | tuple) and any(isinstance(item, str) for item in value):
        return f"[{', '.join('None' if item == 'new' else str(item) for item in value)}]"
    return str(value)
