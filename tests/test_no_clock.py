"""Holds that no verdict of a test depends on how busy the machine is: tests wait for events, not for time."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tables import by_name

ROOT = Path(__file__).parents[1]
TESTS = sorted(
    path
    for path in (ROOT / "tests").rglob("*.py")
    if "submissions" not in path.parts and path != ROOT / "tests" / "waiting.py"
)
# A submission is a text, so what sleeps in there is not looked at. By file: how often, and why it may.
ALLOWED = {
    "tests/grader/batch/test_pool.py": (1, "gives the neighbor time to be under way; any order passes"),
    "tests/grader/judge/comparisons/test_timed.py": (1, "gives what must not run time to run; less passes"),
}
CLOCKS = {"time", "monotonic", "perf_counter"}
LEAST_TIMEOUT = 60


def depends_on_time(tree: ast.Module) -> Iterator[str]:
    """What a test does by the clock: it sleeps, limits seconds that passed, or waits for a short time."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and is_of_time(node, {"sleep"}):
            yield f"{node.lineno}: sleeps; use tests.waiting.wait_until, or an event"
        if isinstance(node, ast.Compare) and any(
            isinstance(part, ast.Call) and is_of_time(part, CLOCKS) for part in ast.walk(node)
        ):
            yield f"{node.lineno}: limits the seconds that passed; count what was done"
        if isinstance(node, ast.Call) and any(is_short(keyword) for keyword in node.keywords):
            yield f"{node.lineno}: a timeout below {LEAST_TIMEOUT} s; use tests.waiting.LIMIT"


def is_of_time(call: ast.Call, names: set[str]) -> bool:
    """Is it `time.sleep(...)`, or another of the module's functions?"""
    function = call.func
    return (
        isinstance(function, ast.Attribute)
        and isinstance(function.value, ast.Name)
        and function.value.id == "time"
        and function.attr in names
    )


def is_short(keyword: ast.keyword) -> bool:
    """Is it a `timeout=` of few seconds, written as a number?"""
    value = keyword.value
    return (
        keyword.arg == "timeout"
        and isinstance(value, ast.Constant)
        and isinstance(value.value, int | float)
        and value.value < LEAST_TIMEOUT
    )


def test_no_test_depends_on_the_clock() -> None:
    lines = {
        str(path.relative_to(ROOT)): list(depends_on_time(ast.parse(path.read_text(encoding="utf-8"))))
        for path in TESTS
    }
    unlike = {path: each for path, each in lines.items() if len(each) != ALLOWED.get(path, (0, ""))[0]}
    assert unlike == {}


@pytest.mark.parametrize(
    ("source", "count"),
    by_name(
        {
            "sleeps": ("time.sleep(1)", 1),
            "limits_the_time": ("assert time.monotonic() - start < 3", 1),
            "asks_the_time": ("start = time.monotonic()", 0),
            "short": ("process.wait(timeout=10)", 1),
            "generous": ("process.wait(timeout=LIMIT)", 0),
            "in_a_submission": ("SOURCE = 'time.sleep(1)'", 0),
            "cpu_time": ("assert time.process_time() < 3", 0),
        }
    ),
)
def test_a_test_that_depends_on_the_clock_is_found(source: str, count: int) -> None:
    assert len(list(depends_on_time(ast.parse(source)))) == count
