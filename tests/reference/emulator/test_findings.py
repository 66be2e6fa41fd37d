"""Each planted bug is found, by name and line, whatever the seed; a correct kernel is never accused."""

import numpy as np
import pytest

from reference.emulator import KINDS, Module
from tests.reference.emulator.programs import BUGS, PROGRAMS

SEEDS = 3


@pytest.fixture(scope="module")
def module(request):
    folder = request.config.cache.mkdir("kernels")
    return lambda source: Module(source, folder=folder)


def checked(module, program, seed, schedules, launch=()):
    """(run, output, expected) of a program on random arguments."""
    arguments, out, expected = program.make(np.random.default_rng(seed))
    for name in module.kernels:
        if name == "conv1d":
            module.constant("weights", "float32", 5)[...] = np.arange(1, 6)
    how = {"grid": program.grid, "block": program.block, "shared_bytes": program.shared_bytes} | dict(launch)
    run = module.check(program.kernel, arguments=arguments, schedules=schedules, seed=1000 * seed, **how)
    return run, out, expected


def line_of(source, text):
    return next(number for number, line in enumerate(source.split("\n"), 1) if text in line)


def assert_clean(module, program, seed, schedules):
    run, out, expected = checked(module, program, seed, schedules)
    assert run.findings == ()
    np.testing.assert_array_equal(expected, out)


def assert_found(module, bug, seed):
    run, _, _ = checked(module, PROGRAMS[bug.program], seed, 3, bug.launch)
    assert {finding.kind for finding in run.findings} <= set(KINDS)
    findings = [finding for finding in run.findings if finding.kind == bug.kind]
    assert findings, f"{bug.kind} is not among {[str(finding) for finding in run.findings]}"
    if bug.at:
        assert line_of(bug.source, bug.at) in {finding.line for finding in findings}
    if bug.kind not in ("never_written", "schedule_dependent", "bad_launch"):
        assert all(finding.thread is not None and finding.block is not None for finding in findings)


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_correct_kernel_computes_what_numpy_does_and_is_not_accused(module, name):
    program = PROGRAMS[name]
    for seed in range(SEEDS):
        assert_clean(module(program.source), program, seed, 8)


@pytest.mark.parametrize("name", BUGS)
def test_a_planted_bug_is_found_by_name_and_line(module, name):
    for seed in range(SEEDS):
        assert_found(module(BUGS[name].source), BUGS[name], seed)


@pytest.mark.slow
@pytest.mark.parametrize("name", PROGRAMS)
def test_a_correct_kernel_is_not_accused_over_200_schedules(module, name):
    assert_clean(module(PROGRAMS[name].source), PROGRAMS[name], 7, 200)


@pytest.mark.slow
@pytest.mark.parametrize("name", BUGS)
def test_a_planted_bug_is_found_on_each_of_50_seeds(module, name):
    for seed in range(50):
        assert_found(module(BUGS[name].source), BUGS[name], seed)
