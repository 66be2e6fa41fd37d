"""A warp's simultaneous accesses are drawn from the emulator's own message."""

import re

import pytest

from grader.draw.accesses import LINE, MOST_ROWS, draw_accesses
from reference.emulator import WarpRequest


def squares(drawn: str, looks: str) -> list[str]:
    """The texts of the squares with this look."""
    cells = re.findall(r'<g class="cell ([^"]*)">(.*?)</g>', drawn)
    return [re.sub(r"<title>.*?</title>|<[^>]*>", "", inner) for classes, inner in cells if classes == looks]


@pytest.mark.parametrize(
    ("apart", "rows", "moved"),
    [(1, 1, 0), (2, 2, 32), (8, 8, 7 * 32)],
    ids=["neighbors", "every second", "a sector each"],
)
def test_every_lane_is_drawn_at_its_word_in_a_whole_sector(apart: int, rows: int, moved: int) -> None:
    request = WarpRequest("x", tuple(range(0, 32 * apart, apart)), 4, 4 * apart, 4)
    title, drawing = draw_accesses(str(request)) or ("", "")
    assert squares(str(drawing), "p2") == [str(lane) for lane in range(32)]
    assert len(squares(str(drawing), "n1")) == moved
    assert str(drawing).count("<rect") == rows * LINE
    assert f"{4 * apart} sectors" in title


def test_a_bank_serves_one_word_in_each_pass() -> None:
    conflict = WarpRequest("", tuple(range(0, 4 * 32, 4)), 4, 4, 1)
    title, drawing = draw_accesses(str(conflict)) or ("", "")
    assert len(squares(str(drawing), "p2")) == 8
    assert len(squares(str(drawing), "wrong n2")) == 24
    assert "4 passes" in title


def test_a_request_on_many_lines_is_drawn_in_part_and_says_so() -> None:
    title, drawing = draw_accesses(str(WarpRequest("x", tuple(range(0, 3200, 100)), 4, 32, 4))) or ("", "")
    assert str(drawing).count("<rect") == MOST_ROWS * LINE
    assert f"{32 - MOST_ROWS} more lines are not drawn" in title


@pytest.mark.parametrize(
    "text",
    [
        "element 3 of x is never written",
        "a warp asks for elements 0 to 9 of x (4 bytes each), 0 apart: 1 transactions",
        f"a warp asks for words {' '.join(map(str, range(40)))} of shared memory: 2 passes",
    ],
)
def test_a_text_that_the_emulator_would_not_write_is_not_drawn(text: str) -> None:
    assert draw_accesses(text) is None
