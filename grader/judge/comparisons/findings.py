"""What the emulator finds in a kernel and a GPU would hide: there must be nothing."""

import hashlib
from collections.abc import Sequence

import numpy as np

from grader.judge.comparison import Comparison, Difference, Judged, Question
from grader.judge.differences.answers import Array, arrays_of, of_arrays
from grader.model.assignment import Case
from grader.model.grade import Outcome, Status

FINDINGS = (  # in the order in which a probe tells of them
    *("out_of_bounds", "uninitialised_read", "never_written", "race", "divergent_barrier"),
    *("schedule_dependent", "bad_launch"),
)
MAX_TEXT = 1500
DOCS = """\
What a GPU hides of a kernel in CUDA C, and the emulator finds: an access out of bounds, a race, a barrier
that some threads miss. The probe returns how many findings there are of each kind
(`grader/judge/comparisons/findings.py` has their order) and the first of them in words, as bytes. There
must be none; no expected value is needed.

```yaml
- id: matmul_bugs
  title: "matmul: no bug that a GPU would hide"
  points: 6
  probe: matmul_bugs
  compare: findings
  help: README.md#what-a-gpu-does-not-tell
  cases:
    - {id: several-tiles, shape: [17, 37], other: [37, 31], kernel: matmul}
```
"""


class Findings(Comparison):
    """The emulator found nothing."""

    name = "findings"
    rank = 60
    docs = DOCS
    needs_expected = False

    def judge(self, question: Question) -> Judged:
        """The probe returns how many findings there are of each of FINDINGS, and the first in words."""
        outcome = of_arrays(question.submission.run(question.case.probe, question.inputs))
        return outcome, first_finding(arrays_of(outcome)) if outcome.status is Status.OK else None

    def digest(self, case: Case, outcome: Outcome) -> str:
        """Of which kinds of findings there are: lines, threads and counts differ with the way of writing."""
        if outcome.status is Status.ERROR:
            return f"error {outcome.error}"
        return kinds_digest(arrays_of(outcome))


def first_finding(arrays: Sequence[Array]) -> Difference | None:
    """The kinds of findings that there are, with the first in the emulator's words."""
    if len(arrays) != 2 or arrays[0].shape != (len(FINDINGS),) or arrays[0].dtype != np.int64:
        return Difference(
            f"{len(FINDINGS)} numbers and a text", "something else", "this is not what the probe returns"
        )
    found = [kind for kind, count in zip(FINDINGS, arrays[0].tolist(), strict=True) if count]
    if not found:
        return None
    text = arrays[1].tobytes()[:MAX_TEXT].decode(errors="replace")
    return Difference("nothing found", ", ".join(kind.replace("_", " ") for kind in found), text)


def kinds_digest(arrays: Sequence[Array]) -> str:
    """What two submissions with one idea have in common."""
    counts = [int(n) for array in arrays if array.dtype == np.int64 for n in array.reshape(-1)]
    there = [count > 0 for count in counts]
    return hashlib.sha256(f"findings {len(counts)} {there}".encode()).hexdigest()
