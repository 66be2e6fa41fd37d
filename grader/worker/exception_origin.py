"""Finds where an exception comes from: the submission's calls, or the course's own code."""

import ast
import contextlib
import linecache
import os
import traceback
from collections.abc import Iterator, Sequence
from opcode import opname
from pathlib import Path
from types import FrameType, FunctionType, ModuleType, TracebackType
from typing import Any

from grader.model.wire_format import MAX_CALLS

MAX_FRAMES = 50  # the last ones of a traceback; a recursion has thousands
MAX_ARGUMENT = 40
WITHIN_A_LINE = ("<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>")  # part of the function around it
GRADER = os.path.dirname(os.path.dirname(__file__))


def frames_of(raised: BaseException) -> Iterator[tuple[FrameType, int]]:
    """The frames that an exception passed through, even if its class gives different ones."""
    return traceback.walk_tb(traceback_of(raised))


def traceback_of(raised: BaseException) -> TracebackType | None:
    """The traceback of an exception, even if its class gives a different one."""
    trace: TracebackType | None = vars(BaseException)["__traceback__"].__get__(raised)
    return trace


def calls_of(raised: BaseException, folder: str) -> list[dict[str, Any]]:
    """The last few of a submission's calls that an exception passed through, the outermost first.

    Each has the function, its file and line, and its arguments as they are when the exception leaves it.
    """
    calls: list[dict[str, Any]] = []
    for frame, line in list(frames_of(raised))[-MAX_FRAMES:]:
        code = frame.f_code
        if folder and code.co_filename.startswith(folder + os.sep):
            if calls and code.co_name in WITHIN_A_LINE:
                calls[-1] |= {"line": line, "source": linecache.getline(code.co_filename, line).strip()}
                continue
            parameters = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
            described = ((name, _in_brief(frame.f_locals.get(name))) for name in parameters)
            calls.append(
                {
                    "function": code.co_name,
                    "file": os.path.relpath(code.co_filename, folder),
                    "line": line,
                    "source": linecache.getline(code.co_filename, line).strip(),
                    "arguments": ", ".join(f"{name} {text}" for name, text in described if text),
                }
            )
    return calls[-MAX_CALLS:]


def is_of_submission(raised: BaseException, folder: str, probes: Sequence[str], latest: object) -> bool:
    """True if the submission raised an exception; False if a probe could not use what it returned.

    The exception passed through the submission's code. A callable without a Python frame, such as a cached
    function or an enumeration, leaves no trace of its own: then the probe's last step is a call, and
    `latest`, the attribute of the submission that it used last, is no plain function.
    """
    frame = instruction = None  # of the last step of the course's code
    trace = traceback_of(raised)
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        if folder and file.startswith(folder + os.sep):
            return True
        if file in probes or file.startswith(GRADER + os.sep):
            frame, instruction = trace.tb_frame, trace.tb_lasti
        trace = trace.tb_next
    if frame is None or instruction is None or frame.f_code.co_filename not in probes:
        return False
    is_call = "CALL" in opname[frame.f_code.co_code[instruction]]
    return is_call and latest is not None and type(latest) is not FunctionType


def place_in_course(raised: BaseException, folders: Sequence[str]) -> dict[str, Any]:
    """The innermost line of the course's own files that an exception passed through; {} if there is none."""
    for frame, line in reversed(list(frames_of(raised))):
        file = frame.f_code.co_filename
        if folder := next((f for f in folders if file.startswith(f + os.sep)), ""):
            return {"file": os.path.relpath(file, folder), "line": line}
    return {}


def definition(function: object, folder: str) -> dict[str, Any]:
    """The place where a submission defines a function; {} for anything else."""
    if type(function) is not FunctionType or not folder:
        return {}
    file = function.__code__.co_filename
    is_own = file.startswith(folder + os.sep)
    return {"file": os.path.relpath(file, folder), "line": function.__code__.co_firstlineno} if is_own else {}


def lack_of_a_class(raised: BaseException, modules: Sequence[ModuleType], folder: str) -> dict[str, Any]:
    """The line of the submitted class that lacks the attribute a probe used; {} for any other error."""
    with contextlib.suppress(BaseException):  # the class is the submission's: any access may run its code
        if not isinstance(raised, AttributeError) or not isinstance(raised.name, str):
            return {}
        owner = raised.obj if isinstance(raised.obj, type) else type(raised.obj)
        module = next(m for m in modules if m.__name__ == owner.__module__)
        path = Path(folder, f"{module.__name__}.py")
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.ClassDef) and node.name == owner.__name__:
                message = f"the class {node.name} defines no {raised.name}"
                return {"file": path.name, "line": node.lineno, "message": message}
    return {}


def _in_brief(value: object) -> str:
    """An array's shape, a number, or a few numbers; "" for anything else, or if reading it fails."""
    with contextlib.suppress(BaseException):
        if isinstance(value, int | float):
            return repr(value)[:MAX_ARGUMENT]
        if isinstance(value, tuple | list):
            return repr(value)[:MAX_ARGUMENT] if all(isinstance(item, int) for item in value) else ""
        shape = getattr(value, "shape", None)
        if isinstance(shape, tuple) and all(isinstance(item, int) for item in shape):
            return repr(shape)[:MAX_ARGUMENT]
    return ""
