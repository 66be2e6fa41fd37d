"""Draws one memory request of a warp, in lines of global memory or banks of shared memory."""

import re
from collections.abc import Sequence

from grader.draw.grid import Cell, draw_grid
from grader.draw.markup import Markup

WORD = 4  # bytes
SECTOR = 8  # words of a transaction
LINE = 32  # words of a cache line, and the number of banks of shared memory
MOST_ROWS = 8
MOST_LANES = 32
SIZE = 14
REQUEST = re.compile(
    r"a warp asks for (?:elements|words) (?P<elements>-?[\d ]+?)(?: to (?P<last>\d+))? of "
    r"(?:(?P<shared>shared memory)|(?P<array>\w+) \((?P<size>\d+) bytes each\))(?:, (?P<apart>-?\d+) apart)?:"
)


def draw_accesses(finding: str) -> tuple[str, Markup] | None:
    """A title and the picture of the request that a finding describes; None if it describes none.

    For global memory, each row is a line of 128 bytes, made of 4 sectors of 32 bytes. A number is the lane
    that requested this word; shaded words are transferred without being used. For shared memory, a column is
    a bank, and each row is a pass: a bank serves one word per pass.
    """
    match = REQUEST.search(finding)
    if match is None:
        return None
    elements = _elements(match)
    if not 0 < len(elements) <= MOST_LANES:
        return None
    if match["shared"]:
        return _banks(elements)
    size = int(match["size"])
    words = [
        (lane, (element * size + at) // WORD)
        for lane, element in enumerate(elements)
        for at in range(0, max(size, 1), WORD)
    ]
    return _lines(words, match["array"])


def _elements(match: re.Match[str]) -> list[int]:
    """The words that the lanes requested: listed, or from one number to another in equal steps."""
    if match["last"] is None:
        return [int(number) for number in match["elements"].split()]
    first, last, apart = int(match["elements"]), int(match["last"]), int(match["apart"] or 1)
    if apart == 0 or (last - first) % apart or not 0 <= (last - first) // apart < MOST_LANES:
        return []
    return list(range(first, last + (1 if apart > 0 else -1), apart))


def _lines(words: Sequence[tuple[int, int]], array: str) -> tuple[str, Markup]:
    lanes: dict[int, int] = {}
    for lane, word in words:
        lanes.setdefault(word, lane)
    sectors = {word // SECTOR for word in lanes}
    lines = sorted({word // LINE for word in lanes})
    rows = []
    for line in lines[:MOST_ROWS]:
        row = []
        for word in range(line * LINE, (line + 1) * LINE):
            is_moved = word // SECTOR in sectors
            where = f"word {word} of {array}"
            if word in lanes:
                row.append(Cell(str(lanes[word]), "p2", f"lane {lanes[word]}: {where}"))
            else:
                row.append(
                    Cell("", "n1" if is_moved else "zero", f"moved in vain: {where}" if is_moved else "")
                )
        rows.append(row)
    more = f"; {len(lines) - MOST_ROWS} more lines are not drawn" if len(lines) > MOST_ROWS else ""
    title = (
        f"one request of a warp: each row is a line of 128 bytes, a number is the lane that asked for this "
        f"word, and what is shaded is moved in vain: {len(sectors)} sectors of 32 bytes{more}"
    )
    return title, draw_grid(rows, title, SIZE)


def _banks(words: Sequence[int]) -> tuple[str, Markup]:
    passes: list[dict[int, Cell]] = []
    served: dict[int, int] = {}  # the number of words served, by bank
    served_words: set[int] = set()
    for lane, word in enumerate(words):
        if word in served_words:
            continue  # one pass serves a word to all lanes that request it
        served_words.add(word)
        bank = word % LINE
        number = served[bank] = served.get(bank, 0) + 1
        if number > len(passes):
            passes.append({})
        passes[number - 1][bank] = Cell(
            str(lane), "p2" if number == 1 else "wrong n2", f"lane {lane}: word {word}"
        )
    rows = [[row.get(bank, Cell("", "zero")) for bank in range(LINE)] for row in passes[:MOST_ROWS]]
    more = f"; {len(passes) - MOST_ROWS} more passes are not drawn" if len(passes) > MOST_ROWS else ""
    title = (
        f"one request of a warp: each column is one of 32 banks, each row is a pass, and a number is the "
        f"lane that is served: {len(passes)} passes{more}"
    )
    return title, draw_grid(rows, title, SIZE)
