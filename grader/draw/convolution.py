"""Draws a convolution on small arrays step by step: the kernel over its input, gaps, the flipped kernel."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from grader.draw.grid import number_grid
from grader.draw.markup import Markup, element
from grader.model.example import Drawing, Example, Table, number_text

Rows = list[list[float]]
CellClass = Callable[[int, int], str]


@dataclass(frozen=True)
class Step:
    """One picture and a description of it."""

    text: str
    pictures: tuple[Markup, ...]


def steps_of(example: Example) -> list[Step]:
    """The steps of a convolution or one of its gradients, for one image of one channel; otherwise none."""
    arrays = {table.name: table for table in example.inputs}
    stride, padding = (example.settings.get(name) for name in ("stride", "padding"))
    if (
        example.drawing is not Drawing.CONVOLUTION
        or stride is None
        or padding is None
        or len(example.expected) != 1
    ):
        return []
    if any(len(table.shape) != 4 or _channels(table, example) != 1 for table in arrays.values()):
        return []
    s, p = _pair(stride), _pair(padding)
    rows = {name: _rows(table) for name, table in arrays.items()}
    if rows.keys() >= {"x", "w"} and "out_grad" not in rows:
        return _forward(rows["x"], rows["w"], s, p, example)
    if rows.keys() == {"out_grad", "w"} and "x.shape" in example.settings:
        size = example.settings["x.shape"]
        return _input_gradient(rows["out_grad"], rows["w"], (size[1], size[2]), s, p, example)
    if rows.keys() == {"x", "out_grad"} and "w.shape" in example.settings:
        return _kernel_gradient(rows["x"], rows["out_grad"], s, p, example)
    return []


def _forward(x: Rows, w: Rows, s: Sequence[int], p: Sequence[int], example: Example) -> list[Step]:
    i, j = _first_wrong(example)
    padded = pad(x, p[0], p[0], p[1], p[1])
    top, left = i * s[0], j * s[1]
    window = _window(top, left, len(w), len(w[0]))
    return [
        Step(
            "x, with the zeros of the padding around it, and the kernel.",
            (number_grid(padded, "x with its padding", _padded(x, p)), number_grid(w, "the kernel")),
        ),
        Step(
            f"The window of [{i}, {j}] begins at row {top}, column {left}. The stride is {s[0]}×{s[1]}.",
            (number_grid(padded, "x with the window marked", window),),
        ),
        Step(_sum(w, padded, top, left, i, j, example), ()),
    ]


def _input_gradient(
    grad: Rows, w: Rows, size: tuple[int, int], s: Sequence[int], p: Sequence[int], example: Example
) -> list[Step]:
    i, j = _first_wrong(example)
    gaps = dilate(grad, s)
    flipped = [row[::-1] for row in w[::-1]]
    before = [len(w) - 1 - p[0], len(w[0]) - 1 - p[1]]
    kernel, length = (len(w), len(w[0])), (len(gaps), len(gaps[0]) if gaps else 0)
    after = [size[n] + kernel[n] - 1 - before[n] - length[n] for n in range(2)]
    padded = pad(gaps, before[0], after[0], before[1], after[1])
    steps = [
        _gaps(grad, gaps, s),
        Step(
            "The kernel, and the kernel flipped on both axes.",
            (number_grid(w, "the kernel"), number_grid(flipped, "the flipped kernel")),
        ),
    ]
    if not padded or not padded[0]:
        return steps
    window = _window(i, j, len(w), len(w[0]))
    return [
        *steps,
        Step(
            f"K - 1 - p is {before[0]} for the rows and {before[1]} for the columns. "
            "That many zeros go around it, and more after it if the stride left pixels over. "
            f"The flipped kernel lies at row {i}, column {j}:",
            (number_grid(padded, "out_grad with its gaps and edges, the window marked", window),),
        ),
        Step(_sum(flipped, padded, i, j, i, j, example), ()),
    ]


def _kernel_gradient(x: Rows, grad: Rows, s: Sequence[int], p: Sequence[int], example: Example) -> list[Step]:
    a, b = _first_wrong(example)
    padded, gaps = pad(x, p[0], p[0], p[1], p[1]), dilate(grad, s)
    window = _window(a, b, len(gaps), len(gaps[0]))
    return [
        _gaps(grad, gaps, s),
        Step(
            "It slides over x as a kernel, without a flip. "
            f"For weight [{a}, {b}] it lies at row {a}, column {b}:",
            (number_grid(padded, "x with its padding, the window marked", window),),
        ),
        Step(_sum(gaps, padded, a, b, a, b, example), ()),
    ]


def _gaps(grad: Rows, gaps: Rows, s: Sequence[int]) -> Step:
    if max(s) == 1:
        return Step("out_grad. Stride 1 leaves no gaps in it.", (number_grid(grad, "out_grad"),))
    if gaps == grad:
        return Step("out_grad. Between so few numbers there is no gap.", (number_grid(grad, "out_grad"),))
    return Step(
        f"out_grad, and the gaps that stride {s[0]}×{s[1]} left in it.",
        (number_grid(grad, "out_grad"), number_grid(gaps, "out_grad with its gaps", _gap(s))),
    )


def pad(rows: Rows, top: int, bottom: int, left: int, right: int) -> Rows:
    """Rows with zeros around them; a negative number removes that many."""
    width = len(rows[0]) if rows else 0
    cut = [
        row[max(-left, 0) : width - max(-right, 0)]
        for row in rows[max(-top, 0) : len(rows) - max(-bottom, 0)]
    ]
    wide = [[0.0] * max(left, 0) + row + [0.0] * max(right, 0) for row in cut]
    empty = [0.0] * (len(wide[0]) if wide else 0)
    return [list(empty) for _ in range(max(top, 0))] + wide + [list(empty) for _ in range(max(bottom, 0))]


def dilate(rows: Rows, s: Sequence[int]) -> Rows:
    """Rows with s - 1 zeros between their numbers, on both axes, and none after the last."""
    if not rows or not rows[0]:
        return rows
    out = [[0.0] * ((len(rows[0]) - 1) * s[1] + 1) for _ in range((len(rows) - 1) * s[0] + 1)]
    for i, row in enumerate(rows):
        for j, value in enumerate(row):
            out[i * s[0]][j * s[1]] = value
    return out


def _sum(kernel: Rows, padded: Rows, top: int, left: int, i: int, j: int, example: Example) -> str:
    """The sum of one window in numbers, and the submission's result in its place."""
    products, total = [], 0.0
    for a, row in enumerate(kernel):
        for b, weight in enumerate(row):
            if top + a < len(padded) and left + b < len(padded[0]):
                value = padded[top + a][left + b]
                total += weight * value
                if weight and value:
                    products.append(f"{number_text(weight)}·{number_text(value)}")
    words = f"{' + '.join(products)} = {number_text(total)} at [{i}, {j}]."
    if not products:
        words = f"Each product is 0, and so is the sum at [{i}, {j}]."
    return f"{words} {_answer_in_words(example, i, j)}"


def _answer_in_words(example: Example, i: int, j: int) -> str:
    if not example.actual:
        return "Your function raises an exception here."
    if example.actual[0].shape != example.expected[0].shape:
        shapes = ["×".join(map(str, table.shape)) for table in (example.actual[0], example.expected[0])]
        return f"Your function gives an array of {shapes[0]}, expected is {shapes[1]}."
    return f"Your function gives {number_text(_rows(example.actual[0])[i][j])}."


def _first_wrong(example: Example) -> tuple[int, int]:
    if example.actual and any(example.actual[0].wrong):
        for _, grid in example.actual[0].grids():
            for i, row in enumerate(grid):
                for j, position in enumerate(row):
                    if example.actual[0].is_wrong(position):
                        return i, j
    return 0, 0


def _rows(table: Table) -> Rows:
    (_, grid), *_ = table.grids()
    return [[table.values[position] for position in row] for row in grid]


def _channels(table: Table, example: Example) -> int:
    rows, columns = (axis % 4 for axis in table.grid)
    size = 1
    for axis, length in enumerate(table.shape):
        size *= 1 if axis in (rows, columns) else length
    return size


def _pair(value: object) -> tuple[int, int]:
    return (int(value[0]), int(value[1])) if isinstance(value, list | tuple) else (int(str(value)),) * 2


def _window(top: int, left: int, height: int, width: int) -> CellClass:
    return lambda i, j: "window" if top <= i < top + height and left <= j < left + width else ""


def _padded(x: Rows, p: Sequence[int]) -> CellClass:
    inside = _window(p[0], p[1], len(x), len(x[0]) if x else 0)
    return lambda i, j: "" if inside(i, j) else "gap"


def _gap(s: Sequence[int]) -> CellClass:
    return lambda i, j: "" if i % s[0] == 0 and j % s[1] == 0 else "gap"


def draw_steps(steps: Sequence[Step]) -> Markup | None:
    """The steps as a numbered list."""
    if not steps:
        return None
    items = [
        element(
            "li",
            element("p", step.text),
            element("div", step.pictures, class_="row") if step.pictures else None,
        )
        for step in steps
    ]
    return element("ol", items, class_="steps")
