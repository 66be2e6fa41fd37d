"""A command that a signal ends cleans up to the end, and reports the signal."""

import signal
import subprocess
import sys
from itertools import product

import pytest

from tests.waiting import LIMIT

SIGNALS = [signal.SIGTERM, signal.SIGHUP, signal.SIGINT]
COMMAND = """
import signal
from grader.cli.command_line import signals

signals.TOGETHER_SECONDS = 600  # however busy the machine is
with signals.terminate_on_signals():
    try:
        print("running", flush=True)
        signal.pause()
    finally:
        print("cleaning up", flush=True)
        for number in map(int, input().split()):
            signal.raise_signal(number)
        print("clean", flush=True)
"""
REPLACED = """
from grader.cli.command_line import signals

with signals.terminate_on_signals():
    try:
        with signals.until_ctrl_c():
            print("running", flush=True)
            try:
                __import__("signal").pause()
            except KeyboardInterrupt:
                raise KeyboardInterrupt from None  # as watchfiles and pytest do
        print("ended")
    except signals.Terminated as raised:
        print(raised.exit_status)
"""


def running(program: str) -> "subprocess.Popen[str]":
    """A process that runs a program, once it says so."""
    process = subprocess.Popen(
        [sys.executable, "-c", program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "running\n"
    return process


@pytest.mark.parametrize(("first", "second"), list(product(SIGNALS, SIGNALS)))
def test_a_second_signal_does_not_interrupt_the_clean_up(
    first: signal.Signals, second: signal.Signals
) -> None:
    process = running(COMMAND)
    process.send_signal(first)
    output, _ = process.communicate(f"{second:d} {second:d}\n", timeout=LIMIT)

    assert output == "cleaning up\nclean\n"


@pytest.mark.parametrize(
    ("number", "ending"), [(signal.SIGTERM, "143\n"), (signal.SIGHUP, "129\n"), (signal.SIGINT, "ended\n")]
)
def test_only_ctrl_c_can_end_a_command_with_success(number: signal.Signals, ending: str) -> None:
    """A library may raise a plain KeyboardInterrupt in place of the signal's exception."""
    process = running(REPLACED)
    process.send_signal(number)

    assert process.communicate(timeout=LIMIT) == (ending, "")
