"""One worker process: writes a request and reads one reply within limits, or reports how the worker ended.

    judge ──requests──▶ stdin   worker
    judge ◀──replies─── stdout  (moved away before a submission runs)
    judge ◀──prints──── stderr  (stdout and stderr of the submission)

If the request contains functions, the worker may call them before it replies. A call travels as a reply does,
and its result as a request does, one after the other.

The judge never blocks on any of the three pipes. Whatever a submission does to its ends, the judge's loop
goes on and the clock decides.
"""

import contextlib
import os
import secrets
import select
import signal
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from grader.judge.process.child import Child
from grader.judge.process.time_budget import Seconds
from grader.model.errors import GraderFault, ProtocolError
from grader.model.grade import Call, Outcome, Status
from grader.model.wire_format import (
    FUNCTION,
    Frame,
    FrameReader,
    RawArray,
    check_call,
    check_data,
    check_reply,
    encode,
)

AnswerCall = Callable[[Frame], bytes | Outcome]  # the frame that answers a call, or its outcome
KEPT_OUTPUT = 16 * 1024
TICK_SECONDS = 0.1


class WorkerProcess:
    """A started worker. After any outcome other than OK or ERROR it is dead and stays dead.

    `processes` (and threads) and `memory_bytes` bound all that it starts together, unless `processes` is 0.
    `took` is the time of the last request. `is_late` is True if the wall clock ended it, on a machine that
    does not report how long it waited for a core.
    """

    def __init__(
        self,
        child: Child,
        answer_bytes: int,
        output_bytes: int,
        processes: int = 0,
        memory_bytes: int = 0,
    ) -> None:
        self.is_late = False
        self.took = Seconds()
        self._child = child
        self._processes, self._memory_bytes = processes, memory_bytes
        self._requests, self._replies, self._prints = child.requests, child.replies, child.prints
        self._poll = select.poll()
        for descriptor in (self._replies, self._prints):
            self._poll.register(descriptor, select.POLLIN)
        self._reader = FrameReader(answer_bytes)
        self._output_bytes = output_bytes
        self._printed = bytearray()
        self._printed_bytes = 0
        self._cpu_seconds = 0.0
        self._answer_call: AnswerCall | None = None

    @property
    def is_alive(self) -> bool:
        """False once the worker has been ended, through its own fault or a sibling's."""
        return self._child.is_alive

    def ask(
        self,
        header: Mapping[str, Any],
        arrays: Sequence[RawArray] = (),
        *,
        most: Seconds,
        answer_call: AnswerCall | None = None,
    ) -> Outcome:
        """Sends one request and waits for its reply, for at most `most`.

        If the request contains functions, `answer_call` runs them; the worker is not charged for that time.
        GraderFault if a busy machine kept the worker waiting for longer, or if a function fails.
        """
        nonce = secrets.token_hex(16)
        self._answer_call = None if answer_call is None else _check_first(answer_call, nonce)
        self._printed.clear()
        self._printed_bytes = 0
        try:
            frame = self._exchange(encode({**header, "nonce": nonce}, arrays), most)
            if isinstance(frame, Frame):
                check_reply(frame.header, nonce)
                check_data(frame.arrays)
        except ProtocolError as error:
            frame = Outcome(Status.FORGED_REPLY, reason=f"the worker's channel carried {error}")
        except GraderFault:
            self._child.kill()
            raise
        if isinstance(frame, Outcome):
            self._child.kill()
            return Outcome(frame.status, reason=frame.reason, output=self._output())
        self._read_prints()
        return _outcome(frame, self._output())

    def cpu_seconds(self, *, with_descendants: bool = False) -> float:
        """CPU seconds that the worker has used, if available; the next call counts from here."""
        if self.is_alive:
            self._cpu_seconds = self._child.cpu_seconds(with_descendants=with_descendants)
        return self._cpu_seconds

    def resident(self) -> tuple[int, int]:
        """The bytes of memory that the worker holds now, and its peak; 0 if not available."""
        return self._child.resident() if self.is_alive else (0, 0)

    def threads(self) -> int:
        """The number of the worker's threads; 0 if not available."""
        return self._child.threads() if self.is_alive else 0

    def send_signal(self, number: int) -> None:
        """Sends a signal to the worker and its descendants."""
        if self.is_alive:
            self._child.send_signal(number)

    def close(self) -> None:
        """Ends the worker cleanly."""
        self._child.leave()

    def _exchange(self, request: bytes, most: Seconds) -> Frame | Outcome:
        clocks = Clocks(self._child)
        try:
            reply = self._converse(request, most, clocks)
        finally:
            self.took = clocks.read()
            if self.took.cpu <= 0:  # no process is left to measure: this is an upper bound
                self.took = replace(self.took, cpu=max(0.0, min(most.cpu, self.took.wall)))
        if isinstance(reply, Frame) and self.took.cpu > most.cpu:  # even if the judge did not look in time
            return _ran_too_long(most)
        return reply

    def _converse(self, request: bytes, most: Seconds, clocks: "Clocks") -> Frame | Outcome:
        next_look = time.monotonic() + TICK_SECONDS
        pending = self._send(memoryview(request))
        if pending:
            self._poll.register(self._requests, select.POLLOUT)
        while True:
            for descriptor, _ in self._poll.poll(1000 * TICK_SECONDS):
                if descriptor == self._requests:
                    pending = self._send(pending)
                    if not pending:
                        self._poll.unregister(self._requests)
                elif descriptor == self._replies:
                    reply = self._receive()
                    if isinstance(reply, Frame) and FUNCTION in reply.header and self._answer_call:
                        if pending:
                            raise ProtocolError("a call before the previous call was answered")
                        with clocks.stopped():
                            answer = self._answer_call(reply)
                        if isinstance(answer, Outcome):
                            return answer
                        if data := _read(self._replies):
                            raise ProtocolError(f"{len(data)} bytes before its call was answered")
                        pending = self._send(memoryview(answer))
                        if pending:
                            self._poll.register(self._requests, select.POLLOUT)
                    elif reply is not None:
                        return reply
                elif not self._read_prints():
                    self._poll.unregister(self._prints)
            if self._printed_bytes > self._output_bytes:
                return Outcome(
                    Status.OUTPUT_LIMIT, reason=f"it printed more than {self._output_bytes // 1024} KiB"
                )
            if time.monotonic() > next_look:
                end = self._too_much() or self._too_long(clocks, most)
                if end is not None:
                    return end
                next_look = time.monotonic() + TICK_SECONDS

    def _too_long(self, clocks: "Clocks", most: Seconds) -> Outcome | None:
        clocks.look_who_waits()
        took = clocks.read()
        if took.cpu >= most.cpu:
            return _ran_too_long(most)
        if took.wall > most.wall:
            self.is_late = not clocks.tell_waiting
            return Outcome(Status.TIMEOUT, reason=f"it timed out after {most.wall:g} seconds")
        if took.waiting > most.waiting:
            raise GraderFault(
                f"the machine is too busy: it kept a submission waiting for {took.waiting:.0f} seconds"
            )
        return None

    def _receive(self) -> Frame | Outcome | None:
        """The reply, or how the worker ended; None if there is more to read."""
        data = _read(self._replies)
        if data == b"":
            return self._ended()
        frames = list(self._reader.feed(data or b""))
        if frames and (len(frames) > 1 or not self._reader.is_empty):
            raise ProtocolError("more than one reply to a question")
        return frames[0] if frames else None

    def _send(self, pending: memoryview) -> memoryview:
        try:
            return pending[os.write(self._requests, pending[: 1 << 16]) :]
        except BlockingIOError:
            return pending
        except BrokenPipeError:
            return memoryview(b"")  # it is gone; the end of its replies shows how

    def _read_prints(self) -> bool:
        """Reads printed output; False once that pipe is closed."""
        while True:
            data = _read(self._prints)
            if data is None:
                return True
            if data == b"":
                return False
            self._printed_bytes += len(data)
            self._printed += data[: KEPT_OUTPUT - len(self._printed)]
            if self._printed_bytes > self._output_bytes:
                return True

    def _ended(self) -> Outcome:
        code = self._child.exit_code()
        self._read_prints()
        if self._child.ran_out_of_memory:
            return self._out_of_memory()
        if code is None:
            return Outcome(Status.CRASHED, reason="it closed the channel to the grader")
        if -code == signal.SIGXCPU:
            return Outcome(Status.TIMEOUT, reason="it used up all its CPU seconds")
        if -code == signal.SIGKILL and self._child.is_sandboxed:  # nothing in the sandbox can send it this
            raise GraderFault("a submission's process was killed from outside: is the machine out of memory?")
        if -code == signal.SIGSYS:
            return Outcome(Status.CRASHED, reason="the process sent itself a signal, as abort() does")
        if -code in set(signal.Signals):
            return Outcome(Status.CRASHED, reason=f"the process was ended by {signal.Signals(-code).name}")
        return Outcome(Status.CRASHED, reason=f"the process ended by itself, with exit code {code}")

    def _too_much(self) -> Outcome | None:
        """The outcome if all its processes together exceed a limit, measured from outside; else None."""
        if not self._processes:
            return None
        processes, memory = self._child.usage(self._processes)
        if processes > self._processes:
            return Outcome(Status.CRASHED, reason=f"it started more than {self._processes} processes")
        if memory > self._memory_bytes:
            return self._out_of_memory()
        return None

    def _out_of_memory(self) -> Outcome:
        mib = self._memory_bytes >> 20
        return Outcome(Status.MEMORY, reason=f"its processes hold more than {mib} MiB together")

    def _output(self) -> str:
        text = self._printed.decode("utf-8", errors="replace")
        cut = self._printed_bytes - len(self._printed)
        return f"{text}\n[{cut} more bytes cut]" if cut > 0 else text


def _check_first(answer_call: AnswerCall, nonce: str) -> AnswerCall:
    """The same after a check of the call; ProtocolError for one that no honest worker makes."""

    def check_and_answer(call: Frame) -> bytes | Outcome:
        check_call(call, nonce)
        return answer_call(call)

    return check_and_answer


def _ran_too_long(most: Seconds) -> Outcome:
    return Outcome(Status.TIMEOUT, reason=f"it ran for more than {most.cpu:g} CPU seconds")


class Clocks:
    """Measures from outside the time that a child uses from here on.

    At each look only the thread that has waited longest since the last look counts, so that threads that
    keep each other from running gain no more than the CPU time that they use.
    """

    def __init__(self, child: Child) -> None:
        self._child = child
        self._start = time.monotonic()
        self._cpu_start = child.cpu_seconds(with_descendants=True)
        self._waited: dict[int, float] | None = None
        self._waiting = 0.0
        self._stopped = 0.0

    @contextlib.contextmanager
    def stopped(self) -> Iterator[None]:
        """Stops the wall clock while the worker waits for the judge."""
        start = time.monotonic()
        try:
            yield
        finally:
            self._stopped += time.monotonic() - start

    @property
    def tell_waiting(self) -> bool:
        """True if the kernel reports how long threads waited for a core."""
        return bool(self._waited)

    def look_who_waits(self) -> None:
        """Adds the waiting since the last look; the first look only sets the start."""
        waited = self._child.waiting_seconds()
        if self._waited is not None:
            self._waiting += max((waited[t] - self._waited.get(t, 0.0) for t in waited), default=0.0)
        self._waited = waited

    def read(self) -> Seconds:
        """The time so far; its CPU seconds are 0 or less if they are not available."""
        wall = time.monotonic() - self._start - self._waiting - self._stopped
        cpu = self._child.cpu_seconds(with_descendants=True) - self._cpu_start
        return Seconds(cpu, wall, self._waiting)


def _read(descriptor: int) -> bytes | None:
    """Up to 64 KiB, the capacity of a pipe; None if nothing is waiting, empty at the end of the stream."""
    try:
        return os.read(descriptor, 1 << 16)
    except BlockingIOError:
        return None


def _outcome(frame: Frame, output: str) -> Outcome:
    header = frame.header
    if header["status"] == "ok":
        return Outcome(Status.OK, frame.arrays, output=output)
    if header["status"] == "output_limit":
        return Outcome(Status.OUTPUT_LIMIT, reason="it returned more than the limit allows", output=output)
    error = header["error"]
    place = f"{error['file']}:{error['line']}: " if error["file"] else ""
    message = f": {error['message']}" if error["message"] else ""
    source = f"\n{error['source']}" if error["source"] else ""
    status = Status.MEMORY if error["type"] == "MemoryError" else Status.ERROR
    reason = f"{place}{error['type']}{message}{source}"
    calls = tuple(Call.from_json(call) for call in error["calls"])
    names = {"error": error["type"], "error_bases": tuple(error["bases"])}
    is_own = error["is_of_submission"]
    return Outcome(status, reason=reason, output=output, calls=calls, is_error_of_submission=is_own, **names)
