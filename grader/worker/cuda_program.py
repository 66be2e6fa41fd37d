"""Compiles or runs a whole CUDA program, in a separate process that its caller has sandboxed.

The emulator, a package named in `config`, does the compiling. This process limits itself, installs the
system-call filter, and then runs the program by exec.
"""

import importlib
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from grader.model.file_formats.compiler_files import RESULT
from grader.worker.build import limit_itself
from grader.worker.confine import filter_program_calls

MAX_TEXT = 20_000


def compile_program(config: Mapping[str, Any]) -> None:
    """Compiles the file `source` in `folder` to `executable` there, and writes RESULT next to it.

    `paths` is the search path for the package `emulator`; `runtime` is its library, also in `folder`.
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
    except Exception as error:  # raised by the emulator: recognized by its class's name
        result = {"status": type(error).__name__, "text": str(error)[:MAX_TEXT]}
    (folder / RESULT).write_text(json.dumps(result), encoding="utf-8")


def run_program(config: Mapping[str, Any]) -> None:
    """Replaces this process by the program in `words`, under `limits`, and the filter if `is_sandboxed`."""
    limit_itself(config["limits"])
    if config["is_sandboxed"]:
        filter_program_calls()
    os.execv(config["words"][0], config["words"])


if __name__ == "__main__":
    request = json.loads(sys.argv[1])
    {"compile": compile_program, "run": run_program}[request["task"]](request)
