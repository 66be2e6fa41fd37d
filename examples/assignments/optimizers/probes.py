"""What a submission is asked, beside the scenarios that the rubric writes down."""


def lowest(submission, case):
    return submission.lowest(case.curvatures, case.weights, case.rate, case.steps)
