"""The edit distance between two words, by memoisation and by a table."""


def distance(a: str, b: str) -> int:
    """The edit distance of two words, which is the least number of edits that turn `a` into `b`.

    An edit inserts one letter, deletes one letter, or replaces one letter by another. TypeError if `a` or `b`
    is not a str.
    """
    if not isinstance(a, str) or not isinstance(b, str):
        raise TypeError("expected two words")
    row = list(range(len(b) + 1))
    for i, letter in enumerate(a, 1):
        diagonal, row[0] = row[0], i
        for j, other in enumerate(b, 1):
            replaced = diagonal + (letter != other)
            diagonal, row[j] = row[j], min(replaced, row[j] + 1, row[j - 1] + 1)
    return row[-1]


def closest(word: str, words: list[str], most: int) -> list[str]:
    """The words with an edit distance of at most `most` from `word`, the nearest first.

    Words of the same distance keep the order that they have in `words`. A word that is in `words` twice is in
    the result twice. `words` itself stays as it is.
    """
    near = [(distance(word, other), other) for other in words]
    return [other for far, other in sorted(near, key=lambda pair: pair[0]) if far <= most]
