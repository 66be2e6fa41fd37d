"""The pictures of handouts: windows, transposed rows, gaps, remainders, strides, tiles, threads, chords."""

from collections.abc import Callable, Mapping, Sequence

from grader.draw.convolution import dilate
from grader.draw.curves import chords
from grader.draw.grid import CELL, Cell, draw_grid
from grader.draw.markup import Markup, element, joined
from grader.model.example import number_text
from grader.model.text import plural

STYLE = (
    "text{font:13px system-ui,sans-serif;fill:#1b2230}.cell rect{fill:#fff;stroke:#8792a5}"
    ".window rect{fill:#f3c969}.part rect{fill:#bcd3ee}.gap rect{fill:#f1f5fa;stroke-dasharray:3 3}"
    ".gap text{fill:#545e70}"
)
SPACE, WORDS = 10, 22


def _row(values: Sequence[object], looks: Callable[[int], str] = lambda i: "") -> list[Cell]:
    return [Cell("" if value is None else str(value), looks(i)) for i, value in enumerate(values)]


def _window(start: int, length: int) -> Callable[[int], str]:
    return lambda i: "window" if start <= i < start + length else ""


def _stacked(parts: Sequence[tuple[str, Sequence[Sequence[Cell]]]], says: str) -> Markup:
    """Grids below each other, each under its caption, as one picture with a white background."""
    pictures, y, width = [], SPACE, 0
    for words, rows in parts:
        pictures.append(element("text", words, x=SPACE, y=y + 14))
        y += WORDS
        grid = draw_grid(rows, words)
        columns = max(map(len, rows), default=0)
        height = len(rows) * CELL + 2
        inside = Markup(grid.replace("<svg ", f'<svg x="{SPACE}" y="{y}" height="{height}" ', 1))
        pictures.append(inside)
        y += height + SPACE
        width = max(width, columns * CELL + 2 * SPACE, 8 * len(words) + 2 * SPACE)
    return element(
        "svg",
        element("title", says),
        element("style", Markup(STYLE)),
        element("rect", width=width, height=y, fill="#ffffff"),
        joined(*pictures),
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {width} {y}",
        width=width,
        height=y,
        role="img",
        aria_label=says,
    )


def sliding_window(x: Sequence[int], k: Sequence[int], stride: int = 1) -> Markup:
    """A kernel at each place of a row of numbers, and its output there."""
    places = range(0, len(x) - len(k) + 1, stride)
    rows = [_row(x, _window(at, len(k))) for at in places]
    out = [sum(weight * x[at + i] for i, weight in enumerate(k)) for at in places]
    return _stacked(
        [("the kernel", [_row(k)]), ("each window over x", rows), ("y, one number a window", [_row(out)])],
        f"The kernel {_listed(k)} slides over {_listed(x)} with stride {stride} and gives {_listed(out)}",
    )


def transposed_rows(k: Sequence[int], n: int) -> Markup:
    """The matrix of a convolution, and its transpose, in which rows hold the kernel backwards."""
    m = n - len(k) + 1
    matrix = [[k[j - i] if 0 <= j - i < len(k) else None for j in range(n)] for i in range(m)]
    back = [[matrix[i][j] for i in range(m)] for j in range(n)]
    return _stacked(
        [
            ("A: each row holds the kernel", [_filled(r) for r in matrix]),
            ("A transposed: its rows hold the kernel backwards", [_filled(r) for r in back]),
        ],
        f"The matrix of the kernel {_listed(k)} on {n} numbers, and its transpose",
    )


def _filled(row: Sequence[int | None]) -> list[Cell]:
    return _row(row, lambda i: "part" if row[i] is not None else "")


def gaps(grad: Sequence[int], stride: int) -> Markup:
    """A row of gradients, and the same with the zeros between them that a stride skipped."""
    (wide,) = dilate([[float(g) for g in grad]], (1, stride))
    cells = _row([number_text(v) for v in wide], lambda i: "part" if i % stride == 0 else "gap")
    return _stacked(
        [("G", [_row(grad, lambda i: "part")]), (f"G with the gaps that stride {stride} left", [cells])],
        f"{_listed(grad)} with {plural(stride - 1, 'zero')} in each gap",
    )


def remainder(n: int, k: int, stride: int) -> Markup:
    """The windows on an axis, and the pixels after the last one, which no window reaches."""
    places = range(0, n - k + 1, stride)
    last = places[-1] + k
    rows = [_row(range(n), _window(at, k)) for at in places]
    rest = _row(range(n), lambda i: "gap" if i >= last else "part")
    remainder = (n - k) % stride
    return _stacked(
        [("every window", rows), (f"r = {remainder}, the number of pixels after the last window", [rest])],
        f"{n} pixels, windows of {k} at stride {stride}: {remainder} left over",
    )


def strides(shape: Sequence[int], steps: Sequence[int], offset: int, size: int) -> Markup:
    """A view of two axes, and the positions of its elements in the buffer."""
    view = [[offset + i * steps[0] + j * steps[1] for j in range(shape[1])] for i in range(shape[0])]
    at = {position for row in view for position in row}
    buffer = _row(range(size), lambda i: "window" if i == offset else "part" if i in at else "")
    return _stacked(
        [
            (f"the buffer; the view starts at {offset}", [buffer]),
            (f"the view: strides {steps[0]} down, {steps[1]} to the right", [_row(row) for row in view]),
        ],
        f"A view of shape {_listed(shape)}, strides {_listed(steps)} and offset {offset} over {size} numbers",
    )


def dilated_window(x: Sequence[int], k: Sequence[int], dilation: int) -> Markup:
    """A dilated kernel at each place of a row of numbers, and its output there."""
    reach = dilation * (len(k) - 1) + 1
    starts = range(len(x) - reach + 1)
    rows = [_row(x, _marks(start, reach, dilation)) for start in starts]
    out = [sum(weight * x[start + dilation * a] for a, weight in enumerate(k)) for start in starts]
    return _stacked(
        [
            ("the kernel", [_row(k)]),
            (f"each window over x: places {dilation} pixels apart", rows),
            ("y, one number a window", [_row(out)]),
        ],
        f"The kernel {_listed(k)} with dilation {dilation} over {_listed(x)} gives {_listed(out)}",
    )


def _marks(start: int, reach: int, step: int) -> Callable[[int], str]:
    return lambda i: "" if not start <= i < start + reach else "gap" if (i - start) % step else "window"


def spread(x: Sequence[int], k: Sequence[int], stride: int = 1) -> Markup:
    """Each number of a row times a kernel, `stride` places further on than the one before, and the sum."""
    length = stride * (len(x) - 1) + len(k)
    rows = [[None] * (stride * i) + [number * weight for weight in k] for i, number in enumerate(x)]
    rows = [row + [None] * (length - len(row)) for row in rows]
    out = [sum(number or 0 for number in column) for column in zip(*rows, strict=True)]
    return _stacked(
        [
            ("x", [_row(x)]),
            ("each number of x times the kernel", [_filled(row) for row in rows]),
            ("the sum of each column", [_row(out)]),
        ],
        f"{_listed(x)} spread by the kernel {_listed(k)} with stride {stride} gives {_listed(out)}",
    )


def channel_groups(c_in: int, c_out: int, groups: int) -> Markup:
    """The input channels that each output channel uses, one row for each output channel."""
    c, o = c_in // groups, c_out // groups
    rows = [
        [Cell(str(i) if i // c == j // o else "", "part" if i // c == j // o else "gap") for i in range(c_in)]
        for j in range(c_out)
    ]
    return _stacked(
        [("row: a channel out; in it the channels in that it sees", rows)],
        f"{c_in} channels in and {c_out} out in {groups} groups",
    )


def tiles(rows: int, columns: int, tile: int) -> Markup:
    """A matrix cut into tiles, with smaller tiles at the edges."""
    cells = [[_in_tile(i // tile, j // tile) for j in range(columns)] for i in range(rows)]
    says = f"A {rows}×{columns} matrix in tiles of {tile}×{tile}: those at the edges are not full"
    return _stacked([("each element with the number of its tile", cells)], says)


def _in_tile(i: int, j: int) -> Cell:
    return Cell(f"{i},{j}", "part" if (i + j) % 2 == 0 else "")


def threads(size: int, block: int) -> Markup:
    """The threads of a launch: the block and the number in it, and the threads without an element."""
    blocks = -(-size // block)
    rows = [
        [Cell(str(b * block + t), "part" if b * block + t < size else "gap") for t in range(block)]
        for b in range(blocks)
    ]
    says = f"{blocks} blocks of {block} threads for {size} elements: {blocks * block - size} have none"
    return _stacked([("a row is a block; threads without an element are dashed", rows)], says)


PICTURES: Mapping[str, Callable[..., Markup]] = {
    each.__name__: each
    for each in (
        sliding_window, transposed_rows, gaps, remainder, strides, tiles, threads,
        dilated_window, spread, channel_groups, chords,
    )
}  # fmt: skip


def title_of(svg: str) -> str:
    """The title of a picture."""
    return svg.partition("<title>")[2].partition("</title>")[0]


def _listed(values: Sequence[int]) -> str:
    return " ".join(map(str, values))
