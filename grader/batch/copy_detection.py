"""Finds submissions with similar code, by copydetect's fingerprints (winnowing, Schleimer et al. 2003)."""

import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import combinations
from typing import Any

from grader.model.errors import UserError
from grader.model.results.similar_pair import LEAST_SHARE, Pair, Side

RankedPair = tuple[float, str, str]  # how similar two students' files are
GRAM = 25  # characters of a fingerprint, with names shortened to one: shorter matches are noise
CANDIDATES = 4  # this many times the requested pairs are compared exactly


def similar_pairs(
    files: Mapping[str, str],
    name: str,
    handout: str,
    top: int,
    on_read: Callable[[int, int], None] = lambda count, total: None,
) -> tuple[Pair, ...]:
    """The `top` pairs of students with the most similar file `name`, the most similar first.

    `files` are the texts by student; `handout` is the text that all students got. Names, comments and layout
    do not count. All fingerprints count, not a random sample, so the result does not depend on chance.
    `on_read` is called with the number of texts read so far and their total, because reading takes time.
    """
    detector = _copydetect()
    in_handout = set(_fingerprint(detector, name, handout).hashes)
    of_text: dict[str, Any] = {}
    texts = set(files.values())
    for text in texts:
        on_read(len(of_text), len(texts))
        of_text[text] = _student_part(_fingerprint(detector, name, text), in_handout)
    prints = {student: of_text[text] for student, text in files.items()}
    sets = _bit_sets({student: fingerprint.hashes for student, fingerprint in prints.items()})
    rough = [
        (2 * common / (len(prints[one].hashes) + len(prints[other].hashes)), one, other)
        for one, other in combinations(sorted(prints), 2)
        if (common := (sets[one] & sets[other]).bit_count())
    ]
    rough.sort(key=lambda pair: (-pair[0], *pair[1:]))
    candidates = [rough[place][1:] for place in _joining_first(rough, CANDIDATES * top)]
    pairs = [_pair(detector, name, *students, prints) for students in candidates]
    return most_similar(pairs, top)


def most_similar(pairs: Iterable[Pair], top: int) -> tuple[Pair, ...]:
    """The `top` most similar pairs, the most similar first.

    A group of n similar files has n * (n - 1) / 2 pairs. Those n - 1 that join one more student to a group
    come before all others, so that no student is left out for a pair of two who are named already.
    """
    ranked = sorted(pairs, key=lambda p: (-p.share, p.left.student, p.right.student, p.file))
    places = _joining_first([(p.share, p.left.student, p.right.student) for p in ranked], top)
    return tuple(ranked[place] for place in places)


def _joining_first(ranked: Sequence[RankedPair], most: int) -> list[int]:
    """The places of at most `most` pairs, in their order.

    The pairs that join students to groups, a spanning tree of each group (Kruskal 1956), are chosen first,
    then all others, both by share. Among equal shares the first pair of each group is before its second.
    """
    groups: dict[str, list[str]] = {}
    order: dict[int, tuple[float, int]] = {}
    for place, (share, one, other) in enumerate(ranked):
        first, second = groups.setdefault(one, [one]), groups.setdefault(other, [other])
        if share >= LEAST_SHARE and first is not second:
            order[place] = (-share, len(first) + len(second))
            first += second
            groups.update(dict.fromkeys(second, first))
    others = (place for place in range(len(ranked)) if place not in order)
    return sorted([*sorted(order, key=lambda place: (*order[place], place)), *others][:most])


def _copydetect() -> Any:
    try:
        import copydetect  # type: ignore[import-untyped]
    except ImportError as error:
        raise UserError("similarity needs copydetect: pip install 'backflip[similarity]'") from error
    return copydetect


def _fingerprint(detector: Any, name: str, text: str) -> Any:
    return detector.CodeFingerprint(name, GRAM, 1, fp=io.StringIO(_plain(text)))


def _plain(text: str) -> str:
    """Normalizes the text as Pygments does, so that positions in Pygments's output are positions in this."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip("\n") + "\n"


def _student_part(fingerprint: Any, in_handout: set[int]) -> Any:
    """The fingerprint without the parts that are also in the handout."""
    from copydetect.utils import get_token_coverage  # type: ignore[import-untyped]

    fingerprint.hashes -= in_handout
    fingerprint.hash_idx = {h: places for h, places in fingerprint.hash_idx.items() if h not in in_handout}
    length = len(fingerprint.filtered_code)
    fingerprint.token_coverage = get_token_coverage(fingerprint.hash_idx, GRAM, length)
    return fingerprint


def _bit_sets(hashes: Mapping[str, set[int]]) -> dict[str, int]:
    """Each set as the bits of one number: 800 students make 320,000 pairs, and each pair is one `&`."""
    bits: dict[int, int] = {}
    sets = {}
    for student, those in hashes.items():
        marks = bytearray(b"0") * (len(bits) + len(those))
        for one in those:
            marks[bits.setdefault(one, len(bits))] = ord("1")
        sets[student] = int(marks[::-1] or b"0", 2)
    return sets


def _pair(detector: Any, name: str, one: str, other: str, prints: Mapping[str, Any]) -> Pair:
    _, shares, _ = detector.compare_files(prints[one], prints[other])
    sides = [
        Side(student, prints[student].raw_code, min(float(share), 1.0))
        for student, share in zip((one, other), shares, strict=True)
    ]
    return Pair(name, *sides)
