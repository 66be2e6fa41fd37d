"""Wrong ideas about edit distance; `solution` is the rendered solution, `original` the right version."""

# `solution` is the solution as it is rendered from the templates.
from solution import distance, original

from grader.model.mutant import mutant


@mutant(of="distance", help="#one-letter-at-a-time")
def replacing_costs_two(a, b):
    """Your distance counts a replacement as two edits, a deletion and an insertion. Count it as one."""
    if not isinstance(a, str) or not isinstance(b, str):
        raise TypeError("expected two words")
    row = list(range(len(b) + 1))
    for i, letter in enumerate(a, 1):
        diagonal, row[0] = row[0], i
        for j, other in enumerate(b, 1):
            replaced = diagonal + 2 * (letter != other)
            diagonal, row[j] = row[j], min(replaced, row[j] + 1, row[j - 1] + 1)
    return row[-1]


@mutant(of="distance", help="#one-letter-at-a-time")
def positions_that_differ(a, b):
    """You compare letters at equal positions. But one inserted letter moves all the letters after it."""
    if not isinstance(a, str) or not isinstance(b, str):
        raise TypeError("expected two words")
    return sum(x != y for x, y in zip(a, b, strict=False)) + abs(len(a) - len(b))


@mutant(of="distance", help="#one-letter-at-a-time")
def swapping_is_one_edit(a, b):
    """You count it as one edit when two letters swap places. It takes two: you can only insert, delete or
    replace."""
    return 1 if len(a) == len(b) == 2 and a == b[::-1] and a != b else original(a, b)


@mutant(of="distance", help="#one-letter-at-a-time")
def empty_word_forgotten(a, b):
    """You return 0 if `a` is empty. It takes one insertion for each letter of `b`."""
    return 0 if a == "" else original(a, b)


@mutant(of="distance", help="#one-letter-at-a-time")
def insertions_are_free(a, b):
    """You charge nothing for an inserted letter. Count each one as an edit."""
    letters = iter(b)
    return 0 if a and all(letter in letters for letter in a) else original(a, b)


@mutant(of="distance", help="#one-letter-at-a-time")
def capitals_are_the_same(a, b):
    """You treat a capital as the same character as its lowercase letter. Changing one into the other is an
    edit."""
    if not isinstance(a, str) or not isinstance(b, str):
        raise TypeError("expected two words")
    return original(a.lower(), b.lower())


@mutant(of="distance", help="#one-letter-at-a-time")
def spaces_left_out(a, b):
    """You remove spaces from the ends of the words. A space is a character like any other."""
    if not isinstance(a, str) or not isinstance(b, str):
        raise TypeError("expected two words")
    return original(a.strip(), b.strip())


@mutant(of="distance", help="#ask-once")
def asked_again_and_again(a, b):
    """Your function computes the same distances again and again. Store each one the first time."""
    if not isinstance(a, str) or not isinstance(b, str):
        raise TypeError("expected two words")
    if not a or not b:
        return len(a) + len(b)
    if a[-1] == b[-1]:
        return asked_again_and_again(a[:-1], b[:-1])
    shorter = ((a[:-1], b), (a, b[:-1]), (a[:-1], b[:-1]))
    return 1 + min(asked_again_and_again(one, other) for one, other in shorter)


@mutant(of="distance", help="#one-letter-at-a-time")
def anything_is_a_word(a, b):
    """You turn every argument into a word. Raise TypeError for anything that is not a str."""
    return original(str(a), str(b))


@mutant(of="distance", help="#one-letter-at-a-time", edits={"not isinstance(a, str) or not": "not"})
def only_the_second_word_checked():
    """You check only whether `b` is a word. Raise TypeError if `a` is not a word, too."""


@mutant(of="distance", help="#one-letter-at-a-time", edits={" or not isinstance(b, str)": ""})
def only_the_first_word_checked():
    """You check only whether `a` is a word. Raise TypeError if `b` is not a word, too."""


@mutant(of="distance", help="#one-letter-at-a-time")
def only_different_types_refused(a, b):
    """You only refuse arguments of different types, so two lists pass. Check that each argument is a str."""
    both_are_lists = isinstance(a, list) and isinstance(b, list)
    return original("".join(a), "".join(b)) if both_are_lists else original(a, b)


@mutant(of="distance", help="#one-letter-at-a-time")
def numbers_are_words(a, b):
    """You compare the digits of numbers. Raise TypeError for a number, too."""
    return original(str(a), str(b)) if isinstance(a, int) and isinstance(b, int) else original(a, b)


@mutant(of="closest", help="#which-words-are-near")
def each_word_once(word, words, most):
    """If a word is in `words` twice, you return it only once. Return it twice."""
    return list(dict.fromkeys(original(word, words, most)))


@mutant(of="closest", help="#which-words-are-near")
def in_alphabetical_order(word, words, most):
    """You sort words of equal distance by their letters. Keep them in the order of `words`."""
    return [other for far, other in sorted((distance(word, other), other) for other in words) if far <= most]


@mutant(of="closest", help="#which-words-are-near")
def farthest_first(word, words, most):
    """Your list begins with the farthest word. Put the nearest word first."""
    return original(word, words, most)[::-1]


@mutant(of="closest", help="#which-words-are-near")
def limit_left_out(word, words, most):
    """You leave out words at a distance of exactly `most`. They are near too."""
    return original(word, words, most - 1)


@mutant(of="closest", help="#which-words-are-near")
def at_least_one(word, words, most):
    """You return the nearest word even if no word is near. Then return an empty list."""
    return original(word, words, most) or original(word, words, 1000)[:1]


@mutant(of="closest", help="#which-words-are-near")
def itself_left_out(word, words, most):
    """You leave out the word itself. It has distance 0, so it is the nearest."""
    return [other for other in original(word, words, most) if other != word]


@mutant(of="closest", help="#which-words-are-near")
def words_sorted_in_place(word, words, most):
    """You sort the list that you were given. Its owner still needs it in the old order: sort a copy."""
    words.sort(key=lambda other: distance(word, other))
    return original(word, words, most)
