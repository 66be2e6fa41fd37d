"""Laws of similarity: renaming hides nothing, the handout does not count, chance plays no part."""

import subprocess
import sys
from itertools import combinations
from pathlib import Path

import pytest

from grader.batch.copy_detection import most_similar, similar_pairs
from grader.model.results.similar_pair import Pair, Side
from grader.report.pages.side_by_side import Origin, side_by_side
from tests.waiting import LIMIT

HANDOUT = """\
import numpy as np


def given(values, shape):
    result = np.zeros(shape)
    for index, value in enumerate(values):
        result[index % shape[0], index // shape[0]] += value * 2 + index
    return result


def flip(a, axes):
    raise NotImplementedError
"""
ONE = """\
    axes = [axis % a.ndim for axis in axes]
    strides, offset = list(a.strides), a.offset
    for axis in axes:
        offset += (a.shape[axis] - 1) * strides[axis]
        strides[axis] = -strides[axis]
    return a.as_strided(a.shape, tuple(strides), offset)
"""
RENAMED = """\
    # entirely my own work
    which = [number % a.ndim for number in axes]
    steps, start = list(a.strides), a.offset

    for number in which:
        start += (a.shape[number] - 1) * steps[number]
        steps[number] = -steps[number]
    return a.as_strided(a.shape, tuple(steps), start)
"""
OTHER = """\
    index = [slice(None)] * a.ndim
    while axes:
        index[axes[0]] = slice(None, None, -1)
        axes = axes[1:]
    return a[tuple(index)]
"""
STUB = "    raise NotImplementedError\n"


def with_body(body: str) -> str:
    return HANDOUT.replace(STUB, body)


def pairs(**bodies: str) -> tuple[Pair, ...]:
    return similar_pairs({name: with_body(body) for name, body in bodies.items()}, "conv.py", HANDOUT, 10)


def test_new_names_comments_and_blank_lines_hide_nothing() -> None:
    (pair,) = (pair for pair in pairs(ada=ONE, bob=RENAMED, eve=OTHER) if pair.share > 0.5)
    assert (pair.left.student, pair.right.student) == ("ada", "bob")
    assert pair.left.share == pair.right.share == 1


def test_code_of_the_handout_is_neither_counted_nor_marked() -> None:
    assert pairs(ada=STUB, bob=STUB) == ()
    (pair,) = pairs(ada=ONE, bob=RENAMED)
    rows = side_by_side(pair.left.text, pair.right.text, HANDOUT)
    for halves in ([row.left for row in rows], [row.right for row in rows]):
        marked = "".join(half.text for half in halves if half.origin in (Origin.SHARED, Origin.MOVED))
        assert "as_strided" in marked and "result[index" not in marked


@pytest.mark.parametrize("change", [str.upper, lambda text: text.replace("\n", "\r\n"), lambda _: "\x00((("])
def test_files_that_are_not_python_are_compared_too(change: object) -> None:
    assert callable(change)
    files = {"ada": change(with_body(ONE)), "bob": with_body(ONE)}
    assert all(0 < pair.share <= 1 for pair in similar_pairs(files, "conv.py", HANDOUT, 10))


def test_the_most_similar_come_first_and_no_more_than_requested() -> None:
    similar = pairs(ada=ONE, bob=ONE + OTHER, cleo=OTHER, dora=ONE)
    assert (similar[0].left.student, similar[0].right.student) == ("ada", "dora")
    assert [p.share for p in similar] == sorted((p.share for p in similar), reverse=True)
    texts = {name: with_body(ONE) for name in "abcdef"}
    assert len(similar_pairs(texts, "conv.py", HANDOUT, 3)) == 3


def of_groups(*groups: tuple[str, float]) -> list[Pair]:
    """All pairs within each group of students, each with the share of its group. A letter names a student."""
    return [
        Pair("conv.py", Side(one, "", share), Side(other, "", share))
        for students, share in groups
        for one, other in combinations(students, 2)
    ]


def test_a_large_group_leaves_room_for_the_others() -> None:
    """Eight identical files are 28 pairs, and seven of them name all eight students."""
    every = of_groups(("abcdefgh", 1.0), ("ij", 0.9), ("klm", 0.8), ("no", 0.6), ("pq", 0.1))
    shown = [f"{pair.left.student}{pair.right.student}" for pair in most_similar(every, 11)]

    assert shown == ["ab", "ac", "ad", "ae", "af", "ag", "ah", "ij", "kl", "km", "no"]
    assert most_similar(most_similar(every, 10), 4) == most_similar(every, 4)
    assert len(most_similar(every, 33)) == 33 and round(most_similar(every, 33)[-1].share, 1) == 0.6
    assert len(most_similar(every, 99)) == len(every)


def test_no_copy_is_left_out_for_a_less_similar_pair() -> None:
    """A student joins a group by the most similar of their pairs, and shares alone decide who is shown."""
    halves = [(f"{letter}{letter.upper()}", 0.5) for letter in "defghijklmnop"]
    shown = most_similar(of_groups(("abc", 1.0), *halves), 3)

    assert [pair.left.student + pair.right.student for pair in shown] == ["ab", "ac", "dD"]


def test_students_of_a_large_group_are_compared_with_the_others_too() -> None:
    """All pairs of a class are too many to compare exactly: a group must not take all the places."""
    texts = {f"s{number:02}": with_body(ONE) for number in range(14)}
    texts |= {"y": with_body(OTHER), "z": with_body(OTHER)}
    shown = similar_pairs(texts, "conv.py", HANDOUT, 2)

    assert [(pair.left.student, pair.right.student) for pair in shown] == [("s00", "s01"), ("y", "z")]


def test_chance_has_no_part_in_it(tmp_path: Path) -> None:
    """Python hashes text differently in every process."""
    program = (
        "from tests.grader.batch.test_copy_detection import *\nprint(pairs(ada=ONE, bob=RENAMED, eve=OTHER))"
    )
    output = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": seed, "MPLCONFIGDIR": str(tmp_path)},
            cwd=Path(__file__).parents[3],
            capture_output=True,
            text=True,
            check=True,
            timeout=LIMIT,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(output) == 1 and "ada" in output.pop()
