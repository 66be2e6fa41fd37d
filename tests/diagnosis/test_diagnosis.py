"""Every idea that the diagnosis names is true, and code without such an idea gets none."""

import numpy as np
import pytest

from grader.author.load import load
from grader.author.render import Views
from grader.prove.read_mutants import read_mutants
from reference.conv import col2im, conv_x_grad, flip
from reference.ndarray import array
from reference.readable import conv as readable
from tests.diagnosis.measure import ROOT, Count, measure, measure_student_work
from tests.diagnosis.student_work import in_place, wrong_functions

SHARES = {"single slips": 0.95, "pairs": 0.8, "triples": 0.6}


def false_claims(counts: list[Count]) -> list[tuple[str, tuple[str, ...]]]:
    """By sort: what is claimed and is not so."""
    return [(one.sort, one.wrong) for one in counts if one.wrong]


@pytest.mark.slow
def test_nothing_is_claimed_of_right_rewrites_and_of_what_only_raises() -> None:
    assert false_claims([one for one in measure(2, 4) if not one.has_ideas]) == []


@pytest.mark.slow
def test_a_true_idea_is_claimed_for_most_and_none_is_false() -> None:
    all_counts = measure(2)
    shares = {one.sort: one.true / one.submissions for one in all_counts if one.has_ideas}
    assert {sort: share for sort, share in shares.items() if share < SHARES[sort]} == {}
    assert false_claims(all_counts) == []


@pytest.mark.slow
def test_four_of_five_failing_criteria_get_a_true_explanation() -> None:
    """Also of those that the diagnosis was never mended with."""
    for one in measure_student_work(2):
        assert (one.work, one.wrong) == (one.work, ())
        assert one.named + one.sent >= 0.8 * one.criteria, one.untold


def test_feedback_on_the_order_of_weights_holds_for_both_ways_that_no_case_tells_apart() -> None:
    """A kernel that slides without a flip, and a flipped one whose shares are added to the windows."""
    rng = np.random.default_rng(0)
    x_shape, stride, padding = (2, 8, 9, 3), (3, 2), (1, 2)
    w = array(rng.integers(-8, 9, (2, 4, 3, 5)).astype(np.float32))
    out_grad = array(rng.integers(-8, 9, (2, 3, 5, 5)).astype(np.float32))
    unflipped = readable.conv_x_grad(out_grad, flip(w, (0, 1)), x_shape, stride, padding)
    shares = out_grad.reshape((30, 5)) @ flip(w, (0, 1)).reshape((24, 5)).permute((1, 0))
    scattered = col2im(shares, x_shape, (2, 4), stride, padding)
    assert np.array_equal(unflipped.numpy(), scattered.numpy())
    assert not np.array_equal(conv_x_grad(out_grad, w, x_shape, stride, padding).numpy(), scattered.numpy())
    mutants, _ = read_mutants(Views(load(ROOT / "assignments" / "conv_backward")))
    (message,) = (" ".join(one.message.split()) for one in mutants if one.name == "kernel_not_flipped")
    assert "If you slide the kernel over out_grad, flip it." in message
    assert "If you add each output's share to its own window, do not flip it." in message


def test_students_work_is_a_solution_with_their_functions_in_it() -> None:
    solution = "def f():\n    return 1\n\n\nclass A:\n    def g(self):\n        return 2\n"
    text = '"""Says it.\n\nIdeas: one, two.\n"""\n\nimport math\n\n\ndef g(self):\n    return math.pi\n'
    changed = in_place(text, solution)
    assert (
        "        return math.pi" in changed
        and "return 2" not in changed
        and changed.endswith("import math\n")
    )


def test_only_functions_with_a_marked_line_are_wrong_and_those_that_call_such_a_helper() -> None:
    text = "def _h():\n    return 1  # wrong: 2\n\n\ndef f():\n    return _h()\n\n\ndef g():\n    return 3\n"
    assert wrong_functions(text) == {"_h", "f"}
    assert wrong_functions(text.replace("  # wrong: 2", "")) == {"_h", "f", "g"}


def test_no_function_is_wrong_in_a_file_that_says_so() -> None:
    text = '"""Nothing is wrong here: it is short."""\n\n\ndef f():\n    return 1\n'
    assert wrong_functions(text) == frozenset()
    assert wrong_functions(text.replace("Nothing is wrong here", "It returns 1")) == {"f"}
