"""The race detector accuses each kernel of the suite that has a race, and never its twin without one."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.race_forms import SYNCHRONIZATION_KERNELS
from benchmarks.race_suite import Labeled, suite, variant
from benchmarks.races import SCHEDULES, judged, rows

KERNELS = suite()
PAIRS = [KERNELS[n : n + 2] for n in range(0, len(KERNELS), 2)]
EVERY = 7


def accused_wrongly(pairs: Sequence[Sequence[Labeled]], folder: Path) -> list[tuple[str, bool]]:
    kernels = [one for pair in pairs for one in pair]
    return [
        (one.labeled.title, one.labeled.is_racy)
        for one in judged(kernels, folder)
        if one.accused != one.labeled.is_racy
    ]


def test_the_diagnosis_distinguishes_every_seventh_pair(request: pytest.FixtureRequest) -> None:
    assert accused_wrongly(PAIRS[::EVERY], request.config.cache.mkdir("kernels")) == []


def test_scopes_orders_groups_and_parts_of_words_are_distinguished(request: pytest.FixtureRequest) -> None:
    pairs = [pair for pair in PAIRS if pair[0].title in SYNCHRONIZATION_KERNELS]
    assert len(pairs) == len(SYNCHRONIZATION_KERNELS)
    assert accused_wrongly(pairs, request.config.cache.mkdir("kernels")) == []


@pytest.mark.slow
def test_the_diagnosis_distinguishes_all_pairs(request: pytest.FixtureRequest) -> None:
    assert accused_wrongly(PAIRS, request.config.cache.mkdir("kernels")) == []


def test_a_pair_is_one_kernel_with_one_difference() -> None:
    assert len(PAIRS) >= 100
    assert SCHEDULES <= 10
    for racy, clean in PAIRS:
        assert (racy.is_racy, clean.is_racy, racy.title) == (True, False, clean.title)
        assert racy.source.replace("_racy(", "_clean(") != clean.source


def test_braces_and_bars_of_the_language_stay() -> None:
    text = "if (a || b) {\nx = {1|2};\n{|f();}\ny {\\|= 1|+= 1};\n}"
    assert variant(text, True) == "if (a || b) {\nx = 1;\n\ny |= 1;\n}"
    assert variant(text, False) == "if (a || b) {\nx = 2;\nf();\ny += 1;\n}"


def test_missed_races_and_false_accusations_are_named(tmp_path: Path) -> None:
    """Precision and recall are counted, not assumed: with the labels exchanged both are 0."""
    verdicts = judged(PAIRS[0], tmp_path)
    wrong = [replace(one, labeled=replace(one.labeled, is_racy=not one.labeled.is_racy)) for one in verdicts]
    rows_by_name = dict(rows(wrong))
    assert (rows_by_name["precision"], rows_by_name["recall"]) == ("0.000", "0.000")
    assert rows_by_name["races not found"] == rows_by_name["accused without a race"] == PAIRS[0][0].title
