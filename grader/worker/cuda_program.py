"""Compiles a whole CUDA program, or runs one: in a process of its own, shut in by whoever starts it.

The emulator, a package that `config` names, knows how to compile. Before a program runs, this process limits
itself and installs the system-call filter; then the program takes its place.
"""

import importlib
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from grader.worker.build import limit_itself
from grader.worker.confine import filter_program_calls

RESULT = "result.json"
MAX_TEXT = 20_000


def compile_program(config: Mapping[str, Any]) -> None:
    """Compiles the file `source` in `folder` to `executable` there, and writes RESULT beside it.

    `paths` are where the package `emulator` is found; `runtime` is its library, in `folder` as well.
    """
    sys.dont_write_bytecode = True
    sys.path[:0] = config["paths"]
    limit_itself(config["limits"])
    folder = Path(config["folder"])
    programs = importlib.import_module(f"{config['emulator']}.programs")
    result = {"status": "ok", "text": ""}
    try:
        text = (folder / config["source"]).read_text(encoding="utf-8", errors="replace")
        program = programs.Program(text, config["file"], config["defines"])
        executable = folder / config["executable"]
        result["text"] = programs.program_into(program, folder / config["runtime"], executable)[:MAX_TEXT]
    except Exception as error:  # of the emulator: its classes are known by their names
        result = {"status": type(error).__name__, "text": str(error)[:MAX_TEXT]}
    (folder / RESULT).write_text(json.dumps(result), encoding="utf-8")


def run_program(config: Mapping[str, Any]) -> None:
    """Becomes the program of `words`, within `limits`; with `is_sandboxed`, behind the system-call filter."""
    limit_itself(config["limits"])
    if config["is_sandboxed"]:
        filter_program_calls()
    os.execv(config["words"][0], config["words"])


if __name__ == "__main__":
    given = json.loads(sys.argv[1])
    {"compile": compile_program, "run": run_program}[given["task"]](given)
