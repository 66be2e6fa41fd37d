"""The command `grader`: parses arguments and calls one function."""

import atexit
import contextlib
import errno
import gc
import importlib
import os
import sys
import threading
from collections.abc import Sequence
from typing import NoReturn

from grader.cli.command_line.arguments import parse
from grader.cli.command_line.exit_status import GRADER_FAULT, NO_SANDBOX, NOT_PASSED, USER_MISTAKE
from grader.cli.command_line.output import Output, open_closed_streams
from grader.cli.command_line.signals import exit_status_of_signal, terminate_on_signals
from grader.model.errors import BackflipError, NoSandbox, UserError

# what a handout's grader lacks, and the libraries that only instructors install
OF_INSTRUCTORS = (
    "grader.batch", "grader.desk", "grader.prove", "grader.publish", "grader.author.new_assignment",
    "alembic", "jinja2", "markdown_it", "sqlalchemy", "starlette", "uvicorn",
)  # fmt: skip
NEW_OBJECTS = 200_000  # before the garbage collector looks; with Python's 700, it takes a tenth of the start
ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")  # NumPy starts faster; submissions have one, too
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; returns its exit status (see `grader --help`).

    Without `arguments` it is the whole process, and removes its temporary folders when a signal ends it.
    """
    gc.set_threshold(NEW_OBJECTS)
    for name in ONE_THREAD:
        os.environ.setdefault(name, "1")
    if arguments is None:
        open_closed_streams()
    system_exit: SystemExit | None = None
    ends = terminate_on_signals() if arguments is None else contextlib.nullcontext()
    with Output() as output:
        try:
            with ends:
                status = _run(arguments)
        except SystemExit as raised:  # argparse showed its help, or why it refuses the words
            system_exit = raised
    if complaint := output.complaint():
        print(f"grader: {complaint}", file=sys.stderr)
        return USER_MISTAKE
    if system_exit is not None:
        raise system_exit
    return status


def _run(arguments: Sequence[str] | None) -> int:
    try:
        options = parse(sys.argv[1:] if arguments is None else arguments)
        module = getattr(options, "module", options.command)
        command = importlib.import_module(f"grader.cli.{module}")
        if not getattr(options, "quiet", False):
            return int(command.run(options))
        with open(os.devnull, "w", encoding="utf-8") as nowhere, contextlib.redirect_stdout(nowhere):
            return int(command.run(options))
    except NoSandbox as error:
        print(f"grader: {error}", file=sys.stderr)
        return NO_SANDBOX
    except UserError as error:
        print(f"grader: {error}", file=sys.stderr)
        return USER_MISTAKE
    except BackflipError as error:
        print(f"grader: internal error in Backflip (not your submission): {error}", file=sys.stderr)
        return GRADER_FAULT
    except KeyboardInterrupt:
        print("grader: interrupted; everything recorded so far is kept", file=sys.stderr)
        return exit_status_of_signal() or NOT_PASSED
    except ModuleNotFoundError as error:
        if not str(error.name).startswith(OF_INSTRUCTORS):
            return _fault(error)
        missing = f"{error.name}, which is not installed here"
        print(
            f"grader: grader {options.command} is a command for instructors and needs {missing}: "
            "pip install 'backflip[instructor]'",
            file=sys.stderr,
        )
        return USER_MISTAKE
    except OSError as error:
        if error.errno not in FULL:
            return _fault(error)
        place = f"{error.filename}: " if error.filename else ""
        print(
            f"grader: {place}cannot be written: {error.strerror}. Free some space, then run it again",
            file=sys.stderr,
        )
        return USER_MISTAKE
    except Exception as error:
        return _fault(error)


def _fault(error: Exception) -> int:
    """Says where a bug is. Python's own exit status for a bug, 1, would mean that a submission failed."""
    import traceback  # only here: no other start needs it

    place = traceback.extract_tb(error.__traceback__)[-1]
    text = " ".join(f"{type(error).__name__}: {error}".split())
    print(
        f"grader: internal error in Backflip (not your submission): {text} ({place.filename}:{place.lineno})",
        file=sys.stderr,
    )
    return GRADER_FAULT


def _leave(status: int) -> NoReturn:
    """Ends the process without the interpreter's own clean-up, which takes a tenth of a short command.

    Functions that modules registered with `atexit` still run. While other threads are alive, Python ends as
    usual.
    """
    if threading.active_count() > 1:
        sys.exit(status)
    atexit._run_exitfuncs()
    with contextlib.suppress(OSError, ValueError):  # a reader that left: `Output` has reported it
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(status)


if __name__ == "__main__":
    _leave(main())
