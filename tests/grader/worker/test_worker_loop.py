"""A worker poisons fresh memory, and reports an exception in fields that always have the right types."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from grader.model.wire_format import FrameReader, check_reply, encode
from grader.worker.import_guard import SubmittedModules
from grader.worker.worker_loop import Worker

POISON = """
import numpy
real = numpy.empty
from grader.worker.worker_loop import poison_fresh_memory
poison_fresh_memory()
import numpy as np
from numpy import empty, empty_like
for out in (np.empty(3), empty((2, 2), "f4"), np.empty_like(np.zeros(3)), empty_like(np.zeros(2, "f2"))):
    assert np.isnan(out).all(), out
assert (np.empty(3, int) == np.iinfo(int).min).all()
assert (np.empty_like(np.zeros(3, "i1")) == -128).all()
assert np.empty(()).shape == () and np.isnan(np.empty(()))
assert np.empty(0).size == 0
assert np.empty(2, dtype=object).tolist() == [None, None]
assert np.empty(2, "U3").tolist() == ["", ""]
assert np.empty(shape=(2,), dtype="f8", order="F").shape == (2,)
assert not np.zeros(3).any() and np.ones(3).all() and np.full(3, 2.0).sum() == 6
print("poisoned")
"""


def test_fresh_memory_holds_nan_and_the_smallest_integer() -> None:
    process = subprocess.run([sys.executable, "-c", POISON], capture_output=True, text=True, check=False)

    assert (process.stdout, process.stderr) == ("poisoned\n", "")


@pytest.fixture
def worker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Worker:
    """A worker that loads from tmp_path; its changes to this process are undone."""
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    monkeypatch.setattr("grader.worker.worker_loop.set_limits", lambda limits: None)
    for name in ("handed_in_here", "given_here"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    (tmp_path / "own").mkdir()
    (tmp_path / "given").mkdir()
    (tmp_path / "given" / "given_here.py").write_text(
        "class NDArray: ...\ndef cpu(): ...\ndef fail():\n    raise OSError('deep')\n"
    )
    (tmp_path / "probes.py").write_text("def probe(submission, case):\n    return submission.answer()\n")
    monkeypatch.chdir(tmp_path)
    folders = [str(tmp_path / "given")]
    worker = Worker({"paths": folders, "probes": str(tmp_path / "probes.py"), "ndarray": "given_here"})
    limits: dict[str, Any] = {"answer_bytes": 1000}
    setup = {"folder": str(tmp_path / "own"), "files": [], "device": "cpu"}
    assert reply(worker, request="setup", limits=limits, **setup)["status"] == "ok"
    return worker


def reply(worker: Worker, **header: Any) -> Any:
    (request,) = FrameReader(1000).feed(encode({**header, "nonce": "n"}))
    (frame,) = FrameReader(1000).feed(worker.answer(request))
    check_reply(frame.header, "n")
    return frame.header


def error_of(worker: Worker, tmp_path: Path, source: str | bytes) -> Any:
    content = source if isinstance(source, bytes) else source.encode()
    (tmp_path / "own" / "handed_in_here.py").write_bytes(content)
    sys.modules.pop("handed_in_here", None)
    sys.meta_path[:] = [finder for finder in sys.meta_path if not isinstance(finder, SubmittedModules)]
    SubmittedModules(str(tmp_path / "own"), {"handed_in_here.py": content}).install()
    answer = reply(worker, request="import", modules=["handed_in_here"])
    if answer["status"] == "ok":
        case: dict[str, Any] = {"values": {}, "inputs": {}}
        answer = reply(worker, request="call", probe="probe", case=case, dtype="float32", device="cpu")
    assert answer["status"] == "error"
    return answer["error"]


ERRORS = {
    "at_import": ("x = 1\ny = x / 0\n", ("ZeroDivisionError", "handed_in_here.py", 2, "y = x / 0")),
    "at_call": (
        "def answer():\n    return 1 / 0\n",
        ("ZeroDivisionError", "handed_in_here.py", 2, "return 1 / 0"),
    ),
    "two_functions_deep": (
        "def inner():\n    return [][0]\n\n\ndef answer():\n    return inner()\n",
        ("IndexError", "handed_in_here.py", 2, "return [][0]"),
    ),
    "in_a_provided_file": (
        "import given_here\ndef answer():\n    return given_here.fail()\n",
        ("OSError", "handed_in_here.py", 3, "return given_here.fail()"),
    ),
    "in_the_standard_library": (
        "import json\ndef answer():\n    return json.loads('{')\n",
        ("JSONDecodeError", "handed_in_here.py", 3, "return json.loads('{')"),
    ),
    "a_syntax_error": ("x = 1\ndef answer(:\n", ("SyntaxError", "handed_in_here.py", 2, "def answer(:")),
    "not_implemented": (
        "def answer():\n    raise NotImplementedError\n",
        ("NotImplementedError", "handed_in_here.py", 2, "raise NotImplementedError"),
    ),
    "nothing_defined": ("x = 1\n", ("AttributeError", "", 0, "")),
    "no_data_returned": ("def answer(): return len\n", ("TypeError", "handed_in_here.py", 1, "")),
    "made_by_exec": (
        "def answer():\n    exec('1 / 0')\n",
        ("ZeroDivisionError", "handed_in_here.py", 2, "exec('1 / 0')"),
    ),
}


@pytest.mark.parametrize(("source", "expected"), ERRORS.values(), ids=ERRORS)
def test_an_exception_names_the_last_line_of_the_submission(
    worker: Worker, tmp_path: Path, source: str, expected: tuple[str, str, int, str]
) -> None:
    error = error_of(worker, tmp_path, source)

    assert (error["type"], error["file"], error["line"], error["source"]) == expected


LACKS = {
    "of_an_object": ("class Adam:\n    rate = 1\n\n\nanswer = Adam\n", 1, "the class Adam defines no step"),
    "of_an_inherited_class": (
        "class Base:\n    pass\n\n\nclass Adam(Base):\n    pass\n\n\nanswer = Adam\n",
        5,
        "the class Adam defines no step",
    ),
    "of_a_slotted_class": (
        "class Adam:\n    __slots__ = ()\n\n\nanswer = Adam\n",
        1,
        "the class Adam defines no step",
    ),
    "of_an_array": (
        "import numpy\n\n\ndef answer():\n    return numpy.zeros(1)\n",
        0,
        "'numpy.ndarray' object",
    ),
    "of_a_class_that_answers_for_itself": (
        "class Adam:\n    def __getattr__(self, name):\n        raise AttributeError(name)\n"
        "\n\nanswer = Adam\n",
        3,
        "step",
    ),
}


@pytest.mark.parametrize(("source", "line", "message"), LACKS.values(), ids=LACKS)
def test_a_class_without_the_method_asked_for_is_named_with_its_line(
    worker: Worker, tmp_path: Path, source: str, line: int, message: str
) -> None:
    probe = "def probe(submission, case):\n    return submission.answer().step\n"
    (tmp_path / "asks_step.py").write_text(probe)
    spec = importlib.util.spec_from_file_location("asks_step", tmp_path / "asks_step.py")
    assert spec is not None and spec.loader is not None
    probes = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(probes)
    worker._probes = probes

    error = error_of(worker, tmp_path, source)

    assert (error["type"], error["line"]) == ("AttributeError", line)
    assert message in error["message"]


UNREADABLE = {
    "not_utf_8": ('s = "caf\u00e9"\n'.encode("latin-1"), 1, "Line 1 holds the byte 0xe9"),
    "utf_16": ("x = 1\n".encode("utf-16"), 1, "save it as UTF-8"),
    "except_without_parentheses": (b"try: pass\nexcept A, B: pass\n", 2, "Line 2: `except` with several"),
}


@pytest.mark.parametrize(("source", "line", "message"), UNREADABLE.values(), ids=UNREADABLE)
def test_a_file_that_this_python_cannot_read_says_why_and_what_to_do(
    worker: Worker, tmp_path: Path, source: bytes, line: int, message: str
) -> None:
    error = error_of(worker, tmp_path, source)

    assert (error["file"], error["line"]) == ("handed_in_here.py", line)
    assert message in error["message"]


SLY = {
    "a_text_of_a_megabyte": "raise ValueError('x' * 1_000_000)",
    "a_text_that_raises": "raise type('Sly', (Exception,), {'__str__': lambda self: 1 / 0})()",
    "a_text_that_is_none": "raise type('Sly', (Exception,), {'__str__': lambda self: None})()",
    "a_lone_surrogate": "raise ValueError('\\udcff')",
    "emoji": "raise ValueError('\\U0001f600' * 1_000_000)",
    "a_name_of_a_megabyte": "raise type('x' * 1_000_000, (Exception,), {})()",
    "a_line_of_a_megabyte": "raise ValueError(  " + "'x'," * 1000 + ")",
    "no_arguments": "raise KeyError",
    "a_syntax_error_of_its_own": "raise SyntaxError",
    "a_syntax_error_with_nothing_in_it": "raise SyntaxError('no', (None, None, None, None))",
    "a_group": "raise ExceptionGroup('two', [ValueError(1), TypeError(2)])",
    "from_another": "raise ValueError from KeyError('x')",
    "a_base_exception": "raise BaseException('base')",
}


@pytest.mark.parametrize("statement", SLY.values(), ids=SLY)
def test_whatever_is_raised_makes_a_well_formed_reply(worker: Worker, tmp_path: Path, statement: str) -> None:
    error = error_of(worker, tmp_path, f"def answer():\n    {statement}\n")

    assert all(len(text) <= 2000 for text in error.values() if isinstance(text, str))
    assert os.sep not in error["file"]


FIELD_THAT_RAISES = "property(lambda self: 1 / 0)"
ATTACKS = {
    **{
        f"{kind}_{field}": f"class E({kind}):\n    {field} = {FIELD_THAT_RAISES}\n"
        for kind, field in (
            ("AttributeError", "obj"),
            ("AttributeError", "name"),
            ("NameError", "name"),
            ("SyntaxError", "filename"),
            ("SyntaxError", "msg"),
            ("Exception", "__traceback__"),
            ("Exception", "__class__"),
        )
    },
    "a_metaclass": "class M(type):\n    __name__ = property(lambda cls: 1 / 0)\n\n\n"
    "class E(Exception, metaclass=M):\n    pass\n",
    "a_kind_of_text": "class T(str):\n    def __getitem__(self, key):\n        return 1\n\n\n"
    "class E(Exception):\n    def __str__(self):\n        return T('x')\n",
}


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
def test_an_exception_that_raises_when_it_is_read_is_an_error_of_the_submission(
    worker: Worker, tmp_path: Path, attack: str
) -> None:
    error = error_of(worker, tmp_path, f"{attack}\n\ndef answer():\n    raise E\n")

    assert (error["type"], error["file"], error["source"]) == ("E", "handed_in_here.py", "raise E")


ODD_FIELDS = {
    "a_number_as_message": "SyntaxError(5)",
    "a_number_as_file": "SyntaxError('no', (5, 1, 1, 'x'))",
    "a_text_as_line": "SyntaxError('no', ('a.py', 'x', 1, 'x'))",
    "a_truth_value_as_line": "SyntaxError('no', ('a.py', True, 1, 'x'))",
    "an_endless_line": "SyntaxError('no', ('a.py', 10**6000, 1, 'x'))",
    "a_file_with_a_long_name": "SyntaxError('no', ('a' * 5000, 1, 1, 'x'))",
    "a_number_as_source": "SyntaxError('no', ('a.py', 1, 1, 5))",
    "an_object_that_hides_its_class": "AttributeError('no', obj=type('O', (), {'__class__': "
    + FIELD_THAT_RAISES
    + "})())",
}


@pytest.mark.parametrize("exception", ODD_FIELDS.values(), ids=ODD_FIELDS)
def test_an_exception_with_odd_fields_is_an_error_of_the_submission(
    worker: Worker, tmp_path: Path, exception: str
) -> None:
    error = error_of(worker, tmp_path, f"def answer():\n    raise {exception}\n")

    assert error["type"] == exception.partition("(")[0]
