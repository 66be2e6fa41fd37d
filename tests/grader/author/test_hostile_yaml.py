"""Any value of any key of an author's YAML loads, or one line names the file, line and problem."""

import random
import re
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.author.load import load, load_course
from grader.author.rubric.case_size import MAX_ELEMENTS, elements
from grader.author.yaml_document import MAX_BYTES, MAX_NODES, Document
from grader.judge.draw_inputs import draw
from grader.judge.kinds import kind_of
from grader.model.errors import UserError

FILES = {
    "rubric.yaml": """\
assignment: tiny
points: 11
defaults: {data: integers, compare: exact, batch: 2, visibility: visible}
criteria:
  - id: early
    title: the forward pass
    points: 4
    probe: early
    help: README.md#flip
    cases:
      - {id: one, x: [5, 6, 2], w: [3, 2, 4], stride: [1, 2], padding: 0, batch: 3, ask: {k: 1}, weight: 2}
      - {id: two, draw: 2, remainder: any, covers: [batch], visibility: hidden, view: [slice, permute]}
      - {id: three, matmul: [2, 3, 4], bias: true, at_most: 10 x reference}
      - {id: four, shape: [2, 3], other: [3, 2], level: -20, ask: {axes: [1], keepdims: true, tile: 2}}
      - {id: five, shape: [12], ask: {strided: [[3, 2], [1, 3]], index: ["1::-2", 0]}}
      - {id: six, shape: [3], ask: {padding: [[1, 2]], target: [2, -1], source: [null]}, upstream: true}
      - {id: seven, shape: [3, 4], ask: {ops: [[permute, [1, 0]], [index, ["1:", 0]]]}}
      - {id: eight, draw: 2, length: [2, 5]}
      - {id: nine, logits: [2, 3], spread: 1000, level: 5, data: normal, compare: close}
  - id: flip
    title: its gradient
    points: 4
    probe: flip
    help: README.md#flip
    requires: [early]
    withheld: 1
    follow_through: 0.5
    adjoint_of: early
    wrt: x
    cases:
      - {id: one, x: [5, 6, 2], w: [3, 2, 4], stride: 1, padding: [1, 0]}
  - id: slope
    title: its slope
    points: 2
    probe: flip
    help: README.md#flip
    compare: finite_difference
    gradient_of: early
    wrt: logits
    cases:
      - {id: one, logits: [2, 3], data: normal}
  - id: traffic
    title: few accesses
    points: 1
    probe: early
    help: README.md#flip
    compare: budget
    cases:
      - {id: one, shape: [3], budget: {reads: 10}}
""",
    "assignment.yaml": """\
name: tiny
title: Two functions
files: [conv.py]
oracle: reference.conv
devices: [cpu, emulated]
limits:
  import_seconds: 2
  case_seconds: 2.5
  criterion_cases: 2
  wall_factor: 3
  memory_mib: 512
  file_mib: 1
  open_files: 32
  processes: 4
  output_kib: 5
  answer_mib: 6
rules: {imports: [numpy, math], forbidden: [numpy.flip, math.fsum]}
""",
    "course.yaml": """\
title: A course
assignments: [tiny]
variants: false
python: "3.12"
timezone: America/New_York
deadlines: {tiny: 2026-10-01T23:59:00+02:00}
extensions: {tiny: {ada: 2d, eve: 36h}}
grace: 15m
late_penalty: 10% per day
late_floor: 50%
late_cap: 80%
late_days: 4
late_days_each: 2
drop_after: 7d
rounding: nearest 0.5
""",
}
NUMBERS = (
    "-1", "0", "1", "-500", "99999999999", str(2**31), str(2**63), str(-(2**64)), "9" * 400, "9" * 5000,
    "0x" + "f" * 5000, "0b1", "1_000", "190:20:30", "1e3", "1.5", ".5", "1e400", ".inf", "-.inf", ".nan",
)  # fmt: skip
TEXTS = (
    "true", "no", "null", "~", '""', "''", "x", "tiny", "..", "../..", "os.system", "reference.os", "/",
    "reference", "reference.backends", "numpy.flip", "numpy.linalg", "this.s", "grader.__main__", "a b",
    '"\\0"', '"\\ud800"', '"\\x07"', '"\\n"', '"\\u2028"', "x" * 5000, "é", "٣", "٣%", "٣ x reference",
    "1:", "9" * 30 + ":", ":::", "...", "new", "README.md#", "README.md#x",
)  # fmt: skip
AMOUNTS = (
    "2026-13-45", "2026-10-01", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00",
    "2026-10-01T24:00:00Z", "1d", "99999999999d", "0m", "1.5h", "100%", "99999%", "1e9%", "0% per day",
    "nearest 0", "nearest 9" + "9" * 99, "999999 x reference", "0 x reference",
)  # fmt: skip
NODES = (
    "[]", "{}", "[[]]", "[1, 2]", "[-1, -1]", "[a, b]", "{a: 1}", "{x: 1}", "{1: 2}", "{? [a] : b}",
    "[null]", "!!int x", "!!float x", "!!bool x", "!!timestamp x", "!!binary x", "!!set {a}", "!!null x",
    "!!omap [a: 1]", "!!python/name:os.system x", "!x y", "&a b", "*a", "<<", "=", "!!pairs [a: 1]",
    "!!str 5", "? x", "- x", "|",
)  # fmt: skip
SCALARS = NUMBERS + TEXTS + AMOUNTS + NODES


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, make_course: Callable[..., Path]) -> Path:
    """A course with every existing key; `restore` writes its YAML."""
    root = make_course(tmp_path_factory.mktemp("hostile") / "course")
    names = re.findall(r"([a-z]\w*):", "".join(re.findall(r"ask: (.*)", FILES["rubric.yaml"])))
    reads = "".join(f"    case.{name}\n" for name in names)
    probes = f"def flip(submission, case): ...\n\n\ndef early(submission, case):\n    ...\n{reads}"
    (root / "assignments" / "tiny" / "probes.py").write_text(probes)
    return root / "assignments"


def path_of(folder: Path, name: str) -> Path:
    return folder / name if name == "course.yaml" else folder / "tiny" / name


def restore(folder: Path) -> None:
    for name, text in FILES.items():
        path_of(folder, name).write_text(text, encoding="utf-8")


def load_all(folder: Path) -> None:
    """Loads the course and its assignment, and draws every case."""
    load_course(folder / "course.yaml")
    assignment = load(folder / "tiny")
    for criterion in assignment.rubric.criteria:
        for case in criterion.cases:
            for redraw in (0, 1):
                assert draw(case, assignment.name, "secret", redraw).fields()


def places(text: str) -> list[tuple[int, int]]:
    """The start and end of each key, each value, and each list or mapping in flow style."""
    steps = []
    waiting: list[Any] = [yaml.compose(text)]
    while waiting:
        node = waiting.pop()
        if isinstance(node, yaml.ScalarNode) or node.flow_style:
            steps.append((node.start_mark.index, node.end_mark.index))
        if isinstance(node, yaml.MappingNode):
            waiting += [part for pair in node.value for part in pair]
        elif isinstance(node, yaml.SequenceNode):
            waiting += node.value
    return sorted(steps)


PLACES = [(name, place) for name, text in FILES.items() for place in places(text)]


def holds(folder: Path, name: str, place: tuple[int, int], scalar: str) -> None:
    restore(folder)
    path, text = path_of(folder, name), FILES[name]
    path.write_text(text[: place[0]] + scalar + text[place[1] :], encoding="utf-8")
    started = time.process_time()
    try:
        load_all(folder)
    except UserError as error:
        output = str(error)
        assert re.match(rf"{re.escape(str(folder))}/[\w./]+:\d+: \S", output), output
        assert "\n" not in output and output.isprintable() and len(output) < 1000, output
    assert time.process_time() - started < 2


def test_every_key_there_is_loads(folder: Path) -> None:
    restore(folder)
    load_all(folder)
    assert len(PLACES) > 250


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.sampled_from(PLACES), scalar=st.sampled_from(SCALARS))
def test_any_value_of_a_key_loads_or_is_one_line(
    folder: Path, place: tuple[str, tuple[int, int]], scalar: str
) -> None:
    holds(folder, *place, scalar)


@settings(max_examples=30)
@given(place=st.sampled_from(PLACES), number=st.integers() | st.floats() | st.text(max_size=20))
def test_any_number_or_text_of_a_key_loads_or_is_one_line(
    folder: Path, place: tuple[str, tuple[int, int]], number: object
) -> None:
    text = yaml.safe_dump(number, allow_unicode=False).removesuffix("\n...\n").rstrip("\n")
    holds(folder, *place, text)


SAMPLE = 1000


@pytest.mark.slow
@pytest.mark.parametrize("name", FILES)
def test_any_scalar_in_any_place_loads_or_is_one_line(folder: Path, name: str) -> None:
    """A thousand of some 25,000 pairs per file, the same each time; the ordinary suite draws others."""
    pairs = [(place, scalar) for file, place in PLACES if file == name for scalar in SCALARS]
    for place, scalar in random.Random(0).sample(pairs, min(SAMPLE, len(pairs))):
        holds(folder, name, place, scalar)


def _of(*aliases: str) -> str:
    return "[" + ", ".join(f"*{alias}" for alias in aliases) + "]"


BOMB = "a: &a [x]\n" + "".join(f"{b}: &{b} {_of(*a * 10)}\n" for a, b in pairwise("abcdefghi"))
LONG = f"a: &a {'x' * 100_000}\nb: {_of(*'a' * 10_000)}\n"
MERGED = "m0: &m0 {k: 1}\n" + "".join(f"m{n}: &m{n} {{<<: *m{n - 1}, k{n}: 1}}\n" for n in range(1, 1000))
HOSTILE = {
    "an_alias_bomb": (BOMB, r":\d: found \d+ values with all aliases written out, expected at most 50000"),
    "a_long_text_often": (LONG, r":2: found \d+ values with all aliases"),
    "merged_keys": (MERGED, r":\d+: found \d+ values with all aliases"),
    "an_alias_in_itself": ("a: &a {b: *a}\n", r":1: found YAML that cannot be read: an alias inside"),
    "nested_too_deeply": ("[" * 100_000, r": found YAML that cannot be read: nested too deeply"),
    "too_large": ("#" * (MAX_BYTES + 1), r": found a larger file, expected at most 256 KiB"),
}


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize(("text", "complaint"), HOSTILE.values(), ids=HOSTILE)
def test_inputs_that_would_fill_the_memory_are_refused_within_a_second(
    folder: Path, name: str, text: str, complaint: str
) -> None:
    restore(folder)
    path_of(folder, name).write_text(text)
    started = time.process_time()
    with pytest.raises(UserError, match=complaint):
        load_all(folder)
    assert time.process_time() - started < 1


def test_aliases_that_an_author_writes_are_taken(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("a: &a {x: [1, 2]}\nb: *a\nc: {<<: *a, y: 3}\n")

    assert Document(tmp_path / "a.yaml").data == {
        "a": {"x": [1, 2]},
        "b": {"x": [1, 2]},
        "c": {"x": [1, 2], "y": 3},
    }
    assert MAX_NODES > 10_000


TOO_LARGE = (
    "draw: 1, remainder: any, view: [slice, slice, slice, slice, slice, slice, slice]",
    "draw: 1, length: [1, 2], view: [slice, slice, slice, slice, slice, slice, slice]",
    "shape: [99999999999]",
    "shape: [5000, 5000]",
    "shape: [3000, 3000], view: [slice]",
    "shape: [10], view: [slice, slice, slice, slice, slice, slice, slice, slice, slice]",
    "shape: [4000], other: [5000, 5000]",
    "shape: [5000, 2], other: [2, 5000]",
    "x: [1000, 1000, 100], w: [1, 1, 1], stride: 1, padding: 0",
    "x: [3, 3, 1], w: [1, 1, 1], stride: 1, padding: 100000",
    "x: [2000, 2000, 1], w: [1, 1, 1000], stride: 1, padding: 0",
    "matmul: [1000000, 1, 1000000]",
    "logits: [1000000, 1000]",
    "arrays: {a: {shape: [1000000, 4], dtype: complex128}}",
    "arrays: {a: {shape: [1000000, 5], dtype: int64}}",
)


@pytest.mark.parametrize("case", TOO_LARGE)
def test_a_case_that_would_fill_the_memory_is_refused_with_its_line(folder: Path, case: str) -> None:
    restore(folder)
    rubric = path_of(folder, "rubric.yaml")
    first = next(line for line in FILES["rubric.yaml"].splitlines() if "{id: one" in line)
    rubric.write_text(FILES["rubric.yaml"].replace(first, f"      - {{id: one, {case}}}", 1))
    with pytest.raises(UserError) as error:
        load(folder / "tiny")

    assert str(error.value).startswith(f"{rubric}:11: found ")
    assert "at most" in str(error.value) or "less than or equal" in str(error.value)
    assert MAX_ELEMENTS * 4 == 64 << 20


@pytest.mark.parametrize("case", ["draw: 200, remainder: any", "draw: 200, length: [1, 20]"])
def test_no_drawn_case_is_larger_than_what_is_counted_for_it(folder: Path, case: str) -> None:
    restore(folder)
    rubric = path_of(folder, "rubric.yaml")
    first = next(line for line in FILES["rubric.yaml"].splitlines() if "{id: one" in line)
    rubric.write_text(FILES["rubric.yaml"].replace(first, f"      - {{id: many, {case}}}", 1))
    cases = [c for c in load(folder / "tiny").rubric.criteria[0].cases if c.id.startswith("many")]

    assert len(cases) == 200
    for each in cases:
        sizes = [base.size for base in draw(each, "tiny").bases.values()]
        assert sum(sizes) <= elements(kind_of(each), {}, (), is_drawn=True)


@pytest.mark.parametrize(
    "oracle", ["os.system", "reference", "reference.gone", "reference..os", "grader.cli"]
)
def test_an_oracle_outside_of_the_reference_is_refused_with_its_line(folder: Path, oracle: str) -> None:
    restore(folder)
    path = path_of(folder, "assignment.yaml")
    path.write_text(FILES["assignment.yaml"].replace("reference.conv", oracle))
    with pytest.raises(UserError, match=rf"assignment\.yaml:4: found '{re.escape(oracle)}'"):
        load(folder / "tiny")


def test_an_oracle_with_a_name_that_no_file_can_have_is_refused_with_its_line(folder: Path) -> None:
    restore(folder)
    path = path_of(folder, "assignment.yaml")
    path.write_text(FILES["assignment.yaml"].replace("reference.conv", f"reference.{'x' * 300}"))
    with pytest.raises(UserError, match=r"assignment\.yaml:4: found 'reference\.xxx"):
        load(folder / "tiny")


def test_an_oracle_that_is_not_there_is_answered_with_the_nearest_names(folder: Path) -> None:
    restore(folder)
    path = path_of(folder, "assignment.yaml")
    path.write_text(FILES["assignment.yaml"].replace("reference.conv", "reference.convv"))
    with pytest.raises(UserError, match=r"did you mean .reference\.conv."):
        load(folder / "tiny")


FREE = {"extensions", "deadlines", "budget"}  # the author chooses the names in them


def keys_of(text: str) -> list[tuple[int, int]]:
    """The start and end of each key whose name the schema chooses."""
    keys, waiting = [], [(yaml.compose(text), "")]
    while waiting:
        node, name = waiting.pop()
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                waiting.append((value, name if name in FREE else key.value))
                if name not in FREE and len(key.value) > 2:
                    keys.append((key.start_mark.index, key.end_mark.index))
        elif isinstance(node, yaml.SequenceNode):
            waiting += [(each, name) for each in node.value]
    return sorted(keys)


@pytest.mark.parametrize("name", FILES)
def test_a_slip_in_any_key_is_answered_with_the_key_that_was_meant(folder: Path, name: str) -> None:
    text, silent = FILES[name], []
    restore(folder)
    for start, end in keys_of(text):
        key = text[start:end]
        path_of(folder, name).write_text(f"{text[:start]}{key[:-1]}{key[-1] * 2}{text[end:]}")
        try:
            load_all(folder)
        except UserError as error:
            if f"did you mean {key!r}" in str(error):
                continue
        silent.append(key)
    assert silent == []


@pytest.mark.parametrize(
    ("right", "wrong", "meant"),
    [
        ("compare: close}", "compare: clos}", "close"),
        ("data: normal, compare", "data: norml, compare", "normal"),
        ("requires: [early]", "requires: [erly]", "early"),
        ("adjoint_of: early", "adjoint_of: erly", "early"),
        ("covers: [batch]", "covers: [bach]", "batch"),
        ("visibility: hidden", "visibility: hiden", "hidden"),
        ("probe: early", "probe: erly", "early"),
        ("help: README.md#flip", "help: README.md#flp", "flip"),
    ],
)
def test_a_slip_in_a_name_is_answered_with_the_name_that_was_meant(
    folder: Path, right: str, wrong: str, meant: str
) -> None:
    restore(folder)
    path_of(folder, "rubric.yaml").write_text(FILES["rubric.yaml"].replace(right, wrong, 1))
    with pytest.raises(UserError, match=f"did you mean '{meant}'"):
        load_all(folder)
