"""Makes the short code of a case in one student's feedback, for use in a request for a regrade.

The code is the beginning of a keyed digest. So a request with a valid code is about feedback that the grader
wrote to this student, and its case is not mistyped.
"""

import hashlib
import hmac
import re
from collections.abc import Iterable
from dataclasses import replace

from grader.model.class_row import ClassRow
from grader.model.grade import Grade, Status

LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # no 0 and O, no 1 and I
LENGTH = 4
LONGEST = 300  # characters that a student may copy
WRITTEN = re.compile(
    rf"\s*(?P<case>[^\s·/:,;]+/[^\s·:,;]+)[\s·:,;-]+(?P<code>[{LETTERS}]{{{LENGTH}}})\W*", re.IGNORECASE
)


def code_of(key: str, student: str, assignment: str, case: str) -> str:
    """The code of `criterion/case` in a student's feedback; `key` is the course's secret."""
    words = "\0".join(("regrade", student, assignment, case)).encode(errors="surrogatepass")
    digest = hmac.new(key.encode(), words, hashlib.sha256).digest()
    return "".join(LETTERS[byte % len(LETTERS)] for byte in digest[:LENGTH])


def read_code(text: str) -> tuple[str, str]:
    """The case and code in `x_grad/of-views · 7KQ2`, as students copy it; both "" if there is no code."""
    # the time grows with the square of the length, and a student chooses the text
    match = WRITTEN.fullmatch(text) if len(text) <= LONGEST else None
    return (match["case"], match["code"].upper()) if match else ("", "")


def with_codes(rows: Iterable[ClassRow], key: str) -> list[ClassRow]:
    """The rows with a code for each case that did not pass."""
    return [
        row if row.grade is None else replace(row, grade=_with_codes(row.grade, key, row.student_id))
        for row in rows
    ]


def _with_codes(grade: Grade, key: str, student: str) -> Grade:
    def code(criterion: str, case: str) -> str:
        return code_of(key, student, grade.assignment, f"{criterion}/{case}")

    criteria = []
    for criterion in grade.criteria:
        results = (
            one if one.status is Status.OK else replace(one, code=code(criterion.id, one.case))
            for one in criterion.results
        )
        criteria.append(replace(criterion, results=tuple(results)))
    return replace(grade, criteria=tuple(criteria))
