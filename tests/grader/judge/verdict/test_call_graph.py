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


def test_a_file_that_is_no_python_reaches_nothing() -> None:
    assert calls({"conv.py": b"def outer(:"}, ["outer"]) == {"outer": set()}
