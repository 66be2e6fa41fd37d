"""Every mistake of an author gives one line that names the file, line, what was found and expected."""

from pathlib import Path

import pytest

from grader.author.course_files import digest_of
from grader.author.load import changed_files, load, load_course
from grader.judge.draw_inputs import draw
from grader.model.assignment import Limits, Visibility
from grader.model.errors import UserError
from tests.tables import by_name
from tests.tiny_course import ASSIGNMENT, RUBRIC_OF_FLIP

ROOT = Path(__file__).parents[3]

RUBRIC = "rubric.yaml"
NAMED = "assignment.yaml"

FULL = (
    RUBRIC_OF_FLIP.replace("criteria:\n", "defaults:\n  data: integers\n  batch: 2\ncriteria:\n")
    + """\
  - id: conv
    title: the convolution
    points: 6
    probe: conv
    requires: [flip]
    compare: adjoint
    adjoint_of: conv
    wrt: x
    help: README.md#conv
    cases:
      - {id: given, x: [5, 6, 2], w: [3, 2, 4], stride: [1, 2], padding: 0}
      - {id: drawn, draw: 2, remainder: any}
"""
)
COUNTED = "    cases:\n      - {id: one-axis, shape: [2, 3]"
CONV = "x: [5, 6, 2], w: [3, 2, 4], stride: [1, 2], padding: 0"


@pytest.fixture
def tiny(course: Path) -> Path:
    """An assignment folder with a rubric that uses every kind of case."""
    folder = course / "assignments" / "tiny"
    (folder / RUBRIC).write_text(FULL)
    (folder / NAMED).write_text(ASSIGNMENT)
    (folder / "probes.py").write_text(
        "def flip(submission, case):\n    return case.axes\n\n\ndef conv(submission, case): ...\n"
    )
    (folder / "templates" / "README.md.j2").write_text("# Tiny\n\n## Flip\n\n## Conv\n")
    return folder


def complaint(folder: Path) -> str:
    with pytest.raises(UserError) as error:
        load(folder)
    return str(error.value)


# name: (file, text to replace, replacement, the line that is named, what the message says)
BROKEN = {
    "unknown_key_at_the_top": (RUBRIC, "points: 10\n", "points: 10\npionts: 3\n", 3, "unknown key 'pionts'"),
    "unknown_key_in_defaults": (RUBRIC, "batch: 2", "bach: 2", 5, "unknown key 'bach', expected one of data"),
    "unknown_key_in_a_criterion": (RUBRIC, "    points: 4", "    points: 4\n    worth: 4", 10, "'worth'"),
    "unknown_key_in_a_case": (
        RUBRIC,
        "visibility: hidden",
        "visibilty: hidden",
        14,
        "unknown key 'visibilty', expected one of id",
    ),
    "unknown_key_of_a_conv_case": (RUBRIC, "padding: 0}", "padding: 0, pading: 1}", 25, "'pading'"),
    "a_value_for_the_probe_beside_the_shape": (
        RUBRIC,
        "[2, 3], ask: {axes: [1]}",
        "[2, 3], axes: [1]",
        13,
        "found the key 'axes', expected it under `ask`, with the other values for the probe: "
        "write `ask: {axes: ...}`",
    ),
    "a_value_for_the_probe_beside_a_convolution": (
        RUBRIC,
        "padding: 0}",
        "padding: 0, axes: [1]}",
        25,
        "write `ask: {axes: ...}`",
    ),
    "a_value_that_no_probe_reads": (
        RUBRIC,
        "axes: [1]",
        "axis: [1]",
        13,
        "found 'axis', expected a value that a probe reads as `case.axis`; did you mean 'axes'?",
    ),
    "a_value_with_the_name_of_an_array": (
        RUBRIC,
        "ask: {axes: [1]}",
        "ask: {a: 3}",
        13,
        "found 'a', expected another name: `case.a` is taken in such a case",
    ),
    "a_random_value_with_the_name_of_an_array": (
        RUBRIC,
        "ask: {axes: [1]}",
        "random: {a: {integer: [1, 2]}}",
        13,
        "found 'a', expected another name",
    ),
    "a_value_with_the_name_of_a_drawn_stride": (
        RUBRIC,
        "remainder: any}",
        "remainder: any, ask: {stride: 3}}",
        26,
        "found 'stride', expected another name",
    ),
    "a_value_with_the_name_of_the_steps_of_a_chain": (
        RUBRIC,
        "remainder: any}",
        "length: [1, 2], ask: {ops: []}}",
        26,
        "found 'ops', expected another name",
    ),
    "a_value_with_the_name_of_drawn_labels": (
        RUBRIC,
        "{id: drawn, draw: 2, remainder: any}",
        "{id: drawn, logits: [2, 3], ask: {labels: 1}}",
        26,
        "found 'labels', expected another name",
    ),
    "a_value_with_the_name_of_what_a_budget_adds": (
        RUBRIC,
        COUNTED + ", ask: {axes: [1]}",
        "    compare: budget\n" + COUNTED + ", budget: {reads: 3}, ask: {counted: [1]}",
        14,
        "found 'counted', expected another name",
    ),
    "a_value_that_is_only_a_word_of_a_probe": (
        RUBRIC,
        "axes: [1]",
        "submission: [1]",
        13,
        "found 'submission', expected a value that a probe reads as `case.submission`",
    ),
    "unknown_key_in_an_assignment": (NAMED, "title:", "titel:", 2, "titel"),
    "unknown_limit": (
        NAMED,
        "case_seconds",
        "seconds",
        5,
        "unknown key 'seconds', expected one of import_seconds",
    ),
    "the_old_name_of_a_key": (
        NAMED,
        "limits: {case_seconds: 2}",
        "policy: {imports: [numpy]}",
        5,
        "found 'policy', which has a new name: write 'rules'",
    ),
    "unknown_key_in_rules": (
        NAMED,
        "limits: {case_seconds: 2}",
        "rules:\n  import: [numpy]",
        6,
        "unknown key 'import', expected one of imports, forbidden",
    ),
    "a_package_that_the_sandbox_lacks": (
        NAMED,
        "limits: {case_seconds: 2}",
        "rules:\n  imports:\n    - numpy\n    - scipy",
        8,
        "found 'scipy', expected numpy or a module of the standard library",
    ),
    "a_submodule_among_imports": (
        NAMED,
        "limits: {case_seconds: 2}",
        "rules: {imports: [numpy.linalg]}",
        5,
        "found 'numpy.linalg' for 'imports'",
    ),
    "a_forbidden_function_that_does_not_exist": (
        NAMED,
        "limits: {case_seconds: 2}",
        "rules:\n  forbidden:\n    - numpy.flip\n    - numpy.filp",
        8,
        "found 'numpy.filp', expected a function that exists",
    ),
    "a_forbidden_function_that_cannot_be_imported": (
        NAMED,
        "limits: {case_seconds: 2}",
        "rules:\n  imports: [math]\n  forbidden: [numpy.flip]",
        7,
        "found 'numpy.flip', expected a function of a module in imports",
    ),
    "a_forbidden_name_without_a_module": (
        NAMED,
        "limits: {case_seconds: 2}",
        "rules:\n  forbidden: [flip]",
        6,
        "found 'flip' for 'forbidden'",
    ),
    "no_points": (RUBRIC, "points: 10\n", "", 1, "found no 'points'"),
    "no_title_of_a_criterion": (RUBRIC, "    title: flip reverses\n", "", 7, "found no 'title'"),
    "no_id_of_a_case": (RUBRIC, "{id: one-axis, ", "{", 13, "found no 'id'"),
    "no_stride": (RUBRIC, "stride: [1, 2], ", "", 25, "found no 'stride'"),
    "no_files": (NAMED, "files: [conv.py]\n", "", 1, "found no 'files'"),
    "a_key_twice": (
        RUBRIC,
        "    points: 4",
        "    points: 4\n    points: 5",
        10,
        "'points' twice (first in line 9)",
    ),
    "a_key_twice_in_a_case": (RUBRIC, "axes: [1]", "axes: [1], axes: [0]", 13, "'axes' twice"),
    "a_criterion_twice": (RUBRIC, "id: conv\n", "id: flip\n", 15, "criterion 'flip' a second time"),
    "a_case_twice": (RUBRIC, "id: hidden-one", "id: one-axis", 14, "case 'one-axis' a second time"),
    "a_drawn_case_twice": (RUBRIC, "id: given", "id: drawn-2", 26, "case 'drawn-2' a second time"),
    "points_that_do_not_add_up": (
        RUBRIC,
        "points: 10",
        "points: 11",
        2,
        "found points 11, expected the sum of the criteria's points, 10",
    ),
    "points_below_one": (
        RUBRIC,
        "points: 4",
        "points: 0",
        9,
        "found 0 for 'points', expected a number greater than or equal to 1",
    ),
    "points_that_are_text": (
        RUBRIC,
        "points: 4",
        "points: four",
        9,
        "found 'four' for 'points', expected a valid integer",
    ),
    "points_that_are_a_fraction": (RUBRIC, "points: 4", "points: 4.5", 9, "found 4.5 for 'points'"),
    "points_that_are_true": (RUBRIC, "points: 4", "points: true", 9, "found True for 'points'"),
    "a_probe_that_does_not_exist": (
        RUBRIC,
        "probe: flip",
        "probe: flop",
        10,
        "found probe 'flop', expected a function of probes.py: conv, flip",
    ),
    "adjoint_of_a_probe_that_does_not_exist": (
        RUBRIC,
        "adjoint_of: conv",
        "adjoint_of: cone",
        21,
        "adjoint_of 'cone'",
    ),
    "requires_an_unknown_criterion": (
        RUBRIC,
        "requires: [flip]",
        "requires: [flop]",
        19,
        "found 'flop', expected an earlier criterion: flip",
    ),
    "requires_itself": (
        RUBRIC,
        "requires: [flip]",
        "requires: [conv]",
        19,
        "found 'conv', expected an earlier",
    ),
    "requires_a_later_criterion": (
        RUBRIC,
        "    probe: flip\n",
        "    probe: flip\n    requires: [conv]\n",
        11,
        "found 'conv', expected an earlier criterion: none is",
    ),
    "help_that_is_no_heading": (
        RUBRIC,
        "README.md#flip",
        "README.md#flop",
        11,
        "found #flop, expected a heading of README.md.j2: conv, flip, tiny",
    ),
    "help_of_a_case_that_is_no_heading": (
        RUBRIC,
        "id: given,",
        "id: given, help: README.md#cnov,",
        25,
        "found #cnov, expected a heading of README.md.j2: conv, flip, tiny; did you mean 'conv'",
    ),
    "help_elsewhere": (RUBRIC, "README.md#flip", "https://example.org", 11, "for 'help'"),
    "a_negative_stride": (RUBRIC, "stride: [1, 2]", "stride: [-1, 2]", 25, "found -1 for 'stride'"),
    "a_stride_of_zero": (RUBRIC, "stride: [1, 2]", "stride: 0", 25, "found 0 for 'stride'"),
    "three_strides": (RUBRIC, "stride: [1, 2]", "stride: [1, 2, 3]", 25, "found [1, 2, 3] for 'stride'"),
    "a_negative_padding": (RUBRIC, "padding: 0", "padding: -1", 25, "found -1 for 'padding'"),
    "a_negative_length": (RUBRIC, "shape: [2, 3]", "shape: [2, -3]", 13, "found -3 for 'shape'"),
    "an_input_of_two_lengths": (RUBRIC, "x: [5, 6, 2]", "x: [5, 6]", 25, "found [5, 6] for 'x'"),
    "a_kernel_larger_than_the_padded_input": (
        RUBRIC,
        "w: [3, 2, 4]",
        "w: [3, 7, 4]",
        25,
        "kernel larger than the padded input",
    ),
    "a_case_of_two_kinds": (
        RUBRIC,
        "id: given,",
        "id: given, shape: [2],",
        25,
        "found shape, x, expected one of the keys shape, arrays, x, remainder, ",
    ),
    "a_case_of_no_kind": (RUBRIC, CONV, "view: [slice]", 25, "found none, expected one of the keys"),
    "a_case_that_is_text": (RUBRIC, "{id: given, " + CONV + "}", "given", 25, "found 'given'"),
    "no_case": (
        RUBRIC,
        FULL[FULL.index("    cases:") : FULL.index("  - id: conv\n")],
        "    cases: []\n",
        12,
        "found no case",
    ),
    "an_unknown_visibility": (
        RUBRIC,
        "visibility: hidden",
        "visibility: secret",
        14,
        "found 'secret' for 'visibility'",
    ),
    "an_unknown_view": (
        RUBRIC,
        "remainder: any",
        "remainder: any, view: [turn]",
        26,
        "found 'turn' for 'view'",
    ),
    "an_unknown_remainder": (RUBRIC, "remainder: any", "remainder: some", 26, "found 'some' for 'remainder'"),
    "a_wide_array_that_is_none_of_those_named": (
        RUBRIC,
        CONV,
        "arrays: {x: [2, 3], g: [2, 3]}, wide: y",
        25,
        "found wide 'y', expected an array of the case: x, g",
    ),
    "a_gradient_in_an_array_that_is_none_of_those_named": (
        RUBRIC,
        CONV,
        "arrays: {a: [2, 3], out_grad: [2, 3]}",
        22,
        "found wrt 'x', expected one of a",
    ),
    "a_wide_array_that_the_case_lacks": (
        RUBRIC,
        CONV,
        f"wide: y, {CONV}",
        25,
        "found wide 'y', expected an array of the case: x, w, out_grad",
    ),
    "a_budget_of_an_unknown_length": (
        RUBRIC,
        COUNTED,
        f"    compare: budget\n{COUNTED}, budget: {{reads: 3 * m}}",
        14,
        "budget reads: found 'm', expected a length: none has a name",
    ),
    "a_length_without_a_range": (
        RUBRIC,
        "shape: [2, 3]",
        "shape: [n, 3]",
        13,
        "found the length 'n', expected a number or a name in `lengths`",
    ),
    "a_range_that_runs_backwards": (
        RUBRIC,
        "shape: [2, 3]",
        "shape: [n, 3], lengths: {n: [5, 4]}",
        13,
        "found a range of 'n' that runs backwards",
    ),
    "a_budget_without_counts": (
        RUBRIC,
        "shape: [2, 3]",
        "shape: [2, 3], budget: {reads: 3 * m}",
        13,
        "`budget` goes with `compare: budget` or `compare: findings`: add it",
    ),
    "adjoint_without_wrt": (
        RUBRIC,
        "    wrt: x\n",
        "",
        20,
        "`compare: adjoint` also needs `wrt`: add it",
    ),
    "wrt_without_adjoint": (
        RUBRIC,
        "    compare: adjoint\n",
        "",
        21,
        "`wrt` goes with `compare: adjoint` or `compare: finite_difference`: add it, or remove `wrt`",
    ),
    "adjoint_of_real_numbers": (
        RUBRIC,
        "remainder: any",
        "remainder: any, data: normal",
        26,
        "an adjoint is compared exactly",
    ),
    "adjoint_of_an_array_case": (
        RUBRIC,
        CONV,
        "shape: [2, 3], ask: {axes: [1]}",
        25,
        "expected a linear forward pass",
    ),
    "another_assignments_rubric": (
        RUBRIC,
        "assignment: tiny",
        "assignment: other",
        1,
        "found assignment 'other', expected 'tiny'",
    ),
    "criteria_that_are_no_list": (
        RUBRIC,
        FULL[FULL.index("criteria:") :],
        "criteria: 3\n",
        6,
        "found 3 for 'criteria'",
    ),
    "an_id_with_a_space": (RUBRIC, "id: flip\n", "id: to flip\n", 7, "found 'to flip' for 'id'"),
    "a_name_that_is_not_the_folders": (
        NAMED,
        "name: tiny",
        "name: other",
        1,
        "found name 'other', expected the folder's name, 'tiny'",
    ),
    "a_file_outside": (NAMED, "[conv.py]", "[../conv.py]", 3, "found '../conv.py' for 'files'"),
    "no_file_at_all": (NAMED, "[conv.py]", "[]", 3, "found [] for 'files'"),
    "an_unknown_device": (NAMED, "files:", "devices: [tpu]\nfiles:", 3, "found 'tpu' for 'devices'"),
    "a_limit_of_zero": (NAMED, "case_seconds: 2", "case_seconds: 0", 5, "found 0 for 'case_seconds'"),
    "a_limit_that_is_text": (
        NAMED,
        "case_seconds: 2",
        "case_seconds: two",
        5,
        "found 'two' for 'case_seconds'",
    ),
    "a_bracket_that_is_not_closed": (RUBRIC, "axes: [1]", "axes: [1", 13, "YAML that cannot be read"),
    "a_tab": (RUBRIC, "  data: integers", "\tdata: integers", 4, "YAML that cannot be read"),
    "a_second_document": (RUBRIC, "defaults:", "---\ndefaults:", 3, "YAML that cannot be read"),
    "an_unknown_tag": (
        RUBRIC,
        "title: the convolution",
        "title: !!python/name:os.system x",
        16,
        "YAML that cannot be read",
    ),
    "a_control_character": (RUBRIC, "title: the", "title: \x07the", 16, "YAML that cannot be read"),
    "hints_that_cost_too_much": (
        RUBRIC,
        "    help:",
        "    hints: [free, {cost: 3, text: a}, {cost: 1.5, text: b}]\n    help:",
        11,
        "found hints that cost 4.5 points up to here, expected at most the 4 points of the criterion",
    ),
    "a_key_that_is_a_list": (RUBRIC, "points: 10", "? [points]\n: 10", 2, "YAML that cannot be read"),
}


@pytest.mark.parametrize(("file", "old", "new", "line", "phrase"), BROKEN.values(), ids=BROKEN)
def test_a_mistake_is_one_line_with_file_line_and_what_was_found(
    tiny: Path, file: str, old: str, new: str, line: int, phrase: str
) -> None:
    text = (tiny / file).read_text()
    assert text.count(old) >= 1
    (tiny / file).write_text(text.replace(old, new, 1))

    message = complaint(tiny)
    assert message.startswith(f"{tiny / file}:{line}: ")
    assert phrase in message
    assert "\n" not in message


@pytest.mark.parametrize("file", [RUBRIC, NAMED])
@pytest.mark.parametrize(
    ("content", "phrase"),
    {
        "empty": (b"", "found None, expected keys: "),
        "a_list_at_the_top": (b"- points\n- criteria\n", "found ['points', 'criteria'], expected keys: "),
        "a_word": (b"rubric\n", "found 'rubric', expected keys: "),
        "not_utf_8": (b"title: \xff\n", "found bytes that are not UTF-8 (at byte 7)"),
        "a_nul": (b"title: \x00\n", "YAML that cannot be read"),
        "nested_deeply": (b"[" * 500, "YAML that cannot be read"),
        "nested_in_itself": (b"points: &all [*all]", "YAML that cannot be read"),
    }.values(),
    ids=["empty", "a_list_at_the_top", "a_word", "not_utf_8", "a_nul", "deep", "endless"],
)
def test_a_file_that_is_no_mapping_is_one_line_that_names_it(
    tiny: Path, file: str, content: bytes, phrase: str
) -> None:
    (tiny / file).write_bytes(content)

    message = complaint(tiny)
    assert message.startswith(f"{tiny / file}:")
    assert phrase in message
    assert "\n" not in message


@pytest.mark.parametrize("file", [RUBRIC, NAMED, "probes.py", "templates/README.md.j2"])
@pytest.mark.parametrize("trouble", ["missing", "a_folder", "not_utf_8"])
def test_a_file_that_cannot_be_read_is_one_line_that_names_it(tiny: Path, file: str, trouble: str) -> None:
    (tiny / file).unlink()
    if trouble == "a_folder":
        (tiny / file).mkdir()
    if trouble == "not_utf_8":
        (tiny / file).write_bytes(b"# \xff\n")

    message = complaint(tiny)
    assert message.startswith(f"{tiny / file}:")
    assert "\n" not in message


@pytest.mark.parametrize("text", ["def flip(:\n", "\n\nx = (\n"])
def test_probes_that_do_not_parse_name_their_line(tiny: Path, text: str) -> None:
    (tiny / "probes.py").write_text(text)

    message = complaint(tiny)
    assert message.startswith(f"{tiny / 'probes.py'}:{text.count(chr(10))}: found Python that cannot be read")


def test_a_heading_inside_a_code_block_is_no_heading(tiny: Path) -> None:
    (tiny / "templates" / "README.md.j2").write_text("# Tiny\n\n## Conv\n\n```python\n# flip\n```\n")

    assert "found #flip, expected a heading" in complaint(tiny)


def test_a_rubric_is_loaded_as_it_is_written(tiny: Path) -> None:
    assignment = load(tiny)

    assert (assignment.name, assignment.title, assignment.files) == ("tiny", "Two functions", ("conv.py",))
    assert (assignment.modules, assignment.oracle) == (("conv",), "reference.conv")
    assert assignment.limits == Limits(case_seconds=2)
    flip, conv = assignment.rubric.criteria
    assert [case.name for case in flip.cases] == ["flip/one-axis", "flip/hidden-one"]
    assert [case.visibility for case in flip.cases] == [Visibility.VISIBLE, Visibility.HIDDEN]
    assert [case.id for case in conv.cases] == ["given", "drawn-1", "drawn-2"]
    assert {case.compare for case in conv.cases} == {"adjoint"}
    assert (dict(conv.options), conv.requires) == ({"adjoint_of": "conv", "wrt": "x"}, ("flip",))


def test_a_case_overrides_its_criterion_which_overrides_the_defaults(tiny: Path) -> None:
    text = FULL.replace("batch: 2", "batch: 3\n  compare: bound\n  visibility: hidden")
    text = text.replace("axes: [1]}", "axes: [1]}, compare: exact, visibility: visible, weight: 3")
    (tiny / RUBRIC).write_text(text)

    (first, second), (case, *_) = (criterion.cases for criterion in load(tiny).rubric.criteria)
    assert (first.compare, first.visibility, first.weight) == ("exact", Visibility.VISIBLE, 3)
    assert (second.compare, second.visibility, second.weight) == ("bound", Visibility.HIDDEN, 1)
    assert case.parameters["batch"] == 3


def test_every_case_of_the_courses_own_assignments_can_be_drawn(repository: Path) -> None:
    for name in load_course(repository / "assignments" / "course.yaml").assignments:
        assignment = load(repository / "assignments" / name)
        for criterion in assignment.rubric.criteria:
            for case in criterion.cases:
                inputs = None if case.is_own_test else draw(case, name)
                assert inputs is None or inputs.bases or inputs.ask or inputs.functions


@pytest.mark.parametrize("file", [RUBRIC, NAMED, "probes.py"])
def test_the_digest_changes_with_every_file_that_a_grade_depends_on(tiny: Path, file: str) -> None:
    before = load(tiny).digest
    assert load(tiny).digest == before

    (tiny / file).write_text((tiny / file).read_text() + "\n# another line\n")
    assert load(tiny).digest != before


def test_a_course_that_names_a_missing_assignment_says_where(course: Path) -> None:
    path = course / "assignments" / "course.yaml"
    path.write_text("title: A course\nassignments:\n  - tiny\n  - gone\n")

    with pytest.raises(UserError) as error:
        load_course(path)
    assert str(error.value) == f"{path}:4: found 'gone', expected a folder with assignment.yaml"


@pytest.mark.parametrize(
    ("text", "line", "phrase"),
    [
        ("title: A course\n", 1, "found no 'assignments'"),
        ("title: A course\nassignments: []\n", 2, "found [] for 'assignments'"),
        ("title: A course\nassignments: tiny\n", 2, "found 'tiny' for 'assignments'"),
        ("title: A course\nassignments: [../tiny]\n", 2, "found '../tiny' for 'assignments'"),
        ("title: A course\nterm: spring\nassignments: [tiny]\n", 2, "unknown key 'term'"),
        (f"title: A course\nassignments: [tiny, {'x' * 300}]\n", 2, "expected a folder with assignment.yaml"),
    ],
)
def test_a_course_that_is_written_wrong_says_where(course: Path, text: str, line: int, phrase: str) -> None:
    path = course / "assignments" / "course.yaml"
    path.write_text(text)

    with pytest.raises(UserError) as error:
        load_course(path)
    assert str(error.value).startswith(f"{path}:{line}: ")
    assert phrase in str(error.value)
    assert "\n" not in str(error.value)


@pytest.fixture
def handout(tiny: Path, tmp_path: Path) -> Path:
    """The folder `grading` of a handout that provides one file."""
    grading = tmp_path / "handout" / "grading"
    tiny.rename(tmp_path / "handout").joinpath("templates", "README.md.j2").rename(
        tmp_path / "handout" / "README.md"
    )
    grading.mkdir()
    for name in (RUBRIC, "probes.py"):
        (tmp_path / "handout" / name).rename(grading / name)
    (grading.parent / "given.py").write_text("x = 1\n")
    recorded = digest_of(b"x = 1\n")
    (grading / NAMED).write_text(f"{ASSIGNMENT}provided: {{given.py: {recorded}}}\nfrozen: frozen.npz\n")
    return grading


def test_a_handout_is_graded_with_the_files_that_lie_in_it(handout: Path) -> None:
    assignment = load(handout)

    assert assignment.frozen == handout / "frozen.npz"
    assert assignment.provided == {"given.py": b"x = 1\n"}
    assert changed_files(assignment) == []


def test_a_provided_file_that_was_changed_is_named(handout: Path) -> None:
    (handout.parent / "given.py").write_text("x = 2\n")

    assert changed_files(load(handout)) == ["given.py"]


def test_line_ends_that_git_wrote_are_no_change(handout: Path) -> None:
    """The file does not change either: grading uses the text of the handout."""
    (handout.parent / "given.py").write_bytes(b"x = 1\r\n")

    assert changed_files(load(handout)) == []
    assert load(handout).provided == {"given.py": b"x = 1\n"}


def test_a_change_is_found_among_other_line_ends(handout: Path) -> None:
    (handout.parent / "given.py").write_bytes(b"x = 2\r\n")

    assert changed_files(load(handout)) == ["given.py"]


def test_a_provided_file_that_is_gone_is_one_line_that_names_it(handout: Path) -> None:
    (handout.parent / "given.py").unlink()

    message = complaint(handout)
    assert message.startswith(f"{handout.parent / 'given.py'}: ")
    assert "unpack the handout again" in message


def test_a_handout_counts_the_weight_of_the_cases_that_it_lacks(handout: Path) -> None:
    text = FULL.replace(
        "    cases:\n      - {id: one-axis", "    withheld: 3\n    cases:\n      - {id: one-axis"
    )
    (handout / RUBRIC).write_text(text)

    assert load(handout).rubric.criteria[0].weight == 5


FOLLOWED = """\
assignment: tiny
points: 10
criteria:
  - id: conv
    title: forward
    points: 4
    probe: conv
    help: README.md#conv
    cases:
      - {id: given, x: [5, 6, 2], w: [3, 2, 4], stride: 1, padding: 0}
  - id: x_grad
    title: backward
    points: 6
    probe: flip
    follow_through: 0.5
    adjoint_of: conv
    wrt: x
    help: README.md#flip
    cases:
      - {id: given, x: [5, 6, 2], w: [3, 2, 4], stride: 1, padding: 0}
      - {id: real, x: [5, 6, 2], w: [3, 2, 4], stride: 1, padding: 0, data: normal, compare: bound}
"""


def test_a_case_may_have_a_heading_of_its_own(tiny: Path) -> None:
    """The cases of a gradient test its stride, its padding and its leftover pixels."""
    (tiny / RUBRIC).write_text(FOLLOWED.replace("id: real,", "id: real, help: README.md#conv,"))
    conv, x_grad = load(tiny).rubric.criteria
    assert [x_grad.help_for(case) for case in x_grad.cases] == ["README.md#flip", "README.md#conv"]
    assert [conv.help_for(case) for case in conv.cases] == [conv.help]


def test_follow_through_counts_for_exact_cases_alone(tiny: Path) -> None:
    (tiny / RUBRIC).write_text(FOLLOWED)
    conv, x_grad = load(tiny).rubric.criteria

    assert x_grad.options == {"adjoint_of": "conv", "wrt": "x"}
    assert [case.follow_through for case in (*conv.cases, *x_grad.cases)] == [0.0, 0.5, 0.0]
    assert {case.compare for case in x_grad.cases} == {"exact", "bound"}


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    by_name(
        {
            "alone": (
                "    adjoint_of: conv\n    wrt: x\n",
                "",
                15,
                "`follow_through` also needs `adjoint_of`",
            ),
            "without_wrt": ("    wrt: x\n", "", 15, "`follow_through` also needs `wrt`"),
            "everything": (
                "follow_through: 0.5",
                "follow_through: 1.0",
                15,
                "found 1.0 for 'follow_through'",
            ),
            "nothing": ("follow_through: 0.5", "follow_through: 0.0", 15, "found 0.0 for 'follow_through'"),
            "with_an_adjoint": (
                "    follow_through: 0.5\n",
                "    follow_through: 0.5\n    compare: adjoint\n",
                15,
                "expected compare: exact",
            ),
            "a_forward_pass_that_nothing_tests": (
                "adjoint_of: conv",
                "adjoint_of: flip",
                16,
                "found adjoint_of 'flip', expected an earlier criterion's probe: conv",
            ),
            "an_input_that_there_is_not": ("wrt: x", "wrt: a", 17, "found wrt 'a', expected one of x, w"),
            "what_has_no_transpose": (
                "      - {id: real,",
                "      - {id: array, shape: [3], ask: {axes: [0]}}\n      - {id: real,",
                21,
                "nothing is linear in a case of the kind array",
            ),
        }
    ),
)
def test_follow_through_without_what_it_needs_is_refused(
    tiny: Path, old: str, new: str, line: int, message: str
) -> None:
    (tiny / RUBRIC).write_text(FOLLOWED.replace(old, new))
    complained = complaint(tiny)

    assert f"{RUBRIC}:{line}:" in complained
    assert message in complained


def test_the_results_of_a_probe_have_the_names_that_it_returns_them_by() -> None:
    """A starred result stands for any number of results, so nothing after it has a name."""
    results = {
        f"{name}/{criterion.id}": criterion.results
        for name in ("conv_backward", "ndarray")
        for criterion in load(ROOT / "assignments" / name).rubric.criteria
    }
    assert results["conv_backward/gradient_inputs"] == ("x", "w", "out_grad", "x_grad", "w_grad")
    of_view = ("values", "shape", "strides", "offset", "values_after_plus_100")
    assert results["ndarray/compact"] == ("is_compact", *of_view)
    assert results["conv_backward/x_grad"] == ()
