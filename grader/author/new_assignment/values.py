"""Chooses values for a parameter by its annotation: ordinary ones, and those at the edges."""

import ast
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

LISTS = ("list", "List", "Sequence", "Iterable", "Collection", "tuple", "Tuple", "set", "frozenset")
ARRAYS = ("NDArray", "ndarray", "ArrayLike")
SEEDS: dict[str, list[Any]] = {
    "int": [3, 1, 4, 1, 5, 9, 2],
    "float": [2.5, -1.0, 0.5, 4.0, -1.0, 3.25],
    "str": ["sitting", "kitten", "mitten", "kitten", "bit"],
    "bool": [True, False, True],
}
SCALARS: dict[str, list[tuple[str, Any]]] = {
    "int": [("five", 5), ("zero", 0), ("one", 1), ("two", 2), ("negative", -3), ("twelve", 12)],
    "float": [("a-half", 0.5), ("zero", 0.0), ("one", 1.0), ("negative", -2.25), ("seven", 7.0)],
    "bool": [("true", True), ("false", False)],
    "str": [
        ("a-word", "kitten"),
        ("empty", ""),
        ("one-letter", "a"),
        ("repeated", "aab"),
        ("palindrome", "level"),
        ("with-a-space", "to be"),
        ("upper-case", "Abc"),
    ],
    "None": [("none", None)],
}
RANGES: dict[str, dict[str, Any]] = {
    "int": {"integer": [1, 9]},  # many functions refuse 0, which the visible cases ask for
    "float": {"real": [-4, 4]},
    "str": {"text": [4, 9], "letters": "abc"},
}


@dataclass(frozen=True)
class Value:
    """A value of a parameter, and a word for its special property."""

    word: str
    value: Any


def values_of(annotation: ast.expr | None) -> tuple[Value, ...]:
    """Values of an annotated parameter, an ordinary one first; none for an unknown annotation."""
    name, parts = _parts(annotation)
    if name in SCALARS:
        return tuple(Value(*each) for each in SCALARS[name])
    if name == "|":
        return tuple(value for part in parts for value in values_of(part))
    if name == "Literal":
        return tuple(Value(_word(part.value), part.value) for part in parts if isinstance(part, ast.Constant))
    if name in ("dict", "Mapping") and len(parts) == 2:
        return _mappings(_seeds(parts[0]), _seeds(parts[1]))
    if name in LISTS and parts:
        return _lists(name, parts)
    return ()


def of_another_type(annotation: ast.expr | None) -> Value:
    """A value that a function which checks types refuses."""
    return Value("a-text", "12") if _parts(annotation)[0] in ("int", "float") else Value("a-number", 12)


def is_array(annotation: ast.expr | None) -> bool:
    """True if a parameter is an array, which a case draws by its shape."""
    return _parts(annotation)[0] in ARRAYS


def is_numpy(annotation: ast.expr | None) -> bool:
    """True if the array is NumPy's."""
    return isinstance(annotation, ast.Attribute | ast.Subscript) and is_array(annotation)


def is_real(annotation: ast.expr | None) -> bool:
    """True if a value holds real numbers, which are compared as close."""
    return annotation is not None and any(
        isinstance(node, ast.Name) and node.id == "float" for node in ast.walk(annotation)
    )


def drawn_from(annotation: ast.expr | None) -> dict[str, Any] | None:
    """The range that a hidden case draws from; None if a rubric has no range for such values."""
    name, parts = _parts(annotation)
    if name in RANGES:
        return RANGES[name]
    if name in LISTS and name not in ("set", "frozenset") and _is_of_one_kind(name, parts):
        inner = _parts(parts[0])[0]
        return {**RANGES[inner], "count": 7} if inner in RANGES else None
    return None


def as_argument(annotation: ast.expr | None, source: str) -> str:
    """The expression that converts a case's value to an argument: YAML has only lists."""
    name, parts = _parts(annotation)
    if name in ("list", "List"):
        inner = as_argument(parts[0], "item") if parts else "item"
        return f"list({source})" if inner == "item" else f"[{inner} for item in {source}]"
    if name in ("tuple", "Tuple", "set", "frozenset", "dict"):
        return f"{name.lower()}({source})"
    return source


def _parts(annotation: ast.expr | None) -> tuple[str, tuple[ast.expr, ...]]:
    """The outermost name of an annotation, and the parts in its brackets."""
    if isinstance(annotation, ast.Constant):
        if isinstance(annotation.value, str):
            return _parts(_parsed(annotation.value))
        return str(annotation.value), ()
    if isinstance(annotation, ast.BinOp):
        return "|", (annotation.left, annotation.right)
    if isinstance(annotation, ast.Subscript):
        inside = annotation.slice
        parts = tuple(inside.elts) if isinstance(inside, ast.Tuple) else (inside,)
        name = _parts(annotation.value)[0]
        if name in ("Optional", "Union"):
            return "|", (*parts, *([ast.Constant(None)] if name == "Optional" else []))
        return name, parts
    return getattr(annotation, "id", getattr(annotation, "attr", "")), ()


def _parsed(text: str) -> ast.expr | None:
    try:
        return ast.parse(text, mode="eval").body
    except SyntaxError:
        return None


def _is_of_one_kind(name: str, parts: Sequence[ast.expr]) -> bool:
    is_endless = len(parts) == 2 and isinstance(parts[1], ast.Constant) and parts[1].value is Ellipsis
    return is_endless if name in ("tuple", "Tuple") else len(parts) == 1


def _lists(name: str, parts: Sequence[ast.expr]) -> tuple[Value, ...]:
    if not _is_of_one_kind(name, parts):  # a tuple of fixed length
        columns = [_seeds(part) for part in parts]
        rows = list(zip(*columns, strict=False))[:4]
        return tuple(Value(f"number-{count}", list(row)) for count, row in enumerate(rows, 1))
    seeds = _seeds(parts[0])
    if not seeds:
        return ()
    shapes = SETS if name in ("set", "frozenset") else SHAPES
    values = tuple(Value(word, shape(seeds)) for word, shape in shapes)
    if all(isinstance(seed, int | float) and not isinstance(seed, bool) for seed in seeds):
        values = (*values, Value("with-a-negative", [*seeds[:2], -4]))
    return values


def _rising(seeds: list[Any]) -> list[Any]:
    try:
        return sorted(seeds)
    except TypeError:
        return list(seeds)


def _distinct(seeds: list[Any]) -> list[Any]:
    return [seed for number, seed in enumerate(seeds) if seed not in seeds[:number]]


Shape = tuple[str, Callable[[list[Any]], list[Any]]]
SHAPES: tuple[Shape, ...] = (
    ("mixed", lambda seeds: seeds),
    ("empty", lambda seeds: []),
    ("one-element", lambda seeds: seeds[:1]),
    ("two-elements", lambda seeds: seeds[:2]),
    ("all-equal", lambda seeds: seeds[:1] * 3),
    ("in-runs", lambda seeds: [*seeds[:1] * 2, *seeds[1:2] * 3, *seeds[:1]]),
    ("rising", _rising),
    ("falling", lambda seeds: _rising(seeds)[::-1]),
    ("run-at-the-end", lambda seeds: [*seeds[:2], *seeds[2:3] * 3]),
)
SETS: tuple[Shape, ...] = (
    ("some", _distinct),
    ("empty", lambda seeds: []),
    ("one-element", lambda seeds: seeds[:1]),
    ("two-elements", lambda seeds: _distinct(seeds)[:2]),
)


def _mappings(keys: list[Any], values: list[Any]) -> tuple[Value, ...]:
    if not keys or not values or not all(isinstance(key, str) for key in keys):
        return ()
    pairs = list(zip(_distinct(keys), values, strict=False))
    return tuple(
        Value(word, dict(some)) for word, some in (("some", pairs), ("empty", []), ("one-key", pairs[:1]))
    )


def _seeds(annotation: ast.expr) -> list[Any]:
    """The elements from which lists of this type are made."""
    name, _ = _parts(annotation)
    seeds = SEEDS.get(name)
    return list(seeds) if seeds else [value.value for value in values_of(annotation)]


def _word(value: object) -> str:
    letters = "".join(letter if letter.isalnum() else "-" for letter in str(value).lower())
    return letters.strip("-") or "empty"


def varied(pools: Sequence[Sequence[Value]], most: int) -> Iterator[tuple[Value, ...]]:
    """Rows of one value for each parameter: the ordinary row, then one varied, then several at once."""
    usual = tuple(pool[0] for pool in pools)
    rows: dict[tuple[int, ...], tuple[Value, ...]] = {tuple([0] * len(pools)): usual}
    for place, pool in enumerate(pools):
        for number in range(1, len(pool)):
            key = tuple(number if at == place else 0 for at in range(len(pools)))
            rows.setdefault(key, tuple(pools[at][index] for at, index in enumerate(key)))
    longest = max((len(pool) for pool in pools), default=0)
    for shift in range(longest):
        for step in range(longest):
            key = tuple((step + shift * at) % len(pool) for at, pool in enumerate(pools))
            rows.setdefault(key, tuple(pools[at][index] for at, index in enumerate(key)))
    yield from list(rows.values())[:most]
