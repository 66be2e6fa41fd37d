"""The launcher: imports NumPy and the worker once, then forks one confined child per submission.

Theory of operation. The judge starts bubblewrap, and bubblewrap starts this process, alone in its pid
namespace, with a read-only root, no network and no way to an answer. Descriptor 0 is a socket to the judge.

    judge ──{"fork": files}, descriptors──▶ launcher      one message a submission
    judge ◀──{"child": pid}──────────────── launcher
    judge ◀──{"ended": pid, "code": n}───── launcher      when that child is gone

    launcher ──clone──▶ worker

The worker is cloned into new user, pid, mount and ipc namespaces and is process 1 in them. It shuts itself
in (private /tmp, empty /proc, no capabilities, a system-call filter, which lets it start processes only where
its assignment needs them). Compiled parts of the submission arrive as further descriptors. It copies them
into a read-only file system below /tmp and closes the descriptors. It reads its first request from the three
descriptors that the judge sent. When it ends, the kernel ends all that the submission left running, for it
was process 1. So a submission shares only a kernel and a read-only file tree with its neighbors. It sees no
process but its own, has no descriptor but its own three, and cannot name the launcher, which is not dumpable
either.

The judge trusts the launcher, which runs no line of a submission, and believes nothing that comes from a
worker. The launcher reads nothing from its children but their exit status. If the judge goes, the socket
closes and the launcher ends, and with it, as process 1's descendants, all the rest.
"""

import contextlib
import gc
import json
import os
import selectors
import socket
from collections.abc import Mapping
from typing import Any, NoReturn

from grader.worker.confine import (
    Confinement,
    fork_into_namespaces,
    hide_from_others,
    make_ready,
    shut_in,
)
from grader.worker.warm_up import warm_up
from grader.worker.worker_loop import Worker, poison_fresh_memory, serve

MESSAGE_BYTES = 4096
PIPES, MOST_DESCRIPTORS = 3, 16
WARM_UP_FOLDER = "/tmp/warm_up"  # no submission sees it: each has its own /tmp


def launch(config: dict[str, object]) -> None:
    """Serves the judge until it closes the socket.

    `config` is the worker's, with `tmp_bytes` of its /tmp, whether a submission `may_fork`, and, for a GPU,
    `whole_proc` (see `Confinement`).
    """
    hide_from_others()
    poison_fresh_memory()
    worker = Worker(config)
    tmp_bytes, may_fork = int(str(config["tmp_bytes"])), bool(config["may_fork"])
    allowed = Confinement(os.getuid(), os.getgid(), tmp_bytes, may_fork, str(config["whole_proc"]))
    make_ready(bool(allowed.whole_proc))
    warm_up(config, WARM_UP_FOLDER)
    gc.collect()
    gc.freeze()  # a child's garbage collection would touch, and so copy, all memory shared with this process
    control = socket.socket(fileno=os.dup(0))
    children: dict[int, int] = {}
    with selectors.DefaultSelector() as selector:
        selector.register(control, selectors.EVENT_READ)
        while True:
            for key, _ in selector.select():
                if key.fileobj is control:
                    message, descriptors, _, _ = socket.recv_fds(control, MESSAGE_BYTES, MOST_DESCRIPTORS)
                    if not message:
                        os._exit(0)
                    child = fork_into_namespaces()
                    if child == 0:
                        open_here = [control.fileno(), selector.fileno(), *children.values()]
                        _contain(worker, json.loads(message), descriptors, open_here, allowed)
                    for descriptor in descriptors:
                        os.close(descriptor)
                    children[child] = os.pidfd_open(child)
                    selector.register(children[child], selectors.EVENT_READ, child)
                    _send(control, child=child)
                else:
                    child = key.data
                    _, status = os.waitpid(child, 0)
                    selector.unregister(children[child])
                    os.close(children.pop(child))
                    _send(control, ended=child, code=os.waitstatus_to_exitcode(status))


def _send(control: socket.socket, **message: int) -> None:
    with contextlib.suppress(BrokenPipeError):  # the judge is gone: the next read will show it
        control.send(json.dumps(message).encode())


def _contain(
    worker: Worker,
    message: Mapping[str, Any],
    descriptors: list[int],
    inherited: list[int],
    allowed: Confinement,
) -> NoReturn:
    """Runs a worker from its fork to its end."""
    try:
        pipes, files = descriptors[:PIPES], descriptors[PIPES:]
        for target, descriptor in enumerate(pipes):
            os.dup2(descriptor, target)
        for descriptor in (*pipes, *inherited):
            os.close(descriptor)
        shut_in(allowed, message["folder"], dict(zip(message["fork"], files, strict=True)))
        for descriptor in files:
            os.close(descriptor)
        serve(worker)
    except BaseException as error:
        with contextlib.suppress(Exception):
            os.write(2, f"{type(error).__name__}: {error}\n".encode())
    os._exit(1)
