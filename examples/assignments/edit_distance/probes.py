"""What a submission is asked."""


def distance(submission, case):
    return submission.distance(case.a, case.b)


def closest(submission, case):
    return submission.closest(case.word, list(case.words), case.most)
