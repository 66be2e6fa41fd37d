"""Describes the submission's calls that an exception passed through, with the variables of their lines.

A variable may hold anything. So its description reads only values whose type is exactly one that no
submission defines, and calls no method that a submission could have replaced.
"""

import ast
import contextlib
import linecache
import os
import sys
from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from types import FrameType, GetSetDescriptorType, ModuleType, TracebackType
from typing import Any, NamedTuple

import numpy

from grader.model.wire_format import (
    DTYPE_NAMES,
    MAX_CALLS,
    MAX_DIMENSIONS,
    MAX_NAME,
    MAX_NUMBER,
    MAX_NUMBERS,
    MAX_VARIABLES,
)
from grader.worker.exceptions.exception_origin import traceback_of

MAX_FRAMES = 50  # the last ones of a traceback; a recursion has thousands
MAX_ARGUMENT = 40
MAX_LINES = 10  # of an expression that takes several
WITHIN_A_LINE = ("<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>")  # part of the function around it
NUMPY_ARRAY = numpy.ndarray  # a submission may put another class under the name in NumPy


class CourseArray(NamedTuple):
    """The course's class of arrays, with the descriptor that gives the fields of one."""

    kind: type
    fields: GetSetDescriptorType


def course_array(ndarray: ModuleType | None) -> CourseArray | None:
    """The class of the course's arrays; None if it has none but NumPy's, or the submission writes it.

    Call this before a submission is imported: later, an attribute of the class may be the submission's.
    """
    kind = getattr(ndarray, "NDArray", None)
    if not isinstance(kind, type):
        return None
    fields = vars(kind).get("__dict__")
    return CourseArray(kind, fields) if isinstance(fields, GetSetDescriptorType) else None


def calls_of(raised: BaseException, folder: str, array: CourseArray | None = None) -> list[dict[str, Any]]:
    """The last few of a submission's calls that an exception passed through, the outermost first.

    Each has the function, its file and line, its arguments as they are when the exception leaves it, and the
    variables that the line reads.
    """
    calls: list[dict[str, Any]] = []
    traces: list[list[TracebackType]] = []  # of each call: its frame, and those within its line
    for trace in _last_traces(raised):
        frame, line = trace.tb_frame, trace.tb_lineno
        code = frame.f_code
        if folder and code.co_filename.startswith(folder + os.sep):
            if calls and code.co_name in WITHIN_A_LINE:
                calls[-1] |= {"line": line, "source": linecache.getline(code.co_filename, line).strip()}
                traces[-1].append(trace)
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
            traces.append([trace])
    for call, within in zip(calls[-MAX_CALLS:], traces[-MAX_CALLS:], strict=True):
        call["variables"] = []
        with contextlib.suppress(BaseException):  # then the place alone has to do
            call["variables"] = _variables(within, array)
    return calls[-MAX_CALLS:]


def _last_traces(raised: BaseException) -> list[TracebackType]:
    traces, trace = [], traceback_of(raised)
    while trace is not None:
        traces.append(trace)
        trace = trace.tb_next
    return traces[-MAX_FRAMES:]


def _variables(traces: Sequence[TracebackType], array: CourseArray | None) -> list[dict[str, Any]]:
    """The variables that a line reads and that can be described; of many, arrays come before tuples.

    `traces` are those of a call: its own frame, then those of comprehensions in its line.
    """
    innermost = traces[-1]
    code = innermost.tb_frame.f_code
    first, last = _lines(innermost)
    own, values = _locals(innermost.tb_frame), dict[str, Any]()
    for outer, inner in pairwise(traces):
        if any(constant is inner.tb_frame.f_code for constant in outer.tb_frame.f_code.co_consts):
            values |= _locals(outer.tb_frame)
    values |= own
    described = []
    for name, is_bound_within in _names_read(code.co_filename, first, last).items():
        scope = values
        if is_bound_within:  # by a comprehension or a lambda: the function around may have the same name
            scope = own if code.co_name in (*WITHIN_A_LINE, "<lambda>") else {}
        if name in scope and len(name) <= MAX_NAME and (variable := _described(scope[name], array)):
            described.append({"name": name, **variable})
    in_order = sorted(described, key=lambda one: (one["shape"] is None, type(one["value"]) is not tuple))
    return [one for one in described if one in in_order[:MAX_VARIABLES]]


def _lines(trace: TracebackType) -> tuple[int, int]:
    """The first and the last line of the expression that raised."""
    positions = list(trace.tb_frame.f_code.co_positions())[trace.tb_lasti // 2]
    first = trace.tb_lineno
    return first, min(max(first, positions[1] or first), first + MAX_LINES - 1)


def _locals(frame: FrameType) -> dict[str, Any]:
    """A frame's variables; none if a submission's own kind of mapping holds them, as in a class's body."""
    values = frame.f_locals
    is_plain = type(values) is dict or type(values) is type(sys._getframe().f_locals)
    return dict(values) if is_plain else {}


def _names_read(file: str, first: int, last: int) -> dict[str, bool]:
    """The names that the code on these lines reads, in their order; True for one that is bound within it."""
    reads: list[ast.Name] = []
    bound: set[str] = set()
    for node in _nodes(file):
        if not first <= getattr(node, "lineno", 0) <= last:
            continue
        match node:
            case ast.Name(ctx=ast.Load()):
                reads.append(node)
            case ast.AugAssign(target=ast.Name() as name):
                reads.append(name)
            case ast.Lambda():
                bound |= {one.arg for one in ast.walk(node.args) if isinstance(one, ast.arg)}
            case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                targets = (name for one in node.generators for name in ast.walk(one.target))
                bound |= {name.id for name in targets if isinstance(name, ast.Name)}
    reads.sort(key=lambda name: (name.lineno, name.col_offset))
    return {name.id: name.id in bound for name in reads}


@cache
def _nodes(file: str) -> list[ast.AST]:
    return list(ast.walk(ast.parse("".join(linecache.getlines(file)))))


def _described(value: object, array: CourseArray | None) -> dict[str, Any] | None:
    """The shape and dtype of an array, or a number, a truth value, None or a short tuple; None for others."""
    kind = type(value)
    if array is not None and kind is array.kind:
        fields = array.fields.__get__(value)
        return _array(dict.get(fields, "shape"), dict.get(fields, "buffer"))
    if kind is NUMPY_ARRAY:
        return _array(NUMPY_ARRAY.shape.__get__(value), value)
    is_plain = value is None or kind is bool or _is_small(value)
    if type(value) is tuple:
        is_plain = len(value) <= MAX_NUMBERS and all(map(_is_small, value))
    return {"shape": None, "dtype": "", "value": value} if is_plain else None


def _array(shape: object, buffer: object) -> dict[str, Any] | None:
    if not isinstance(shape, tuple) or type(shape) is not tuple or len(shape) > MAX_DIMENSIONS:
        return None
    if not all(_is_small(n) and n >= 0 for n in shape):
        return None
    dtype = DTYPE_NAMES.get(buffer.dtype.str, "") if type(buffer) is NUMPY_ARRAY else ""
    return {"shape": shape, "dtype": dtype, "value": None}


def _is_small(value: object) -> bool:
    return type(value) is int and -MAX_NUMBER <= value <= MAX_NUMBER


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
