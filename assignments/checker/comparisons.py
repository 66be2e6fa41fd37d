"""Compares verdicts on gradients, and names the gradient that got the wrong one."""

from grader.judge.comparisons.exact import Exact
from grader.judge.differences.difference import Difference
from grader.judge.reference_answer import answer_in, judge_answer
from grader.model.grade import Status


class Verdicts(Exact):
    """Every gradient of the case gets the right verdict."""

    name = "verdicts"
    rank = 100
    docs = "Every gradient of the case must get the right verdict; the first wrong one is shown by name."

    def judge(self, question):
        """The verdicts on two draws, each in its own order, and the first wrong verdict."""
        first = None
        for inputs in (question.inputs, question.oracle.inputs(question.case, 1)):
            expected = question.oracle.expected(question.case, inputs)
            outcome = question.submission.run(question.case.probe, inputs)
            outcome, difference = judge_answer(question, expected, outcome)
            if difference is not None:
                names = [gradient["use"] for gradient in inputs.functions["gradients"]]
                difference = _named(names, expected.value, answer_in(outcome)) or difference
            if outcome.status is not Status.OK or difference is not None:
                return outcome, difference
            first = first or outcome
        return first, None


def _named(names, expected, actual):
    """The first wrong verdict with its gradient's name; None if the answer is not a list of verdicts."""
    for place, (name, right, verdict) in enumerate(zip(names, expected, actual, strict=True)):
        if type(verdict) is not bool:
            return None
        if verdict and not right:
            why = f"check returned True for {name}, which is wrong (gradients[{place}])"
            return Difference("False", "True", why)
        if right and not verdict:
            why = (
                f"check returned False for {name}, which is right (gradients[{place}]). "
                "If only rounding made the difference, read How close is close"
            )
            return Difference("True", "False", why)
    return None
