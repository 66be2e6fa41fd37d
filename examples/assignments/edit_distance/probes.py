"""The questions to a submission of edit_distance."""


def distance(submission, case):
    return submission.distance(case.a, case.b)


def closest(submission, case):
    return submission.closest(case.word, list(case.words), case.most)


def words_afterwards(submission, case):
    """What the list of words holds after the call, and what the call returned."""
    words = list(case.words)
    near = submission.closest(case.word, words, case.most)
    return words, near
