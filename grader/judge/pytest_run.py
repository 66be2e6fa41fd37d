"""Runs pytest: it collects an author's own tests, and chooses cases where somebody passes it arguments.

Nothing else imports pytest, so a grade that needs neither pays nothing for it.
"""

import contextlib
import os
from collections.abc import Iterator, Sequence

import pytest

from grader.judge.verdict.case_result import Run
from grader.model.errors import GraderFault, UserError

# of pytest's own plugins, those that rubric items have no use for
UNUSED = (
    *("debugging", "doctest", "faulthandler", "legacypath", "logging", "monkeypatch", "nose", "pastebin"),
    *("recwarn", "setuponly", "setupplan", "stepwise", "subtests", "threadexception", "tmpdir", "unittest"),
    "unraisableexception",
)
# items are run after pytest's own run is over, when nothing can be captured any more
QUIETLY = ("--collect-only", "-p", "no:terminal", "-p", "no:cacheprovider", "-p", "no:capture")


def collect_tests(run: Run) -> Sequence[pytest.Function]:
    """The author's own tests of the assignment of a run, in order."""
    collected = Collected()
    run_pytest(run, QUIETLY, collected)
    return [item for item in collected.items if isinstance(item, pytest.Function)]


class Collected:
    """A plugin that keeps what pytest collected."""

    def __init__(self) -> None:
        self.items: Sequence[pytest.Item] = ()

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Called by pytest once the items are chosen and in order."""
        self.items = session.items


def run_pytest(run: Run, arguments: Sequence[str], *plugins: object) -> None:
    """Runs pytest on the rubric and the author's tests; UserError where `arguments` choose no case."""
    rubric, tests = run.assignment.rubric.source, map(str, run.assignment.tests)
    words = ["-p", "grader.plugin", "--rootdir", str(rubric.parent.parent), "-c", os.devnull]
    words += ["--confcutdir", str(rubric.parent), "--import-mode=importlib"]
    words += [] if arguments is QUIETLY else ["--capture=no"]
    words += [word for name in UNUSED for word in ("-p", f"no:{name}")]
    with _nothing_from_outside():
        code = pytest.main([*words, *arguments, str(rubric), *tests], plugins=[run, *plugins])
    if code in (pytest.ExitCode.USAGE_ERROR, pytest.ExitCode.NO_TESTS_COLLECTED):
        raise UserError(f"pytest {' '.join(arguments)}: selects no case of {rubric}")
    if code == pytest.ExitCode.INTERRUPTED:
        raise KeyboardInterrupt
    if code == pytest.ExitCode.INTERNAL_ERROR:
        raise GraderFault("pytest failed on the rubric")


@contextlib.contextmanager
def _nothing_from_outside() -> Iterator[None]:
    """Keeps out what installed plugins and the environment would add: no grade would tell of it."""
    before = {name: value for name, value in os.environ.items() if name.startswith("PYTEST_")}
    for name in before:
        del os.environ[name]
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    try:
        yield
    finally:
        del os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"]
        os.environ.update(before)
