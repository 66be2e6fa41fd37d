"""`grader verify` accepts a sound assignment and names each broken promise where it must be fixed."""

import contextlib
import io
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import grader.prove.assignment_proof as proof
from grader import Course
from grader.__main__ import main
from grader.author.covers_conditions import CONDITIONS
from grader.author.load import load, load_course
from grader.author.render import Views
from grader.cli.command_line.exit_status import NOT_PASSED, PASSED, USER_MISTAKE
from grader.judge.draw_inputs import draw
from grader.model.assignment import Case
from grader.model.grade import Grade
from grader.prove.assignment_checks import HANDOUT, broken_points, leaks, submissions
from grader.prove.run_mutants import grade_texts
from tests import tiny_course
from tests.tables import by_name
from tests.tiny_course import RUBRIC
from tests.waiting import children_cpu_seconds

ASSIGNMENT = tiny_course.ASSIGNMENT.replace("case_seconds: 2", "case_seconds: 0.5, wall_factor: 60")

MUTANTS = '''\
"""Wrong ideas about two functions."""

import os

from solution import flip, original

from grader.model.mutant import mutant


@mutant(of="flip", help="#flip")
def not_flipped(a, axes):
    """You leave the array as it is."""
    return a


@mutant(of="flip", help="#flip")
def last_axis_flipped(a, axes):
    """You flip the last axis, whatever axes says."""
    return original(a, -1)


@mutant(of="dilate", help="#dilate")
def one_zero(a, axes, dilation):
    """You put one zero in each gap."""
    return original(a, axes, 1)


@mutant(of="dilate", help="#dilate")
def never_ends(a, axes, dilation):
    """Your loop has no end."""
    while True:
        pass


@mutant(of="dilate", help="#dilate")
def process_dies(a, axes, dilation):
    """You end the process."""
    os._exit(3)
'''

FAULTY_MUTANTS = (
    MUTANTS
    + '''

@mutant(of="flip", help="#flip")
def only_on_five_axes(a, axes):
    """You are wrong where no case looks."""
    return a if a.ndim == 5 else original(a, axes)


@mutant(of="flip", help="#flip")
def the_solution_itself(a, axes):
    """You are right."""
    return original(a, axes)


@mutant(of="flip", help="#flip")
def wrong_elsewhere(a, axes):
    """You spoil another exercise."""
    global dilate
    dilate = None
    return original(a, axes)


@mutant(of="flip", help="#flip")
def refused(a, axes):
    """You look into the interpreter, which the import rules refuse: this never runs."""
    return globals()["original"](a, axes)


@mutant(of="flap")
def of_nothing(a, axes):
    """There is no such exercise."""
    return a


@mutant
def of_nobody(a, axes):
    """This does not say of which exercise."""
    return a


@mutant(of="flip", help="#flip")
def silent(a, axes):
    return a


@mutant(of="flip", help="#flip")
def dilate(a, axes):
    """This has the name of an exercise."""
    return a
'''
)

FAULTY_CASES = """\
      - {id: again, shape: [2, 3], ask: {axes: [1]}}
      - {id: positive, shape: [4, 3], ask: {axes: [0]}, covers: [negative_axis]}
      - {id: empty, shape: [0, 3], ask: {axes: [0]}, covers: [zero_size]}
      - {id: empty-too, shape: [0, 4], ask: {axes: [0]}, covers: [zero_size]}
"""

FAULTY_CRITERIA = """\
  - id: given
    title: a handout passes it
    points: 1
    probe: given
    help: README.md#flip
    cases: [{id: real, shape: [2, 3], data: normal}]
  - id: tenth
    title: float32 cannot do it
    points: 1
    probe: tenth
    help: README.md#flip
    cases: [{id: inexact, shape: [2, 3], ask: {axes: [1]}, data: normal}]
  - id: real
    title: no way to compute it is known
    points: 1
    probe: flip
    help: README.md#flip
    cases: [{id: bounded, shape: [2, 3], ask: {axes: [1]}, data: normal, compare: bound}]
"""

FAULTY_PROBES = """\


def given(submission, case):
    return submission.array(case.a)


def tenth(submission, case):
    return submission.flip(submission.array(case.a), case.axes) * 0.1
"""

EXTRA = '''\
"""A file that is provided."""

# what follows is an exercise

{{ provided("reference.conv:dilate") }}
'''


def verified(course: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[int, str]:
    """The exit status of `grader verify` in a course, and what it printed."""
    monkeypatch.chdir(course)
    monkeypatch.delenv("BACKFLIP_SEED", raising=False)
    with contextlib.redirect_stdout(io.StringIO()) as output:
        status = main(["verify", "--out", "matrix", "--jobs", "2", "--seeds", "5"])
    return status, output.getvalue()


@pytest.fixture
def sound(tmp_path: Path, make_course: Callable[..., Path]) -> Path:
    """A course of one assignment that keeps all its promises; two of its mutants never answer."""
    changed = {"assignment.yaml": ASSIGNMENT, "rubric.yaml": RUBRIC, "mutants.py": MUTANTS}
    return make_course(tmp_path / "sound", {f"assignments/tiny/{name}": t for name, t in changed.items()})


@pytest.fixture
def faulty(sound: Path) -> Path:
    """The same course with every mistake that `grader verify` finds."""
    tiny = sound / "assignments" / "tiny"
    head, second, tail = RUBRIC.partition("  - id: dilate\n")
    head = head.replace(
        "help: README.md#flip\n", "help: README.md#flip\n    hints: [The first row becomes the last.]\n"
    )
    rubric = head + FAULTY_CASES + second + tail + FAULTY_CRITERIA
    (tiny / "rubric.yaml").write_text(rubric.replace("points: 10", "points: 13"))
    (tiny / "mutants.py").write_text(FAULTY_MUTANTS)
    with (tiny / "probes.py").open("a") as probes:
        probes.write(FAULTY_PROBES)
    with (tiny / "templates" / "conv.py.j2").open("a") as template:
        template.write('\n\n{{ exercise("reference.conv:undilate") }}\n')
    (tiny / "templates" / "extra.py.j2").write_text(EXTRA)
    return sound


def test_a_sound_assignment_passes_and_its_hangs_and_crashes_are_kills(
    sound: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = children_cpu_seconds()
    status, output = verified(sound, monkeypatch)

    assert status == PASSED, output
    assert "tiny: 5 mutants, 0 survive, 4 cases, 0 findings" in output
    page = (sound / "matrix" / "tiny.html").read_text()
    row = re.compile(r'<tr><td>(\w+)</td><td>[^<]*</td><td class="n">([\d.]+)</td><td>([^<]*)<')
    rows_of_page = row.findall(page)
    gains = {name: (float(points), may_gain) for name, points, may_gain in rows_of_page}
    of_tables = "nothing by numbers, and by shapes no criterion with hidden cases in full"
    certain = {
        **dict.fromkeys(
            ("returns_nothing", "hands_its_input_back", "zeros_of_the_right_shape"),
            (0, "0 points, in each case and in all"),
        ),
        "table_by_shape": (8, of_tables),
        "table_by_content": (0, of_tables),
    }
    assert {name: words for name, words in gains.items() if name in certain} == certain
    gating = {
        "zeros_at_visible_shapes_1", "zeros_at_visible_shapes_2", "zeros_at_other_shapes",
        "remembers_by_shape", "remembers_by_type", "remembers_for_ever", "right_at_its_first_calls",
        "right_at_its_first_call", "wrong_at_its_first_call", "right_at_every_other_call",
        "right_on_another_device", "right_without_a_sandbox",
    }  # fmt: skip
    assert set(gains) - set(certain) == gating
    assert {gains[name][1] for name in gating} == {"no case in which it cheated"}
    assert f"{len(gains)} cheats gained no more than allowed" in output
    rows = [line.split(maxsplit=1) for line in output.splitlines()[1:-1]]
    assert {name: words for name, words in rows} == {
        "not_flipped": "xx ··",
        "last_axis_flipped": "·x ··",
        "one_zero": "·· ·x",
        "never_ends": "·· !· (timeout)",  # one case used its time, and no other was begun
        "process_dies": "·· !! (crashed)",
    }
    assert "never_ends (timeout)" in (sound / "matrix" / "tiny.html").read_text()
    assert children_cpu_seconds() - before < 45  # a hang costs one case of half a CPU second


MUTANTS_PY, RUBRIC_YAML = "mutants.py", "rubric.yaml"
CONV_TEMPLATE, EXTRA_TEMPLATE = "templates/conv.py.j2", "templates/extra.py.j2"
BROKEN_PROMISES = (  # a file, words of one of its lines, and the finding there
    (
        MUTANTS_PY,
        "def of_nothing",
        "found a mutant of 'flap', expected an exercise, one of flip, dilate, undilate; did you mean 'flip'?",
    ),
    (
        MUTANTS_PY,
        "def of_nobody",
        "found a mutant of '', expected an exercise, one of flip, dilate, undilate",
    ),
    (
        MUTANTS_PY,
        "def silent",
        "found 'silent' without a docstring, expected what its student reads, or how a rewrite differs",
    ),
    (
        MUTANTS_PY,
        "def dilate",
        "mutant 'dilate' would replace 'dilate' of conv.py as well: rename yours",
    ),
    (
        MUTANTS_PY,
        "def only_on_five",
        "only_on_five_axes survives: it passes every case, as the solution does",
    ),
    (
        MUTANTS_PY,
        "def the_solution",
        "the_solution_itself survives: it passes every case, as the solution does",
    ),
    (
        MUTANTS_PY,
        "def wrong_elsewhere",
        "wrong_elsewhere loses nothing on the criteria of its exercise (flip, tenth, real)",
    ),
    (MUTANTS_PY, "def refused", "refused was never judged: refused"),
    (RUBRIC_YAML, "id: given", "given: the handout as given out earns points here: 1"),
    (
        RUBRIC_YAML,
        "id: given",
        "given: table_by_content earns 1 point: let a case have `random` values, or add a hidden one",
    ),
    (
        RUBRIC_YAML,
        "id: inexact",
        "tenth/inexact: the solution does not pass: wrong: all 6 elements differ",
    ),
    (
        RUBRIC_YAML,
        "id: again",
        "flip/again: kills no mutant that an earlier case does not kill: remove it, or say what it covers",
    ),
    (
        RUBRIC_YAML,
        "id: flip",
        "flip: found a case worth 0.6667 of 4 points, expected whole points: "
        "give the cases weights that add up to 4 (now 6)",
    ),
    (RUBRIC_YAML, "id: positive", "flip/positive: says that it covers negative_axis, but does not"),
    (
        RUBRIC_YAML,
        "id: empty,",
        "flip/empty: says that it covers zero_size, but flip/empty-too covers it too",
    ),
    (
        RUBRIC_YAML,
        "id: empty-too",
        "flip/empty-too: says that it covers zero_size, but flip/empty covers it too",
    ),
    (
        RUBRIC_YAML,
        "id: bounded",
        "real/bounded: compare: bound has a bound that is proved for other functions only: write "
        "`compare: close` and a `tolerance` that every correct version meets",
    ),
    (CONV_TEMPLATE, "undilate", "no criterion's probe calls the exercise undilate"),
    (
        CONV_TEMPLATE,
        "conv:dilate",
        "the exercise dilate has no hint, and others have: give one of its criteria `hints`",
    ),
    *(
        (
            EXTRA_TEMPLATE,
            "provided(",
            f"the handout's extra.py holds two statements of the solution of {exercise} in line {line}",
        )
        for exercise, line in (("reference.conv:dilate", 6), ("reference.conv:undilate", 12))
    ),  # the two begin the same way
    *(
        (
            RUBRIC_YAML,
            "id: real,",
            f"given/real: {cheat} earns points here, and may gain 0 points, in each case and in all: "
            "let the criterion require another one that needs work, or ask for more",
        )
        for cheat in ("returns_nothing", "hands_its_input_back", "zeros_of_the_right_shape")
    ),
)


def test_every_broken_promise_is_one_line_that_names_file_and_line(
    faulty: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    status, output = verified(faulty, monkeypatch)
    tiny = faulty / "assignments" / "tiny"

    def at(name: str, words: str) -> str:
        path = (tiny / name).resolve()
        (line,) = (i for i, text in enumerate(path.read_text().splitlines(), 1) if words in text)
        return f"{path}:{line}"

    expected = {(at(file, words), finding) for file, words, finding in BROKEN_PROMISES}
    output = re.sub("(was never judged: refused): .*", r"\1", output)  # the import rules give the reason
    findings = {tuple(line.split(": ", 1)) for line in output.splitlines() if line.startswith("/")}
    assert status == NOT_PASSED
    assert findings == expected
    assert f"{len(expected)} findings" in output
    page = (faulty / "matrix" / "tiny.html").read_text()
    assert page.index('<tr class="survivor"><th>only_on_five_axes') < page.index("<tr><th>not_flipped")


def test_the_solution_is_graded_on_each_further_available_device(
    sound: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(sound)
    views = Course(sound)["tiny"].views
    assert proof.grades_on_further_devices(views, "") == {}

    monkeypatch.setattr(proof, "first_available", lambda devices: "another")
    grades = proof.grades_on_further_devices(views, "")
    assert {device: grade.passed for device, grade in grades.items()} == {"cpu": True}


@pytest.mark.slow
def test_a_solution_that_fails_on_a_further_device_is_a_finding(
    sound: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def of_the_handout(views: Views, secret: str) -> dict[str, Grade]:
        grades = grade_texts(views.assignment, "", submissions(views, ()), 1)
        return {"cuda": grades[HANDOUT]}

    monkeypatch.setattr(proof, "grades_on_further_devices", of_the_handout)
    status, output = verified(sound, monkeypatch)
    assert status == NOT_PASSED
    assert "the solution does not pass on cuda: error" in output


def test_an_unknown_condition_is_the_loaders_complaint(
    sound: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = sound / "assignments" / "tiny" / "rubric.yaml"
    path.write_text(RUBRIC.replace("axes: [1]}", "axes: [1]}, covers: [left_handed]"))
    monkeypatch.chdir(sound)
    assert main(["verify"]) == USER_MISTAKE
    error = capsys.readouterr().err
    assert (
        f"{path}:10: found 'left_handed', expected one of negative_axis, permutation_not_involution, batch, "
        in error
    )
    assert error.count("\n") == 1


def test_a_number_of_seeds_below_one_is_refused(
    sound: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(sound)
    with pytest.raises(SystemExit) as end:
        main(["verify", "--seeds", "0"])
    assert end.value.code == USER_MISTAKE
    assert "argument --seeds: found '0', expected a whole number of at least 1" in capsys.readouterr().err


LEAKING = '''\
def step(a):
    """Adds."""
    if a:
        # BEGIN SOLUTION
        b = a + 1
        return b * 2
        # END SOLUTION
    return 0


def one(a):
    """Adds one."""
    return a + 1
'''


@pytest.mark.parametrize(
    ("code", "is_leak"),
    by_name(
        {
            "two_statements_of_a_block": ("if True:\n    b = a + 1\n    return b * 2\n", True),
            "in_a_function": ("def f(a):\n    x = 1\n    b = a + 1\n    return b * 2\n", True),
            "one_of_them": ("b = a + 1\nprint(b)\n", False),
            "not_next_to_each_other": ("b = a + 1\nprint(b)\nb * 2\n", False),
            "what_the_stub_keeps": (
                "def step(a):\n    if a:\n        raise NotImplementedError\n    return 0\n",
                False,
            ),
            "a_function_of_one_statement": ('def one(a):\n    """Adds one."""\n    return a + 1\n', True),
            "the_docstring_alone": (
                'def one(a):\n    """Adds one."""\n    raise NotImplementedError\n',
                False,
            ),
        }
    ),
)
def test_two_consecutive_statements_of_a_solution_are_a_leak(
    tmp_path: Path, code: str, is_leak: bool
) -> None:
    (tmp_path / "library.py").write_text(LEAKING)
    files = {"handed_out.py": f"import math\n\n\n{code if code.startswith('def') else wrapped(code)}"}
    leaked = leaks(tmp_path, ["library:step", "library:one"], files)
    assert [name for name, _, _ in leaked] == ["handed_out.py"] * is_leak


def wrapped(code: str) -> str:
    return "def g(a):\n" + "".join(f"    {line}\n" for line in code.splitlines())


def conv(**changed: Any) -> tuple[str, dict[str, Any]]:
    """A convolution that is as plain as possible."""
    return "conv", {"batch": 1, "x": [4, 4, 2], "w": [2, 2, 2], "stride": 1, "padding": 0, **changed}


def array(**parameters: Any) -> tuple[str, dict[str, Any]]:
    return "array", {"shape": [2, 3], **parameters}


CONDITION_CASES = {  # a case that has the condition, and one that misses it narrowly
    "batch": (conv(batch=2), conv()),
    "rectangular": (conv(x=[4, 5, 2]), conv()),
    "kernel_rectangular": (conv(w=[2, 3, 2]), conv()),
    "strides_differ": (conv(stride=[1, 2]), conv(stride=[2, 2])),
    "paddings_differ": (conv(padding=[0, 1]), conv(padding=1)),
    "channels_differ": (conv(w=[2, 2, 3]), conv(w=[2, 2, 1])),
    "padding_not_half": (conv(w=[3, 3, 2]), conv(w=[3, 3, 2], padding=1)),
    "kernel_over_stride": (conv(), conv(stride=2)),
    "stride_over_kernel": (conv(stride=3), conv(stride=2)),
    "remainder_zero": (conv(stride=2), conv(x=[5, 5, 2], stride=2)),
    "remainder_between": (conv(x=[6, 6, 2], stride=3), conv(x=[7, 7, 2], stride=3)),
    "remainder_full": (conv(x=[7, 7, 2], stride=3), conv(x=[6, 6, 2], stride=3)),
    "padding_over_kernel": (conv(padding=2), conv(padding=1)),
    "kernel_one": (conv(w=[1, 2, 2]), conv()),
    "kernel_whole": (conv(w=[4, 2, 2]), conv()),
    "view": (array(view=("flip",)), array()),
    "negative_axis": (array(ask={"axes": [0, -1]}), array(ask={"axes": [0, 1]})),
    "zero_size": (array(shape=[2, 0]), array()),
    "one_element": (array(shape=[1]), array(shape=[2])),
    "under_a_warp": (array(shape=[3, 31]), array(shape=[3, 32])),
    "over_a_warp": (array(shape=[33, 3]), array(shape=[32, 3])),
    "over_a_block": (array(shape=[257]), array(shape=[256])),
    "prime": (array(shape=[17, 37]), array(shape=[17, 39])),
    "permutation_not_involution": (
        array(shape=[2, 3, 4], ask={"axes": [1, 2, 0]}),
        array(shape=[2, 3, 4], ask={"axes": [1, 0, 2]}),
    ),
}


@pytest.mark.parametrize("condition", sorted(CONDITIONS.keys() - {"unmodified_input"}))
def test_a_condition_holds_where_it_should_and_not_next_to_it(condition: str) -> None:
    for (kind, parameters), holds in zip(CONDITION_CASES[condition], (True, False), strict=True):
        ask = parameters.pop("ask", {})
        case = Case("c", "criterion", "probe", kind, {"view": (), **parameters}, ask=ask)
        assert CONDITIONS[condition](case, draw(case, "tiny")) is holds


def test_points_that_the_cases_do_not_divide_are_named(course: Path) -> None:
    rubric = load(course / "assignments" / "tiny").rubric
    odd = replace(rubric, criteria=(replace(rubric.criteria[0], points=5), *rubric.criteria[1:]))

    assert list(broken_points(rubric)) == []
    ((criterion, message),) = broken_points(odd)
    assert criterion == "flip"
    assert message.startswith("found a case worth 2.5 of 5 points, expected whole points")


def test_every_case_of_the_course_is_worth_whole_points(repository: Path) -> None:
    for name in load_course(repository / "assignments" / "course.yaml").assignments:
        assert list(broken_points(load(repository / "assignments" / name).rubric)) == [], name
