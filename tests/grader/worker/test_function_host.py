"""The host calls the functions of one question, and tells of an exception only what may be told."""

from typing import Any

import pytest

from grader.model.wire_format import Frame, FrameReader, RawArray, check_reply, encode
from grader.worker import numpy_arrays
from grader.worker.function_host import FunctionHost, functions_of
from grader.worker.student_module import NoData, to_raw, value_in

SOURCE = """\
KEPT = []

def add(a, b, *, more=0):
    KEPT.append(a)
    return a + b + more

def kept():
    return len(KEPT)

def refuse(a):
    raise ValueError("expected a number above 0")

def fail(a):
    return the_name_of_something

def lost():
    return iter(())
"""
NAMED = [
    {"use": "add", "given": {"more": 100}},
    *({"use": n, "given": {}} for n in ("kept", "refuse", "fail")),
]


def ask(host: FunctionHost, header: dict[str, Any], *arrays: RawArray) -> Frame:
    (frame,) = FrameReader(1 << 20).feed(encode({**header, "nonce": "n"}, arrays))
    (reply,) = FrameReader(1 << 20).feed(host.answer(frame))
    check_reply(reply.header, "n")
    return reply


def load(host: FunctionHost) -> None:
    text = SOURCE.encode()
    ask(host, {"request": "functions", "functions": NAMED}, RawArray("|u1", (len(text),), text))


def call(host: FunctionHost, place: int, *given: Any) -> Any:
    """The result, or the class and the text of the exception."""
    reply = ask(host, {"request": "apply", "place": place}, *to_raw(given, numpy_arrays, is_plain=True))
    error = reply.header["error"]
    return value_in(reply.arrays) if error is None else (error["type"], error["message"])


@pytest.fixture
def host() -> FunctionHost:
    host = FunctionHost()
    load(host)
    return host


def test_a_function_gets_its_fixed_arguments_and_the_calls_own(host: FunctionHost) -> None:
    assert call(host, 0, 1, 2) == 103


def test_only_a_refusal_of_arguments_brings_its_text(host: FunctionHost) -> None:
    assert call(host, 2, 1) == ("ValueError", "expected a number above 0")
    assert call(host, 3, 1) == ("NameError", "")
    assert call(host, 0, 1, "two") == ("TypeError", "")
    assert call(host, 0, 1) == ("TypeError", "the function takes another number of arguments")


def test_the_state_of_functions_lasts_for_one_question(host: FunctionHost) -> None:
    call(host, 0, 1, 2)
    assert call(host, 1) == 1
    load(host)
    assert call(host, 1) == 0


def test_a_result_that_is_not_data_is_no_answer() -> None:
    host = FunctionHost()
    host._functions = functions_of(SOURCE, [{"use": "lost", "given": {}}])

    with pytest.raises(NoData):
        call(host, 0)
