"""Names the misconception behind a failure: the mutant that answers every case as the submission does."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from grader.model.grade import CriterionGrade, Grade, Status

MAX_CANDIDATES = 3
MISCONCEPTIONS = "misconceptions.json"  # the file of a handout
FORMAT = 2  # of that file: another number for another meaning, so that no old one is read


@dataclass(frozen=True)
class Misconceptions:
    """What each mutant answers: `answers[mutant][criterion/case]`, and its `messages[mutant]` to the student.

    Answers are digests (see `grader.judge.answers`), so that this can travel in a handout without carrying a
    mutant, or how the case ended. `related[criterion]` are the criteria that depend on no exercise which this
    one does not depend on, itself among them: what is wrong there may be what is wrong here.
    """

    messages: Mapping[str, str]
    related: Mapping[str, Sequence[str]]
    answers: Mapping[str, Mapping[str, str]]

    def only(self, cases: Iterable[str]) -> "Misconceptions":
        """What is known of these cases."""
        kept = set(cases)
        answers = {m: {c: a for c, a in known.items() if c in kept} for m, known in self.answers.items()}
        return Misconceptions(self.messages, self.related, answers)

    def to_json(self) -> str:
        """As JSON; the same text every time."""
        return json.dumps(asdict(self), indent=0, sort_keys=True)

    @staticmethod
    def read(path: Path) -> "Misconceptions":
        """Reads what `to_json` made."""
        data = json.loads(path.read_text(encoding="utf-8"))
        return Misconceptions(data["messages"], data["related"], data["answers"])


def of_mutants(
    grades: Mapping[str, Grade], messages: Mapping[str, str], exercises: Mapping[str, str]
) -> Misconceptions:
    """What the mutants answer, from their own grades; `exercises[mutant]` is the one that it gets wrong."""
    depends: dict[
        str, set[str]
    ] = {}  # the exercises of a criterion: those whose mutants lose something on it
    for name, grade in grades.items():
        for criterion in grade.criteria:
            lost = {exercises[name]} if criterion.status is not Status.OK else set()
            depends.setdefault(criterion.id, set()).update(lost)
    related = {one: [other for other in depends if depends[other] <= depends[one]] for one in depends}
    return Misconceptions(messages, related, {name: _evidence(grade) for name, grade in grades.items()})


def _evidence(grade: Grade) -> dict[str, str]:
    """What each case that ran answered, or how it ended."""
    return {
        f"{result.criterion}/{result.case}": result.answer or result.status
        for criterion in grade.criteria
        for result in criterion.results
        if result.status not in (Status.NOT_RUN, Status.INTERNAL_ERROR)
    }


def diagnose(grade: Grade, known: Misconceptions) -> Grade:
    """The grade, with the misconception named in each failing result where the evidence is whole.

    A mutant explains a criterion when every known case of it and of those related to it ends with the mutant
    as it did with the submission, and at least one that fails has an answer. So a mistake in one function is
    not taken for another one in a function that calls it. What is right for the submission's own forward pass
    is no misconception, whatever mutant answers alike.
    """
    evidence = _evidence(grade)
    cases = {case for answers in known.answers.values() for case in answers}
    criteria = []
    for criterion in grade.criteria:
        related = {criterion.id, *known.related.get(criterion.id, ())}
        compared = {c: a for c, a in evidence.items() if c in cases and c.partition("/")[0] in related}
        criteria.append(_diagnose(criterion, known, compared))
    return replace(grade, criteria=tuple(criteria))


def _diagnose(
    criterion: CriterionGrade, known: Misconceptions, compared: Mapping[str, str]
) -> CriterionGrade:
    failing = [
        result
        for result in criterion.results
        if result.status not in (Status.OK, Status.NOT_RUN) and not result.follow_through
    ]
    if not any(result.answer and f"{result.criterion}/{result.case}" in compared for result in failing):
        return criterion
    names = tuple(
        mutant
        for mutant, answers in known.answers.items()
        if all(answers.get(case) == answer for case, answer in compared.items())
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
