"""Finds where an exception comes from: the submission's calls, or the course's own code."""

import ast
import contextlib
import linecache
import os
import re
import sys
import traceback
import warnings
from collections.abc import Callable, Iterator, Sequence
from opcode import opname
from pathlib import Path
from types import (
    BuiltinMethodType,
    FrameType,
    FunctionType,
    MethodType,
    ModuleType,
    TracebackType,
)
from typing import Any

from grader.worker.function_proxy import FunctionProxy
from grader.worker.student_module import Submission

FUNCTIONS = FunctionProxy.__call__.__code__.co_filename
MISFIT = re.compile(
    r"\(\) (takes|missing|got|argument after) "
)  # Python's words; no instruction has a flag for it
STEPS = ("CALL", "BINARY", "COMPARE", "CONTAINS", "UNARY", "STORE", "DELETE")  # of the instructions' names


def frames_of(raised: BaseException) -> Iterator[tuple[FrameType, int]]:
    """The frames that an exception passed through, even if its class gives different ones."""
    return traceback.walk_tb(traceback_of(raised))


def traceback_of(raised: BaseException) -> TracebackType | None:
    """The traceback of an exception, even if its class gives a different one."""
    trace: TracebackType | None = vars(BaseException)["__traceback__"].__get__(raised)
    return trace


def warning_text(folder: str, course_folders: Sequence[str]) -> Callable[..., str]:
    """A replacement for `warnings.formatwarning` that names the submission's own line.

    A warning about numbers, such as an overflow, arises in the course's code that the submission calls. Files
    are named as in the handout: the path of a worker's folder differs from run to run.
    """
    original = warnings.formatwarning

    def text(
        message: Warning | str, category: type[Warning], filename: str, lineno: int, line: str | None = None
    ) -> str:
        if folder and not filename.startswith(folder + os.sep):
            frame: FrameType | None = sys._getframe()
            while frame is not None and not frame.f_code.co_filename.startswith(folder + os.sep):
                frame = frame.f_back
            if frame is not None:
                filename, lineno, line = frame.f_code.co_filename, frame.f_lineno, None
        source = linecache.getline(filename, lineno) if line is None else line
        for one in (folder, *course_folders):
            filename = filename.removeprefix(one + os.sep)
        return original(message, category, filename, lineno, source)

    return text


def is_of_submission(raised: BaseException, folder: str, probes: Sequence[str], latest: object) -> bool:
    """True if the submission raised an exception; False if a probe could not use what it returned.

    The innermost frame decides, among those of the submission, the probes and the functions of a case. Code
    without a frame in the submission's files, such as a cached function, an enumeration, a property without a
    setter or a library's function under a new name, leaves none: then the probe's own step at that frame must
    be a step of the submission (see `_is_step_of_submission`). `latest` is the attribute of the submission
    that the probe used last. In doubt the result is False, and the feedback tells the student to ask.
    """
    probe_step: tuple[FrameType, int] | None = None  # the last frame if it is a probe's, and its instruction
    is_own = False
    trace = traceback_of(raised)
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        if folder and file.startswith(folder + os.sep):
            probe_step, is_own = None, True
        elif file in probes:
            probe_step, is_own = (trace.tb_frame, trace.tb_lasti), False
        elif file == FUNCTIONS:
            probe_step, is_own = None, False
        trace = trace.tb_next
    if probe_step is None or _does_not_fit(raised):
        return is_own
    with contextlib.suppress(BaseException):  # a class may be the submission's: any access may run its code
        return _is_step_of_submission(*probe_step, folder, latest)
    return False


def _does_not_fit(raised: BaseException) -> bool:
    """True if a function does not take such arguments, so that it never ran."""
    text = raised.args[0] if type(raised) is TypeError and raised.args else None
    return type(text) is str and MISFIT.search(text) is not None


def _is_step_of_submission(frame: FrameType, instruction: int, folder: str, latest: object) -> bool:
    """True if the step of a probe that failed runs code of the submission.

    That is a call of an attribute of the submission, or of a method of an object whose class the submission
    defines; or an operator, a store or a subscript of such an object.
    """
    node = _step(frame, instruction)
    operands: Sequence[ast.expr] = ()
    match node:
        case ast.Call(func=ast.Attribute() as function):
            if _is_attribute_of_submission(function, frame):
                return True
            operands = (function.value,)
        case ast.Call():
            called = _value(node.func, frame)
            if called is setattr:
                operands = node.args[:1]
            elif isinstance(called, MethodType | BuiltinMethodType):
                return called is latest or _is_own(type(called.__self__), folder)
            else:
                return called is not None and called is latest
        case ast.BinOp():
            operands = (node.left, node.right)
        case ast.Compare():
            operands = (node.left, *node.comparators)
        case ast.UnaryOp():
            operands = (node.operand,)
        case ast.AugAssign():
            operands = (node.target, node.value)
        case ast.Subscript() | ast.Attribute():
            operands = (node.value,)
    return any(_is_own_object(operand, frame, folder) for operand in operands)


def _step(frame: FrameType, instruction: int) -> ast.AST | None:
    """The call, the operation, the store or the subscript in a frame's source that an instruction is part of.

    None for any other step, such as the loop, the test or the `with` that has a call's result and its place.
    """
    code = frame.f_code
    while opname[code.co_code[instruction]] == "CACHE":  # where a frame stays that called a Python function
        instruction -= 2
    operation = opname[code.co_code[instruction]]
    if not operation.startswith(STEPS):
        return None
    line, end_line, column, end_column = list(code.co_positions())[instruction // 2]
    for node in ast.walk(ast.parse(Path(code.co_filename).read_bytes())):
        if isinstance(node, ast.expr | ast.stmt) and node.end_lineno == end_line:
            is_here = node.end_col_offset == end_column
            is_whole = (node.lineno, node.col_offset) == (line, column)
            match node:
                # in a chain of several lines they start at the last name, but no two of them end here
                case ast.Call() if is_here and operation.startswith("CALL"):
                    return node
                case ast.Attribute(ctx=ast.Store() | ast.Del()) if is_here:
                    return node
                case ast.BinOp() | ast.Compare() | ast.UnaryOp() | ast.AugAssign() | ast.Subscript():
                    if is_here and is_whole:
                        return node
    return None


def _is_attribute_of_submission(node: ast.Attribute, frame: FrameType) -> bool:
    """True for `submission.name`, unless the grader itself defines the name, as it does `array`."""
    return type(_value(node.value, frame)) is Submission and node.attr not in vars(Submission)


def _is_own_object(node: ast.expr, frame: FrameType, folder: str) -> bool:
    """True if an expression is a name for an object, or makes it, and its class is the submission's."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        if not _is_attribute_of_submission(node.func, frame):
            return False
        function = getattr(_value(node.func.value, frame), node.func.attr)
        return isinstance(function, type) and _is_own(function, folder)
    return _is_own(type(_value(node, frame)), folder)


def _value(node: ast.expr, frame: FrameType) -> Any:
    """The value of a name in a frame; None for any other expression, because none is computed twice."""
    if not isinstance(node, ast.Name):
        return None
    names = next((n for n in (frame.f_locals, frame.f_globals, frame.f_builtins) if node.id in n), {})
    return names.get(node.id)


def _is_own(kind: type, folder: str) -> bool:
    """True if a file of the submission defines a class, or one that it derives from."""
    for base in kind.__mro__:
        file = getattr(sys.modules.get(base.__module__), "__file__", None) or ""
        if folder and file.startswith(folder + os.sep):
            return True
    return False


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
