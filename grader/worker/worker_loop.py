"""Answers the judge's requests: loads a submission, runs probes on it, and sends arrays back."""

import contextlib
import importlib
import importlib.util
import os
import sys
import time
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any, BinaryIO, NoReturn, Protocol

import numpy

from grader.model.did_you_mean import did_you_mean
from grader.model.file_formats.python_syntax import why_not_read
from grader.model.surroundings import Device
from grader.model.wire_format import (
    CUT_MARK,
    MAX_ARRAYS,
    MAX_BASES,
    NOT_TRIED,
    RAISED,
    Frame,
    FrameReader,
    RawArray,
    encode,
)
from grader.worker.exceptions.calls import calls_of, course_array
from grader.worker.exceptions.exception_origin import (
    definition,
    is_of_submission,
    lack_of_a_class,
    place_in_course,
    warning_text,
)
from grader.worker.function_proxy import LINE, proxies
from grader.worker.import_guard import ImportGuard, SubmittedModules
from grader.worker.scenario import scenario
from grader.worker.student_module import Case, NoData, Submission, to_raw, with_edits

if sys.platform != "win32":
    import resource  # once, before the fork: a millisecond

REQUEST_BYTES = 1 << 30
MAX_TEXT = 2000
MAX_OF_CALL = 100  # characters of each text: all of them fit into a header
MAX_LINE = 10**9
NO_PLACE = {"file": "", "line": 0, "source": ""}


class Answerer(Protocol):
    """Answers requests one by one."""

    def answer(self, frame: Frame) -> bytes:
        """The reply to one request."""


def serve(worker: Answerer) -> NoReturn:
    """Serves until the judge closes its end, then ends the process.

    The protocol moves to new descriptors, and the submission's output goes to stderr, which the judge
    reads separately from answers. Stdin is empty for the submission.
    """
    requests = os.fdopen(os.dup(0), "rb", buffering=0)
    replies = os.fdopen(os.dup(1), "wb", buffering=0)
    empty = os.open(os.devnull, os.O_RDONLY)
    os.dup2(empty, 0)
    os.close(empty)
    os.dup2(2, 1)
    frames = _frames(requests)

    def exchange(call: bytes) -> Frame | None:
        _write(replies, call)
        return next(frames, None)

    LINE.connect(exchange)
    for frame in frames:
        _write(replies, worker.answer(frame))
    os._exit(0)  # whatever threads and exit handlers the submission left


def _frames(stream: BinaryIO) -> Iterator[Frame]:
    reader = FrameReader(REQUEST_BYTES)
    while data := stream.read(1 << 16):
        yield from reader.feed(data)


def _write(stream: BinaryIO, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[stream.write(view) :]


def poison_fresh_memory() -> None:
    """Makes `numpy.empty` return NaN (integers: an end of their range): no result is right by luck."""

    def poisoned(make: Any) -> Any:
        def fresh(*args: Any, **kwargs: Any) -> Any:
            out = make(*args, **kwargs)
            if out.dtype.kind in "fc":
                out.fill(numpy.nan)
            elif out.dtype.kind in "iu":
                limits = numpy.iinfo(out.dtype)
                out.fill(limits.min or limits.max)
            return out

        return fresh

    for name in ("empty", "empty_like"):
        vars(numpy)[name] = poisoned(vars(numpy)[name])


class Worker:
    """Holds one submission and runs probes on it.

    Code that is not the submission's is loaded once, before the submission is known. Then come three kinds of
    request, in this order: "setup" runs no code of the submission (if it fails, the fault is the grader's),
    "import" imports the submission, and "call" runs one probe and may come many times.
    """

    def __init__(self, config: Mapping[str, Any]) -> None:
        """Loads everything but the submission: `paths` of provided files, module `ndarray`, file `probes`.

        Then it installs the `import_rules`, if there are any; a reference has none.
        """
        sys.dont_write_bytecode = True
        sys.path[:0] = config["paths"]
        spec = importlib.util.spec_from_file_location("probes", config["probes"])
        assert spec is not None and spec.loader is not None
        self._probes = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(self._probes)
        self._ndarray_name = config["ndarray"]
        self._ndarray: ModuleType | None = None
        self._modules: list[ModuleType] = []
        self._folder = ""
        self._folders = [*config["paths"], os.path.dirname(config["probes"])]  # of what is the course's own
        self._probe_files = (config["probes"], scenario.__code__.co_filename)
        self._latest: Any = None  # the attribute that the last probe used last
        self._is_course = False  # True if no student's code runs here
        self._answer_bytes = 0
        with contextlib.suppress(ModuleNotFoundError):  # it may be what the submission writes
            self._ndarray = importlib.import_module(self._ndarray_name)
        rules = config.get("import_rules")
        self._array = course_array(self._ndarray)
        self._rules = ImportGuard(**rules) if rules else None
        if self._rules is not None:
            self._rules.install()

    def answer(self, frame: Frame) -> bytes:
        """The reply to one request; any exception that the submission raises becomes an error in it."""
        steps = {
            "setup": self._setup,
            "import": self._import,
            "call": self._call,
            "call_edited": self._call_edited,
        }
        status, error, arrays = "ok", None, []
        try:
            arrays = steps[frame.header["request"]](frame)
        except BaseException as raised:
            # BaseException: a submission that raises SystemExit or KeyboardInterrupt has also answered.
            status, error = "error", self._describe(raised)
        if len(arrays) > MAX_ARRAYS or sum(len(a.data) for a in arrays) > self._answer_bytes:
            status, arrays = "output_limit", []
        with contextlib.suppress(Exception):  # the submission may have closed or replaced its streams
            sys.stdout.flush()
            sys.stderr.flush()
        return encode({"nonce": frame.header["nonce"], "status": status, "error": error}, arrays)

    def _setup(self, frame: Frame) -> list[RawArray]:
        """Writes the submitted files to a separate folder and lowers the limits."""
        header = frame.header
        self._answer_bytes = header["limits"]["answer_bytes"]
        self._folder = header["folder"]
        self._is_course = header.get("is_course", False)
        os.makedirs(self._folder, exist_ok=True)
        files = {n: bytes(raw.data) for n, raw in zip(header["files"], frame.arrays, strict=True)}
        for name, content in files.items():
            Path(self._folder, name).write_bytes(content)
        os.chdir(self._folder)
        SubmittedModules(self._folder, files).install()
        warnings.formatwarning = warning_text(self._folder, self._folders)
        if self._rules is not None:
            self._rules.hold(self._folder)
        # A device that fails to start is not the submission's fault; the emulator's kernels come compiled.
        if self._ndarray is not None and header["device"] != Device.EMULATED:
            getattr(self._ndarray, header["device"])()
        set_limits(header["limits"])
        return []

    def _import(self, frame: Frame) -> list[RawArray]:
        self._modules = [importlib.import_module(name) for name in frame.header["modules"]]
        if self._ndarray is None:
            self._ndarray = importlib.import_module(self._ndarray_name)
        return []

    def _call(self, frame: Frame) -> list[RawArray]:
        header = frame.header
        assert self._ndarray is not None
        submission = Submission(self._modules, self._ndarray, header["dtype"], header["device"])
        functions, numbers = proxies(header["case"].get("functions", {}))
        case = Case(header["case"], frame.arrays, functions)
        probe = scenario if header["probe"] == scenario.__name__ else getattr(self._probes, header["probe"])
        LINE.open(header["nonce"], numbers)
        try:
            if "edits" in header:
                with with_edits(self._modules, header["edits"], header["seconds"]):
                    value = probe(submission, case)
            else:
                value = probe(submission, case)
        finally:
            LINE.close()
            self._latest = submission.latest
        return to_raw(value, self._ndarray, is_plain=not header["case"]["inputs"])

    def _call_edited(self, frame: Frame) -> list[RawArray]:
        """One probe's answers with other code in the submission, once for each list of edits.

        The first array has the number of each list's answer among the different ones, which follow. It is
        RAISED for an exception or an answer that is not `results` arrays, and NOT_TRIED if the request has
        no more time, or the reply no more room.
        """
        header, numbers = frame.header, []
        assert self._ndarray is not None
        answers: dict[tuple[RawArray, ...], int] = {}
        most = (MAX_ARRAYS - 1) // header["results"]
        end = time.process_time() + header["seconds"]
        for edits in header["alternatives"]:
            number = NOT_TRIED
            if time.process_time() < end and len(answers) < most:
                number = RAISED
                submission = Submission(self._modules, self._ndarray, header["dtype"], header["device"])
                case = Case(header["case"], frame.arrays)
                with contextlib.suppress(BaseException):
                    with with_edits(self._modules, edits, header["seconds"]):
                        value = getattr(self._probes, header["probe"])(submission, case)
                        answer = tuple(to_raw(value, self._ndarray))
                    if len(answer) == header["results"]:
                        number = answers.setdefault(answer, len(answers))
            numbers.append(number)
        first = numpy.array(numbers, "<i4")
        return [
            RawArray("<i4", first.shape, first.tobytes()),
            *(array for answer in answers for array in answer),
        ]

    def _describe(self, raised: BaseException) -> dict[str, Any]:
        """The exception as text, with the submission's calls that it passed through.

        Its class may be the submission's, and then any access may run the submission's code. If that fails,
        the reply contains only its type and its text.
        """
        is_own = is_of_submission(raised, self._folder, self._probe_files, self._latest)
        try:
            description = self._description(raised)
        except BaseException:
            texts = {"type": _name_of(type(raised)), "message": _text(raised), **NO_PLACE}
            description = {**_cut(texts), "bases": _bases_of(type(raised)), "calls": []}
        return {**description, "is_of_submission": is_own}

    def _description(self, raised: BaseException) -> dict[str, Any]:
        place: dict[str, Any] = dict(NO_PLACE)
        calls: list[dict[str, Any]] = []
        if type(raised) in (SyntaxError, IndentationError, TabError):
            assert isinstance(raised, SyntaxError)
            file, text, line = _if_text(raised.filename), _if_text(raised.text), raised.lineno
            place = {
                "file": Path(file).name,
                "line": line if type(line) is int and 0 <= line <= MAX_LINE else 0,
                "source": text.strip(),
            }
            message = _if_text(raised.msg)
            for name, why in self._unreadable(place["file"]):
                place |= {"file": name, "line": place["line"] or 1}
                message = f"{message}. {why[0].upper()}{why[1:]}"
        else:
            message = _text(raised)
            if type(raised) is AttributeError and type(raised.obj) is Case:  # a subclass may run its own code
                message += did_you_mean(str(raised.name), vars(raised.obj))
            calls = [
                _cut(call, MAX_OF_CALL, CUT_MARK) for call in calls_of(raised, self._folder, self._array)
            ]
            place |= {key: calls[-1][key] for key in place} if calls else {}
            if self._is_course:
                place |= place_in_course(raised, self._folders)
            elif type(raised) is NoData:
                place |= definition(self._latest, self._folder)
            elif not calls and (lack := lack_of_a_class(raised, self._modules, self._folder)):
                message = lack.pop("message")
                place |= lack
        kind = TypeError if type(raised) is NoData else type(raised)
        texts = {"type": _name_of(kind), "message": message, **place}
        return {**_cut(texts), "bases": _bases_of(kind), "calls": calls}

    def _unreadable(self, name: object) -> list[tuple[str, str]]:
        """A submitted file that Python cannot read, and the reason if Python does not give one.

        All files are searched if the error names none, such as the one about a NUL.
        """
        for path in [Path(self._folder, str(name))] if name else sorted(Path(self._folder).glob("*.py")):
            if self._folder and path.is_file() and (why := why_not_read(path.read_bytes())):
                return [(path.name, why)]
        return []


def _cut(texts: Mapping[str, Any], most: int = MAX_TEXT, mark: str = "") -> dict[str, Any]:
    """The start of each text, with `mark` at the end of one that is cut.

    `str.__str__` makes plain text of a submission's own kind of text.
    """
    plain = {k: str.__str__(v) if isinstance(v, str) else v for k, v in texts.items()}
    is_long = {k: isinstance(v, str) and len(v) > most for k, v in plain.items()}
    return {k: v[: most - len(mark)] + mark if is_long[k] else v for k, v in plain.items()}


def _if_text(value: object) -> str:
    """A plain text; "" for anything else that a submission may put into its exception."""
    return value if type(value) is str else ""


def _name_of(kind: type) -> str:
    """The name of a class, even if its metaclass gives a different name or none."""
    name: str = vars(type)["__name__"].__get__(kind)
    return name


def _bases_of(kind: type) -> list[str]:
    """The names of the classes that a class derives from, even if it names different ones."""
    return [_name_of(base)[:MAX_OF_CALL] for base in vars(type)["__mro__"].__get__(kind)[1 : MAX_BASES + 1]]


def _text(raised: BaseException) -> str:
    try:
        return str.__str__(str(raised))  # a text, and no kind of text of the submission's own
    except BaseException:
        return "an exception that has no readable text"


def set_limits(limits: dict[str, int]) -> None:
    """Lowers this process's resource limits, soft and hard, so that the submission cannot raise them."""
    if sys.platform == "win32":  # it has none: the judge's wall-clock limit is the only one there
        return
    values = {
        resource.RLIMIT_CPU: limits["cpu_seconds"],
        resource.RLIMIT_FSIZE: limits["file_bytes"],
        resource.RLIMIT_NOFILE: limits["open_files"],
        resource.RLIMIT_CORE: 0,
    }
    if limits["memory_bytes"]:  # otherwise only the judge watches it: CUDA reserves address space
        values[resource.RLIMIT_AS] = limits["memory_bytes"]
    if limits["processes"]:
        values[resource.RLIMIT_NPROC] = limits["processes"]
    for kind, value in values.items():
        hard = resource.getrlimit(kind)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        try:
            resource.setrlimit(kind, (value, value))
        except (ValueError, OSError):
            if sys.platform == "linux":  # macOS refuses some; the judge's clock still holds
                raise
