"""`python -m grader.worker` reads a configuration on stdin, then serves requests on stdin and stdout.

The configuration is JSON, after its length in 8 bytes. NumPy is imported while it is on its way. If a
`sibling` is wanted, the worker forks a second one, which need not import NumPy again, for the descriptors
`for_sibling`.
"""

import contextlib
import gc
import json
import os
import sys
from collections.abc import Sequence

LENGTH_BYTES, PID_BYTES = 8, 4


def _exactly(count: int) -> bytes:
    """The next bytes of stdin and no more: the requests follow them. Ends the process if there are none."""
    received = b""
    while len(received) < count:
        part = os.read(0, count - len(received))
        if not part:  # the judge needs no worker
            os._exit(0)
        received += part
    return received


def _fork_sibling(pipes: Sequence[int]) -> None:
    """Forks a worker that is a child of the judge, as this one is, and serves on other pipes.

    Its pid precedes its replies. If the machine refuses the fork, these end without one.
    """
    from grader.worker.clone import CLONE_PARENT, clone

    pid = -1
    with contextlib.suppress(OSError):
        pid = clone(CLONE_PARENT)
    if pid == 0:
        os.setsid()
        for target, descriptor in enumerate(pipes):
            os.dup2(descriptor, target)
        os.write(1, os.getpid().to_bytes(PID_BYTES, sys.byteorder))
        if "numpy.random" in sys.modules:  # NumPy 1 imports it with itself: two workers would draw the same
            sys.modules["numpy.random"].seed()


if __name__ == "__main__":
    gc.disable()  # or importing NumPy takes a tenth longer
    from grader.worker.worker_loop import Worker, poison_fresh_memory, serve

    poison_fresh_memory()
    gc.freeze()
    gc.enable()
    config = json.loads(_exactly(int.from_bytes(_exactly(LENGTH_BYTES), "little")))
    if config["sibling"]:
        _fork_sibling(config["for_sibling"])
    for descriptor in config["for_sibling"]:
        os.close(descriptor)
    serve(Worker(config))
