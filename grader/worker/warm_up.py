"""Warms a worker up: it runs every step of a made-up submission, so that forks start fast.

When code first runs, Python, NumPy and the C library prepare specialized bytecode, caches of types and
imports, and resolved symbols. After the warm-up, every fork has them. Otherwise each fork would make them
anew, in copies of the memory pages that hold them: a quarter of the time of a short exercise.
"""

import contextlib
import importlib
import os
import resource
import sys
from collections.abc import Mapping
from typing import Any

from grader.model.wire_format import FrameReader, RawArray, encode
from grader.worker.worker_loop import Worker

TIMES = 16  # Python specializes code that has run eight times
MODULE = "warm_up_exercise"
SUBMISSION = """
import {ndarray}


class Half:
    def __init__(self, a, step=2):
        self.shape = tuple(n // step for n in a.shape)


def every_second(a):
    half = Half(a)
    if len(half.shape) != a.ndim or any(n < 1 for n in half.shape):
        raise ValueError(f"{{a.shape}} has no half")
    out = {ndarray}.full(half.shape, 0, device=a.device)
    for i in range(half.shape[0]):
        for j in range(half.shape[1]):
            out[i : i + 1, j : j + 1] = a[2 * i : 2 * i + 1, 2 * j : 2 * j + 1] * 1.0
    return (out + a[::2, ::2].compact()).permute((1, 0)).reshape((half.shape[0] * half.shape[1],))
"""
PROBES = """
def every_second(submission, case):
    return submission.every_second(submission.array(case.a))
"""
NOT_SET = {"memory_bytes": 0, "processes": 0}
VIEW = [["permute", [1, 0]], ["slice", [[None, None, -1], [0, 4, 1]]]]
QUESTION = {"values": {"stride": [1, 2]}, "inputs": {"a": VIEW}}


def warm_up(config: Mapping[str, Any], folder: str) -> bytes:
    """Takes a temporary worker through every kind of request; returns its last answer.

    `config` is a worker's configuration, with provided files that can already be imported. `folder`, for the
    files of the warm-up, is created and left behind.
    """
    path, finders, here, answer = list(sys.path), list(sys.meta_path), os.getcwd(), b""
    probes, text = os.path.join(folder, "probes.py"), SUBMISSION.format(ndarray=config["ndarray"]).encode()
    limits = {**_present_limits(), "answer_bytes": 1 << 20}
    files = [f"{MODULE}.py"]
    setup = {"request": "setup", "folder": folder, "device": "cpu", "files": files, "limits": limits}
    call = {"request": "call", "probe": "every_second", "case": QUESTION, "dtype": "float32", "device": "cpu"}
    try:
        os.makedirs(folder, exist_ok=True)
        with open(probes, "w") as file:
            file.write(PROBES)
        worker = Worker({"paths": [], "probes": probes, "ndarray": config["ndarray"]})
        for _ in range(TIMES):
            sys.modules.pop(MODULE, None)
            importlib.invalidate_caches()
            ask(worker, setup, RawArray("|u1", (len(text),), text))
            ask(worker, {"request": "import", "modules": [MODULE]})
            answer = ask(worker, call, RawArray("<f4", (4, 6), bytes(4 * 4 * 6)))
    except OSError:
        pass  # nowhere to write: each submission begins cold
    finally:
        sys.modules.pop(MODULE, None)
        sys.path[:] = path
        sys.meta_path[:] = finders
        sys.path_importer_cache.pop(folder, None)
        with contextlib.suppress(OSError):
            os.chdir(here)
    return answer


def ask(worker: Worker, header: Mapping[str, Any], *arrays: RawArray) -> bytes:
    """The answer to a request that was encoded and decoded, like one from the judge."""
    (frame,) = FrameReader(1 << 20).feed(encode({**header, "nonce": "warm-up"}, arrays))
    return worker.answer(frame)


def _present_limits() -> dict[str, int]:
    """The present limits; every submission's limits are lower."""
    kinds = {"cpu_seconds": resource.RLIMIT_CPU, "file_bytes": resource.RLIMIT_FSIZE}
    kinds["open_files"] = resource.RLIMIT_NOFILE
    return {name: resource.getrlimit(kind)[1] for name, kind in kinds.items()} | NOT_SET
