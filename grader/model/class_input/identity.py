"""Finds the student that an export means, from everything it says about the person."""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass
from functools import lru_cache
from itertools import chain, combinations, permutations
from typing import TypeVar

from grader.model.student import Student
from grader.model.text import plural_noun

APOSTROPHES = "'\u2018\u2019\u02bc\u02b9`\u00b4"
PLAIN = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i",
                       "ħ": "h", "ŋ": "n", "ŧ": "t", "ƶ": "z", "ɨ": "i", "ə": "e"})  # fmt: skip
SPELLED_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})  # as airports spell them
KEPT_MARKS = (0, 7, 8, 9)  # https://www.unicode.org/reports/tr44: kana and Indic scripts need theirs
SHUFFLED = 5  # a name of more words is not tried in every order
MANY = 50  # students of one name: only an id distinguishes them anyway
FEW = 10
LEAST_SIMILARITY = 0.75  # of two names
LONGEST = 60  # characters that a message quotes
NO_STUDENT = "matches no student on the roster"
REMEDY = "correct the roster or the export, or grade this by hand"

Words = tuple[str, ...]
Readings = tuple[Words, ...]  # of one name, by each way to spell it
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Claim:
    """An export's data about a person.

    `ids` are ids of the institution: SIS id, login, Gradescope's sid, the name of a student's folder.
    `internal` is the number that the LMS itself gives: Canvas's user id, Moodle's participant number. `name`
    may be "Lovelace, Ada", "Ada Lovelace" or Canvas's squeezed "lovelaceada". Missing data is "".
    """

    ids: tuple[str, ...] = ()
    internal: str = ""
    name: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class _Person:
    """A student, with the words of their name and their addresses, for comparison."""

    student: Student
    names: Readings
    emails: frozenset[str]

    def __str__(self) -> str:
        id, name = _one_line(self.student.id), _one_line(self.student.name)
        return f"{id} ({name})" if name else id


@dataclass(frozen=True, slots=True)
class _Evidence:
    """One part of a claim: the students it means, and a test for those it speaks against."""

    says: str
    means: tuple[_Person, ...]
    excludes: Callable[[_Person], bool]


class Identities:
    """The students on a roster, found by evidence.

    Each part of a claim means a student, speaks against one, or neither. The search finds a student that some
    part means and no part speaks against, unless another part means a different student. An id or an e-mail
    address of one student speaks against all others. The LMS's own number is weak: it may equal an unrelated
    student's id. So it speaks against no student, and is ignored if an id of the institution is known.
    """

    def __init__(self, students: Iterable[Student]) -> None:
        self._people = [_person(student) for student in sorted(students, key=astuple)]
        self._by_id: dict[str, list[_Person]] = defaultdict(list)
        self._by_folded_id: dict[str, list[_Person]] = defaultdict(list)
        self._by_email: dict[str, list[_Person]] = defaultdict(list)
        for person in self._people:
            # a login that is another student's id means both, and so is never the only evidence
            ids = {_id(person.student.id), _id(person.student.login)} - {""}
            for index, keys in (self._by_id, ids), (self._by_folded_id, {id.casefold() for id in ids}):
                for key in keys:
                    index[key].append(person)
            for email in person.emails:
                self._by_email[email].append(person)
        # a spreadsheet removes the zeros that an id begins with
        self._without_zeros = {_id(person.student.id).lstrip("0"): person for person in self._people}
        self._names = _Names(self._people)

    def find(self, claim: Claim) -> Student | str:
        """The student, or one line that says why the claim is uncertain and what to do."""
        evidence = self._evidence(claim)
        meant = _unique(person for each in evidence for person in each.means)
        if not meant:
            return self._unmatched(claim)
        remaining = [person for person in meant if not any(each.excludes(person) for each in evidence)]
        if len(remaining) == 1 and all(remaining[0] in each.means for each in evidence if each.means):
            return remaining[0].student
        return _doubt(evidence, remaining)

    def _evidence(self, claim: Claim) -> list[_Evidence]:
        evidence = [*self._of_ids(claim.ids)]
        certain = any(each.means for each in evidence)
        if claim.email.strip():
            evidence.append(self._of_email(claim.email))
        if claim.internal.strip() and not certain:
            says = f"number {_quoted(claim.internal)}"
            evidence.append(_Evidence(says, self._with_id(claim.internal), lambda person: False))
        if claim.name.strip():
            evidence.append(self._of_name(claim.name, evidence))
        if not any(each.means for each in evidence[: len(claim.ids)]):
            evidence += self._named_by_ids(claim.ids)
        return evidence

    def _of_ids(self, ids: Iterable[str]) -> Iterator[_Evidence]:
        """Evidence from ids. An unknown id says nothing; one that is an e-mail address counts as that too."""
        for id in ids:
            means = self._with_id(id)
            says = f"id {_quoted(id)}"
            if not means and "@" in id:
                means = tuple(self._by_email.get(_email(id), ()))
                says = f"e-mail {_quoted(id)}"
            yield _Evidence(says, means, _others(means))

    def _with_id(self, id: str) -> tuple[_Person, ...]:
        exact = self._by_id.get(_id(id), [])
        folded = self._by_folded_id.get(_id(id).casefold(), [])
        return tuple(exact or (folded if len(folded) == 1 else ()))

    def _of_email(self, email: str) -> _Evidence:
        means = tuple(self._by_email.get(_email(email), ()))
        others = _others(means)
        return _Evidence(
            f"e-mail {_quoted(email)}",
            means,
            lambda person: others(person) or (bool(person.emails) and _email(email) not in person.emails),
        )

    def _of_name(self, name: str, evidence: Sequence[_Evidence]) -> _Evidence:
        readings = _readings(name)
        persons = _unique(person for each in evidence for person in each.means)
        # if an id means one of several students with a name, the others need not be found
        means = tuple(person for person in persons if _compare(readings, person.names))
        return _Evidence(
            f"name {_quoted(name)}",
            means or self._names.find(readings),
            lambda person: _compare(readings, person.names) is False,
        )

    def _named_by_ids(self, ids: Iterable[str]) -> Iterator[_Evidence]:
        """Evidence from ids read as names, as in a folder's name; a login speaks against no student."""
        for id in ids:
            yield _Evidence(f"name {_quoted(id)}", self._names.find(_readings(id)), lambda person: False)

    def _unmatched(self, claim: Claim) -> str:
        names = [name for name in (claim.name, *claim.ids) if name.strip()]
        same_number = (self._without_zeros.get(_id(id).lstrip("0")) for id in claim.ids)
        near = next(filter(None, chain(same_number, map(self._names.nearest, names))), None)
        says = f"; the nearest is {near}" if near else ""
        return f"{NO_STUDENT}{says}: {REMEDY}"


class _Names:
    """An index of the names on a roster, which finds similar names without comparing them all."""

    def __init__(self, people: Sequence[_Person]) -> None:
        self._bearers: dict[Readings, list[_Person]] = defaultdict(list)
        for person in people:
            self._bearers[person.names].append(person)
        filed = [(words, names) for names in self._bearers for words in names]
        self._with: dict[str, list[tuple[frozenset[str], Readings]]] = defaultdict(list)
        self._whole: dict[frozenset[str], list[Readings]] = defaultdict(list)
        self._letters: dict[str, list[Readings]] = defaultdict(list)
        for words, names in filed:
            self._whole[frozenset(words)].append(names)
            for word in _unique(words):
                self._with[word].append((frozenset(words), names))
            for key in _unique(_sorted_letters(some) for some in _without_middle_names(words)):
                self._letters[key].append(names)
        self._rarest: dict[str, list[tuple[frozenset[str], Readings]]] = defaultdict(list)
        for words, names in filed:
            rarest = min(words, key=lambda word: (len(self._with[word]), word))
            self._rarest[rarest].append((frozenset(words), names))
        self._almost: dict[str, list[Readings]] = {}

    def find(self, claimed: Readings) -> tuple[_Person, ...]:
        """The students with the same name; if very many share it, some of them."""
        likely = _unique(names for words in claimed for names in self._likely(words))
        persons: list[_Person] = []
        for names in likely:
            if _compare(claimed, names):
                persons += self._bearers[names][:MANY]
        return tuple(sorted(persons, key=lambda person: astuple(person.student)))

    def _likely(self, words: Words) -> Iterator[Readings]:
        """Names with the same words or letters, with all these words and more, or with only some of them."""
        sought = frozenset(words)
        yield from self._whole.get(sought, ())
        yield from self._letters.get(_sorted_letters(words), ())
        if len(sought) > 1:
            with_rarest = min((self._with.get(word, []) for word in words), key=len)
            yield from (names for there, names in with_rarest if sought <= there)
            for word in sorted(sought):
                yield from (names for there, names in self._rarest.get(word, ()) if there <= sought)

    def nearest(self, name: str) -> _Person | None:
        """The student with the most similar spelling; None if no name is near, or for a number."""
        words = next((words for words in _readings(name) if not "".join(words).isdecimal()), ())
        keys = [key for word in words for key in _one_letter_less(word)]
        counts = Counter(names for key in keys for names in self._misspelled.get(key, ()))
        text = " ".join(sorted(words))
        similarities = [(_similarity(text, names), names) for names, _ in counts.most_common(FEW)]
        best, names = max(similarities, default=(0.0, ()))
        return self._bearers[names][0] if best >= LEAST_SIMILARITY else None

    @property
    def _misspelled(self) -> dict[str, list[Readings]]:
        """An index of words with one letter left out, to match misspelled names; made when first needed."""
        if not self._almost:
            almost: dict[str, list[Readings]] = defaultdict(list)
            for word, filed in self._with.items():
                for key in _one_letter_less(word):
                    almost[key] += [names for _, names in filed[:MANY]]
            self._almost = dict(almost)
        return self._almost


def _person(student: Student) -> _Person:
    addresses = (student.email, *(id for id in (student.id, student.login) if "@" in id))
    return _Person(student, _readings(student.name), frozenset(map(_email, addresses)) - {""})


def _others(means: Sequence[_Person]) -> Callable[[_Person], bool]:
    """Excludes everyone who is not meant; if it means no one, it excludes no one."""
    return lambda person: bool(means) and person not in means


def _doubt(evidence: Sequence[_Evidence], remaining: Sequence[_Person]) -> str:
    """The reason that none of those meant was chosen."""
    by = next((each for each in evidence if len(remaining) > 1 and set(remaining) <= set(each.means)), None)
    if by is not None:
        return f"the {by.says} means {_listed(by.means)}: nothing says which; give an id or an e-mail address"
    sides: dict[str, list[str]] = defaultdict(list)
    for each in evidence:
        if each.means:
            sides[_listed(each.means)].append(each.says)
        elif any(each.excludes(person) for other in evidence for person in other.means):
            sides["somebody else"].append(each.says)
    says_who = [
        f"the {' and the '.join(says)} {plural_noun(len(says), 'means', 'mean')} {who}"
        for who, says in sides.items()
    ]
    return f"{', but '.join(says_who)}: {REMEDY}"


def _listed(people: Sequence[_Person]) -> str:
    first = [str(person) for person in people[:3]]
    rest = ["others"] if len(people) > 3 else []
    return " and ".join(first + rest)


def _compare(claimed: Readings, true_name: Readings) -> bool | None:
    """True if two names belong to one person, False if not, None if that is unclear."""
    answers = [_compare_words(one, other) for one in claimed for other in true_name]
    if True in answers:
        return True
    return False if answers and None not in answers else None


def _compare_words(one: Words, other: Words) -> bool | None:
    a, b = frozenset(one), frozenset(other)
    shared = a & b
    if a == b or ((a <= b or b <= a) and sum(map(_is_weighty, shared)) >= 2) or _same_letters(one, other):
        return True
    if shared or _is_initial(a, b) or _is_initial(b, a) or not (_scripts(a) & _scripts(b)):
        return None
    if len(one) == 1 or len(other) == 1:
        squeezed, words = (one[0], other) if len(one) == 1 else (other[0], one)
        long = [word for word in words if len(word) >= 3] or words
        return None if any(word in squeezed for word in long) else False
    return False


def _is_weighty(word: str) -> bool:
    """True unless it is an initial: one letter of an alphabet says little, a Chinese character is a name."""
    return len(word) > 1 or not word.isascii()


def _is_initial(some: Iterable[str], others: Iterable[str]) -> bool:
    return any(len(word) == 1 and any(other.startswith(word) for other in others) for word in some)


def _scripts(words: Iterable[str]) -> set[str]:
    """The scripts of the words (LATIN, CYRILLIC, CJK...); names in different scripts cannot be compared."""
    return {unicodedata.name(letter, "?").partition(" ")[0] for word in words for letter in word}


def _same_letters(one: Words, other: Words) -> bool:
    """True if the words of both, in some order, join to the same letters ("lovelaceada", "O Brien")."""
    if len(one) == 1 and len(other) > 1:
        return _spell(one[0], other)
    if _sorted_letters(one) != _sorted_letters(other):
        return False
    return any(_spell("".join(order), other) for order in _orders(one))


def _spell(letters: str, words: Words) -> bool:
    """True if the words join to those letters, perhaps without middle names."""
    sought = "".join(sorted(letters))
    return any(
        _sorted_letters(some) == sought and letters in map("".join, _orders(some))
        for some in _without_middle_names(words)
    )


def _orders(words: Words) -> Iterator[Words]:
    """Every order of a few words; many words only as they are, and with the first ones last."""
    if len(words) <= SHUFFLED:
        return permutations(words)
    return (words[index:] + words[:index] for index in range(len(words)))


def _without_middle_names(words: Words) -> Iterator[Words]:
    """A name, and its shorter forms: two words or more, with at least half of its letters."""
    yield words
    if len(words) <= SHUFFLED:
        for count in range(2, len(words)):
            for some in combinations(words, count):
                if 2 * len("".join(some)) >= len("".join(words)):
                    yield some


@lru_cache(maxsize=4096)  # a page searches a whole class
def spellings(name: str) -> str:
    """The words of a name as a search may write them: without accents, and with umlauts spelled out."""
    return " ".join(_unique(word for words in _readings(name) for word in words))


def _readings(name: str) -> Readings:
    """The words of a name without accents, and also with any umlauts spelled out."""
    folded = unicodedata.normalize("NFC", name.translate(dict.fromkeys(map(ord, APOSTROPHES)))).casefold()
    both = (_words(folded), _words(folded.translate(SPELLED_OUT)))
    return tuple(_unique(words for words in both if words))


def _words(folded: str) -> Words:
    decomposed = unicodedata.normalize("NFKD", folded.translate(PLAIN)).casefold().translate(PLAIN)
    letters = "".join(c for c in decomposed if unicodedata.combining(c) in KEPT_MARKS)
    composed = unicodedata.normalize("NFC", letters)
    # \w does not match vowel signs of Indic scripts
    parts = "".join(c if unicodedata.category(c)[0] in "LMN" else " " for c in composed if not _is_format(c))
    return tuple(parts.split())


def _is_format(letter: str) -> bool:
    return unicodedata.category(letter) == "Cf"


def _similarity(text: str, names: Readings) -> float:
    from difflib import SequenceMatcher  # only similar names need it

    return max(SequenceMatcher(None, text, " ".join(sorted(words))).ratio() for words in names)


def _one_letter_less(word: str) -> list[str]:
    shorter = (word[:index] + word[index + 1 :] for index in range(min(len(word), LONGEST)))
    return _unique(key for key in (word, *shorter) if key)


def _sorted_letters(words: Words) -> str:
    return "".join(sorted("".join(words)))


def _id(id: str) -> str:
    return unicodedata.normalize("NFC", id.strip())


def _email(address: str) -> str:
    return unicodedata.normalize("NFC", address.strip()).casefold()


def _quoted(text: str) -> str:
    return repr(_one_line(text))


def _one_line(text: str) -> str:
    line = re.sub(r"\s+", " ", "".join(c if c.isprintable() else " " for c in text)).strip()
    return line if len(line) <= LONGEST else f"{line[:LONGEST]}..."


def _unique(items: Iterable[T]) -> list[T]:
    return list(dict.fromkeys(items))
