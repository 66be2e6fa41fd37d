"""The call graph finds every exercise that a function reaches, however it calls it."""

import ast

import pytest

from grader.judge.verdict import call_graph
from grader.judge.verdict.call_graph import calls, certain_calls

SOURCE = b"""
def outer(x):
    return helper(x)


def helper(x):
    return x.flip(0) if x else None


def flip(x):
    return outer


class NDArray:
    def permute(self):
        return self.flip()
"""


def test_a_function_reaches_what_it_calls_through_helpers_and_methods() -> None:
    reached = calls({"conv.py": SOURCE}, ["outer", "flip", "NDArray.permute"])
    assert reached == {"outer": {"flip"}, "flip": {"outer"}, "permute": {"flip", "outer"}}


def test_only_an_index_of_self_is_a_call_of_the_method_behind_it() -> None:
    source = b"""
class NDArray:
    def fill(self, index, value):
        self[index] = value

    def part(self, index):
        return self[index]

    def length(self):
        return self.shape[0]
"""
    names = ["fill", "part", "length", "NDArray.__getitem__", "NDArray.__setitem__"]
    source += b"\n    def __getitem__(self, i): pass\n    def __setitem__(self, i, v): pass\n"
    reached = calls({"a.py": source}, names)
    assert (reached["fill"], reached["part"], reached["length"]) == ({"__setitem__"}, {"__getitem__"}, set())


def test_pythons_own_sum_is_no_call_of_a_method_sum() -> None:
    """A function of the file with that name is another matter: there it is the one that is called."""
    source = b"def flip(a):\n    return sum(a.shape)\n"
    method = b"class NDArray:\n    def sum(self):\n        return self.permute()\n"
    function = b"def sum(a):\n    return a\n"
    assert certain_calls({"a.py": source + method}, ["flip", "NDArray.sum"])["flip"] == set()
    assert certain_calls({"a.py": source + function}, ["flip", "sum"])["flip"] == {"sum"}


def test_indexing_a_students_array_is_a_call_and_numpys_is_not() -> None:
    source = b"""
def pad(a):
    out = zeros(a.shape)
    out[1:] = a
    return out


def padded(a):
    out = np.zeros(a.shape)
    out[1:] = a.numpy()
    return out


class NDArray:
    def __setitem__(self, index, value): pass
"""
    reached = calls({"a.py": source}, ["pad", "padded", "NDArray.__setitem__"])
    assert reached == {"pad": {"__setitem__"}, "padded": set(), "__setitem__": set()}


def test_a_file_that_is_no_python_reaches_nothing() -> None:
    assert calls({"conv.py": b"def outer(:"}, ["outer"]) == {"outer": set()}


def test_a_method_that_may_be_numpys_is_no_certain_call() -> None:
    """`buffer` and `numpy()` give arrays of NumPy, and a helper's tuple may hold some."""
    source = b"""
class NDArray:
    def sum(self, axis):
        rows, shape = self._rows(axis)
        return array(rows.sum(axis=1).reshape(shape))

    def _rows(self, axis):
        return self.permute(axis).compact().buffer.reshape(-1), ()

    def flat(self):
        moved = self.permute((1, 0)) + 1
        return moved.reshape(-1)

    def dense(self, other):
        other = other.numpy()
        return other.reshape(-1)

    def permute(self, axes): ...
    def compact(self): ...
    def reshape(self, shape): ...
"""
    names = [f"NDArray.{name}" for name in ("sum", "flat", "dense", "permute", "compact", "reshape")]
    possible, certain = calls({"nd.py": source}, names), certain_calls({"nd.py": source}, names)

    assert possible["sum"] >= {"permute", "compact", "reshape"} and possible["dense"] == {"reshape"}
    assert certain["sum"] == {"permute", "compact"}
    assert certain["flat"] == {"permute", "reshape"} and certain["dense"] == set()


def test_each_function_reaches_what_the_reading_of_its_result_calls() -> None:
    """If the submission defines the arrays, a wrong `positions` makes every result wrong."""
    source = b"""
class NDArray:
    def numpy(self):
        return self.buffer[positions(self)]

    def permute(self, axes):
        return NDArray(self.buffer, axes)

def positions(a):
    return a.offset
"""
    names = ["positions", "NDArray.permute"]
    assert calls({"ndarray.py": source}, names)["permute"] == {"positions"}
    assert calls({"ndarray.py": source.replace(b"def numpy", b"def host")}, names)["permute"] == set()


def test_the_steps_to_read_a_function_are_in_proportion_to_its_length(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The judge reads it without a limit of time: a long chain of names may hold up no class."""

    def steps(lines: int) -> int:
        chain = "".join(f"    a{n} = a{n - 1}.permute()\n" for n in range(1, lines))
        source = (
            f"def flip(x):\n    a0 = x\n{chain}    return a{lines - 1}.pad()\n\n\ndef pad(x):\n    pass\n"
        )
        asked = 0
        origins = call_graph._origins

        def counted(node: ast.AST) -> list[str]:
            nonlocal asked
            asked += 1
            return origins(node)

        with monkeypatch.context() as patch:
            patch.setattr(call_graph, "_origins", counted)
            assert certain_calls({"a.py": source.encode()}, ["flip", "pad"])["flip"] == {"pad"}
        return asked

    assert steps(400) <= 2.5 * steps(200)
