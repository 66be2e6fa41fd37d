"""The call graph finds every exercise that a function reaches, however it calls it."""

from grader.judge.verdict.call_graph import calls

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


def test_an_index_of_self_is_a_call_of_the_method_behind_it_and_no_other_index_is() -> None:
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


def test_an_index_of_an_array_that_a_constructor_made_is_a_call_too_and_one_of_numpys_is_not() -> None:
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
