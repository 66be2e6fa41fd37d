"""Laws of the text that every report writes."""

import unicodedata
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.model.text import MAX_CHARACTERS, clean, clean_line, listing, score_text


@given(st.text(alphabet=st.characters(codec=None) | st.sampled_from("\x1b\x9b[]m;07\x07\u202e\r\n\t")))
def test_clean_text_holds_nothing_that_a_terminal_obeys(text: str) -> None:
    assert all(c == "\n" or unicodedata.category(c) not in ("Cc", "Cf", "Cs") for c in clean(text))


@given(st.text(alphabet=st.characters(categories=["L", "N", "P", "S"])))
def test_ordinary_text_is_kept_as_it_is(text: str) -> None:
    assert clean(text) == text


def test_escape_sequences_leave_no_residue() -> None:
    assert (
        clean("\x1b[31mred\x1b[0m \x1b]0;title\x07x\x1b]8;;http://e.org\x1b\\link \x9b2Jy\x1bc")
        == "red xlink y"
    )


def test_ten_megabytes_are_cut_and_marked() -> None:
    assert clean("x" * 10_000_000) == "x" * MAX_CHARACTERS + " … (cut: 10000000 characters in all)"


def test_a_name_stays_on_one_line() -> None:
    assert clean_line("a\nb\r\n\tc") == "a b c"


@pytest.mark.parametrize(
    ("score", "text"),
    [
        (Fraction(0), "0"),
        (Fraction(10), "10"),
        (Fraction(25, 2), "12.5"),
        (Fraction(1, 3), "0.33"),
        (Fraction(1, 200), "0.01"),
    ],
)
def test_a_score_has_at_most_two_decimals(score: Fraction, text: str) -> None:
    assert score_text(score) == text


def test_a_listing_says_how_many_it_leaves_out() -> None:
    assert listing(["a", "b", "c", "d"]) == "a, b, c and 1 more"
    assert listing(["a", "b"]) == "a, b"
