"""Laws of the search: what it tries first, and what it need not try."""

from collections.abc import Iterator, Sequence

from grader.judge.localization.search import Budget, Placed, Search
from grader.judge.localization.source_text import Source
from grader.judge.localization.student_functions import Function
from grader.model.assignment import Case

TEXT = """\
def f(x, n, m):
    a = x[n : m - 1]
    b = a + n - m
    c = b.reshape((n, m))
    return c * (n - 1)
"""
RAISING = 4


class Trying:
    """Keeps the lines of each attempt; no edit helps."""

    def __init__(self) -> None:
        self.lines: list[set[int]] = []

    def passes(self, case: Case, edits: Sequence[Placed]) -> bool:
        return False

    def passing(self, case: Case, alternatives: Sequence[Sequence[Placed]]) -> Iterator[Sequence[Placed]]:
        self.lines += [{one.line for one in edits} for edits in alternatives]
        yield from ()


def attempts(raising: frozenset[tuple[str, int]], text: str = TEXT) -> list[set[int]]:
    source = Source("f.py", text.encode())
    functions = [Function(source, path, node) for path, node in source.functions()]
    case = Case("one", "f", "f", "array", {"shape": [3]})
    trying = Trying()
    search = Search(functions, [case], [], {case.name: 9}, trying, Budget(seconds=600.0), raising)
    assert search.repairs() == []
    return trying.lines


def test_edits_of_a_line_that_raises_come_first_and_none_is_left_out() -> None:
    """The fault is often there, so that fewer runs find it."""
    plain, ordered = attempts(frozenset()), attempts(frozenset({("f.py", RAISING)}))

    def runs_until_half(lines: list[set[int]]) -> int:
        at = [number for number, one in enumerate(lines) if one == {RAISING}]
        return at[len(at) // 2]

    assert runs_until_half(ordered) < runs_until_half(plain)
    assert sorted(map(sorted, ordered)) == sorted(map(sorted, plain))


def test_a_line_of_another_file_gives_no_head_start() -> None:
    assert attempts(frozenset({("g.py", RAISING)})) == attempts(frozenset())


def test_a_raise_of_the_students_own_gives_no_head_start() -> None:
    """The wrong condition is in another line."""
    text = TEXT.replace("    return", "    if n != m - 1:\n        raise ValueError(n - 1)\n    return")
    assert attempts(frozenset({("f.py", 6)}), text) == attempts(frozenset(), text)
