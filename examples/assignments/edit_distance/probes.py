"""The questions to a submission of edit_distance."""


def distance(submission, case):
    return submission.distance(case.a, case.b)


def closest(submission, case):
    return submission.closest(case.word, list(case.words), case.most)
