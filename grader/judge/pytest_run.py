"""Runs pytest, which collects author-written tests and selects cases by its arguments."""

import contextlib
import os
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property

import pytest

from grader.judge.verdict.case_result import Run, own_test
from grader.model.assignment import Assignment, Case
from grader.model.errors import GraderFault, UserError

# pytest's own plugins that rubric items do not need
UNUSED = (
    "debugging doctest faulthandler legacypath logging monkeypatch nose pastebin recwarn setuponly setupplan "
    "stepwise subtests threadexception tmpdir unittest unraisableexception"
)
# items run after pytest's own run is over, when nothing can be captured
QUIETLY = ("--collect-only", "-p", "no:terminal", "-p", "no:cacheprovider", "-p", "no:capture")


class RunPlugin:
    """The plugin through which pytest's items find their run; it also keeps the collected items."""

    def __init__(self, assignment: Assignment, run: Run | None = None) -> None:
        self.assignment = assignment
        self.run = run
        self.items: Sequence[pytest.Item] = ()

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Called by pytest once the items are chosen and in order."""
        self.items = session.items


class OwnTests:
    """The author's own tests: pytest collects them once, and each submission runs all of them."""

    def __init__(self, assignment: Assignment) -> None:
        self._assignment = assignment
        self._plugin = RunPlugin(assignment)

    @cached_property
    def _items(self) -> Sequence[pytest.Function]:
        if not self._assignment.tests:
            return ()
        _call_pytest(self._plugin, QUIETLY)
        return [item for item in self._plugin.items if isinstance(item, pytest.Function)]

    def ask(self, run: Run, is_chosen: Callable[[Case], bool]) -> None:
        """Adds the result of each chosen test to the run."""
        items, self._plugin.run = self._items, run
        for item in items:
            if is_chosen(own_test(self._assignment, item.path.name, item.originalname)):
                item.ihook.pytest_runtest_protocol(item=item, nextitem=None)


def run_by_pytest(run: Run, arguments: Sequence[str]) -> None:
    """Adds to the run the results of the cases that pytest selects by its own arguments.

    UserError if pytest rejects the arguments or they select nothing.
    """
    _call_pytest(RunPlugin(run.assignment, run), arguments)


def _call_pytest(plugin: RunPlugin, arguments: Sequence[str]) -> None:
    rubric, tests = plugin.assignment.rubric.source, map(str, plugin.assignment.tests)
    words = ["-p", "grader.plugin", "--rootdir", str(rubric.parent.parent), "-c", os.devnull]
    words += ["--confcutdir", str(rubric.parent), "--import-mode=importlib"]
    words += [] if arguments is QUIETLY else ["--capture=no"]
    words += [word for name in UNUSED.split() for word in ("-p", f"no:{name}")]
    with _nothing_from_outside():
        code = pytest.main([*words, *arguments, str(rubric), *tests], plugins=[plugin])
    if code in (pytest.ExitCode.USAGE_ERROR, pytest.ExitCode.NO_TESTS_COLLECTED):
        raise UserError(f"pytest {' '.join(arguments)}: selects no case of {rubric}")
    if code == pytest.ExitCode.INTERRUPTED:
        raise KeyboardInterrupt
    if code == pytest.ExitCode.INTERNAL_ERROR:
        raise GraderFault("pytest failed on the rubric")


@contextlib.contextmanager
def _nothing_from_outside() -> Iterator[None]:
    """Disables installed plugins and environment settings, because no grade would record them."""
    before = {name: value for name, value in os.environ.items() if name.startswith("PYTEST_")}
    for name in before:
        del os.environ[name]
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    try:
        yield
    finally:
        del os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"]
        os.environ.update(before)
