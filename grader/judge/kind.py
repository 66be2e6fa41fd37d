"""A kind of case: its keys in a rubric, the inputs drawn from them, and the words for both."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from grader.judge.inputs import Array, Inputs, Recipe
from grader.model.assignment import Case, Data
from grader.model.example import Drawing

if TYPE_CHECKING:
    from grader.judge.case_model import CaseModel

LARGEST = 8  # exact integers are drawn from [-8, 8], see numerics: products and sums stay exact in float32
WIDE = 2**11  # half and tf32 hold every integer up to this
Shape = tuple[int, ...]
Lengths = Sequence[Sequence[int]]
Condition = Callable[[Case, Inputs], bool]
VIEWS = {"permute": "permuted", "slice": "sliced", "flip": "flipped"}


class Kind(ABC):
    """One kind of case. Each module of `grader.judge.kinds` defines one subclass; no other module names it.

    `keys()` maps the key that identifies a case of this kind to the model of such a case. A model with the
    key `draw` represents that many cases. `keys` imports pydantic itself: only a loader that reads YAML calls
    it, and importing pydantic takes twice as long as importing NumPy. `differentiable` names the arrays that
    a gradient may be with respect to. `conditions` are those that a case's `covers` may name in addition to
    the ones that every kind has. `arrays` names all arrays that some case may draw. `largest_drawn` are
    parameters as large as any that are drawn. `fixed` names arrays with meaningful elements, which are never
    replaced by others. A kind that `yields` has no key of its own: a case that also has another kind's key is
    of that other kind. `values` names the plain values that a case draws for its probe. `drawing` says how a
    page draws such a case step by step.
    """

    name: ClassVar[str]
    arrays: ClassVar[Sequence[str]] = ()
    differentiable: ClassVar[Sequence[str]] = ()
    conditions: ClassVar[Mapping[str, Condition]] = {}
    largest_drawn: ClassVar[Mapping[str, Any]] = {}
    fixed: ClassVar[Sequence[str]] = ()
    yields: ClassVar[bool] = False
    values: ClassVar[Sequence[str]] = ()
    drawing: ClassVar[Drawing | None] = None

    @staticmethod
    @abstractmethod
    def keys() -> "Mapping[str, type[CaseModel]]":
        """The models of a case, by the key that identifies this kind."""

    @abstractmethod
    def draw(self, case: Case, shapes: "np.random.Generator", numbers: "np.random.Generator") -> Inputs:
        """The inputs of a case: `shapes` draws the open lengths, `numbers` the elements."""

    @abstractmethod
    def describe(self, case: Case, inputs: Inputs) -> str:
        """The case in words, for the student who failed it."""

    @abstractmethod
    def lengths(self, parameters: Mapping[str, Any]) -> tuple[Lengths, Lengths]:
        """The shapes of a case's arrays, or at least those of its results, without drawing anything."""

    def itemsizes(self, parameters: Mapping[str, Any]) -> tuple[Sequence[int], Sequence[int]]:
        """The bytes of an element of each array in `lengths`; 4 each, unless a case states a dtype."""
        inputs, results = self.lengths(parameters)
        return [4] * len(inputs), [4] * len(results)

    def arrays_of(self, parameters: Mapping[str, Any]) -> Sequence[str]:
        """The names of the arrays that a case may have, or those that the case itself names."""
        return self.arrays

    def differentiable_of(self, parameters: Mapping[str, Any]) -> Sequence[str]:
        """The names among them that a gradient may be with respect to."""
        return self.differentiable

    def fixed_of(self, parameters: Mapping[str, Any]) -> Sequence[str]:
        """The names among them with meaningful elements."""
        return self.fixed

    def formula_names(self, parameters: Mapping[str, Any]) -> Sequence[str]:
        """The names of the lengths that a case's formulas may use."""
        return ()

    def names_of_lengths(self, case: Case, inputs: Inputs) -> Mapping[str, int]:
        """The lengths of a case by those names."""
        return {}

    def draws_lengths(self, parameters: Mapping[str, Any]) -> bool:
        """True if lengths of a case are drawn."""
        return False

    def complete(self, parameters: dict[str, Any], batch: int) -> dict[str, Any]:
        """A case's keys, with the rubric's defaults filled in."""
        return parameters

    def complaint(self, parameters: Mapping[str, Any]) -> str:
        """The problem with keys that are each well-formed, as "found ..., expected ..."; "" if none."""
        return ""

    def why_not_linear(self, parameters: Mapping[str, Any]) -> str:
        """The reason the forward pass is not linear in each array; "" if its gradient is its transpose."""
        return f"nothing is linear in a case of the kind {self.name}"

    def explain_shape(self, expected: Shape, actual: Shape, inputs: Inputs) -> str:
        """The slip in the shape's arithmetic that gives the actual shape; "" if none is found."""
        return ""

    def reduce(self, parameters: Mapping[str, Any], longest: int, channels: int) -> dict[str, Any]:
        """The case with shorter axes, for results that may be real-valued: rounding is similar there."""
        return dict(parameters)

    def grid_of(self, shape: Shape, inputs: Inputs) -> tuple[int, int]:
        """The two axes of an array that a page shows as rows and columns."""
        return -2, -1

    def is_plain(self, inputs: Inputs) -> bool:
        """True if a small case is of the plainest sort, which is tried first."""
        return True

    def smaller(self, parameters: Mapping[str, Any]) -> Iterator[Mapping[str, Any]] | None:
        """The parameters of small cases of the same probe. One of them may fail in the same way.

        None if the kind can only make its arrays shorter.
        """
        return None


def draw_numbers(case: Case, rng: "np.random.Generator", shape: Shape, is_wide: bool = False) -> Array:
    """Draws elements according to the case's `data`: small integers, or real numbers from N(0, 1).

    Wide numbers are odd integers between 2^11 and 2^12, of either sign. They need 12 bits; half and tf32
    hold 11, bfloat16 8. In float32 their sums with small weights stay exact.
    """
    if is_wide:
        odd: Array = (2 * rng.integers(WIDE // 2, WIDE, shape) + 1) * rng.choice((-1, 1), shape)
        return odd.astype(np.float32)
    if case.data is Data.NORMAL:
        return rng.standard_normal(shape).astype(np.float32)
    return rng.integers(-LARGEST, LARGEST, shape, endpoint=True).astype(np.float32)


def draw_elements(case: Case, rng: "np.random.Generator", shape: Shape, about: Mapping[str, Any]) -> Array:
    """Draws elements of the dtype and from the range that a `DrawnArray` states, by default small ones.

    Both parts of a complex number are drawn in the same way.
    """
    dtype = np.dtype(about["dtype"])

    def part() -> Array:
        if "real" in about:
            low, high = map(float, about["real"])
            return low + (high - low) * rng.random(shape)
        if dtype.kind in "fc" and "integer" not in about and case.data is Data.NORMAL:
            return rng.standard_normal(shape)
        least, most = {"b": (0, 1), "u": (0, LARGEST)}.get(dtype.kind, (-LARGEST, LARGEST))
        low, high = about.get("integer", (least, most))
        return rng.integers(low, high, shape, endpoint=True)

    numbers = part() + 1j * part() if dtype.kind == "c" else part()
    array: Array = numbers.astype(dtype)
    return array


def draw_arrays(
    case: Case,
    rng: "np.random.Generator",
    values: Mapping[str, Any],
    shapes: Mapping[str, Shape],
    stated: Mapping[str, Mapping[str, Any]] = MappingProxyType({}),
) -> Inputs:
    """Inputs with the given `values` and an array of each of the `shapes`, under the case's views."""
    bases, recipes = {}, {}
    for name, shape in shapes.items():
        base_shape, recipes[name] = _view_recipe(case.parameters.get("view", ()), shape)
        if name in stated:
            bases[name] = draw_elements(case, rng, base_shape, stated[name])
        else:
            bases[name] = draw_numbers(case, rng, base_shape, name == case.parameters.get("wide"))
    return Inputs(values, bases, recipes)


def _view_recipe(views: tuple[str, ...], shape: Shape) -> tuple[Shape, Recipe]:
    """The base's shape, and the recipe that turns the base into an array of `shape`.

    It is built from the last view back to the first. `slice` takes every second element, from the second
    on, of an axis that is longer at both ends, so the offset is not zero and nothing is compact. `permute`
    rotates the axes by one, which is not its own inverse from three axes on. `flip` runs backwards.
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
    """The end of a sentence that says how a case's arrays are laid out; "" if they are compact."""
    views = ", ".join(VIEWS[view] for view in case.parameters.get("view", ()))
    return f", as a view ({views})" if views else ""
