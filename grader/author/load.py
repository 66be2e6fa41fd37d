"""Loads assignment.yaml and rubric.yaml; every complaint names file, line, what was found and expected."""

import ast
import hashlib
import re
import sys
from collections.abc import Hashable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from grader.author.conditions import CONDITIONS
from grader.judge.policy import find
from grader.model.assignment import Assignment, Case, Criterion, Limits, Policy, Rubric, Visibility
from grader.model.errors import UserError

Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
CaseId = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]
Count = Annotated[int, Field(ge=1)]
Length = Annotated[int, Field(ge=0)]
Pair = Length | Annotated[list[Length], Field(min_length=2, max_length=2)]
Strides = Count | Annotated[list[Count], Field(min_length=2, max_length=2)]
Triple = Annotated[list[Count], Field(min_length=3, max_length=3)]
Compare = Literal["exact", "bound", "close", "adjoint", "finite_difference"]
CaseCompare = Literal["exact", "bound", "close"]
Data = Literal["integers", "normal"]
View = Literal["permute", "slice", "flip"]
Step = Literal["permute", "index", "flip", "broadcast_to", "reshape"]
# one item of an index: a number, a slice as Python writes it, an ellipsis, "new" for None
Item = int | Annotated[str, Field(pattern=r"^-?\d*:-?\d*(:-?\d*)?$")] | Literal["...", "new"]


class Strict(BaseModel):
    """Takes known keys only, and values as they are written; the text below a field is its description."""

    model_config = ConfigDict(extra="forbid", strict=True, use_attribute_docstrings=True)


class LimitsModel(Strict):
    """The limits of one submission; see `grader.model.assignment.Limits`."""

    import_seconds: float | int = Field(Limits.import_seconds, gt=0)
    case_seconds: float | int = Field(Limits.case_seconds, gt=0)
    total_seconds: float | int = Field(Limits.total_seconds, gt=0)
    wall_factor: float | int = Field(Limits.wall_factor, ge=1)
    memory_mib: int = Field(Limits.memory_mib, ge=256)
    file_mib: int = Field(Limits.file_mib, ge=0)
    open_files: int = Field(Limits.open_files, ge=16)
    processes: int = Field(Limits.processes, ge=1)
    output_kib: int = Field(Limits.output_kib, ge=1)
    answer_mib: int = Field(Limits.answer_mib, ge=1)


class PolicyModel(Strict):
    """What may be imported, and which functions are the exercise; see `grader.model.assignment.Policy`."""

    imports: list[Annotated[str, Field(pattern=r"^[A-Za-z_]\w*$")]] = list(Policy.imports)
    """Modules by the first part of their names, beside the files handed in and what is provided."""
    forbidden: list[Annotated[str, Field(pattern=r"^[A-Za-z_]\w*(\.[A-Za-z_]\w*)+$")]] = []
    """Functions by their dotted names."""


class AssignmentModel(Strict):
    """assignment.yaml. `provided` and `frozen` stand in a handout's copy only."""

    name: Id
    title: str
    files: list[Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*\.(py|cu)$")]] = Field(min_length=1)
    oracle: Annotated[str, Field(pattern=r"^[A-Za-z_][\w.]*$")]
    devices: list[Literal["cpu"]] = Field(["cpu"], min_length=1)
    limits: LimitsModel = LimitsModel()
    policy: PolicyModel = PolicyModel()
    provided: dict[str, str] = {}
    frozen: str | None = None


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
    view: list[View] = []
    """The arrays arrive as views, made by these steps in this order: an offset, odd strides, backwards."""


class ConvCase(CaseModel):
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

    shape: list[Length]
    """Its shape."""
    strides: list[int]
    """Its strides, one for each axis."""
    offset: Length = 0
    """Where its first element lies."""


class ArrayCase(CaseModel):
    """One array and what is done to it."""

    shape: list[Length] = Field(max_length=8)
    """The shape of `case.a`; a length may be 0."""
    other: list[Length] | None = None
    """The shape of a second array, `case.other`."""
    level: int | None = None
    """Is added to each element of `case.a`: -20 makes all of them negative."""
    strided: StridedModel | None = None
    """For the probe, as `case.strided`: the view of `case.a` to begin with; as_strided makes it."""
    axes: int | list[int] | None = None
    """For the probe, as `case.axes`; negative ones count from the end."""
    keepdims: bool | None = None
    """For the probe, as `case.keepdims`."""
    index: list[Item] | None = None
    """For the probe, as `case.index`: integers, slices such as "1::-2", "..." and "new" (None)."""
    source: list[Item] | None = None
    """For the probe, as `case.source`: the index of what is assigned."""
    number: int | None = None
    """For the probe, as `case.number`: what is assigned, where that is one number."""
    tile: Count | None = None
    """For the probe, as `case.tile`: the side of a square tile."""
    refused: Literal[True] | None = None
    """For the probe, as `case.refused`: an exception is expected, and its name is what is compared."""
    dilation: Length | None = None
    """For the probe, as `case.dilation`."""
    padding: list[Annotated[list[int], Field(min_length=2, max_length=2)]] | None = None
    """For the probe, as `case.padding`: [before, after] of each axis."""
    target: list[Annotated[int, Field(ge=-1)]] | None = None
    """For the probe, as `case.target`: a shape to reduce to, to broadcast to or to reshape to."""
    upstream: bool | None = None
    """Whether there is a `case.out_grad` of the same shape."""


class ViewChainCase(CaseModel):
    """A view of a view of ... an array."""

    chain: list[Count]
    """The shape of `case.a`."""
    ops: list[Annotated[dict[Step, list[Item]], Field(min_length=1, max_length=1)]] = Field(min_length=1)
    """The steps, such as {permute: [1, 0]} or {index: ["1:", 0]}: `case.ops`, pairs of name and argument."""


class DrawnViewChains(CaseModel):
    """`draw` random chains of views, named id-1, id-2, ..."""

    draw: Annotated[int, Field(ge=1, le=200)]
    """How many."""
    length: Annotated[list[Count], Field(min_length=2, max_length=2)]
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
    level: int = 0
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


class CourseModel(Strict):
    """course.yaml: title, assignments in order, and whether hidden cases have each student's own numbers."""

    title: str
    assignments: list[Id] = Field(min_length=1)
    variants: bool = False


class Document:
    """A YAML file with the line of every key and item."""

    def __init__(self, path: Path) -> None:
        self.path = path
        text = _read(path)
        try:
            self._node = yaml.compose(text, Loader=yaml.SafeLoader)
            self._check_keys(self._node)
            self.data = yaml.safe_load(text)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line = None if mark is None else mark.line + 1
            raise UserError(f"found YAML that cannot be read: {error.problem}", path, line) from error
        except yaml.reader.ReaderError as error:
            line = text.count("\n", 0, error.position) + 1
            raise UserError(f"found YAML that cannot be read: {error.reason}", path, line) from error
        except RecursionError as error:
            raise UserError("found YAML that cannot be read: nested too deeply", path) from error

    def line(self, place: Sequence[Hashable]) -> int | None:
        """The line (from 1) of the key or item at the end of a path such as ("criteria", 1, "points")."""
        node, line = self._node, 1
        for step in place:
            if isinstance(node, yaml.MappingNode):
                found = [(k, v) for k, v in node.value if k.value == str(step)]
                if not found:
                    break
                line, node = found[0][0].start_mark.line + 1, found[0][1]
            elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
                node = node.value[step]
                line = node.start_mark.line + 1
            else:
                break
        return line

    def fail(self, message: str, place: Sequence[Hashable] = ()) -> UserError:
        """The complaint about what stands at `place`."""
        return UserError(message, self.path, self.line(place))

    def parse(self, model: type[Any], data: object, place: tuple[Hashable, ...] = ()) -> Any:
        """`data` as a checked `model`; UserError names the first thing that is wrong."""
        if not isinstance(data, dict):
            raise self.fail(f"found {_shown(data)}, expected keys: {', '.join(model.model_fields)}", place)
        try:
            return model.model_validate(data)
        except ValidationError as error:
            first = _first(error.errors(), data)
            message = _complaint(first, model, _steps(first, data))
            raise self.fail(message, (*place, *_steps(first, data), *first["loc"][-1:])) from error

    def _check_keys(self, node: yaml.Node | None) -> None:
        if isinstance(node, yaml.MappingNode):
            seen: dict[str, int] = {}
            for key, value in node.value:
                line = key.start_mark.line + 1
                if not isinstance(key, yaml.ScalarNode):
                    raise UserError("found YAML that cannot be read: a key that is no text", self.path, line)
                if key.value in seen:
                    raise UserError(
                        f"found key {key.value!r} twice (first in line {seen[key.value]}): remove one",
                        self.path,
                        line,
                    )
                seen[key.value] = line
                self._check_keys(value)
        elif isinstance(node, yaml.SequenceNode):
            for item in node.value:
                self._check_keys(item)


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _read(path: Path, missing: str = "no such file") -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise UserError(missing, path) from error
    except UnicodeDecodeError as error:
        raise UserError(f"found bytes that are not UTF-8 (at byte {error.start})", path) from error
    except OSError as error:
        raise UserError(f"cannot be read: {error.strerror}", path) from error


def _steps(error: Any, data: object) -> tuple[Hashable, ...]:
    """The keys and indices that lead to what is wrong; pydantic puts the branches of a union among them."""
    steps: list[Hashable] = []
    for step in error["loc"]:
        if (isinstance(data, dict) and step in data) or (isinstance(data, list) and isinstance(step, int)):
            data = data[step]
            steps.append(step)
    return tuple(steps)


def _first(errors: Sequence[Any], data: object) -> Any:
    """The error to report: an unknown key (where one is misspelt, one is missing, too), else the first.

    Of the errors in a union's branches it is that of the branch which went furthest.
    """
    first = next((error for error in errors if error["type"] == "extra_forbidden"), errors[0])
    steps = _steps(first, data)
    if first["type"] in ("extra_forbidden", "missing") or not steps:
        return first
    same = [error for error in errors if _steps(error, data)[: len(steps)] == steps]
    return max(same, key=lambda e: (len(_steps(e, data)), not e["type"].endswith("_type")))


def _complaint(error: Any, model: type[BaseModel], steps: Sequence[Hashable]) -> str:
    """pydantic's error as found, expected, what to do."""
    name, found = error["loc"][-1] if error["loc"] else "", _shown(error["input"])
    if error["type"] == "extra_forbidden":
        known = _fields_at(model, error["loc"][:-1])
        return f"found unknown key {name!r}, expected one of {', '.join(known)}: rename or remove it"
    if error["type"] == "missing":
        return f"found no {name!r}, expected it here: add it"
    name = next((step for step in reversed(steps) if isinstance(step, str)), name)
    message = error["msg"][0].lower() + error["msg"][1:]
    return f"found {found} for {name!r}, expected otherwise: {message}"


def _fields_at(model: type[BaseModel], place: Iterable[Hashable]) -> list[str]:
    for step in place:
        annotation = model.model_fields[step].annotation if step in model.model_fields else None
        candidates = [annotation, *getattr(annotation, "__args__", ())]
        nested = [c for c in candidates if isinstance(c, type) and issubclass(c, BaseModel)]
        if nested:
            model = nested[0]
    return list(model.model_fields)


def load(folder: Path) -> Assignment:
    """The assignment in `folder`, without the files that are rendered for a handout.

    Raises UserError for whatever an author can have written wrong.
    """
    document = Document(folder / "assignment.yaml")
    model: AssignmentModel = document.parse(AssignmentModel, document.data)
    in_handout = model.frozen is not None
    if not in_handout and model.name != folder.resolve().name:
        raise document.fail(f"found name {model.name!r}, expected the folder's: {folder.name!r}", ("name",))
    readme = folder.parent / "README.md" if in_handout else folder / "templates" / "README.md.j2"
    limits = Limits(**{name: getattr(model.limits, name) for name in LimitsModel.model_fields})
    probes = folder / "probes.py"
    rubric = load_rubric(folder / "rubric.yaml", model.name, _functions(probes), readme)
    provided = {name: _provided(folder.parent / name) for name in model.provided}
    frozen = None if model.frozen is None else folder / model.frozen
    return Assignment(
        name=model.name,
        title=model.title,
        folder=folder.resolve(),
        files=tuple(model.files),
        rubric=rubric,
        oracle=model.oracle,
        devices=tuple(model.devices),
        limits=limits,
        policy=_policy(document, model, folder),
        provided=provided,
        frozen=frozen,
        digest=_digest([document.path, rubric.source, probes], provided),
    )


def lines_of(rubric: Path) -> dict[str, int]:
    """The line of each criterion (by id) and of each case (by criterion/case) of a rubric."""
    document, lines = Document(rubric), {}
    for number, criterion in enumerate(document.data["criteria"]):
        place = ("criteria", number)
        lines[criterion["id"]] = document.line(place) or 1
        for position, case in enumerate(criterion["cases"]):
            names = [case["id"], *(f"{case['id']}-{i + 1}" for i in range(case.get("draw", 0)))]
            line = document.line((*place, "cases", position)) or 1
            lines |= {f"{criterion['id']}/{name}": line for name in names}
    return lines


def _policy(document: Document, model: AssignmentModel, folder: Path) -> Policy:
    imports, forbidden = tuple(model.policy.imports), tuple(model.policy.forbidden)
    templates = {path.name.partition(".")[0] for path in (folder / "templates").glob("*.py.j2")}
    provided = {name.partition("/")[0].removesuffix(".py") for name in model.provided}
    for number, name in enumerate(imports):
        if name not in sys.stdlib_module_names | {"numpy", Assignment.ndarray} | templates | provided:
            message = (
                f"found {name!r}, expected numpy or a module of the standard library: no other package "
                "exists in the sandbox yet"
            )
            raise document.fail(message, ("policy", "imports", number))
    for number, name in enumerate(forbidden):
        place = ("policy", "forbidden", number)
        if name.partition(".")[0] not in imports:
            message = f"found {name!r}, expected a function of a module in imports: others cannot be called"
            raise document.fail(message, place)
        if model.frozen is None and find(name) is None:  # a student's NumPy may be another one
            raise document.fail(f"found {name!r}, expected a function that exists", place)
    return Policy(imports, forbidden)


def load_course(path: Path) -> CourseModel:
    """course.yaml; UserError where it names an assignment that is not beside it."""
    document = Document(path)
    course: CourseModel = document.parse(CourseModel, document.data)
    for number, name in enumerate(course.assignments):
        if not (path.parent / name / "assignment.yaml").is_file():
            raise document.fail(
                f"found {name!r}, expected a folder with assignment.yaml", ("assignments", number)
            )
    return course


def changed_files(assignment: Assignment) -> list[str]:
    """In a handout: the provided files that are no longer as they were handed out."""
    recorded = yaml.safe_load((assignment.folder / "assignment.yaml").read_text())["provided"]
    return [name for name, data in assignment.provided.items() if digest_of(data) != recorded[name]]


def digest_of(data: bytes) -> str:
    """SHA-256, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def _digest(paths: Iterable[Path], provided: Mapping[str, bytes]) -> str:
    parts = [path.read_bytes() for path in paths] + [name.encode() + data for name, data in provided.items()]
    return digest_of(b"".join(digest_of(part).encode() for part in parts))


def _provided(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UserError(
            f"a provided file cannot be read ({error.strerror}): unpack the handout again", path
        ) from error


def _functions(probes: Path) -> set[str]:
    try:
        tree = ast.parse(_read(probes, "no such file: it says what is asked of a submission"))
    except SyntaxError as error:
        raise UserError(f"found Python that cannot be read: {error.msg}", probes, error.lineno) from error
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def _anchors(readme: Path) -> set[str]:
    """The anchors of a Markdown file's headings, made as GitHub makes them."""
    text = _read(readme, "no such file: help texts point into it")
    text = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)  # a comment in code is no heading
    titles = [line.lstrip("#").strip() for line in text.splitlines() if re.match(r"#{1,6} ", line)]
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def load_rubric(path: Path, assignment: str, probes: set[str], readme: Path) -> Rubric:
    """The rubric at `path`; `probes` are the functions that its probes may name."""
    document = Document(path)
    model: RubricModel = document.parse(RubricModel, document.data)
    if model.assignment != assignment:
        raise document.fail(f"found {model.assignment!r}, expected {assignment!r}", ("assignment",))
    anchors = _anchors(readme)
    criteria: list[Criterion] = []
    for number, criterion in enumerate(model.criteria):
        place = ("criteria", number)
        known = [c.id for c in criteria]
        if criterion.id in known:
            raise document.fail(
                f"found criterion {criterion.id!r} a second time: ids are unique", (*place, "id")
            )
        for key, probe in (
            ("probe", criterion.probe),
            ("adjoint_of", criterion.adjoint_of),
            ("gradient_of", criterion.gradient_of),
        ):
            if probe is not None and probe not in probes:
                expected = ", ".join(sorted(probes))
                message = f"found {key} {probe!r}, expected a function of probes.py: {expected}"
                raise document.fail(message, (*place, key))
        for required in criterion.requires:
            if required not in known:
                message = (
                    f"found {required!r}, expected an earlier criterion: {', '.join(known) or 'none is'}"
                )
                raise document.fail(message, (*place, "requires"))
        anchor = criterion.help.partition("#")[2]
        if anchor not in anchors:
            message = f"found #{anchor}, expected a heading of {readme.name}: {', '.join(sorted(anchors))}"
            raise document.fail(message, (*place, "help"))
        if criterion.follow_through is not None:
            _check_follow_through(document, place, criterion, criteria)
        for compare, key in (("adjoint", "adjoint_of"), ("finite_difference", "gradient_of")):
            named = getattr(criterion, key) is not None
            if key == "adjoint_of" and criterion.follow_through is not None:
                continue
            if (criterion.compare == compare) != named or (named and criterion.wrt is None):
                message = f"found one without the others, expected compare: {compare} with {key} and wrt"
                raise document.fail(message, (*place, "compare"))
        alone = criterion.adjoint_of is None and criterion.gradient_of is None
        if criterion.wrt is not None and alone:
            message = "found wrt alone, expected compare: adjoint or finite_difference with it"
            raise document.fail(message, (*place, "wrt"))
        criteria.append(_criterion(document, place, criterion, model.defaults))
    total = sum(criterion.points for criterion in criteria)
    if total != model.points:
        raise document.fail(
            f"found points {model.points}, expected the sum of the criteria's: {total}", ("points",)
        )
    return Rubric(model.points, tuple(criteria), path.resolve())


def _check_follow_through(
    document: Document, place: tuple[Hashable, ...], model: CriterionModel, earlier: Sequence[Criterion]
) -> None:
    """What a share for the gradient of a wrong forward pass needs: that pass, and an exact comparison."""
    if model.adjoint_of is None or model.wrt is None or model.gradient_of is not None:
        message = (
            "found follow_through alone, expected adjoint_of and wrt with it: which forward, which input"
        )
        raise document.fail(message, (*place, "follow_through"))
    if model.compare not in (None, "exact"):
        message = (
            f"found follow_through with compare: {model.compare}, expected exact: it is for what is wrong"
        )
        raise document.fail(message, (*place, "follow_through"))
    probes = sorted({c.probe for c in earlier if not c.adjoint_of and not c.gradient_of})
    if model.adjoint_of not in probes:
        expected = ", ".join(probes) or "none is"
        message = f"found adjoint_of {model.adjoint_of!r}, expected an earlier criterion's probe: {expected}"
        raise document.fail(message, (*place, "adjoint_of"))


def _criterion(
    document: Document, place: tuple[Hashable, ...], model: CriterionModel, defaults: DefaultsModel
) -> Criterion:
    cases: list[Case] = []
    for number, data in enumerate(model.cases):
        here = (*place, "cases", number)
        for case in _cases(document, here, data, model, defaults):
            if case.id in [c.id for c in cases]:
                raise document.fail(f"found case {case.id!r} a second time: ids are unique", (*here, "id"))
            cases.append(case)
    if not cases and not model.withheld:
        raise document.fail("found no case, expected one or more", (*place, "cases"))
    return Criterion(
        id=model.id,
        title=model.title,
        points=model.points,
        cases=tuple(cases),
        probe=model.probe,
        help=model.help,
        requires=tuple(model.requires),
        adjoint_of=model.adjoint_of or "",
        gradient_of=model.gradient_of or "",
        wrt=model.wrt or "",
        withheld=model.withheld,
    )


def _cases(
    document: Document,
    place: tuple[Hashable, ...],
    data: dict[str, Any],
    criterion: CriterionModel,
    defaults: DefaultsModel,
) -> Iterable[Case]:
    keys = [key for key in CASES if key in data]
    if len(keys) != 1:
        raise document.fail(
            f"found {', '.join(keys) or 'none'}, expected one of the keys {', '.join(CASES)}", place
        )
    kind, kind_model = CASES[keys[0]]
    if criterion.adjoint_of is not None and (kind not in LINEAR or data.get("bias")):
        found = f"{kind}, with a bias" if data.get("bias") else kind
        message = f"found {found}, expected a convolution or a matmul without bias: that has a transpose"
        raise document.fail(message, place)
    if criterion.wrt is not None and criterion.wrt not in DIFFERENTIABLE[kind]:
        expected = ", ".join(DIFFERENTIABLE[kind])
        raise document.fail(f"found wrt {criterion.wrt!r}, expected one of {expected}", (*place[:2], "wrt"))
    model = document.parse(kind_model, data, place)
    for condition in model.covers:
        if condition not in CONDITIONS:
            message = f"found {condition!r}, expected one of {', '.join(CONDITIONS)}"
            raise document.fail(message, (*place, "covers"))
    own = model.model_dump(exclude_none=True, exclude=set(CaseModel.model_fields))
    count = own.pop("draw", None)
    if keys[0] == "x":
        own.setdefault("batch", defaults.batch)
        if _is_empty(own):
            raise document.fail("found a kernel larger than the padded input: there is no output", place)
    if criterion.compare == "adjoint" and (model.data or defaults.data) != "integers":
        raise document.fail("found data: normal, expected integers: an adjoint is compared exactly", place)
    if criterion.compare == "finite_difference" and (model.data or defaults.data) != "normal":
        raise document.fail("found integers, expected data: normal: integers lie on ReLU's kink", place)
    compare = model.compare or criterion.compare or defaults.compare
    numbers = model.data or defaults.data
    is_exact = compare == "exact" and numbers == "integers"  # what an adjoint can be held against
    for id in [model.id] if count is None else [f"{model.id}-{i + 1}" for i in range(count)]:
        yield Case(
            id=id,
            criterion=criterion.id,
            probe=criterion.probe,
            kind=kind,
            parameters={**own, "view": tuple(model.view)},
            data=numbers,
            compare=compare,
            visibility=model.visibility or defaults.visibility,
            weight=model.weight,
            covers=tuple(model.covers),
            drawn=count is not None,
            follow_through=(criterion.follow_through or 0.0) if is_exact else 0.0,
        )


def _is_empty(conv: Mapping[str, Any]) -> bool:
    padding = conv["padding"] if isinstance(conv["padding"], list) else [conv["padding"]] * 2
    return any(conv["x"][i] + 2 * padding[i] < conv["w"][i] for i in range(2))
