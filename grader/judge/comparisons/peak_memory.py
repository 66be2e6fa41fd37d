"""Requires a right answer and a peak memory below a ceiling, measured from outside the process."""

from functools import cache
from typing import TYPE_CHECKING, Annotated

from grader.judge.comparison import Comparison, Judged, Question
from grader.judge.differences.difference import Difference
from grader.judge.reference_answer import judge_answer
from grader.model.assignment import Case
from grader.model.errors import GraderFault
from grader.model.grade import Outcome, Status

if TYPE_CHECKING:
    from grader.judge.case_model import Strict

DOCS = """\
With `peak_memory: 40 MiB`, the process that computes the answer may hold at most 40 MiB more than an idle
worker does. The grader reads the kernel's count from outside. Everything counts: the imported modules, the
inputs, each array in between, and the answer. The process runs this one case only. Students cannot run such a
case, because the handout leaves it out, and its numbers come from the secret seed. Choose sizes at which the
right and the wrong way are far apart, and a limit between them: the count is exact to about 4 MiB. The
process may write no file, because a file would be memory that does not count.

```yaml
- id: conv
  title: the convolution itself
  points: 10
  probe: conv
  help: README.md#the-kernel-slides
  cases:
    - {id: no-copies-of-pixels, x: [128, 128, 16], w: [5, 5, 16], stride: 1, padding: 0, peak_memory: 40 MiB}
```
"""


@cache
def peak_memory_keys() -> "type[Strict]":
    """The keys of a case with `peak_memory`."""
    from pydantic import Field

    from grader.judge.case_model import Strict

    class PeakMemoryKeys(Strict):
        """The keys of a case with bounded memory."""

        peak_memory: Annotated[str, Field(pattern=r"^[1-9]\d{0,3} MiB$")] | None = None
        """`40 MiB`: the most memory that its process may ever hold; left out of handouts."""

    return PeakMemoryKeys


class PeakMemory(Comparison):
    """The answer must be right, and the memory must stay below the ceiling."""

    name = "peak_memory"
    rank = 85
    heading = "Memory"
    docs = DOCS
    case_keys = staticmethod(peak_memory_keys)
    chosen_by = "peak_memory"
    is_in_handout = False
    must_kill = False

    def judge(self, question: Question) -> Judged:
        """The answer of a process that runs this case alone. Above the ceiling the outcome is MEMORY."""
        inputs = question.inputs
        outcome, peak_bytes = question.submission.run_measured(question.case.probe, inputs)
        outcome, difference = judge_answer(question, question.oracle.expected(question.case, inputs), outcome)
        if outcome.status is not Status.OK or difference is not None:
            return outcome, difference
        if not peak_bytes:
            raise GraderFault(
                f"{question.case.name} cannot run: this machine does not report a process's memory"
            )
        large = too_large(peak_bytes, ceiling_of(question.case))
        return (outcome, None) if large is None else (Outcome(Status.MEMORY, reason=large.rationale), large)


def ceiling_of(case: Case) -> int:
    """The number of bytes that a case may hold at any time."""
    return int(case.options["peak_memory"].partition(" ")[0]) << 20


def too_large(peak_bytes: int, ceiling: int) -> Difference | None:
    """The peak memory next to the ceiling, as a difference; None if the peak is not above it."""
    if peak_bytes <= ceiling:
        return None
    return Difference(
        f"at most {ceiling >> 20} MiB of memory at any time",
        f"{-(-peak_bytes >> 20)} MiB",
        "right, but it needs too much memory: is there an array with many copies of each element?",
    )
