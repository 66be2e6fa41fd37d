"""A way of comparing: the rubric keys it needs, the questions it asks, and how it judges the answers."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

import numpy as np

from grader.judge.case_functions import functions_in_words
from grader.judge.differences.difference import Difference, Expected
from grader.judge.differences.probe_values import Array, of_arrays
from grader.judge.differences.python_words import in_python
from grader.judge.differences.shapes import explain_shape
from grader.judge.inputs import Inputs
from grader.judge.kind import Kind, Shape
from grader.judge.kinds import kind_of
from grader.judge.process.implementation import Implementation
from grader.judge.scenario_as_python import as_python
from grader.model.assignment import SCENARIO, Case, Criterion
from grader.model.grade import Outcome, Status

if TYPE_CHECKING:
    from grader.judge.case_model import Strict

NO_INPUTS = Inputs({}, {}, {})
DTYPE = "float32"  # submissions run in this dtype; the reference runs in float64


Judged = tuple[Outcome, Difference | None]


class Oracle(Protocol):
    """Provides the inputs and the expected values of every case.

    `variant` is the id of the student for whom hidden cases are drawn; "" for the common numbers.
    """

    variant: str

    def inputs(self, case: Case, redraw: int = 0) -> Inputs:
        """The inputs of a case; `redraw` numbers further draws of the same shapes."""

    def expected(self, case: Case, inputs: Inputs) -> Expected:
        """The value that the probe must return for these inputs."""

    def answer(self, probe: str, inputs: Inputs, dtype: str = "") -> tuple[Outcome, float]:
        """The reference's answer to any question, in float64 or another dtype, and its CPU seconds."""

    def of(self, variant: str) -> "Oracle":
        """The same oracle with one student's numbers in hidden cases; "" means the common numbers."""

    def close(self) -> None:
        """Ends every process that it started."""


@dataclass(frozen=True)
class Question:
    """One case of a criterion as put to a submission, and the oracle that knows its expected value.

    Real numbers in a value may be off by `tolerance`, as a share of max(1, |expected|).
    """

    case: Case
    criterion: Criterion
    submission: Implementation
    oracle: Oracle
    tolerance: float = 0.0

    @cached_property
    def inputs(self) -> Inputs:
        """The first draw of the case's inputs."""
        return self.oracle.inputs(self.case)

    @property
    def kind(self) -> Kind:
        """The kind of the case."""
        return kind_of(self.case)

    def describe(self) -> str:
        """The case in words, and its question as the arguments of a call."""
        values = {name: value for name, value in self.inputs.ask.items() if name != SCENARIO}
        arguments = ", ".join(f"{name}={in_python(value)}" for name, value in values.items())
        steps = as_python(self.inputs.ask.get(SCENARIO, ()))
        functions = functions_in_words(self.inputs.functions)
        return ", ".join(
            filter(None, [self.kind.describe(self.case, self.inputs), arguments, functions, steps])
        )

    @property
    def dtype(self) -> str:
        """The dtype that real results must have; "" if they must have the reference's."""
        return "" if self.inputs.states_dtypes else DTYPE

    def option(self, key: str) -> str:
        """The criterion's value for a key that the comparison requires."""
        return str(self.criterion.options[key])

    def explain_shape(self, expected: Shape, actual: Shape) -> str:
        """An explanation of why a result of that shape is wrong."""
        return explain_shape(expected, actual, lambda e, a: self.kind.explain_shape(e, a, self.inputs))


@dataclass(frozen=True)
class Disagreement(Difference):
    """Two numbers of a submission that must be equal and are not.

    `inputs` are those that show it, and `results` the arrays from which the numbers follow, by name.
    """

    inputs: Inputs = NO_INPUTS
    results: Mapping[str, Array] = field(default_factory=dict)


class Comparison(ABC):
    """One way of comparing. Each module of `grader.judge.comparisons` defines one subclass; no other module
    names it.

    `heading` and `docs` are its section in docs/rubric.md, sorted by `rank`: the strongest proof comes first.

    `criterion_keys()` and `case_keys()` are the keys that it adds to a criterion and to a case. It requires
    those in `requires_of_criterion` and `requires_of_case`. `probe_keys` are the keys that name a probe;
    `input_keys` name an input that the case's kind can be differentiated by. `data` is the only data that
    it takes, with the reason. With `a_case_may_choose_it`, a single case may choose it. A case with the key
    `chosen_by` always uses it, wrapped around the comparison that the case would have without the key.

    `extra_names` are the names of its `extra_values`.

    `draws` is how often the inputs are drawn. `needs_expected` says whether the reference must answer,
    `watches_the_run` whether an answer also records what the run did, `runs_apart` whether a process that
    shares nothing with the others must answer too, `has_bounds` whether elements may be off, `is_exact`
    whether only equal values pass, `is_in_handout` whether students may run it, `must_kill` whether a case
    must catch a mutant that no other case catches, `shows_work` whether a function must do a part of its
    exercise to pass, and `expects_exception` whether the right answer is an exception.
    """

    name: ClassVar[str]
    rank: ClassVar[int]
    heading: ClassVar[str] = ""
    docs: ClassVar[str]
    requires_of_criterion: ClassVar[Sequence[str]] = ()
    requires_of_case: ClassVar[Sequence[str]] = ()
    probe_keys: ClassVar[Sequence[str]] = ()
    extra_names: ClassVar[Sequence[str]] = ()
    input_keys: ClassVar[Sequence[str]] = ()
    data: ClassVar[tuple[str, str] | None] = None
    a_case_may_choose_it: ClassVar[bool] = False
    chosen_by: ClassVar[str] = ""
    draws: ClassVar[int] = 1
    needs_expected: ClassVar[bool] = True
    watches_the_run: ClassVar[bool] = False
    runs_apart: ClassVar[bool] = False
    has_bounds: ClassVar[bool] = False
    is_exact: ClassVar[bool] = False
    is_in_handout: ClassVar[bool] = True
    must_kill: ClassVar[bool] = True
    shows_work: ClassVar[bool] = True
    expects_exception: ClassVar[bool] = False

    @staticmethod
    def criterion_keys() -> "type[Strict]":
        """The keys that it adds to a criterion; none by default."""
        from grader.judge.case_model import Strict

        return Strict

    @staticmethod
    def case_keys() -> "type[Strict]":
        """The keys that it adds to a case; none by default."""
        from grader.judge.case_model import Strict

        return Strict

    @abstractmethod
    def judge(self, question: Question) -> Judged:
        """The submission's answer, and the difference that makes it wrong, if any."""

    def extra_values(self, case: Case, rng: "np.random.Generator") -> Mapping[str, Any]:
        """The values that it passes to the probe in addition to the case's own keys."""
        return {}

    def digest(self, case: Case, outcome: Outcome, difference: Difference | None = None) -> str:
        """A digest that is equal for equal answers; "" if answers cannot be matched, as with real values."""
        return ""

    def result_and_finding(self, answer: Sequence[Array]) -> tuple[Sequence[Array], str]:
        """An answer's arrays without those about the run, and in words what was found in it."""
        return answer, ""

    def complaint(self, case: Case, kind: Kind) -> str:
        """The problem with comparing a case this way, as "found ..., expected ..."; "" if there is none."""
        return ""

    def bounds(
        self, case: Case, inputs: Inputs, answer: Sequence[Array], ask: Callable[[Inputs], Sequence[Array]]
    ) -> tuple[Array, ...] | None:
        """The allowed error of each element of the reference's `answer`; `ask` runs it on other inputs."""
        return None

    def tolerance(self, case: Case) -> float:
        """The allowed error of a number in an answer that is more than arrays; 0.0 allows none."""
        return 0.0

    def must_prove_bounds(self, case: Case) -> bool:
        """True if `grader verify` checks the bounds of a case against every legitimate way to compute it."""
        return self.has_bounds


def first_failure(questions: Sequence[Callable[[], Outcome]]) -> tuple[list[Outcome], Outcome | None]:
    """The answers, up to the first failure: further ones would cost time and change nothing."""
    answers: list[Outcome] = []
    for ask in questions:
        answers.append(of_arrays(ask()))
        if answers[-1].status is not Status.OK:
            return answers, answers[-1]
    return answers, None
