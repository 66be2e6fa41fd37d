"""docs/benchmarks.md: each measure replaces its own section, and a run on a GPU writes its outcome."""

import shutil
import sys

import pytest

from benchmarks import gpu_all
from benchmarks.page import with_section

PAGE = "# Benchmarks\n\nWhy.\n\n## One\n\nold\n\n### part\n\n## Two\n\nstays\n"


def test_a_section_replaces_the_one_of_its_title_and_no_other() -> None:
    changed = with_section(PAGE, "## One\n\nnew\n")

    assert changed == "# Benchmarks\n\nWhy.\n\n## One\n\nnew\n\n## Two\n\nstays\n"
    assert with_section(changed, "## One\n\nnew\n") == changed


def test_a_new_section_comes_last() -> None:
    assert with_section(PAGE, "## Three\n\n1\n") == PAGE + "\n## Three\n\n1\n"


def step(code: str, seconds: float = 60) -> gpu_all.Step:
    return gpu_all.Step("a step", (sys.executable, "-c", code), seconds)


def test_a_step_says_how_it_ended_in_its_last_line() -> None:
    passed, failed = gpu_all.run(step("print('== 3 passed ==')")), gpu_all.run(step("raise SystemExit('no')"))

    assert (passed.passed, passed.words) == (True, "3 passed")
    assert (failed.passed, failed.words) == (False, "no")


def test_a_step_that_takes_too_long_is_ended_and_failed() -> None:
    outcome = gpu_all.run(step("print('begun', flush=True); import time; time.sleep(600)", 2))

    assert (outcome.passed, outcome.words) == (False, "ended after 2 seconds")
    assert outcome.output.startswith("begun")


def test_the_section_reports_a_failure_and_shows_the_table() -> None:
    table = gpu_all.run(step("print('## Convolution\\n\\n| a |\\n| --- |\\n| 1 |')"))
    section = gpu_all.section([gpu_all.run(step("raise SystemExit('a | b')")), table])

    assert "| a step | FAILED | a \\| b | 0 s |" in section
    assert "| a step | passed | its table is below | 0 s |" in section
    assert section.endswith("### Convolution\n\n| a |\n| --- |\n| 1 |\n")


def test_all_steps_together_take_at_most_eight_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda *_, **__: "/a/compute-sanitizer")

    assert sum(step.seconds for step in gpu_all.steps()) <= 480


def test_without_a_gpu_nothing_is_tried_and_nothing_written(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(gpu_all, "DESCRIBE", "raise SystemExit('no CuPy')")
    monkeypatch.setattr(gpu_all, "write", lambda section: pytest.fail("a section was written"))

    assert gpu_all.main() == 1
    assert "No GPU was found" in capsys.readouterr().out


@pytest.mark.parametrize("code", [gpu_all.DESCRIBE, gpu_all.COMPARE], ids=["machine", "torch"])
def test_a_package_that_is_not_there_is_named_without_a_traceback(code: str) -> None:
    """A Python without site-packages has none of them."""
    outcome = gpu_all.run(gpu_all.Step("a step", (sys.executable, "-I", "-S", "-c", code), 60))

    assert not outcome.passed
    assert "is not installed for this Python" in outcome.words
    assert "Traceback" not in outcome.output
