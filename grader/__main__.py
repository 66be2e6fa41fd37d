"""The command `grader`: parses arguments and calls one function."""

import importlib
import sys
import traceback
from collections.abc import Sequence

from grader.cli import GRADER_FAULT, NOT_PASSED, USER_MISTAKE
from grader.cli.arguments import parse
from grader.model.errors import BackflipError, UserError


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; returns its exit status (see `grader --help`)."""
    try:
        options = parse(sys.argv[1:] if arguments is None else arguments)
        command = importlib.import_module(f"grader.cli.{options.command}")
        return int(command.run(options))
    except UserError as error:
        print(f"grader: {error}", file=sys.stderr)
        return USER_MISTAKE
    except BackflipError as error:
        print(f"grader: the grader's own fault: {error}", file=sys.stderr)
        return GRADER_FAULT
    except KeyboardInterrupt:
        print("grader: interrupted; what was recorded stays", file=sys.stderr)
        return NOT_PASSED
    except Exception as error:  # Python's own exit status for it, 1, would mean that a submission failed
        place = traceback.extract_tb(error.__traceback__)[-1]
        text = " ".join(f"{type(error).__name__}: {error}".split())
        print(f"grader: the grader's own fault: {text} ({place.filename}:{place.lineno})", file=sys.stderr)
        return GRADER_FAULT


if __name__ == "__main__":
    sys.exit(main())
