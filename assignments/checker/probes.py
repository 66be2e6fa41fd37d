"""The probes of checker: each calls a submission's functions, returns data, and decides nothing."""


def slope(submission, case):
    """The slope of a loss from one draw of inputs in the direction of another."""
    inputs, directions = case.make_inputs(0), case.make_inputs(1)
    out_grad = case.forward(*case.make_inputs(2))
    return submission.slope(case.forward, out_grad, inputs, directions, case.step)


def slope_and_inputs(submission, case):
    """The same, with what the arrays hold afterwards, by the words that a difference shows."""
    inputs, directions = case.make_inputs(0), case.make_inputs(1)
    out_grad = case.forward(*case.make_inputs(2))
    measured = submission.slope(case.forward, out_grad, inputs, directions, case.step)
    return {
        "the slope": measured,
        "inputs after the call": inputs,
        "directions after the call": directions,
        "out_grad after the call": out_grad,
    }


def verdicts(submission, case):
    """A verdict on each of the case's gradients, which come in an order that is drawn."""
    return [submission.check(case.forward, gradient, case.make_inputs) for gradient in case.gradients]
