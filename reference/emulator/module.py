"""Runs kernels on NumPy arrays: a launch's arguments, its checks, and its results."""

from __future__ import annotations

import ctypes
import math
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt

from .cache import cache_folder
from .compile import NO_VALUE, compile_library
from .elf import variable_at
from .explain import (
    UNWRITTEN,
    costs_by_line,
    index,
    message,
    reads_without_a_value,
)
from .findings import ENDINGS, Counters, Finding, Run, bugs_and_notes, key
from .kernel_programs import LOCALS
from .kernel_source import Kernel, kernel_at, kernels_of, without_comments
from .lines import LineTable, class_names, load_address
from .memory import (
    SHARED_BYTES,
    SHARED_ZONE,
    Argument,
    Array,
    Place,
    Size,
    arrange,
    convert_arguments,
    launch_mistake,
    padding_of,
    parameters_of,
    shared_arrays,
    three,
)
from .messages import read_without_value, refuse_broken
from .repeated_launch import RepeatedLaunch
from .runtime_interface import ENDED, KINDS, NO_MEMORY, RawLaunch, RawPlace, runtime, text_in
from .thread_orders import (
    RANDOM,
    WORTH_A_PROCESS,
    Schedule,
    are_connected,
    cores_of_this_process,
    ends_without_fibers,
    in_each_order,
    processes_for_orders,
    schedules_from,
)

OTHER_VALUE, USUAL_VALUE = 0x7E, 0xFF  # of each byte that was not written
UNWRITTEN_PART = "unwritten_part"  # not a finding by itself
LEAST_SECONDS = 0.1  # of CPU time for a launch: when there is none left, it ends as a timeout
ONE_AT_A_TIME = threading.Lock()  # the runtime's memory is one


class Module:
    """The kernels of a CUDA C++ source, compiled; `launch` runs one, `check` runs it in many orders.

    `defines` are macros, as in {"REAL": "float"}. `instances` names the template instances to be launched,
    as in ("tiled<16>",). `with_checks=False` compiles for speed: it finds and counts nothing, and an access
    out of bounds is undefined. Compiled libraries are kept in `folder`. `libraries` are the (runtime's,
    kernels') libraries that `compile_library` made of this same source; with them no compiler is needed.
    An unchecked launch that takes long runs its blocks on `cores`, by default all that this process may use,
    and a check that takes long its orders. With `libraries`, the default for orders is one. `seconds` is the
    CPU time from now on at which a launch that still runs ends as a `timeout`, on Linux; 0: none.

    CompileError with file and line if the source does not compile; NoCompiler if there is no C++ compiler.
    """

    def __init__(
        self,
        source: str,
        file: str = "kernels.cu",
        defines: Mapping[str, str] | None = None,
        instances: Sequence[str] = (),
        with_checks: bool = True,
        folder: Path | None = None,
        libraries: tuple[Path, Path] | None = None,
        cores: int | None = None,
        seconds: float = 0,
    ) -> None:
        self.file, self.with_checks = file, with_checks
        self._source = source
        self._kernels = {kernel.name: kernel for kernel in kernels_of(source)}
        plain = [name for name, kernel in self._kernels.items() if not kernel.is_template]
        self.kernels = (*plain, *(name for name in instances if name not in plain))
        if libraries is None:
            paths = compile_library(
                source, file, defines or {}, instances, with_checks, folder or cache_folder()
            )
            runtime_path, path, self.warnings = paths
        else:
            runtime_path, path, self.warnings = *(path.resolve() for path in libraries), ""
        self._runtime = runtime(runtime_path)
        self._library = ctypes.CDLL(str(path))
        self._content = path.read_bytes()  # the file may be gone when lines are looked up
        self._table: LineTable | None = None
        text = " ".join((source, *(defines or {}).values()))
        # only arrays connect the threads of a launch, apart from barriers
        self._is_free = not with_checks and not are_connected(text, self._content)
        self._cores = (cores or cores_of_this_process()) if self._is_free else 1
        self._processes = processes_for_orders(self._content, cores, libraries is None)
        self._locals = [line.split(" ") for line in text_in(self._library, LOCALS).splitlines()]
        self._no_value = read_without_value(text_in(self._library, NO_VALUE))
        self._unwritten_parts: list[Finding] = []  # of the last launch
        self._end = seconds and time.process_time() + seconds

    def constant(self, name: str, dtype: npt.DTypeLike, size: int = 1) -> Array:
        """A `__constant__` array as a NumPy array: kernels read what you write to it. ValueError for none.

        All Modules of the same source share it.
        """
        try:
            memory = (ctypes.c_ubyte * (np.dtype(dtype).itemsize * size)).in_dll(self._library, name)
        except ValueError:
            raise ValueError(f"{self.file} has no __constant__ {name}") from None
        return np.ctypeslib.as_array(memory).view(dtype)

    def launch(
        self,
        kernel: str,
        grid: Size,
        block: Size,
        arguments: Sequence[Argument],
        shared_bytes: int = 0,
        order: str | int | Schedule = "forward",
        count_transactions: bool = False,
        shared_limit: int = SHARED_BYTES,
        poison: int = 0,
    ) -> Run:
        """Run a kernel once, as kernel<<<grid, block, shared_bytes>>>(arguments...) would.

        `grid` and `block` have 1 to 3 axes. For a pointer, pass a C-contiguous array of the
        parameter's dtype, to which the kernel may write, `Fresh` for memory not yet written, or None for a
        null pointer. For a number, pass a number; for a struct, a one-element array of a structured dtype.
        `order`, of blocks and of threads, is "forward", "reverse", the seed of a random one, or a Schedule.
        With `count_transactions`, transactions and bank conflicts are counted too. Local array number
        `poison` of those without values (-1: every one) begins with another wrong value than usual.

        A bug is a finding of the Run, not an error. ValueError for arguments that do not form a kernel call.
        """
        if kernel not in self.kernels:
            raise ValueError(
                f"{self.file} has no kernel {kernel!r}; it has {', '.join(self.kernels) or 'none'}"
            )
        sizes = three(grid, "grid"), three(block, "block")
        mistake = launch_mistake(*sizes, shared_bytes, shared_limit)
        if mistake:
            return Run((self._finding(kernel, "bad_launch", mistake),))
        with ONE_AT_A_TIME:
            raw = RawLaunch(
                *((ctypes.c_uint32 * 3)(*size) for size in sizes),
                shared_bytes,
                shared_limit,
                *(schedule := order if isinstance(order, Schedule) else Schedule.named(order)).orders,
                count_transactions and self.with_checks,
                schedule.seed,
                False,
                poison,
                False,
                self._end and max(LEAST_SECONDS, self._end - time.process_time()),
            )
            return self._launch(kernel, raw, arguments)

    def check(
        self,
        kernel: str,
        grid: Size,
        block: Size,
        arguments: Sequence[Argument],
        shared_bytes: int = 0,
        schedules: int = 8,
        seed: int = 0,
        count_transactions: bool = False,
        shared_limit: int = SHARED_BYTES,
    ) -> Run:
        """Run a kernel on the same arguments in several orders: `schedule_dependent` if results differ.

        The orders are `schedules_from(seed, schedules)`. The Run has each finding once. Arrays hold the
        results of the first order, a random one; accesses are counted in that order.
        """
        first_order, *more = schedules_from(seed, max(1, schedules))
        launch = partial(self.launch, kernel, grid, block, arguments, shared_bytes, shared_limit=shared_limit)
        repeated = RepeatedLaunch(launch, arguments, self._names(kernel, len(arguments)))
        start = time.perf_counter()
        first = repeated.run_first(first_order, count_transactions)
        processes = self._processes if time.perf_counter() - start > WORTH_A_PROCESS else 1
        unwritten_parts, kinds = self._unwritten_parts, {finding.kind for finding in first.findings}
        if {"bad_launch", "timeout"} & kinds:
            more = []  # it is one in every order, or there is no time for another

        def in_another_order(schedule: Schedule) -> tuple[Finding, ...]:
            again, array, text = repeated.run_in(schedule)
            differs = (self._finding(kernel, "schedule_dependent", text, array),) if text else ()
            return *again.findings, *again.notes, *differs

        seconds_left = self._end - time.process_time()

        def begin() -> None:  # a process of its own, in which the CPU time begins with 0
            self._end = self._end and time.process_time() + seconds_left

        by_key = {key(finding): finding for finding in (*first.findings, *first.notes)}
        for finding in in_each_order(
            in_another_order, more, processes, self._runtime.emulator_learned, begin
        ):
            by_key.setdefault(key(finding), finding)
        reads = reads_without_a_value(
            kernel, self.file, self._locals, unwritten_parts, repeated.changed_by_a_value
        )
        for finding in () if ENDINGS & kinds else reads:
            by_key.setdefault(key(finding), finding)
        repeated.restore_first_results()
        bugs, notes = bugs_and_notes(by_key.values())
        return replace(first, findings=bugs, notes=notes)

    def _launch(self, kernel: str, raw: RawLaunch, arguments: Sequence[Argument]) -> Run:
        number = self.kernels.index(kernel)
        parameters = parameters_of(self._library, number)
        names = self._names(kernel, len(parameters))
        left_out = len(parameters) - len(arguments)
        if not 0 <= left_out <= self._kernel(kernel).defaults:
            raise ValueError(
                f"{kernel} takes {len(parameters)} arguments ({', '.join(names)}), not {len(arguments)}"
            )
        places, values = convert_arguments(kernel, parameters[: len(arguments)], names, arguments)
        places, room = arrange(places)
        base = self._runtime.emulator_reserve(room if self.with_checks else SHARED_ZONE, self.with_checks)
        if not base:
            raise MemoryError(
                f"{kernel}: no memory for {room} bytes of arrays and as much again to check them"
            )
        if self.with_checks:
            self._copy_in(base, places, values)
            if raw.poison == UNWRITTEN:
                self._runtime.emulator_change_unwritten(OTHER_VALUE)
        status = self._run_entry(f"{number}{f'_{len(arguments)}' if left_out else ''}", raw, places, values)
        if status == NO_MEMORY:
            raise MemoryError(f"{kernel}: no memory for the stacks of its threads")
        findings = [*self._findings_of(kernel, raw, places), *self._without_value(kernel)]
        if self.with_checks:
            if raw.poison == UNWRITTEN:
                self._runtime.emulator_change_unwritten(USUAL_VALUE)
            is_stopped = status != 0
            findings += [] if is_stopped else self._copy_out(kernel, base, places)
        output = self._runtime.emulator_output().decode(errors="replace")
        refuse_broken(findings)
        parts = [finding for finding in findings if finding.kind == UNWRITTEN_PART]
        self._unwritten_parts = [replace(finding, kind="uninitialized_read") for finding in parts]
        findings = [finding for finding in findings if finding.kind != UNWRITTEN_PART]
        bugs, notes = bugs_and_notes(findings)
        lines = costs_by_line(self._place_counts(), self._line, places) if raw.count_transactions else ()
        return Run(bugs, self._counters(raw) if self.with_checks else None, output, notes, lines)

    def _run_entry(self, entry: str, raw: RawLaunch, places: Sequence[Place], values: Sequence[Array]) -> int:
        """Runs a kernel by the name of its entry in the library; the status that the runtime returns.

        If only arrays connect its threads, the form without fibers comes first, which is faster.
        """
        pointers = (ctypes.c_void_p * (len(values) + 1))(*(value.ctypes.data for value in values))
        cores = 1 if raw.thread_order == RANDOM else self._cores
        launch_arguments = pointers, ctypes.byref(raw), cores, shared_arrays(places, values), len(places)
        run_it = self._runtime.emulator_run_on
        loops = self._is_free and getattr(self._library, f"emulator_split_{entry}", None)
        if loops and ends_without_fibers(lambda: run_it(loops, *launch_arguments), raw, places):
            return ENDED
        whole = ctypes.cast(getattr(self._library, f"emulator_entry_{entry}"), ctypes.c_void_p)
        status: int = run_it(whole, *launch_arguments)
        return status

    def _without_value(self, kernel: str) -> list[Finding]:
        """The variables of a kernel that the compiler saw in use before they have a value."""
        name = kernel.partition("<")[0].strip()
        return [
            one.finding(kernel, self.file)
            for one in self._no_value
            if name in (one.kernels or (kernel_at(self._source, one.line),))
        ]

    def _copy_in(self, base: int, places: Sequence[Place], values: list[Array]) -> None:
        for place in places:
            array, fresh = place.array, place.fresh
            ctypes.memmove(base + place.start, array.ctypes.data, array.nbytes)
            mask = np.ascontiguousarray(fresh.is_written).ctypes.data if fresh else None
            self._runtime.emulator_region(place.start, array.nbytes, array.itemsize, mask)
            values[place.parameter][0] = base + place.start

    def _copy_out(self, kernel: str, base: int, places: Sequence[Place]) -> list[Finding]:
        missing = []
        for place in places:
            array, fresh = place.array, place.fresh
            if not place.is_const:
                ctypes.memmove(array.ctypes.data, base + place.start, array.nbytes)
                if array.dtype.fields:  # padding is no result: no order of threads decides it
                    array.view(np.uint8).reshape(-1, array.itemsize)[:, padding_of(array.dtype)] = 0
            if fresh is None:
                continue
            mask = np.zeros(array.shape, bool)
            extent = place.start, array.nbytes, array.itemsize
            self._runtime.emulator_written_elements(*extent, mask.ctypes.data)
            fresh.is_written[...] = mask
            unwritten = np.flatnonzero(~mask.reshape(-1))
            if fresh.must_be_filled and unwritten.size:
                others = unwritten.size - 1
                more = f", nor are {others} more of its {array.size}" if others else ""
                text = f"element {unwritten[0]} of {place.name} is never written{more}"
                missing.append(self._finding(kernel, "never_written", text, place.name))
        return missing

    def _findings_of(self, kernel: str, raw: RawLaunch, places: Sequence[Place]) -> list[Finding]:
        count = ctypes.c_size_t()
        rows = self._runtime.emulator_findings(ctypes.byref(count))
        findings = []
        located = [
            (row, row.line or (self._line(row.place) if row.place else 0)) for row in rows[: count.value]
        ]
        with_bounds = {line for row, line in located if KINDS[row.kind] == "out_of_bounds" and not row.type}
        for row, line in located:
            if row.type and KINDS[row.kind] == "out_of_bounds" and line in with_bounds:
                continue  # an array index, if the access left memory altogether
            name, text = message(row, raw, places, lambda at: variable_at(self._content, at - self._base))
            nobody = row.thread < 0
            findings.append(
                Finding(
                    KINDS[row.kind],
                    kernel,
                    self.file,
                    line,
                    text,
                    None if nobody else index(row.block, raw.grid),
                    None if nobody else index(row.thread, raw.block),
                    name,
                    row.count,
                )
            )
        return findings

    def _line(self, place: int) -> int:
        """The line of an instruction, from the address after it."""
        file = Path(self.file).name
        if self._table is None:
            self._table = LineTable(self._content, class_names(self._source, file))
        return self._table.line_in(file, place - 1 - self._base)

    @property
    def _base(self) -> int:
        """The address at which the library lies, from that of one known function."""
        return load_address(ctypes.cast(self._library.emulator_entry_0, ctypes.c_void_p).value or 0)

    def _place_counts(self) -> Sequence[RawPlace]:
        count = ctypes.c_size_t()
        rows: Sequence[RawPlace] = self._runtime.emulator_places(ctypes.byref(count))
        return rows[: count.value]

    def _counters(self, raw: RawLaunch) -> Counters:
        counted = self._runtime.emulator_counters().contents
        threads = math.prod(raw.grid) * math.prod(raw.block)
        return Counters(threads, **{name: getattr(counted, name) for name, _ in counted._fields_})

    def _names(self, kernel: str, count: int) -> tuple[str, ...]:
        declared = self._kernel(kernel)
        if len(declared.parameters) - declared.defaults <= count <= len(declared.parameters):
            return declared.parameters[:count]
        return tuple(f"argument {i + 1}" for i in range(count))

    def _kernel(self, name: str) -> Kernel:
        return self._kernels.get(name.partition("<")[0].strip(), Kernel(name, (), False))

    def _finding(self, kernel: str, kind: str, text: str, array: str = "") -> Finding:
        """A finding about a kernel as a whole, at the line where it begins."""
        name = kernel.partition("<")[0].strip()
        source = without_comments(self._source)
        at = source.find(f" {name}(")
        at = self._kernel(name).start if at < 0 else at
        return Finding(kind, kernel, self.file, 1 + source.count("\n", 0, at), text, array=array)
