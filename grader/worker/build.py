"""Compiles submitted kernels in a separate process, which runs none of them.

The host module that an assignment provides with kernels.cu defines how. `compile_into(source, folder)` makes
two libraries; `runtime_into(folder)` makes the one of them that depends on no submission.
`preprocessed(source, most)` is the source with its macros expanded, cut off after `most` characters.
`refused_by_nvidia(source)` is the output of NVIDIA's compiler on a source that it refuses, as lines.
"""

import contextlib
import importlib
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from grader.model.file_formats.compiler_files import PREPROCESSED, RESULT

if sys.platform != "win32":
    import resource

MAX_TEXT = 4000


def build(config: Mapping[str, Any]) -> None:
    """Compiles the file `source` in `folder`, or only the runtime if there is none; writes RESULT there.

    It begins once its input ends: until then the file may be missing.
    `host` is the name of the provided module, `paths` is its search path, and `limits` bound the compiler.
    With `nvidia` the source goes to NVIDIA's compiler instead, and the result's text is its errors.
    """
    sys.dont_write_bytecode = True
    sys.path[:0] = config["paths"]
    limit_itself(config["limits"])
    folder = Path(config["folder"])
    host = importlib.import_module(config["host"])
    sys.stdin.read()
    result = {"status": "ok", "text": "", "runtime": "", "kernels": ""}
    try:
        if not config["source"]:
            result["runtime"] = host.runtime_into(folder).name
        else:
            source = (folder / config["source"]).read_bytes().decode("utf-8", errors="replace")
            if config["nvidia"]:
                result["text"] = "\n".join(host.refused_by_nvidia(source))[:MAX_TEXT]
            else:
                expanded = host.preprocessed(source, config["most_expanded"] + 1)
                (folder / PREPROCESSED).write_text(expanded, encoding="utf-8")
                if len(expanded) <= config["most_expanded"]:  # else it is refused, and not compiled
                    runtime, kernels = host.compile_into(source, folder)
                    result |= {"runtime": runtime.name, "kernels": kernels.name}
    except Exception as error:  # raised by the provided emulator: recognized by its class's name
        result |= {"status": type(error).__name__, "text": str(error)[:MAX_TEXT]}
    (folder / RESULT).write_text(json.dumps(result), encoding="utf-8")


def limit_itself(limits: Mapping[str, int]) -> None:
    """Sets this process's resource limits, by their names in the module `resource`."""
    if sys.platform == "win32":
        return
    for name, value in limits.items():
        with contextlib.suppress(ValueError, OSError):  # macOS refuses some; the judge's clock still holds
            # the soft limit on CPU time has its own signal, by which a compiler reports what ended it
            hard = value + 1 if name == "RLIMIT_CPU" else value
            resource.setrlimit(getattr(resource, name), (value, hard))


if __name__ == "__main__":
    build(json.loads(sys.argv[1]))
