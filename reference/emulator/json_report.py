"""Writes what a run of a kernel found as JSON, for a program."""

from __future__ import annotations

import json
from dataclasses import asdict

from .module import Run
from .nvrtc import Diagnosis

SCHEMA = "backflip/emulate/1"  # docs/commands.schema.json describes it


def as_json(
    file: str, kernel: str, run: Run, seconds: float, occupancy: str, on_a_gpu: Diagnosis | None
) -> str:
    """The report on a run that took `seconds` on this machine; the arrays are not in it."""
    verdict = None
    if on_a_gpu is not None:
        verdict = {"accepts": on_a_gpu.accepted, "messages": on_a_gpu.messages}
    report = {
        "schema": SCHEMA,
        "file": file,
        "kernel": kernel,
        "seconds": seconds,
        "output": run.output,
        "counts": None if run.counters is None else asdict(run.counters),
        "lines": [asdict(line) | {"complaints": line.complaints} for line in run.lines],
        "occupancy": occupancy,
        "nvidias_compiler": verdict,
        "findings": [asdict(finding) for finding in run.findings],
        "notes": [asdict(note) for note in run.notes],
    }
    return json.dumps(report, indent=2, ensure_ascii=False)
