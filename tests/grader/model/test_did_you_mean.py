"""Laws of the suggestion for a wrong name."""

from pathlib import Path

import pytest

from grader.model.did_you_mean import did_you_mean, near_file, one_of

WORDS = ("dense", "conv_backward", "conv_forward")


@pytest.mark.parametrize("word", ["conv_bakward", "convbackward", "CONV_BACKWARD", "conv_backwards"])
def test_a_slip_is_answered_with_the_name_that_was_meant(word: str) -> None:
    assert did_you_mean(word, WORDS) == "; did you mean 'conv_backward'?"


def test_an_id_that_lost_its_zeros_is_the_nearest_to_the_one_that_has_them() -> None:
    assert did_you_mean("10", ("1011", "0010", "100")) == "; did you mean '0010'?"


@pytest.mark.parametrize("word", ["", "kernel", "dense", "x" * 10_000])
def test_without_a_near_name_nothing_is_suggested(word: str) -> None:
    assert did_you_mean(word, WORDS) == ""


def test_a_choice_is_listed_and_the_nearest_named() -> None:
    assert one_of("dens", WORDS) == "one of dense, conv_backward, conv_forward; did you mean 'dense'?"
    assert one_of("dens", ()) == "none: there are none yet"


def test_a_path_is_answered_with_the_nearest_there_is(tmp_path: Path) -> None:
    (tmp_path / "submissions").mkdir()
    (tmp_path / "submissions" / "roster.csv").touch()
    assert near_file(tmp_path / "submissions" / "rooster.csv") == "; did you mean 'roster.csv'?"
    assert near_file(tmp_path / "submission" / "roster.csv") == "; did you mean 'submissions'?"
    assert near_file(tmp_path / "elsewhere" / "deep" / "x") == ""
    assert near_file(Path("/")) == ""
