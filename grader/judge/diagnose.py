"""Names the misconception behind a failure: the mutant that answers every case as the submission does."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from grader.model.frame import RawArray
from grader.model.grade import CriterionGrade, Grade, Status

MAX_CANDIDATES = 3
MISCONCEPTIONS = "misconceptions.json"  # the file of a handout


@dataclass(frozen=True)
class Misconceptions:
    """What each mutant answers: `answers[mutant][criterion/case]`, and its `messages[mutant]` to the student.

    `criteria[mutant]` are those whose probe calls its exercise: only there can it be what went wrong.
    Answers are digests (see `answer_of`), so that this can travel in a handout without carrying a mutant.
    """

    messages: Mapping[str, str]
    criteria: Mapping[str, Sequence[str]]
    answers: Mapping[str, Mapping[str, str]]

    def only(self, cases: Iterable[str]) -> "Misconceptions":
        """What is known of these cases."""
        kept = set(cases)
        answers = {m: {c: a for c, a in known.items() if c in kept} for m, known in self.answers.items()}
        return Misconceptions(self.messages, self.criteria, answers)

    def to_json(self) -> str:
        """As JSON; the same text every time."""
        return json.dumps(asdict(self), indent=0, sort_keys=True)

    @staticmethod
    def read(path: Path) -> "Misconceptions":
        """Reads what `to_json` made."""
        data = json.loads(path.read_text(encoding="utf-8"))
        return Misconceptions(data["messages"], data["criteria"], data["answers"])


def answer_of(arrays: Sequence[RawArray]) -> str:
    """A digest of what came back; equal for equal values (0.0 and -0.0 are)."""
    digest = hashlib.sha256()
    for array in arrays:
        data = array.data
        if array.dtype.startswith("<f"):
            data = (np.frombuffer(array.data, dtype=array.dtype) + 0).tobytes()
        digest.update(f"{array.dtype}{array.shape}".encode() + data)
    return digest.hexdigest()


def of_mutants(
    grades: Mapping[str, Grade], messages: Mapping[str, str], criteria: Mapping[str, Sequence[str]]
) -> Misconceptions:
    """What the mutants answer, from their own grades."""
    answers = {
        name: {
            f"{result.criterion}/{result.case}": result.answer
            for criterion in grade.criteria
            for result in criterion.results
            if result.answer
        }
        for name, grade in grades.items()
    }
    return Misconceptions(messages, criteria, answers)


def diagnose(grade: Grade, known: Misconceptions) -> Grade:
    """The grade, with the misconception named in each failing result where the evidence is whole.

    A mutant explains a criterion when it gives the submission's own answer on every case that can be
    compared, those that pass included, and at least one of them fails.
    """
    return replace(grade, criteria=tuple(_diagnose(criterion, known) for criterion in grade.criteria))


def _diagnose(criterion: CriterionGrade, known: Misconceptions) -> CriterionGrade:
    compared = {f"{r.criterion}/{r.case}": r for r in criterion.results if r.answer}
    failing = [result for result in criterion.results if result.status not in (Status.OK, Status.NOT_RUN)]
    if not any(result.answer for result in failing):
        return criterion
    names = tuple(
        mutant
        for mutant, answers in known.answers.items()
        if criterion.id in known.criteria[mutant]
        and all(answers.get(case) == result.answer for case, result in compared.items())
    )
    if not names:
        return criterion
    idea = known.messages[names[0]]
    if len(names) > 1:
        shown = [name.replace("_", " ") for name in names[:MAX_CANDIDATES]]
        idea = f"your answers fit more than one idea: {'; '.join(shown)}"
    results = tuple(
        replace(result, misconceptions=names, idea=idea) if result in failing else result
        for result in criterion.results
    )
    return replace(criterion, results=results)
