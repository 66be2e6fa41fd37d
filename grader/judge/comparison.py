"""A way of comparing: what it needs of a rubric, what it asks, and how it judges the answer."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

import numpy as np

from grader.judge.differences.difference import Difference, Expected
from grader.judge.differences.probe_values import Array, of_arrays
from grader.judge.differences.python_words import shown
from grader.judge.differences.shapes import explain_shape
from grader.judge.inputs import Inputs
from grader.judge.kind import Kind, Shape
from grader.judge.kinds import kind_of
from grader.judge.process.implementation import Implementation
from grader.judge.scenario_words import as_python
from grader.model.assignment import SCENARIO, Case, Criterion
from grader.model.grade import Outcome, Status

if TYPE_CHECKING:
    from grader.judge.case_model import Strict

DTYPE = "float32"  # what submissions are asked in; the reference answers in float64


Judged = tuple[Outcome, Difference | None]


class Oracle(Protocol):
    """Knows the inputs of every case and what must come back.

    `variant` is the id of the student whose own numbers hidden cases have, "" for everybody's.
    """

    variant: str

    def inputs(self, case: Case, redraw: int = 0) -> Inputs:
        """The inputs of a case; `redraw` numbers further draws of the same shapes."""

    def expected(self, case: Case, inputs: Inputs) -> Expected:
        """What the probe must return for them."""

    def answer(self, probe: str, inputs: Inputs, dtype: str = "") -> tuple[Outcome, float]:
        """The reference's own answer to any question, in float64 or another dtype, and its CPU seconds."""

    def of(self, variant: str) -> "Oracle":
        """The same oracle with one student's own numbers in hidden cases; "" stands for everybody's."""

    def close(self) -> None:
        """Ends whatever it started."""


@dataclass(frozen=True)
class Question:
    """One case of a criterion as a submission is asked it, with who knows what must come back.

    By the `tolerance` numbers in a value may be off, as a share of max(1, |expected|).
    """

    case: Case
    criterion: Criterion
    submission: Implementation
    oracle: Oracle
    tolerance: float = 0.0

    @cached_property
    def inputs(self) -> Inputs:
        """The inputs of the case, as they are drawn first."""
        return self.oracle.inputs(self.case)

    @property
    def kind(self) -> Kind:
        """The kind of the case."""
        return kind_of(self.case)

    def describe(self) -> str:
        """The case in words, and what it asks as the arguments of a call."""
        values = {name: value for name, value in self.inputs.ask.items() if name != SCENARIO}
        asked = ", ".join(f"{name}={shown(value)}" for name, value in values.items())
        steps = as_python(self.inputs.ask.get(SCENARIO, ()))
        return ", ".join(filter(None, [self.kind.describe(self.case, self.inputs), asked, steps]))

    def option(self, key: str) -> str:
        """What the criterion says for a key that a comparison requires of it."""
        return str(self.criterion.options[key])

    def explain_shape(self, expected: Shape, actual: Shape) -> str:
        """Why a result of that shape is wrong."""
        return explain_shape(expected, actual, lambda e, a: self.kind.explain_shape(e, a, self.inputs))


class Comparison(ABC):
    """What one way of comparing is. A module of `grader.judge.comparisons` defines one subclass; no other
    module names it.

    `heading` and `docs` are its section in docs/rubric.md, sorted by `rank`: what proves most comes first.

    `criterion_keys()` and `case_keys()` are the keys that it adds to a criterion and to a case, of which it
    requires those in `requires_of_criterion` and `requires_of_case`; `probe_keys` and `input_keys` are those
    that name a probe, and an input that the case's kind can be differentiated by. `data` is the only data
    that it takes, with the reason. A case may choose it by itself where `a_case_may_choose_it`; one with the
    key `chosen_by` is compared by it in any case, around the comparison that it would have without.

    `draws` is how often the inputs are drawn. `needs_expected` says whether the reference must answer,
    `watches_the_run` whether an answer holds more than values, namely what the run that made them did,
    `has_bounds` whether elements may be off, `is_exact` whether equal values are all that passes,
    `is_in_handout` whether students may run it, and `must_kill` whether a case must tell a mutant that no
    other case tells.
    """

    name: ClassVar[str]
    rank: ClassVar[int]
    heading: ClassVar[str] = ""
    docs: ClassVar[str]
    requires_of_criterion: ClassVar[Sequence[str]] = ()
    requires_of_case: ClassVar[Sequence[str]] = ()
    probe_keys: ClassVar[Sequence[str]] = ()
    input_keys: ClassVar[Sequence[str]] = ()
    data: ClassVar[tuple[str, str] | None] = None
    a_case_may_choose_it: ClassVar[bool] = False
    chosen_by: ClassVar[str] = ""
    draws: ClassVar[int] = 1
    needs_expected: ClassVar[bool] = True
    watches_the_run: ClassVar[bool] = False
    has_bounds: ClassVar[bool] = False
    is_exact: ClassVar[bool] = False
    is_in_handout: ClassVar[bool] = True
    must_kill: ClassVar[bool] = True

    @staticmethod
    def criterion_keys() -> "type[Strict]":
        """The keys that it adds to a criterion; by default none."""
        from grader.judge.case_model import Strict

        return Strict

    @staticmethod
    def case_keys() -> "type[Strict]":
        """The keys that it adds to a case; by default none."""
        from grader.judge.case_model import Strict

        return Strict

    @abstractmethod
    def judge(self, question: Question) -> Judged:
        """The submission's answer, and the difference that makes it wrong, if there is one."""

    def told(self, case: Case, rng: np.random.Generator) -> Mapping[str, Any]:
        """What the probe is given by it beside the case's own keys."""
        return {}

    def digest(self, case: Case, outcome: Outcome, difference: Difference | None = None) -> str:
        """A digest by which two answers are found to be the same; "" where none can be, as of real values."""
        return ""

    def complaint(self, case: Case, kind: Kind) -> str:
        """What is wrong with such a comparison of a case: "found ..., expected ..."; else ""."""
        return ""

    def bounds(
        self, case: Case, inputs: Inputs, answer: Sequence[Array], ask: Callable[[Inputs], Sequence[Array]]
    ) -> tuple[Array, ...] | None:
        """How far off each element of the reference's `answer` may be; `ask` asks it for other inputs too."""
        return None

    def tolerance(self, case: Case) -> float:
        """How far off a number of an answer that is more than arrays may be; 0.0 for not at all."""
        return 0.0

    def must_prove_bounds(self, case: Case) -> bool:
        """Whether `grader verify` holds the bounds of a case against every legitimate way to compute it."""
        return self.has_bounds

    def forward_questions(
        self, case: Case, criterion: Criterion, oracle: Oracle
    ) -> Sequence[tuple[str, Inputs]]:
        """What a process apart is asked in float32: the probes and their inputs, in this order."""
        return ()


def first_failure(questions: Sequence[Callable[[], Outcome]]) -> tuple[list[Outcome], Outcome | None]:
    """The answers in turn, and the first that is none: the others would cost time and change nothing."""
    answers: list[Outcome] = []
    for ask in questions:
        answers.append(of_arrays(ask()))
        if answers[-1].status is not Status.OK:
            return answers, answers[-1]
    return answers, None
