"""The result of grading: outcomes, check results, and the grade that is their sum."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from typing import Any

from grader.model.assignment import Visibility
from grader.model.wire_format import RawArray

HINT = "~"  # begins the digest of an answer with few different numbers, which is only a hint
BLANK = HINT * 2  # begins that of an answer without any number but 0, infinity and NaN
MODULE = "<module>"  # the function of a call that runs a file from its first line on


class Status(StrEnum):
    """The way that one case ended; the set is closed.

    OK and WRONG are verdicts on values. The submission causes ERROR to REFUSED, but not NOT_RUN and
    INTERNAL_ERROR: those are never silently scored as zero.
    """

    OK = "ok"
    """The answer is right."""
    WRONG = "wrong"
    """The answer is wrong; the report shows where it first differs."""
    ERROR = "error"
    """The submission raised an exception, or returned something that is not data."""
    TOO_SLOW = "too_slow"
    """The answer is right but took longer than the case's `at_most`."""
    TIMEOUT = "timeout"
    """No answer came within the time limit."""
    MEMORY = "memory"
    """The submission needed more memory than its limit."""
    OUTPUT_LIMIT = "output_limit"
    """The submission printed or returned more than its limit."""
    CALL_LIMIT = "call_limit"
    """The submission called the case's functions more often, for longer or with more than it may."""
    CRASHED = "crashed"
    """The process of the submission ended by itself."""
    FORGED_REPLY = "forged_reply"
    """The grader's channel carried bytes that no honest worker writes."""
    REFUSED = "refused"
    """The submission breaks a rule of the assignment, so nothing of it ran."""
    NOT_RUN = "not_run"
    """The case did not run, because a criterion that it requires fails or its time was used up."""
    INTERNAL_ERROR = "internal_error"
    """The fault is the grader's. The score needs review."""


UNJUDGED = (Status.REFUSED, Status.INTERNAL_ERROR)  # nothing of the submission ran, or nothing of it counts
NOT_A_RUN = (Status.NOT_RUN, *UNJUDGED)  # say nothing about the case


@dataclass(frozen=True)
class Outcome:
    """An implementation's answer to one question: arrays if `status` is OK, else the reason for failure.

    `error` is the class of the exception if one was raised, `error_bases` are the classes that it derives
    from, and `calls` are the submission's own calls that it passed through, the outermost first.
    `is_error_of_submission` is False if a probe raised it, for example because it could not use what the
    submission returned.
    """

    status: Status
    arrays: tuple[RawArray, ...] = ()
    reason: str = ""
    output: str = ""
    error: str = ""
    calls: tuple["Call", ...] = ()
    is_error_of_submission: bool = False
    error_bases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Variable:
    """A variable on the line where a call raised: the `shape` and `dtype` of an array, or a short `value`.

    Either `shape` is not None or `value` counts; a `dtype` that no case has is "".
    """

    name: str
    shape: tuple[int, ...] | None = None
    dtype: str = ""
    value: int | bool | tuple[int, ...] | None = None

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Variable":
        """The variable that `asdict` describes in JSON."""
        fields: dict[str, Any] = {key: tuple(v) if isinstance(v, list) else v for key, v in data.items()}
        return cls(**fields)

    def in_words(self, with_dtype: bool = False) -> str:
        """`a has shape (2, 3)`, `a has shape (2, 3) in float64`, or `stride is 2`."""
        if self.shape is None:
            return f"{self.name} is {self.value}"
        return f"{self.name} has shape {self.shape}" + f" in {self.dtype}" * (with_dtype and bool(self.dtype))


@dataclass(frozen=True)
class Call:
    """One call of a submission that an exception passed through.

    `arguments` describes the function's arguments: the shapes of arrays, and short plain values. `variables`
    are those that the line reads, as they were when it raised.
    """

    function: str
    file: str
    line: int
    source: str = ""
    arguments: str = ""
    variables: tuple[Variable, ...] = ()

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Call":
        """The call that `asdict` describes in JSON."""
        variables = (Variable.from_json(one) for one in data.get("variables", ()))
        return cls(**{**data, "variables": tuple(variables)})

    def variables_in_words(self, case: str = "", except_for: Collection[str] = ()) -> str:
        """`There, a has shape (2, 3) and s is 2.`; "" if there is no variable.

        A `case` is named, and so are dtypes if they differ.
        """
        shown = [variable for variable in self.variables if variable.name not in except_for]
        if not shown:
            return ""
        with_dtype = len({variable.dtype for variable in shown if variable.dtype}) > 1
        *others, last = [variable.in_words(with_dtype) for variable in shown]
        in_case = f"in {case}, " if case else ""
        return f"There, {in_case}{', '.join(others)}{' and ' if others else ''}{last}."


@dataclass(frozen=True)
class Idea:
    """A misconception suggested by failing cases of one criterion.

    `name` is its mutant and `exercise` the function that has it; `message` and `help` are for the student.
    `failing` counts the criterion's failing cases with evidence. Of these, `explained` end exactly as this
    idea predicts, alone or together with the criterion's other idea. `is_sure`: the criterion's ideas explain
    all of them, and no case speaks against one. `others` are the mutants that fit just as well.
    """

    name: str
    exercise: str
    message: str
    help: str
    explained: int
    failing: int
    is_sure: bool
    others: tuple[str, ...] = ()


class FactKind(StrEnum):
    """What several failing cases have in common."""

    ERROR = "error"
    """They end in the same exception at the same line."""
    INNER = "inner"
    """Another exercise, which this one calls, is wrong."""
    FINDING = "finding"
    """Another criterion shows what the emulator found in their kernel."""
    PLACE = "place"
    """They pass with other code in one place of the submission."""


@dataclass(frozen=True)
class Fact:
    """A fact that several failing `cases` of a criterion share, to show once; only visible cases."""

    kind: FactKind
    text: str
    cases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Location:
    """A place in the submission's source where other code makes failing cases pass, and breaks none.

    `text` is the student's expression or statement there, on one line. Lines and columns count from 1; the
    `end_column` is the first one behind it. `mended` of the `failing` visible cases pass.
    """

    file: str
    line: int
    column: int
    end_line: int
    end_column: int
    text: str
    mended: int
    failing: int


@dataclass(frozen=True)
class CheckResult:
    """The verdict on one case, in the order that a student reads it.

    `inputs` describes the case in words; `expected` and `actual` show the first difference, at `index`;
    `rationale` says why that is wrong; `help` where to read more; `output` is what the submission printed.
    `answer` is a digest of the returned arrays, if it can be compared with those of others; `calls` are the
    calls that an exception passed through. `misconceptions` are the criterion's ideas that explain this case,
    and `idea` is their text.
    `follow_through` is the share of its points that a wrong case still earns. `code` identifies the case in a
    student's request for a regrade (see `grader.model.request_code`).
    """

    criterion: str
    case: str
    status: Status
    visibility: Visibility = Visibility.VISIBLE
    inputs: str = ""
    index: tuple[int, ...] | None = None
    expected: str = ""
    actual: str = ""
    rationale: str = ""
    help: str = ""
    output: str = ""
    answer: str = ""
    misconceptions: tuple[str, ...] = ()
    idea: str = ""
    follow_through: float = 0.0
    code: str = ""
    calls: tuple[Call, ...] = ()

    @property
    def name(self) -> str:
        """The case's name, `criterion/case`."""
        return f"{self.criterion}/{self.case}"

    @property
    def is_unread(self) -> bool:
        """True if an error came before any call: the file cannot be imported, or lacks the function."""
        return self.status is Status.ERROR and all(call.function == MODULE for call in self.calls)

    @property
    def why(self) -> str:
        """The idea behind a failure if one is known, else why the case fails; "" for one that passes."""
        return self.idea or self.rationale


@dataclass(frozen=True)
class CriterionGrade:
    """The result of one criterion: `score` of the `points` that its available cases offer.

    A criterion `by_hand` has no cases: a grader gives its points, and `reason` is their text.
    `ideas` holds at most two, the one that explains more first; `facts` are shared by several cases.
    `locations` are places that may be wrong: equally likely ones, or two that are wrong together.
    """

    id: str
    title: str
    points: Fraction
    score: Fraction
    status: Status
    results: tuple[CheckResult, ...]
    reason: str = ""
    by_hand: bool = False
    ideas: tuple[Idea, ...] = ()
    facts: tuple[Fact, ...] = ()
    locations: tuple[Location, ...] = ()

    def ideas_at(self, result: CheckResult) -> dict[str, str]:
        """The text of each idea that explains a case, by its name: `a or b` for two that fit equally well.

        Two ideas that explain the case together are two entries. If a grade does not hold its ideas one by
        one, as old gradebooks do not, all names and the whole text are one entry.
        """
        if not result.misconceptions:
            return {}
        ideas = [idea for idea in self.ideas if idea.name in result.misconceptions]
        texts = result.idea.split("\n")
        if len(ideas) != len(texts):
            return {" or ".join(result.misconceptions): result.idea}
        names = (" or ".join((idea.name, *idea.others)) for idea in ideas)
        return dict(zip(names, texts, strict=True))


@dataclass(frozen=True)
class Grade:
    """One submission's grade.

    `sandbox` records the sandbox, `versions` the software. `withheld` are the points of hidden cases that are
    not available here. `not_selected` counts the cases that this run left out: unless it is 0, the score is
    not a grade. `notes` are lines for the student that cost no points.
    """

    assignment: str
    submission: str
    criteria: tuple[CriterionGrade, ...]
    sandbox: str
    device: str = "cpu"
    withheld: Fraction = Fraction(0)
    not_selected: int = 0
    versions: dict[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @cached_property
    def score(self) -> Fraction:
        """The points earned."""
        return sum((criterion.score for criterion in self.criteria), Fraction(0))

    @cached_property
    def max_score(self) -> Fraction:
        """The points that the available cases offer (in a handout, the visible ones)."""
        return sum((criterion.points for criterion in self.criteria), Fraction(0))

    @property
    def cases(self) -> tuple[CheckResult, ...]:
        """The results of all cases, in the rubric's order."""
        return tuple(result for criterion in self.criteria for result in criterion.results)

    @property
    def passed(self) -> bool:
        """True if every case passed."""
        return all(criterion.status is Status.OK for criterion in self.criteria if not criterion.by_hand)

    @property
    def needs_review(self) -> tuple[CheckResult, ...]:
        """The results that are the grader's fault; a score that depends on them needs review."""
        return tuple(
            result
            for criterion in self.criteria
            for result in criterion.results
            if result.status is Status.INTERNAL_ERROR
        )
