"""A proxy holds only a number, and works only during the question that it came with."""

import copy
import threading

import numpy as np
import pytest

from grader.model.wire_format import Frame, FrameReader, encode
from grader.worker import numpy_arrays
from grader.worker.function_proxy import FunctionProxy, Line, proxies
from grader.worker.student_module import to_raw, value_in

frames: list[Frame] = []


@pytest.fixture
def line(monkeypatch: pytest.MonkeyPatch) -> Line:
    """A line whose judge doubles the first argument, and refuses a text."""
    frames.clear()

    def exchange(data: bytes) -> Frame:
        (call,) = FrameReader(1 << 20).feed(data)
        frames.append(call)
        (first, *_) = value_in(call.arrays)
        reply = {"nonce": "n", "status": "ok", "error": None}
        if isinstance(first, str):
            error = {"type": first, "message": "no"}
            data = encode({**reply, "status": "error", "error": error})
        else:
            data = encode(reply, to_raw(2 * first, numpy_arrays, is_plain=True))
        (frame,) = FrameReader(1 << 20).feed(data)
        return frame

    line = Line()
    line.connect(exchange)
    monkeypatch.setattr("grader.worker.function_proxy.LINE", line)
    return line


def test_a_call_sends_its_number_and_its_arguments_and_returns_a_new_array(line: Line) -> None:
    line.open("n", [7])

    result = FunctionProxy(7)(np.arange(3.0), "more")

    assert result.tolist() == [0, 2, 4] and result.flags.writeable
    assert dict(frames[0].header) == {"nonce": "n", "function": 7}


def test_a_proxy_holds_its_number_alone() -> None:
    proxy = FunctionProxy(7)

    assert not hasattr(proxy, "__dict__")
    assert "7" not in repr(proxy)
    assert isinstance(copy.deepcopy(proxy), FunctionProxy)


@pytest.mark.parametrize(
    ("type", "kind"),
    [
        ("ValueError", ValueError),
        ("KeyError", KeyError),
        ("UnicodeDecodeError", RuntimeError),  # it needs more than a text
        ("SystemExit", RuntimeError),
        ("print", RuntimeError),
        ("NoSuchError", RuntimeError),
    ],
)
def test_an_exception_is_one_of_pythons_own(line: Line, type: str, kind: type) -> None:
    line.open("n", [1])

    with pytest.raises(kind):
        FunctionProxy(1)(type)


def test_a_proxy_of_an_earlier_question_is_refused_at_once(line: Line) -> None:
    line.open("n", [1])
    with pytest.raises(TypeError, match=r"the argument list\[0\] is a function"):
        FunctionProxy(1)(lambda: None)
    line.close()

    with pytest.raises(RuntimeError, match="an earlier question"):
        FunctionProxy(1)(2.0)
    assert frames == []


def test_threads_wait_for_their_turn(line: Line) -> None:
    line.open("n", [1])
    results: list[float] = []
    threads = [threading.Thread(target=lambda n=n: results.append(FunctionProxy(1)(n))) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(results) == [2 * n for n in range(20)]


def test_functions_come_alone_or_in_lists() -> None:
    functions, numbers = proxies({"f": 1, "all": [2, 3]})

    assert isinstance(functions["f"], FunctionProxy)
    assert [type(one) for one in functions["all"]] == [FunctionProxy, FunctionProxy]
    assert numbers == [1, 2, 3]
