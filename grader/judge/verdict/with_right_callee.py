"""Finds out whether an exercise would pass if another one that it calls were right."""

import contextlib
from collections.abc import Sequence

from grader.judge.comparison import Oracle
from grader.judge.process.implementation import Implementation
from grader.judge.verdict.case_result import is_visible
from grader.judge.verdict.grade_case import grade_case
from grader.model.assignment import Case, Criterion
from grader.model.errors import GraderFault
from grader.model.grade import Status


def passes_with_a_right(
    version: str, cases: Sequence[Case], criterion: Criterion, submission: Implementation, oracle: Oracle
) -> bool | None:
    """True if cases pass once the reference's version of an inner exercise replaces the submission's.

    They run in a separate worker, because it holds the reference's source: the visible cases first, then the
    others in one more, so that no process that answers a visible case knows a hidden input. Of the answers
    and the output, the grader uses only one fact: whether all cases pass. None if there is no such version,
    if the submission is not a single Python file, or if the criterion has no time left.
    """
    files = submission.subject.files
    if not version or not cases or len(files) != 1:
        return None
    ((name, content),) = files.items()
    new_files = {name: content.rstrip() + b"\n\n\n" + version.encode()}
    with contextlib.suppress(GraderFault), submission.with_files(new_files) as substitute:
        with substitute.budgets.within(criterion.id) as budget:
            for case in sorted(cases, key=lambda case: not is_visible(case)):
                worker = substitute if is_visible(case) else substitute.hidden_worker
                passes = grade_case(case, criterion, worker, oracle).status is Status.OK
                if budget.is_used_up:
                    return None
                if not passes:
                    return False
        return True
    return None
