"""Bundles made without a handout and a wheel, which take seconds."""

from collections.abc import Mapping

from grader.model.assignment import Assignment
from grader.publish.bundle import Bundle, Wheel


def bundle_without_handout(assignment: Assignment, variants: bool = False, seed: str = "a secret") -> Bundle:
    """A bundle whose wheels and locks are empty."""

    def wheel() -> Wheel:
        return Wheel("backflip.whl", b"what a set-up would install")

    def handout() -> Mapping[str, bytes]:
        raise AssertionError("this target needs no handout")

    return Bundle(
        assignment,
        python="3.11",
        has_variants=variants,
        locks={"autograder": b"", "instructor": b""},
        handout=handout,
        wheel=wheel,
        whole_wheel=wheel,
        answers=lambda: {".backflip-seed": seed.encode()},
    )
