"""Requires right values and no findings of the emulator, not even of mistakes that a GPU hides."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from grader.judge.comparison import Comparison, Judged, Question
from grader.judge.comparisons.budget import (
    COUNTED,
    Excess,
    budget_keys,
    complaint_about_budget,
    excess,
    run_digest,
    values_difference,
)
from grader.judge.differences.difference import Difference
from grader.judge.differences.probe_values import Array, arrays_of, of_arrays
from grader.judge.kind import Kind
from grader.model.assignment import Case
from grader.model.grade import Outcome, Status

FINDINGS = (  # in the order in which a probe counts them
    "out_of_bounds", "uninitialized_read", "never_written", "race", "divergent_barrier",
    "schedule_dependent", "bad_launch", "misaligned", "trap", "deadlock", "crashed",
)  # fmt: skip
DETAILS = 3  # arrays after the values: a number for each kind of finding, the first finding in words, counts
MAX_TEXT = 1500
NEVER_WRITTEN = re.compile(r"\belement \d+ of \w+ is never written.*")  # the rest of a line of that text
OUT_OF_BOUNDS = re.compile(r"\bout_of_bounds\b.*\((\d+) times\)")  # a line of that text
MOST_SEEDS = 2**31
DOCS = """\
The emulator finds bugs of a CUDA C kernel that a GPU hides: an access out of bounds, a race, a barrier that
some threads miss. It must find none, and the values of the same run must be right. The probe returns

- the values, for each device that ran,
- the number of findings of each kind, in the order of `grader/judge/comparisons/findings.py`,
- the first finding in words, as bytes; if there is none, the lines that cost the most, or nothing,
- a whole number for each name in `case.counted`: the names of the case's `budget`, or none without a budget.

The reference answers the same probe, and only its values count. `case.schedule` is the seed of the random
orders of threads. In a hidden case it is drawn from the course's secret, as the inputs are.

```yaml
- id: matmul_bugs
  title: "matmul: no bug that a GPU would hide"
  points: 6
  probe: matmul_bugs
  compare: findings
  help: README.md#what-a-gpu-does-not-tell
  cases:
    - {id: several-tiles, weight: 3, shape: [17, 37], other: [37, 31], ask: {kernel: matmul}}
    - {id: no-more-reads-than-tiles-take, weight: 3, shape: [m, k], other: [k, n], ask: {kernel: matmul},
       lengths: {m: [20, 44], k: [20, 44], n: [20, 44]}, visibility: hidden,
       budget: {global_reads: "(m * k * ceil(n / 16) + k * n * ceil(m / 16)) * 5 / 4"}}
```
"""


class Findings(Comparison):
    """The values must be right, the emulator must find nothing, and no count may exceed its budget."""

    name = "findings"
    rank = 60
    docs = DOCS
    case_keys = staticmethod(budget_keys)
    extra_names = (COUNTED, "schedule")
    watches_the_run = True

    def extra_values(self, case: Case, rng: "np.random.Generator") -> Mapping[str, Any]:
        """The names of the budget, and the seed of the random orders."""
        names = list(case.options.get("budget", {}))
        return {COUNTED: names, "schedule": int(rng.integers(MOST_SEEDS))}

    def judge(self, question: Question) -> Judged:
        """Judges findings, values and counts. A finding is the most informative, so it comes first."""
        outcome = of_arrays(question.submission.run(question.case.probe, question.inputs))
        if outcome.status is not Status.OK:
            return outcome, None
        arrays = arrays_of(outcome)
        difference = first_finding(arrays[-DETAILS:])
        if difference is None:
            difference = values_difference(question, arrays[:-DETAILS], DETAILS) or excess(
                question, arrays[-1]
            )
        if isinstance(difference, Excess) and (where := _words(arrays[-DETAILS:])):
            difference = replace(difference, rationale=f"{difference.rationale}\n{where}")
        return outcome, difference

    def result_and_finding(self, answer: Sequence[Array]) -> tuple[Sequence[Array], str]:
        """The values, and the emulator's words."""
        finding = first_finding(answer[-DETAILS:])
        return answer[:-DETAILS], finding.rationale if finding else ""

    def complaint(self, case: Case, kind: Kind) -> str:
        """The problem with a budget's formula; "" if there is none."""
        return complaint_about_budget(case, kind)

    def digest(self, case: Case, outcome: Outcome, difference: Difference | None = None) -> str:
        """A digest of the kinds of findings: lines, threads and counts depend on the style of the code.

        For accesses out of bounds the order of magnitude counts, because one element too many is another
        mistake than a missing guard. For elements that are never written, the first and their number count:
        these are the same in every style. Without a finding, it is a digest of the values or of a count over
        budget.
        """
        details = arrays_of(outcome)[-DETAILS:] if outcome.status is Status.OK else ()
        if len(details) == DETAILS and details[0].any():
            return kinds_digest(details[0], _words(details))
        return run_digest(outcome, DETAILS, difference)


def first_finding(details: Sequence[Array]) -> Difference | None:
    """The kinds of the findings, with the first finding in the emulator's words; None if there is none."""
    if len(details) != DETAILS or details[0].shape != (len(FINDINGS),) or details[0].dtype != np.int64:
        return Difference(
            f"values, {len(FINDINGS)} numbers, a text and counts",
            "something else",
            "this is not what the probe returns",
        )
    kinds = [kind for kind, count in zip(FINDINGS, details[0].tolist(), strict=True) if count]
    if not kinds:
        return None
    return Difference("nothing found", ", ".join(kind.replace("_", " ") for kind in kinds), _words(details))


def _words(details: Sequence[Array]) -> str:
    """The text of an answer: the finding, or the place of wasted accesses."""
    return details[1].tobytes()[:MAX_TEXT].decode(errors="replace")


def kinds_digest(kinds: Array, words: str) -> str:
    """A digest that is equal for two submissions with the same wrong idea."""
    there = [count > 0 for count in kinds.reshape(-1).tolist()]
    doublings = max(map(int, OUT_OF_BOUNDS.findall(words)), default=1).bit_length()
    unwritten = NEVER_WRITTEN.findall(words)
    return hashlib.sha256(f"findings {len(there)} {there} {doublings} {unwritten}".encode()).hexdigest()
