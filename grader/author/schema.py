"""Defines the keys of an author's YAML files, each with its type and its meaning."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, TypeVar, cast

from pydantic import AfterValidator, BaseModel, Field, create_model
from pydantic_core import PydanticCustomError

from grader.author.extensions.own_methods import check_keys_of_comparison, check_keys_of_kind
from grader.author.extensions.own_source import read_own
from grader.judge.case_model import CaseModel, Count, Help, Id, Length, Strict
from grader.judge.comparison import Comparison
from grader.judge.comparisons import COMPARISONS
from grader.judge.kind import Kind
from grader.judge.kinds import KINDS
from grader.model.assignment import OWN_COMPARISONS, OWN_KINDS, Data, ImportRules, Limits, Visibility
from grader.model.errors import UserError
from grader.model.surroundings import Device

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
    """The wall-clock limit of a call or an import, as a multiple of its CPU seconds."""
    memory_mib: int = Field(Limits.memory_mib, ge=256, le=1 << 20)
    """Memory, in MiB."""
    file_mib: int = Field(Limits.file_mib, ge=0, le=1 << 20)
    """The largest file that a submission may write, in MiB."""
    open_files: int = Field(Limits.open_files, ge=16, le=1 << 20)
    """Files that may be open at the same time."""
    processes: int = Field(Limits.processes, ge=1, le=1 << 20)
    """Processes and threads that may exist at the same time."""
    output_kib: int = Field(Limits.output_kib, ge=1, le=1 << 20)
    """The most output of one call, in KiB."""
    answer_mib: int = Field(Limits.answer_mib, ge=1, le=1024)
    """The largest answer of one call, in MiB."""
    function_calls: int = Field(Limits.function_calls, ge=1, le=100_000)
    """How many times one call of a probe may call the functions of its case."""


class RulesModel(Strict):
    """Allowed modules and forbidden functions; see `grader.model.assignment.ImportRules`."""

    imports: list[Annotated[str, Field(pattern=r"^[A-Za-z_]\w*$")]] = list(ImportRules.imports)
    """Modules by the first part of their names, in addition to submitted and provided files."""
    forbidden: list[Annotated[str, Field(pattern=r"^[A-Za-z_]\w*(\.[A-Za-z_]\w*)+$")]] = []
    """Functions by their dotted names."""


class SubmissionLimitsModel(Strict):
    """How often a student may submit; runs at home do not count."""

    at_most: int | None = Field(None, ge=1, le=10_000)
    """How many submissions may count; later ones do not count."""
    cooldown: Annotated[str, Field(pattern=r"^[1-9][0-9]{0,3}[mhd]$")] | None = None
    """The least time between two submissions that may count: 15m, 2h, 1d."""


def _one_of(names: Sequence[str]) -> Callable[[str], str]:
    """A check that a text is one of the names."""

    def check(value: str) -> str:
        if value not in names:
            expected = ", ".join(map(repr, names))
            raise PydanticCustomError("name", "Input should be one of {expected}", {"expected": expected})
        return value

    return check


DEVICES = [device.value for device in Device]
DeviceName = Annotated[str, AfterValidator(_one_of(DEVICES)), Field(json_schema_extra={"enum": DEVICES})]


class AssignmentModel(Strict):
    """assignment.yaml. Only a handout's copy has `provided`, `unwritten`, `frozen` and `python`."""

    renamed: ClassVar[Mapping[str, str]] = {"policy": "rules"}

    name: Id
    """Its name, which is also the name of its folder."""
    title: str
    """Its title, as students read it."""
    files: list[Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*\.(py|cu)$")]] = Field(min_length=1)
    """The files that students submit; each needs a template of its name."""
    oracle: str
    """The module of the reference that gives expected values, such as `reference.conv`."""
    devices: list[DeviceName] = Field([Device.CPU.value], min_length=1)
    """Where submissions run: on the first of these devices that the machine has."""
    limits: LimitsModel = LimitsModel()
    """The resources that a submission may use; [limits.md](limits.md) lists them."""
    rules: RulesModel = RulesModel()
    """What a submission may import, and which functions it may not use."""
    submissions: SubmissionLimitsModel = SubmissionLimitsModel()
    """How often a student may submit."""
    provided: dict[str, str] = {}
    """Only in a handout: the digest of each file that it provides."""
    unwritten: dict[str, str] = {}
    """Only in a handout: the digest of each file that students submit, before they write anything."""
    frozen: str | None = None
    """Only in a handout: the file with the inputs and expected values of the visible cases."""
    python: Python | None = None
    """Only in a handout: the Python that grades."""


BY_RANK = sorted(COMPARISONS.values(), key=lambda comparison: comparison.rank)


def _for_criteria(comparisons: Sequence[Comparison]) -> list[str]:
    return [one.name for one in comparisons if not one.chosen_by]


def _for_cases(comparisons: Sequence[Comparison]) -> list[str]:
    return [one.name for one in comparisons if one.a_case_may_choose_it]


COMPARES, CASE_COMPARES = _for_criteria(BY_RANK), _for_cases(BY_RANK)
Compare = Annotated[str, AfterValidator(_one_of(COMPARES)), Field(json_schema_extra={"enum": COMPARES})]
CaseCompare = Annotated[
    str, AfterValidator(_one_of(CASE_COMPARES)), Field(json_schema_extra={"enum": CASE_COMPARES})
]


class DefaultsModel(Strict):
    """Values for keys that a case leaves out."""

    data: Data = Field(Data.INTEGERS, strict=False)
    """`integers`: from -8 to 8, exact in every order of summation; `normal`: real values from N(0, 1)."""
    compare: CaseCompare = "exact"
    """How to compare an answer with the reference's; see the ways of comparing."""
    batch: Count = 2
    """The images of a convolution. With 1, a forgotten sum over the batch goes unnoticed."""
    visibility: Visibility = Field(Visibility.VISIBLE, strict=False)
    """Who sees a case; a handout contains only those that are `visible`."""


class AnyCase(Strict):
    """A case of any kind, compared in any way."""

    compare: CaseCompare | None = None
    """Replaces the criterion's value or the default."""


def _joined(model: type[M], *others: type[Strict]) -> type[M]:
    """A model with the keys of others too, under the first one's name."""
    bases: tuple[Any, ...] = (*others, model)
    return cast(type[M], create_model(model.__name__, __base__=bases, __doc__=model.__doc__))


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
    help: Help
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
    """A level that an instructor may choose for a criterion by hand."""

    points: float | int = Field(ge=0, le=1_000_000)
    """How many of the criterion's points."""
    text: Annotated[str, Field(min_length=1, max_length=500)]
    """When to choose this level; the student reads it."""


class ManualCriterionModel(Strict):
    """One row of the rubric that an instructor judges, on the desk: `grader serve --edit`."""

    id: Id
    """Its name, unique in the rubric."""
    kind: Literal["manual"]
    """An instructor judges it."""
    title: str
    """What is true if it earns all its points, in a student's words."""
    points: Count
    """Its points."""
    levels: Annotated[list[LevelModel], Field(max_length=9)] = []
    """Levels to choose with one key, the best first; without levels, an instructor enters the points."""
    anonymous: bool = False
    """Whether the desk hides the students' names."""


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


@dataclass(frozen=True)
class Vocabulary:
    """The kinds of cases and the ways of comparing that a rubric may use, and the models of its keys.

    `sources` are the Python of those that the assignment brings, by file and name.
    """

    kinds: Mapping[str, Kind]
    comparisons: Mapping[str, Comparison]
    sources: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @cached_property
    def by_rank(self) -> Sequence[Comparison]:
        """The comparisons, the strongest proof first."""
        return sorted(self.comparisons.values(), key=lambda comparison: comparison.rank)

    @cached_property
    def case_keys(self) -> tuple[type[Strict], ...]:
        """The keys that comparisons add to a case."""
        return tuple(dict.fromkeys(keys for one in self.by_rank if (keys := one.case_keys()) is not Strict))

    @cached_property
    def cases(self) -> Mapping[str, tuple[Kind, type[CaseModel]]]:
        """By the key that identifies a kind: the kind, and the model of a case with that key."""
        fields: Any = {"compare": (_name_among(_for_cases(self.by_rank)) | None, _like(AnyCase, "compare"))}
        any_case = create_model("AnyCase", __base__=AnyCase, **fields) if self._has_own_ways else AnyCase
        return {
            key: (kind, _joined(model, *self.case_keys, any_case))
            for kind in self.kinds.values()
            for key, model in kind.keys().items()
        }

    @cached_property
    def whole_rubric(self) -> type[RubricModel]:
        """A rubric with the keys of all comparisons in its criteria."""
        keys = dict.fromkeys(keys for one in self.by_rank if (keys := one.criterion_keys()) is not Strict)
        criterion, defaults = _joined(CriterionModel, *keys), DefaultsModel
        if self._has_own_ways:
            fields: Any = {
                "compare": (_name_among(_for_criteria(self.by_rank)) | None, _like(CriterionModel, "compare"))
            }
            criterion = create_model(CriterionModel.__name__, __base__=criterion, **fields)
            fields = {"compare": (_name_among(_for_cases(self.by_rank)), _like(DefaultsModel, "compare"))}
            defaults = create_model(DefaultsModel.__name__, __base__=DefaultsModel, **fields)
        about = RubricModel.model_fields["criteria"].description
        of_rubric: Any = {"criteria": (list[criterion], Field(min_length=1, description=about))}
        if self._has_own_ways:
            of_rubric["defaults"] = (defaults, defaults())
        return create_model("RubricModel", __base__=RubricModel, __doc__=RubricModel.__doc__, **of_rubric)

    @property
    def _has_own_ways(self) -> bool:
        return bool(self.sources.get(OWN_COMPARISONS))


def _name_among(names: list[str]) -> Any:
    """The type of a key that holds one of the names."""
    enum: dict[str, Any] = {"enum": names}
    return Annotated[str, AfterValidator(_one_of(names)), Field(json_schema_extra=enum)]


def _like(model: type[BaseModel], key: str) -> Any:
    return model.model_fields[key].default


BUILT_IN = Vocabulary(KINDS, COMPARISONS)
CASE_KEYS, CASES = BUILT_IN.case_keys, BUILT_IN.cases


def vocabulary_of(folder: Path) -> Vocabulary:
    """The grader's own kinds and comparisons, and those that an assignment's folder defines.

    UserError, with file and line, for what an author can have written wrong there.
    """
    kinds, of_kinds = read_own(folder / OWN_KINDS, Kind, KINDS)  # type: ignore[type-abstract]
    comparisons, of_comparisons = read_own(folder / OWN_COMPARISONS, Comparison, COMPARISONS)  # type: ignore[type-abstract]
    if not kinds and not comparisons:
        return BUILT_IN
    for comparison in comparisons.values():
        check_keys_of_comparison(comparison)
    for name, kind in kinds.items():
        check_keys_of_kind(kind)
        clashes = sorted(set(kind.keys()) & set(CASES))
        if clashes:
            message = (
                f"found the key {clashes[0]!r} of the kind {name!r}, which a built-in kind has: rename it"
            )
            raise UserError(message, folder / OWN_KINDS)
    sources = {OWN_KINDS: of_kinds, OWN_COMPARISONS: of_comparisons}
    return Vocabulary({**KINDS, **kinds}, {**COMPARISONS, **comparisons}, sources)


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
    """The title of the course, as students read it."""
    assignments: list[Id] = Field(min_length=1)
    """The names of the assignments, which are folders next to this file, in the course's order."""
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
    """The share of the points offered that each day or hour late costs, rounded up: "10% per day"."""
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
    """If nothing says how late: an instructor decides, or it counts as on time, or as late by one unit."""
    rounding: Annotated[str, Field(pattern=r"^(nearest|up|down) \d{1,6}(\.\d{1,6})?$")] | None = None
    """Round to a multiple of these points: "nearest 0.5"."""
