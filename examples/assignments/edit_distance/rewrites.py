"""Correct distances, written in other ways. All of them must earn full marks."""

import functools

# `solution` is the solution as it is rendered from the templates.
from solution import distance

from grader.model.mutant import rewrite


@rewrite(of="distance")
def remembered(a, b):
    """By recursion on the lengths, with a memory."""
    for word in (a, b):
        if not isinstance(word, str):
            raise TypeError(word)

    @functools.cache
    def first(i, j):
        if i == 0 or j == 0:
            return i + j
        if a[i - 1] == b[j - 1]:
            return first(i - 1, j - 1)
        return 1 + min(first(i - 1, j), first(i, j - 1), first(i - 1, j - 1))

    return first(len(a), len(b))


@rewrite(of="distance")
def whole_table(a, b):
    """All rows of the table, in a dictionary."""
    a, b = a + "", b + ""
    table = {(i, 0): i for i in range(len(a) + 1)} | {(0, j): j for j in range(len(b) + 1)}
    for i in range(1, len(a) + 1):
        for j in range(1, len(b) + 1):
            around = (table[i - 1, j] + 1, table[i, j - 1] + 1, table[i - 1, j - 1] + (a[i - 1] != b[j - 1]))
            table[i, j] = min(around)
    return table[len(a), len(b)]


@rewrite(of="closest")
def distance_by_distance(word, words, most):
    """All words at one distance after the other."""
    return [other for far in range(most + 1) for other in words if distance(word, other) == far]


@rewrite(of="closest")
def nearest_taken_out(word, words, most):
    """The nearest word is taken out of the list until none is near."""
    left, near = list(words), []
    while left:
        nearest = min(left, key=lambda other: distance(word, other))
        if distance(word, nearest) > most:
            break
        near.append(nearest)
        left.remove(nearest)
    return near
