"""Defines the keys of an author's YAML files, each with its type and its meaning."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal, TypeVar, cast

from pydantic import AfterValidator, BaseModel, Field, create_model
from pydantic_core import PydanticCustomError

from grader.judge.case_model import CaseModel, Count, Data, Id, Length, Strict
from grader.judge.comparisons import COMPARISONS
from grader.judge.kind import Kind
from grader.judge.kinds import KINDS
from grader.model.assignment import ImportRules, Limits, Visibility

M = TypeVar("M", bound=BaseModel)
Python = Literal["3.11", "3.12", "3.13", "3.14"]


class LimitsModel(Strict):
    """`limits` of assignment.yaml: the resources that one submission may use."""

    import_seconds: float | int = Field(Limits.import_seconds, gt=0, le=86_400)
    """CPU seconds that an import of the submitted files may take."""
    case_seconds: float | int = Field(Limits.case_seconds, gt=0, le=86_400)
    """CPU seconds that one call of a probe may take."""
    criterion_cases: float | int = Field(Limits.criterion_cases, ge=1, le=1000)
    """How many times `case_seconds` all cases of a criterion may take together."""
    wall_factor: float | int = Field(Limits.wall_factor, ge=1, le=1000)
    """How many times longer than its CPU seconds a call or an import may take by the wall clock."""
    memory_mib: int = Field(Limits.memory_mib, ge=256, le=1 << 20)
    """Memory, in MiB."""
    file_mib: int = Field(Limits.file_mib, ge=0, le=1 << 20)
    """The largest file that a submission may write, in MiB."""
    open_files: int = Field(Limits.open_files, ge=16, le=1 << 20)
    """Files that may be open at the same time."""
    processes: int = Field(Limits.processes, ge=1, le=1 << 20)
    """Processes and threads that may exist at the same time."""
    output_kib: int = Field(Limits.output_kib, ge=1, le=1 << 20)
    """What one call may print, in KiB."""
    answer_mib: int = Field(Limits.answer_mib, ge=1, le=1024)
    """What one call may return, in MiB."""


class RulesModel(Strict):
    """What may be imported, and what the exercise is; see `grader.model.assignment.ImportRules`."""

    imports: list[Annotated[str, Field(pattern=r"^[A-Za-z_]\w*$")]] = list(ImportRules.imports)
    """Modules by the first part of their names, in addition to submitted and provided files."""
    forbidden: list[Annotated[str, Field(pattern=r"^[A-Za-z_]\w*(\.[A-Za-z_]\w*)+$")]] = []
    """Functions by their dotted names."""


class AttemptsModel(Strict):
    """How often a student may submit; runs at home do not count."""

    at_most: int | None = Field(None, ge=1, le=10_000)
    """How many submissions may count; later ones are set aside."""
    cooldown: Annotated[str, Field(pattern=r"^[1-9][0-9]{0,3}[mhd]$")] | None = None
    """The least time between two submissions that may count: 15m, 2h, 1d."""


class AssignmentModel(Strict):
    """assignment.yaml. `provided`, `frozen` and `python` stand in a handout's copy only."""

    renamed: ClassVar[Mapping[str, str]] = {"policy": "rules"}

    name: Id
    title: str
    files: list[Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*\.(py|cu)$")]] = Field(min_length=1)
    oracle: str
    devices: list[Literal["cpu", "cuda", "emulated"]] = Field(["cpu"], min_length=1)
    limits: LimitsModel = LimitsModel()
    rules: RulesModel = RulesModel()
    submissions: AttemptsModel = AttemptsModel()
    provided: dict[str, str] = {}
    frozen: str | None = None
    python: Python | None = None


def _one_of(names: Sequence[str]) -> Callable[[str], str]:
    """A check that a text is one of the names."""

    def check(value: str) -> str:
        if value not in names:
            expected = ", ".join(map(repr, names))
            raise PydanticCustomError("name", "Input should be one of {expected}", {"expected": expected})
        return value

    return check


BY_RANK = sorted(COMPARISONS.values(), key=lambda comparison: comparison.rank)
COMPARES = [one.name for one in BY_RANK if not one.chosen_by]
CASE_COMPARES = [one.name for one in BY_RANK if one.a_case_may_choose_it]
Compare = Annotated[str, AfterValidator(_one_of(COMPARES)), Field(json_schema_extra={"enum": COMPARES})]
CaseCompare = Annotated[
    str, AfterValidator(_one_of(CASE_COMPARES)), Field(json_schema_extra={"enum": CASE_COMPARES})
]


class DefaultsModel(Strict):
    """Values for keys that a case leaves out."""

    data: Data = "integers"
    """`integers`: from -8 to 8, exact in every order of summation; `normal`: real values from N(0, 1)."""
    compare: CaseCompare = "exact"
    """How to compare an answer with the reference's; see the ways of comparing."""
    batch: Count = 2
    """The images of a convolution. With 1, a forgotten sum over the batch goes unnoticed."""
    visibility: Visibility = Field(Visibility.VISIBLE, strict=False)
    """Who sees a case; a handout contains only those that are `visible`."""


class AnyCase(Strict):
    """A case of whatever kind, compared in whatever way."""

    compare: CaseCompare | None = None
    """Replaces the criterion's value or the default."""


def _joined(model: type[M], *others: type[Strict]) -> type[M]:
    """A model with the keys of others too, under the first one's name."""
    bases: tuple[Any, ...] = (*others, model)
    return cast(type[M], create_model(model.__name__, __base__=bases, __doc__=model.__doc__))


CASE_KEYS = tuple(dict.fromkeys(one.case_keys() for one in BY_RANK if one.case_keys() is not Strict))
CRITERION_KEYS = tuple(
    dict.fromkeys(one.criterion_keys() for one in BY_RANK if one.criterion_keys() is not Strict)
)
CASES: Mapping[str, tuple[Kind, type[CaseModel]]] = {  # the key that tells a kind: (it, a case with that key)
    key: (kind, _joined(model, *CASE_KEYS, AnyCase))
    for kind in KINDS.values()
    for key, model in kind.keys().items()
}


class PaidHintModel(Strict):
    """A hint that costs points: it stays with the instructor, who gives it on the desk."""

    cost: float | int = Field(gt=0, le=1_000_000)
    """How many points it costs the student."""
    text: Annotated[str, Field(min_length=1, max_length=1000)]
    """What the student reads."""


class CriterionModel(Strict):
    """One row of the rubric."""

    id: Id
    """Its name, unique in the rubric."""
    title: str
    """What is true if every case passes, in a student's words."""
    points: Count
    """Its points, divided among its cases by their weight."""
    probe: Id
    """The function of probes.py that calls a submission."""
    help: Annotated[str, Field(pattern=r"^README\.md#[a-z0-9-]+$")]
    """What to read when a case fails: a heading of the handout's README.md."""
    hints: list[Annotated[str, Field(min_length=1, max_length=1000)] | PaidHintModel] = []
    """Texts that `make hint EXERCISE=name` reveals in a handout, one by one, or hints that cost points."""
    requires: list[Id] = []
    """Earlier criteria: if no case of one of them passes, this criterion does not run."""
    compare: Compare | None = None
    """Replaces the default for all its cases; see the ways of comparing."""
    follow_through: float | None = Field(None, gt=0, lt=1)
    """The share of a case's points for a gradient that is right only for the student's own forward pass."""
    withheld: Length = 0
    """The weight of the hidden cases; only a handout's copy has this key."""
    withheld_hints: Length = 0
    """The number of hints that cost points; only a handout's copy has this key."""
    withheld_cases: Length = 0
    """The number of hidden cases; only a handout's copy has this key."""
    cases: list[dict[str, Any]]
    """The cases: one set of inputs each. A key says which kind a case is."""


class LevelModel(Strict):
    """A level that a person may choose for a criterion by hand."""

    points: float | int = Field(ge=0, le=1_000_000)
    """How many of the criterion's points."""
    text: Annotated[str, Field(min_length=1, max_length=500)]
    """When to choose this level; the student reads it."""


class ManualCriterionModel(Strict):
    """One row of the rubric that a person judges, on the desk: `grader serve --edit`."""

    id: Id
    """Its name, unique in the rubric."""
    kind: Literal["manual"]
    """A person judges it."""
    title: str
    """What is true if it earns all its points, in a student's words."""
    points: Count
    """Its points."""
    levels: Annotated[list[LevelModel], Field(max_length=9)] = []
    """Levels to choose with one key, the best first; without levels, a person enters the points."""
    anonymous: bool = False
    """Whether the person who grades sees no names."""


class RubricModel(Strict):
    """rubric.yaml: what earns points."""

    assignment: Id
    """The name of the assignment and of its folder."""
    points: Count
    """The sum of the criteria's points."""
    defaults: DefaultsModel = DefaultsModel()
    """Values for keys that a case leaves out."""
    criteria: list[CriterionModel] = Field(min_length=1)
    """The criteria, in the order in which they run and are reported."""


WholeCriterion = _joined(CriterionModel, *CRITERION_KEYS)
WholeRubric = create_model(
    "RubricModel",
    __base__=RubricModel,
    __doc__=RubricModel.__doc__,
    criteria=(
        list[WholeCriterion],  # type: ignore[valid-type]
        Field(min_length=1, description=RubricModel.model_fields["criteria"].description),
    ),
)


YEARS = range(1970, 2200)


def _in_range(time: datetime) -> datetime:
    if time.year not in YEARS:
        raise ValueError(f"expected a year from {YEARS[0]} to {YEARS[-1]}")
    return time


Deadline = Annotated[datetime, AfterValidator(_in_range)]
Duration = Annotated[str, Field(pattern=r"^\d{1,5}(\.\d{1,6})?[mhd]$")]
Percent = Annotated[str, Field(pattern=r"^(100|\d{1,2}(\.\d{1,6})?)%$")]


class CourseModel(Strict):
    """course.yaml: the assignments in order, and the policies; see `grader.model.late_policy`."""

    title: str
    assignments: list[Id] = Field(min_length=1)
    variants: bool = False
    """Whether hidden cases have different numbers for each student."""
    python: Python | None = None
    """The Python that grades submissions, in quotes: "3.11"; by default the one that generates handouts."""
    timezone: str | None = None
    """The time zone of times without an offset from UTC, by its IANA name: America/New_York."""
    deadlines: dict[str, Deadline] = {}
    """By assignment, in the course's time zone: 2026-10-01T23:59:00; or with an offset from UTC."""
    extensions: dict[str, dict[str, Duration]] = {}
    """By assignment and student's id: hours ("36h") or days ("2d") on top of the deadline."""
    grace: Duration | None = None
    """How long after the deadline a submission is still on time: "15m"."""
    late_penalty: Annotated[str, Field(pattern=r"^\d{1,4}(\.\d{1,6})?% per (day|hour)$")] | None = None
    """The share of the points offered that each begun day or hour costs: "10% per day"."""
    late_floor: Percent | None = None
    """Penalties take no score below this share of the points offered."""
    late_cap: Percent | None = None
    """A late submission scores at most this share of the points offered."""
    late_days: Count | None = None
    """How many days each student may be late in the whole course."""
    late_days_each: Count | None = None
    """How many of these days one assignment may use."""
    drop_after: Duration | None = None
    """How long after the deadline a submission still counts."""
    unknown_lateness: Literal["review", "on_time", "one_unit"] = "review"
    """If nothing says how late: a person decides, or it counts as on time, or as late by one unit."""
    rounding: Annotated[str, Field(pattern=r"^(nearest|up|down) \d{1,6}(\.\d{1,6})?$")] | None = None
    """Round to a multiple of these points: "nearest 0.5"."""
