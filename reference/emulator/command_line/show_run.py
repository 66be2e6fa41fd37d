"""Shows a run: its output, arrays, counts and findings, in text or as JSON."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from ..findings import Run
from ..nvrtc import Diagnosis
from .kernel_arguments import array_of

SCHEMA = "backflip/emulate/1"  # of the report with --json; docs/commands.schema.json describes it
MOST_LINES = 8


def show(run: Run, names: Sequence[str], values: Sequence[Any]) -> None:
    """Print printf's output, the arrays, the counts and the findings."""
    if run.output:
        print(run.output, end="" if run.output.endswith("\n") else "\n")
    for name, value in zip(names, values, strict=True):
        array = array_of(value)
        if array.ndim:
            text = np.array2string(array.reshape(-1), threshold=8, edgeitems=4)
            print(f"{name}: {array.dtype} {array.shape} {text}")
    counted = run.counters
    if counted is not None:
        each = counted.arithmetic / counted.threads
        print(
            f"\n{counted.threads} threads. On average a thread: "
            f"{counted.global_per_thread:.2f} accesses to global memory, "
            f"{counted.shared_per_thread:.2f} to shared memory, {each:.2f} floating-point operations"
        )
        print(
            f"{counted.transactions_per_request:.2f} transactions of 32 bytes for a warp's request of global "
            f"memory; {counted.arithmetic_per_byte:.2f} floating-point operations for each byte"
        )
        conflicts, requests = counted.bank_conflicts, counted.shared_requests
        print(f"{conflicts} bank conflicts in {requests} requests of shared memory by warps")
    show_lines(run)
    print()
    for finding in run.findings:
        print(finding)
    for note in run.notes:
        print(f"note: {note}")
    if counted is not None and not run.findings:
        print("nothing found")


def as_json(
    options: argparse.Namespace, run: Run, seconds: float, occupancy: str, nvidia: Diagnosis | None
) -> str:
    """The report on a run that took `seconds`; the arrays are not in it."""
    report = {
        "schema": SCHEMA,
        "file": str(options.file),
        "kernel": options.kernel,
        "seconds": seconds,
        "output": run.output,
        "counts": asdict(run.counters) if run.counters else None,
        "lines": [asdict(line) | {"complaints": line.complaints} for line in run.lines],
        "occupancy": occupancy,
        "nvidias_compiler": nvidia and {"accepts": nvidia.accepted, "messages": nvidia.messages},
        "findings": [asdict(finding) for finding in run.findings],
        "notes": [asdict(note) for note in run.notes],
    }
    return json.dumps(report, indent=2, ensure_ascii=False)


def show_lines(run: Run) -> None:
    """Print the source lines that cost more than they need to, most requests first."""
    lines = [line for line in run.lines if line.complaints]
    lines.sort(key=lambda line: line.global_requests + line.shared_requests, reverse=True)
    for line in lines[:MOST_LINES]:
        print(f"line {line.line}{line.file and f' of {line.file}'}: {'; '.join(line.complaints)}")


def show_gpu(occupancy: str, on_a_gpu: Diagnosis | None) -> None:
    """Print what a GPU would do: the occupancy, and the messages of NVIDIA's compiler."""
    if occupancy:
        print(occupancy)
    if on_a_gpu is not None and on_a_gpu.messages:
        print(f"\nNVIDIA's compiler, for {'a warning' if on_a_gpu.accepted else 'an error'}:")
        print(on_a_gpu.messages)
