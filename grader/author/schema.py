"""What an author's YAML may say: its keys, with what each means."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from grader.model.assignment import Limits, Policy, Visibility

Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
CaseId = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]
Python = Literal["3.11", "3.12", "3.13", "3.14"]
Count = Annotated[int, Field(ge=1, le=1_000_000)]
Length = Annotated[int, Field(ge=0, le=1_000_000)]
Amount = Annotated[int, Field(ge=0, le=2**53)]
Number = Annotated[int, Field(ge=-1_000_000_000, le=1_000_000_000)]
Pair = Length | Annotated[list[Length], Field(min_length=2, max_length=2)]
Strides = Count | Annotated[list[Count], Field(min_length=2, max_length=2)]
Triple = Annotated[list[Count], Field(min_length=3, max_length=3)]
Compare = Literal["exact", "bound", "close", "adjoint", "finite_difference", "findings", "budget"]
CaseCompare = Literal["exact", "bound", "close"]
Data = Literal["integers", "normal"]
View = Literal["permute", "slice", "flip"]
Step = Literal["permute", "index", "flip", "broadcast_to", "reshape"]
# one item of an index: a number, a slice as Python writes it, an ellipsis, "new" for None
Slice = r"^-?\d{0,9}:-?\d{0,9}(:-?\d{0,9})?$"
Item = Number | Annotated[str, Field(pattern=Slice)] | Literal["...", "new"]


class Strict(BaseModel):
    """Takes known keys only, and values as they are written; the text below a field is its description."""

    model_config = ConfigDict(extra="forbid", strict=True, use_attribute_docstrings=True)


class LimitsModel(Strict):
    """`limits` of assignment.yaml: what one submission may use."""

    import_seconds: float | int = Field(Limits.import_seconds, gt=0, le=86_400)
    """CPU seconds that an import of the submitted files may take."""
    case_seconds: float | int = Field(Limits.case_seconds, gt=0, le=86_400)
    """CPU seconds that one call of a probe may take."""
    criterion_cases: float | int = Field(Limits.criterion_cases, ge=1, le=1000)
    """How many times `case_seconds` all cases of a criterion may take together."""
    wall_factor: float | int = Field(Limits.wall_factor, ge=1, le=1000)
    """How many times longer than its CPU seconds anything may take by the clock on the wall."""
    memory_mib: int = Field(Limits.memory_mib, ge=256, le=1 << 20)
    """Memory, in MiB."""
    file_mib: int = Field(Limits.file_mib, ge=0, le=1 << 20)
    """The largest file that may be written, in MiB."""
    open_files: int = Field(Limits.open_files, ge=16, le=1 << 20)
    """Files that may be open at a time."""
    processes: int = Field(Limits.processes, ge=1, le=1 << 20)
    """Processes and threads that may exist at a time."""
    output_kib: int = Field(Limits.output_kib, ge=1, le=1 << 20)
    """What one call may print, in KiB."""
    answer_mib: int = Field(Limits.answer_mib, ge=1, le=1024)
    """What one call may return, in MiB."""


class PolicyModel(Strict):
    """What may be imported, and which functions are the exercise; see `grader.model.assignment.Policy`."""

    imports: list[Annotated[str, Field(pattern=r"^[A-Za-z_]\w*$")]] = list(Policy.imports)
    """Modules by the first part of their names, beside the files handed in and what is provided."""
    forbidden: list[Annotated[str, Field(pattern=r"^[A-Za-z_]\w*(\.[A-Za-z_]\w*)+$")]] = []
    """Functions by their dotted names."""


class AssignmentModel(Strict):
    """assignment.yaml. `provided`, `frozen` and `python` stand in a handout's copy only."""

    name: Id
    title: str
    files: list[Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*\.(py|cu)$")]] = Field(min_length=1)
    oracle: str
    devices: list[Literal["cpu", "cuda", "emulated"]] = Field(["cpu"], min_length=1)
    limits: LimitsModel = LimitsModel()
    policy: PolicyModel = PolicyModel()
    provided: dict[str, str] = {}
    frozen: str | None = None
    python: Python | None = None


class DefaultsModel(Strict):
    """What cases take where they say nothing."""

    data: Data = "integers"
    """`integers`: from -8 to 8, every order of summation is exact; `normal`: real-valued, from N(0, 1)."""
    compare: CaseCompare = "exact"
    """How an answer is held against the reference's; see the kinds of check."""
    batch: Count = 2
    """The images of a convolution. 1 hides a sum over the batch that was forgotten."""
    visibility: Visibility = Field(Visibility.VISIBLE, strict=False)
    """Who sees a case; those that are not `visible` are left out of the handout."""


class CaseModel(Strict):
    """What every case may say."""

    id: CaseId
    """Its name, unique in the criterion; students read it, so let it say what is special."""
    data: Data | None = None
    """In place of the default: `integers` or `normal`."""
    compare: CaseCompare | None = None
    """In place of the criterion's or the default."""
    visibility: Visibility | None = Field(None, strict=False)
    """In place of the default."""
    weight: Count = 1
    """Its share of the criterion's points, among the weights of the other cases."""
    covers: list[str] = []
    """Conditions for whose sake it is there though no mutant needs it; `grader verify` checks them."""
    at_most: Annotated[str, Field(pattern=r"^[1-9]\d{0,5}(\.\d{1,6})? x reference$")] | None = None
    """`10 x reference`: the CPU time that it may take; left out of handouts. Be generous: machines differ."""
    view: list[View] = Field([], max_length=8)
    """The arrays arrive as views, made by these steps in this order: an offset, odd strides, backwards."""


class KernelCase(CaseModel):
    """What a case may say that is about a kernel."""

    kernel: Id | None = None
    """For the probe, as `case.kernel`: the kernel that it is about."""
    budget: Annotated[dict[Id, Amount], Field(min_length=1)] | None = None
    """With `compare: budget`: how much there may be at most of what is counted, by its name."""


class ConvCase(KernelCase):
    """A convolution: x is [H, W, C_in], w is [KH, KW, C_out]."""

    x: Triple
    """[H, W, C_in]: the images without the batch."""
    w: Triple
    """[KH, KW, C_out]: the kernels without C_in."""
    stride: Strides
    """One number, or [height, width]."""
    padding: Pair
    """One number, or [height, width]: zeros on either side."""
    batch: Count | None = None
    """In place of the default: how many images."""


class DrawnConvCases(CaseModel):
    """`draw` random convolutions, named id-1, id-2, ..."""

    draw: Annotated[int, Field(ge=1, le=200)]
    """How many."""
    remainder: Literal["any", "zero", "between", "full"]
    """What the stride leaves over on both axes, (H + 2p - K) mod s: r = 0, 0 < r < s - 1, or r = s - 1."""


class StridedModel(Strict):
    """A view of an array's buffer, for `as_strided`, in elements."""

    shape: list[Length] = Field(max_length=8)
    """Its shape."""
    strides: list[Number] = Field(max_length=8)
    """Its strides, one for each axis."""
    offset: Length = 0
    """Where its first element lies."""


class ArrayCase(KernelCase):
    """One array and what is done to it."""

    shape: list[Length] = Field(max_length=8)
    """The shape of `case.a`; a length may be 0."""
    other: Annotated[list[Length], Field(max_length=8)] | None = None
    """The shape of a second array, `case.other`."""
    level: Number | None = None
    """Is added to each element of `case.a`: -20 makes all of them negative."""
    strided: StridedModel | None = None
    """For the probe, as `case.strided`: the view of `case.a` to begin with; as_strided makes it."""
    axes: Number | list[Number] | None = None
    """For the probe, as `case.axes`; negative ones count from the end."""
    keepdims: bool | None = None
    """For the probe, as `case.keepdims`."""
    index: list[Item] | None = None
    """For the probe, as `case.index`: integers, slices such as "1::-2", "..." and "new" (None)."""
    source: list[Item] | None = None
    """For the probe, as `case.source`: the index of what is assigned."""
    number: Number | None = None
    """For the probe, as `case.number`: what is assigned, where that is one number."""
    tile: Count | None = None
    """For the probe, as `case.tile`: the side of a square tile."""
    refused: Literal[True] | None = None
    """For the probe, as `case.refused`: an exception is expected, and its name is what is compared."""
    dilation: Length | None = None
    """For the probe, as `case.dilation`."""
    padding: list[Annotated[list[Number], Field(min_length=2, max_length=2)]] | None = None
    """For the probe, as `case.padding`: [before, after] of each axis."""
    target: list[Annotated[int, Field(ge=-1, le=1_000_000)]] | None = None
    """For the probe, as `case.target`: a shape to reduce to, to broadcast to or to reshape to."""
    upstream: bool | None = None
    """Whether there is a `case.out_grad` of the same shape."""


class ViewChainCase(CaseModel):
    """A view of a view of ... an array."""

    chain: list[Count] = Field(max_length=8)
    """The shape of `case.a`."""
    ops: list[Annotated[dict[Step, list[Item]], Field(min_length=1, max_length=1)]] = Field(min_length=1)
    """The steps, such as {permute: [1, 0]} or {index: ["1:", 0]}: `case.ops`, pairs of name and argument."""


class DrawnViewChains(CaseModel):
    """`draw` random chains of views, named id-1, id-2, ..."""

    draw: Annotated[int, Field(ge=1, le=200)]
    """How many."""
    length: Annotated[list[Annotated[int, Field(ge=1, le=20)]], Field(min_length=2, max_length=2)]
    """From how many steps to how many."""


class MatmulCase(CaseModel):
    """A dense layer: [N, I, O] for x (N, I), w (I, O), out_grad (N, O) and, where asked for, b (O,)."""

    matmul: Annotated[list[Length], Field(min_length=3, max_length=3)]
    """[N, I, O]: samples, features, outputs."""
    bias: bool = False
    """Whether there is a `case.b` of shape (O,)."""


class LogitsCase(CaseModel):
    """Logits and one-hot labels, both [N, C]. Without `spread` they are drawn as `data` says."""

    logits: Annotated[list[Count], Field(min_length=2, max_length=2)]
    """[N, C]: samples, classes."""
    spread: Length | None = None
    """How far apart the logits of a row lie; from 1000 on softmax holds zeros and ones, and is exact."""
    level: Number = 0
    """Row n (from 0) lies around level (n + 1): with a large one exp overflows, or every one is 0."""


CASES: Mapping[str, tuple[str, type[CaseModel]]] = {  # the key that tells a kind: (its name, its model)
    "x": ("conv", ConvCase),
    "remainder": ("conv", DrawnConvCases),
    "chain": ("view_chain", ViewChainCase),
    "length": ("view_chain", DrawnViewChains),
    "shape": ("array", ArrayCase),
    "matmul": ("matmul", MatmulCase),
    "logits": ("logits", LogitsCase),
}
DIFFERENTIABLE = {  # by kind of case: the inputs that a gradient may be with respect to
    "conv": ("x", "w"),
    "matmul": ("x", "w"),
    "array": ("a",),
    "logits": ("logits",),
}
LINEAR = ("conv", "matmul")


class CriterionModel(Strict):
    """One row of the rubric."""

    id: Id
    """Its name, unique in the rubric."""
    title: str
    """What holds where every case passes, in a student's words."""
    points: Count
    """What it is worth, shared over its cases by their weight."""
    probe: Id
    """The function of probes.py that asks a submission."""
    help: Annotated[str, Field(pattern=r"^README\.md#[a-z0-9-]+$")]
    """Where to read on when a case fails: a heading of the handout's README.md."""
    requires: list[Id] = []
    """Earlier criteria without which this one is not run: those of which no case passes."""
    compare: Compare | None = None
    """In place of the default for all its cases; `adjoint` and `finite_difference` need no expected value."""
    adjoint_of: Id | None = None
    """The probe of the forward pass, linear in `wrt`, of which `probe` is the transpose."""
    gradient_of: Id | None = None
    """The probe of the forward pass of which `probe` is the gradient."""
    wrt: Id | None = None
    """The input that the gradient is with respect to."""
    follow_through: float | None = Field(None, gt=0, lt=1)
    """The share of a case's points for a wrong gradient that is right for the submission's own forward."""
    withheld: Length = 0
    """The weight of the cases that are left out; it stands in a handout's copy only."""
    withheld_cases: Length = 0
    """How many they are."""
    cases: list[dict[str, Any]]
    """One set of inputs each, told apart by the key that it has."""


class RubricModel(Strict):
    """rubric.yaml: what earns points."""

    assignment: Id
    """The name of the assignment, which is its folder's."""
    points: Count
    """The sum of the criteria's points."""
    defaults: DefaultsModel = DefaultsModel()
    """What cases take where they say nothing."""
    criteria: list[CriterionModel] = Field(min_length=1)
    """What earns points, in the order in which it is run and reported."""


YEARS = range(1970, 2200)


def _in_range(time: datetime) -> datetime:
    if time.year not in YEARS:
        raise ValueError(f"expected a year from {YEARS[0]} to {YEARS[-1]}")
    return time


Deadline = Annotated[datetime, AfterValidator(_in_range)]
Duration = Annotated[str, Field(pattern=r"^\d{1,5}(\.\d{1,6})?[mhd]$")]
Percent = Annotated[str, Field(pattern=r"^(100|\d{1,2}(\.\d{1,6})?)%$")]


class CourseModel(Strict):
    """course.yaml: the assignments in order, and the policies; see `grader.model.policies`."""

    title: str
    assignments: list[Id] = Field(min_length=1)
    variants: bool = False
    """Whether hidden cases have numbers of each student's own."""
    python: Python | None = None
    """What submissions are graded with, in quotes: "3.11". By default the Python that generates handouts."""
    timezone: str | None = None
    """Where times without an offset from UTC are meant, by its IANA name: America/New_York."""
    deadlines: dict[str, Deadline] = {}
    """By assignment, in the course's time zone: 2026-10-01T23:59:00; or with an offset from UTC."""
    extensions: dict[str, dict[str, Duration]] = {}
    """By assignment and student's id: hours ("36h") or days ("2d") on top of the deadline."""
    grace: Duration | None = None
    """How long after the deadline nothing is late: "15m"."""
    late_penalty: Annotated[str, Field(pattern=r"^\d{1,4}(\.\d{1,6})?% per (day|hour)$")] | None = None
    """What each begun day or hour costs, of the points offered: "10% per day"."""
    late_floor: Percent | None = None
    """The share of the points offered below which no penalty takes a score."""
    late_cap: Percent | None = None
    """The share of the points offered that a late submission scores at most."""
    late_days: Count | None = None
    """How many days each student may be late in the whole course."""
    late_days_each: Count | None = None
    """How many of them at most for one assignment."""
    drop_after: Duration | None = None
    """How long after the deadline nothing counts any more."""
    rounding: Annotated[str, Field(pattern=r"^(nearest|up|down) \d{1,6}(\.\d{1,6})?$")] | None = None
    """To a multiple of so many points: "nearest 0.5"."""
