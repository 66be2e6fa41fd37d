"""The questions to a submission of optimizers, in addition to the scenarios in the rubric."""


def lowest(submission, case):
    return submission.lowest(case.curvatures, case.weights, case.rate, case.steps)
