"""Answers a submission's calls of the functions that a case passes to it.

The functions run in one of the judge's processes (`grader.worker.function_host`), where no code of a
submission runs. A submission has only their numbers. If a function waits or fails, the fault is the grader's,
and no submission pays for the time that it takes. But one call, and all calls of a criterion together, may
compute only for so long: a submission could otherwise hold up a class, or have its failure taken for the
grader's, with arguments that make a function slow.
"""

import sys
from collections.abc import Mapping
from itertools import count
from typing import Any

from grader.judge.inputs import Inputs
from grader.judge.process.plain_worker import OWN_ENVIRONMENT, PlainStarter
from grader.judge.process.time_budget import Budgets, Seconds
from grader.judge.process.worker_process import WorkerProcess
from grader.model.errors import GraderFault, ProtocolError
from grader.model.grade import Outcome, Status
from grader.model.wire_format import FUNCTION, FUNCTION_RESULT_BYTES, Frame, RawArray, encode

HOST = (sys.executable, "-P", "-s", "-m", "grader.worker.function_host")
SECONDS = Seconds(cpu=10.0, wall=40.0, waiting=120.0)  # for one call
PRINTED_BYTES = 1 << 20
ARGUMENT_BYTES = 1 << 20  # of one call


class FunctionProcess:
    """The process that runs functions. It starts with the first call, and again if it has ended."""

    def __init__(self) -> None:
        self._starter = PlainStarter(HOST, OWN_ENVIRONMENT)
        self._process: WorkerProcess | None = None
        self._loaded: Inputs | None = None

    def prepare(self, inputs: Inputs) -> None:
        """Starts the process, and loads the functions of these inputs. GraderFault if they do not load."""
        if self._process is None or not self._process.is_alive:
            self.close()
            self._process = WorkerProcess(self._starter.start({}), FUNCTION_RESULT_BYTES, PRINTED_BYTES)
        if self._loaded is not inputs:
            functions = [function for entry in inputs.functions.values() for function in _listed(entry)]
            source = inputs.source.encode()
            header = {"request": "functions", "functions": functions}
            raw = RawArray("|u1", (len(source),), source)
            _answer_in(self._process.ask(header, [raw], most=SECONDS))
            self._loaded = inputs

    def call(self, inputs: Inputs, place: int, arguments: tuple[RawArray, ...]) -> Outcome:
        """The result of one of the inputs' functions, or the exception that it raised.

        CALL_LIMIT if it computes for too long, because the arguments decide that: a function that always does
        leaves the reference without an answer. GraderFault if the function ends in any other way.
        """
        self.prepare(inputs)
        assert self._process is not None
        outcome = self._process.ask({"request": "apply", "place": place}, arguments, most=SECONDS)
        has_computed = self._process.took.cpu >= SECONDS.cpu and not self._process.is_late
        if outcome.status is Status.TIMEOUT and has_computed:
            why = f"a function of the case took more than {SECONDS.cpu:g} CPU seconds for its arguments"
            return Outcome(Status.CALL_LIMIT, reason=why)
        return _answer_in(outcome)

    def cpu_seconds(self) -> float:
        """The CPU time of the running process; 0 if there is none."""
        return self._process.cpu_seconds() if self._process is not None and self._process.is_alive else 0.0

    def forget(self) -> None:
        """Ends the functions' state: the next call starts them afresh."""
        self._loaded = None

    def close(self) -> None:
        """Ends the process."""
        if self._process is not None:
            self._process.close()
        self._process, self._loaded = None, None


def _answer_in(outcome: Outcome) -> Outcome:
    """The outcome, if it is an answer; GraderFault if the process failed."""
    if outcome.status not in (Status.OK, Status.ERROR, Status.MEMORY, Status.OUTPUT_LIMIT):
        last_line = (outcome.output.strip().splitlines() or [""])[-1]
        raise GraderFault(f"a function of the case failed: {outcome.reason} {last_line}".strip())
    return outcome


class Functions:
    """Passes functions to the questions of one implementation. No number occurs twice."""

    def __init__(self, process: FunctionProcess, most_calls: int, budgets: Budgets) -> None:
        self._process, self._most_calls = process, most_calls
        self._numbers = count(1)
        self._budgets = budgets

    def call(self, inputs: Inputs, place: int, arguments: tuple[RawArray, ...]) -> Outcome:
        """As `FunctionProcess.call`, as long as the criterion's calls have CPU time left."""
        budget = self._budgets.for_functions()
        if budget.is_empty:
            why = f"the functions that it called used up {budget.total.cpu:g} CPU seconds in its criterion"
            return Outcome(Status.CALL_LIMIT, reason=why)
        self._process.prepare(inputs)  # its time is not the submission's
        before = self._process.cpu_seconds()
        took = SECONDS.cpu  # of a call without an answer
        try:
            outcome = self._process.call(inputs, place, arguments)
            if outcome.status is not Status.CALL_LIMIT:
                took = max(self._process.cpu_seconds() - before, 0.0)
        finally:
            budget.charge(Seconds(cpu=took))
        return outcome

    def of(self, inputs: Inputs) -> "FunctionCalls":
        """The calls of one question."""
        self._process.forget()
        numbers = {
            name: [next(self._numbers) for _ in entry] if isinstance(entry, list) else next(self._numbers)
            for name, entry in inputs.functions.items()
        }
        return FunctionCalls(self, inputs, numbers, self._most_calls)


class FunctionCalls:
    """The functions of one question by number, and the answers to the calls of them."""

    def __init__(
        self, functions: Functions, inputs: Inputs, numbers: Mapping[str, Any], most_calls: int
    ) -> None:
        self.numbers = numbers
        self._functions, self._inputs, self._most_calls = functions, inputs, most_calls
        places = [number for entry in numbers.values() for number in _listed(entry)]
        self._places = {number: place for place, number in enumerate(places)}
        self._calls = 0

    def answer(self, call: Frame) -> bytes | Outcome:
        """The frame that answers a call, or the outcome of the question if the call goes beyond a limit.

        ProtocolError for a number that belongs to no function of the question. GraderFault if the function
        itself fails.
        """
        number = call.header[FUNCTION]
        if number not in self._places:
            raise ProtocolError("a call of a function that the case does not pass")
        self._calls += 1
        if self._calls > self._most_calls:
            why = f"it called the functions of the case more than {self._most_calls} times"
            return Outcome(Status.CALL_LIMIT, reason=why)
        if sum(len(array.data) for array in call.arrays) > ARGUMENT_BYTES:
            why = f"it called a function of the case with more than {ARGUMENT_BYTES >> 10} KiB"
            return Outcome(Status.CALL_LIMIT, reason=why)
        outcome = self._functions.call(self._inputs, self._places[number], call.arrays)
        if outcome.status is Status.CALL_LIMIT:
            return outcome
        if outcome.status is Status.OUTPUT_LIMIT:
            why = "a function of the case returned more than the limit allows for its arguments"
            return Outcome(Status.CALL_LIMIT, reason=why)
        reply = {"nonce": call.header["nonce"], "status": "ok", "error": None}
        if outcome.status is Status.OK:
            return encode(reply, outcome.arrays)
        error = {"type": outcome.error, "message": outcome.reason.partition(": ")[2]}
        return encode({**reply, "status": "error", "error": error})


def _listed(entry: Any) -> list[Any]:
    return entry if isinstance(entry, list) else [entry]
