"""A kind of case whose numbers are in the rubric, for results without rounding."""

import numpy as np

from grader.judge.inputs import Inputs
from grader.judge.kind import Kind


def written_keys():
    """The model of a case by the key that tells it."""
    from typing import Any

    from grader.judge.case_model import CaseModel

    class WrittenCase(CaseModel):
        """Arrays by name, with all their numbers."""

        numbers: dict[str, list[Any]]
        """For the probe, as `case.NAME`: an array of these numbers, one list for each axis."""

    return {"numbers": WrittenCase}


class Written(Kind):
    """Arrays whose numbers the case gives."""

    name = "written"
    keys = staticmethod(written_keys)

    def arrays_of(self, parameters):
        """The names that the case gives."""
        return tuple(parameters["numbers"])

    def draw(self, case, shapes, numbers):
        """The arrays of the case; nothing is random."""
        bases = {name: np.array(a, np.float32) for name, a in case.parameters["numbers"].items()}
        return Inputs({}, bases, dict.fromkeys(bases, ()))

    def describe(self, case, inputs):
        """Each array with its shape."""
        return ", ".join(f"{name} {inputs.array(name).shape}" for name in inputs.bases)

    def lengths(self, parameters):
        """The shapes of the arrays, and the largest of them for the result."""
        shapes = [np.shape(a) for a in parameters["numbers"].values()]
        return shapes, [max(shapes, key=np.prod)]
