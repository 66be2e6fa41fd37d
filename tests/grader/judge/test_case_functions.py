"""Functions are handed over with one seed for a case, in an order that only the seed decides."""

import json

import numpy as np

from grader.judge.case_functions import draw_functions, functions_in_words
from grader.judge.draw_inputs import draw
from grader.model.assignment import Case, Visibility

FUNCTIONS = {
    "make": {"use": "make", "given": {"size": 3}, "seeded": True},
    "all": [{"use": f"f{n}", "given": {}, "seeded": n == 0} for n in range(4)],
}
CASE = Case("a", "c", "p", "literals", {}, functions=FUNCTIONS, functions_source="def make(): ...")


def test_functions_of_a_draw_share_a_seed_and_lists_have_every_order() -> None:
    draws = [draw_functions(FUNCTIONS, np.random.default_rng(n)) for n in range(200)]

    for drawn in draws:
        seeds = {e["given"]["seed"] for e in [drawn["make"], *drawn["all"]] if "seed" in e["given"]}
        assert len(seeds) == 1
    assert len({json.dumps([e["use"] for e in drawn["all"]]) for drawn in draws}) == 24


def test_words_show_fixed_arguments_and_no_seed() -> None:
    functions = {"make": {"use": "make", "given": {"size": 3, "seed": 9}}, "all": [{"use": "f", "given": {}}]}

    assert functions_in_words(functions) == "make=make(size=3), all=[f]"


def test_a_redraw_and_another_secret_give_other_functions() -> None:
    hidden = Case(**{**vars(CASE), "visibility": Visibility.HIDDEN})

    assert draw(CASE, "x", "one").digest == draw(CASE, "x", "two").digest
    assert draw(hidden, "x", "one").digest != draw(hidden, "x", "two").digest
    assert draw(CASE, "x", redraw=1).digest != draw(CASE, "x").digest


def test_all_students_get_the_same_functions_and_seeds() -> None:
    hidden = Case(**{**vars(CASE), "visibility": Visibility.HIDDEN})

    assert draw(hidden, "x", "one", variant="ada").functions == draw(hidden, "x", "one").functions


def test_functions_are_in_the_digest_and_never_in_a_request() -> None:
    inputs = draw(CASE, "x")
    other = draw(Case(**{**vars(CASE), "functions_source": "def make(): pass"}), "x")

    assert "f0" not in json.dumps(inputs.fields()) and "seed" not in json.dumps(inputs.fields())
    assert inputs.digest != other.digest
