"""Cheats that depend on the environment: how often a function is called, and where it runs."""

from collections.abc import Iterator, Sequence

from grader.model.assignment import Assignment
from grader.prove.cheat import Exercise
from grader.prove.python_cheats import Behavior, PythonFamily

CALLS_SO_FAR = {"state": "calls = []", "count": "calls.append(0)"}
BEHAVIORS = {
    "right_at_its_first_call": (
        "Every function is right at its first call, and wrong later.",
        Behavior("other = wrong(right) if len(calls) > 1 else right", **CALLS_SO_FAR),
    ),
    "wrong_at_its_first_call": (
        "Every function is wrong at its first call, and right later.",
        Behavior("other = right if len(calls) > 1 else wrong(right)", **CALLS_SO_FAR),
    ),
    "right_at_every_other_call": (
        "Every function is right at its odd calls.",
        Behavior("other = right if len(calls) % 2 else wrong(right)", **CALLS_SO_FAR),
    ),
    "right_at_its_first_calls": (  # a clock in its place would make the proof depend on the machine's load
        "All functions together are right at their first 20 calls, and wrong later.",
        Behavior(
            "other = right if len(ALL_CALLS) <= 20 else wrong(right)",
            count="ALL_CALLS.append(0)",
            top="ALL_CALLS = []",
        ),
    ),
    "right_without_a_sandbox": (
        "Every function is right where it sees processes, and wrong in a sandbox.",
        Behavior('other = right if os.path.exists("/proc/self/status") else wrong(right)', top="import os"),
    ),
    "right_on_another_device": (
        "Every function is right on each device but the first.",
        Behavior(
            'device = [str(getattr(one, "device", "")) for one in given]\n'
            "            FIRST[:] = FIRST or [device]\n"
            "            other = wrong(right) if device == FIRST[0] else right",
            top="FIRST = []",
        ),
    ),
}


class Split(PythonFamily):
    """A submission that is wrong where it expects no check must fail there."""

    name = "by_environment"

    def behaviors(
        self, assignment: Assignment, exercises: Sequence[Exercise]
    ) -> Iterator[tuple[str, str, str]]:
        """One for each thing that a function can learn about its environment."""
        for name, (does, behavior) in BEHAVIORS.items():
            yield name, does, behavior.wrapper()
