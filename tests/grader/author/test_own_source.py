"""An assignment brings its own kinds and comparisons, and a handout holds only those that it needs."""

import ast
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from grader.author import read_yaml
from grader.author.describe_schema import SCHEMA, write_schema
from grader.author.extensions.own_source import cut_classes
from grader.author.handout import generate
from grader.author.load import load
from grader.author.schema import vocabulary_of
from grader.judge.session import Session
from grader.model.assignment import Assignment
from grader.model.errors import GraderFault, ProtocolError, UserError
from grader.model.grade import Status
from grader.model.surroundings import Sandbox
from tests.folders import in_folder
from tests.tables import by_name

KINDS = """\
\"\"\"Kinds of cases of this course's own.\"\"\"

from grader.judge.inputs import Inputs
from grader.judge.kind import Kind

ORDER = "backwards"
ANSWERS_OF_HIDDEN_CASES = {"abc": 3}


def shuffled_keys():
    from grader.judge.case_model import CaseModel

    class ShuffledCase(CaseModel):
        \"\"\"A word of these letters.\"\"\"

        letters: str
        \"\"\"The letters.\"\"\"

    return {"letters": ShuffledCase}


class Shuffled(Kind):
    \"\"\"The letters of a word, in an order that is drawn.\"\"\"

    name = "shuffled"
    keys = staticmethod(shuffled_keys)

    def draw(self, case, shapes, numbers):
        letters = list(case.parameters["letters"])
        numbers.shuffle(letters)
        return Inputs({"word": "".join(letters)}, {}, {})

    def describe(self, case, inputs):
        return f"the word {inputs.values['word']}, {ORDER}"

    def lengths(self, parameters):
        return [], []


def secret_keys():
    from grader.judge.case_model import CaseModel

    class SecretCase(CaseModel):
        \"\"\"A word that nobody sees.\"\"\"

        secret: str

    return {"secret": SecretCase}


class Secret(Shuffled):
    \"\"\"What hidden cases ask.\"\"\"

    name = "secret"
    keys = staticmethod(secret_keys)

    def draw(self, case, shapes, numbers):
        return Inputs({"word": case.parameters["secret"] * len(ANSWERS_OF_HIDDEN_CASES)}, {}, {})
"""
COMPARISONS = """\
from grader.judge.comparison import Comparison
from grader.judge.differences.difference import Difference
from grader.judge.reference_answer import answer_in
from grader.model.grade import Status


class SameLength(Comparison):
    \"\"\"The answer is as long as the reference's.\"\"\"

    name = "same_length"
    rank = 100
    docs = "The answer must be as long as the reference's."
    a_case_may_choose_it = True

    def judge(self, question):
        expected = question.oracle.expected(question.case, question.inputs).value
        outcome = question.submission.run(question.case.probe, question.inputs)
        if outcome.status is not Status.OK or len(answer_in(outcome)) == len(expected):
            return outcome, None
        return outcome, Difference(str(len(expected)), str(len(answer_in(outcome))), "the length differs")
"""
RUBRIC = """\
assignment: words
points: 4
criteria:
  - id: turn
    title: turns words
    points: 4
    probe: turn
    help: README.md#here
    cases:
      - {id: any, letters: kitten}
      - {id: as-long, letters: dog, compare: same_length}
      - {id: withheld, secret: abc, visibility: hidden, weight: 2}
"""
FILES = {
    "reference/__init__.py": "",
    "reference/words.py": 'def turn(word):\n    """The word backwards."""\n    return word[::-1]\n',
    "assignments/words/rubric.yaml": RUBRIC,
    "assignments/words/kinds.py": KINDS,
    "assignments/words/comparisons.py": COMPARISONS,
    "assignments/words/probes.py": "def turn(submission, case):\n    return submission.turn(case.word)\n",
    "assignments/words/templates/README.md.j2": "# Here\n",
    "assignments/words/templates/words.py.j2": '{{ exercise("reference.words:turn") }}\n',
    "assignments/words/assignment.yaml": (
        "name: words\ntitle: Words\nfiles: [words.py]\noracle: reference.words\n"
    ),
}


@pytest.fixture
def course(tmp_path: Path) -> Callable[..., Path]:
    """Writes the course with one text of one of its files replaced; returns the assignment's folder."""

    def course(file: str = "kinds.py", old: str = "", new: str = "") -> Path:
        for name, text in FILES.items():
            path = tmp_path / "course" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            is_it = name == f"assignments/words/{file}"
            assert old in text or not is_it
            path.write_text(text.replace(old, new, 1) if is_it else text)
        return tmp_path / "course" / "assignments" / "words"

    return course


def ends(assignment: Assignment, folder: Path) -> dict[str, tuple[Status, str, str]]:
    with Session(assignment, sandbox=Sandbox.BUBBLEWRAP) as session:
        grade = session.grade(in_folder(folder), "ada")
    return {r.case: (r.status, r.rationale, r.inputs) for r in grade.criteria[0].results}


def test_own_kinds_and_comparisons_judge_in_a_course_and_in_its_handout(
    course: Callable[..., Path], tmp_path: Path
) -> None:
    folder = course()
    assignment = replace(load(folder), library=folder.parents[1])
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "words.py").write_text("def turn(word):\n    return word.upper()\n")

    graded = ends(assignment, tmp_path / "one")
    assert {case: end[0] for case, end in graded.items()} == {
        "any": Status.WRONG,
        "as-long": Status.OK,
        "withheld": Status.WRONG,
    }
    assert graded["any"][2].startswith("the word ") and graded["any"][2].endswith(", backwards")

    generate([assignment], tmp_path / "out")
    grading = tmp_path / "out" / "release" / "words" / "grading"
    shipped = (grading / "kinds.py").read_text()
    assert "class Shuffled" in shipped and "ORDER" in shipped
    assert "Secret" not in shipped and "ANSWERS" not in shipped and "secret" not in shipped
    in_handout = ends(load(grading), tmp_path / "one")
    assert in_handout == {case: graded[case] for case in ("any", "as-long")}


def test_a_file_that_no_visible_case_needs_stays_at_home(course: Callable[..., Path], tmp_path: Path) -> None:
    folder = course("rubric.yaml", "as-long, letters: dog, compare: same_length", "as-long, ask: {word: ab}")
    generate([replace(load(folder), library=folder.parents[1])], tmp_path / "out")
    grading = tmp_path / "out" / "release" / "words" / "grading"

    assert (grading / "kinds.py").is_file()
    assert not (grading / "comparisons.py").exists()


def test_the_source_of_an_own_file_is_part_of_its_cases(course: Callable[..., Path]) -> None:
    before = {case.id: case for case in load(course()).rubric.criteria[0].cases}
    after = {
        case.id: case
        for case in load(course("comparisons.py", "the length differs", "not as long"))
        .rubric.criteria[0]
        .cases
    }

    assert before["any"] == after["any"]
    assert before["as-long"].comparison_source != after["as-long"].comparison_source


MISTAKES = {
    "no_python": (
        "kinds.py",
        "class Shuffled(Kind):",
        "class Shuffled(Kind",
        "kinds.py:22: found Python that",
    ),
    "no_class": ("comparisons.py", "(Comparison)", "", "comparisons.py: found no subclass of Comparison"),
    "not_run": (
        "kinds.py",
        'ORDER = "backwards"',
        "ORDER = 1 / 0",
        "kinds.py:6: found a file that cannot be run",
    ),
    "a_name_that_is_taken": ("kinds.py", '"shuffled"', '"matmul"', "kinds.py:22: found the name 'matmul'"),
    "a_key_that_is_taken": ("kinds.py", '{"letters":', '{"shape":', "kinds.py: found the key 'shape'"),
    "a_statement_that_runs": (
        "kinds.py",
        'ORDER = "backwards"',
        'ORDER = "backwards"\nprint()',
        "kinds.py:7: found a statement that runs",
    ),
    "a_key_that_no_kind_has": ("rubric.yaml", "letters: kitten", "leters: kitten", "rubric.yaml:10: found "),
    "a_value_of_another_type": ("rubric.yaml", "letters: kitten", "letters: 7", "rubric.yaml:10: found 7"),
    "keys_that_raise": (
        "kinds.py",
        "    return {",
        "    1 / 0\n    return {",
        "kinds.py:19: a rubric that uses",
    ),
    "no_keys": (
        "kinds.py",
        'return {"letters": ShuffledCase}',
        "return None",
        "kinds.py:10: Shuffled.keys returned NoneType, expected ",
    ),
    "lengths_that_raise": ("kinds.py", "return [], []", "return 1 / 0", "kinds.py:37: a rubric that uses"),
    "no_lengths": (
        "kinds.py",
        "return [], []",
        "return None",
        "kinds.py:36: Shuffled.lengths returned NoneType",
    ),
    "lengths_of_nothing": (
        "kinds.py",
        "return [], []",
        'return [["a"]], []',
        "kinds.py:36: Shuffled.lengths returned tuple",
    ),
    "no_keys_of_a_case": (
        "comparisons.py",
        "a_case_may",
        "case_keys = staticmethod(lambda: None)\n    a_case_may",
        "comparisons.py:13: SameLength.case_keys returned NoneType",
    ),
    "no_draw": ("kinds.py", "def draw(", "def drew(", "kinds.py: found a file that cannot be run: TypeError"),
    "an_exit": ("kinds.py", "return [], []", "raise SystemExit", "kinds.py:37: a rubric that uses"),
    "an_unknown_comparison": ("rubric.yaml", "same_length", "same_size", "'same_length'"),
}


@pytest.mark.parametrize(("file", "old", "new", "phrase"), by_name(MISTAKES))
def test_a_mistake_in_an_own_kind_or_comparison_names_its_file_and_line(
    course: Callable[..., Path], file: str, old: str, new: str, phrase: str
) -> None:
    folder = course(file, old, new)
    with pytest.raises(UserError) as error:
        load(folder)
    assert phrase in str(error.value)
    assert "\n" not in str(error.value)


DRAWN = 'return Inputs({"word": "".join(letters)}, {}, {})'
VERDICT = 'return outcome, Difference(str(len(expected)), str(len(answer_in(outcome))), "the length differs")'
FAULTS = {
    "draw_raises": ("kinds.py", DRAWN, "return 1 / 0", "kinds.py:31: ZeroDivisionError: "),
    "draw_exits": ("kinds.py", DRAWN, "raise SystemExit", "kinds.py:31: SystemExit: "),
    "draw_returns_no_inputs": ("kinds.py", DRAWN, "pass", "kinds.py:28: Shuffled.draw returned NoneType"),
    "a_value_that_is_no_data": (
        "kinds.py",
        '"".join(letters)',
        "print",
        "kinds.py:28: Shuffled.draw returned val",
    ),
    "a_value_in_itself": (
        "kinds.py",
        DRAWN,
        "letters[0] = letters; " + DRAWN.replace('"".join', ""),
        "kinds.py:28: ",
    ),
    "an_array_of_objects": (
        "kinds.py",
        DRAWN,
        'return Inputs({}, {"word": letters}, {})',
        "list for 'word', expected",
    ),
    "describe_raises": ("kinds.py", "{ORDER}", "{1 / 0}", "kinds.py:34: ZeroDivisionError: "),
    "judge_raises": (
        "comparisons.py",
        "len(answer_in(outcome)) ==",
        "1 / 0 ==",
        "comparisons.py:18: ZeroDivis",
    ),
    "judge_says_no_more": (
        "comparisons.py",
        VERDICT,
        "return False",
        "comparisons.py:15: SameLength.judge returned b",
    ),
}


@pytest.mark.parametrize(("file", "old", "new", "phrase"), by_name(FAULTS))
def test_a_fault_of_an_own_kind_or_comparison_names_its_line_and_costs_no_points(
    course: Callable[..., Path], tmp_path: Path, file: str, old: str, new: str, phrase: str
) -> None:
    (tmp_path / "submission").mkdir()
    (tmp_path / "submission" / "words.py").write_text("def turn(word):\n    return word[1:]\n")
    folder = course(file, old, new)
    results = ends(replace(load(folder), library=folder.parents[1]), tmp_path / "submission")

    status, rationale, _ = results["as-long"]
    assert status is Status.INTERNAL_ERROR
    assert phrase in rationale


GRADERS_OWN = {
    "a_fault": GraderFault("the disk is full"),
    "an_error_of_the_wire": ProtocolError("a frame without an end"),
    "a_missing_key": KeyError("place"),
    "a_full_disk": OSError(28, "No space left on device"),
}


@pytest.mark.parametrize("error", by_name(GRADERS_OWN))
def test_a_fault_that_passed_through_no_own_file_is_not_blamed_on_one(
    course: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    folder = course()

    def fails(*_: object) -> None:
        raise error

    monkeypatch.setattr(read_yaml, "load_rubric", fails)
    with pytest.raises(type(error)) as caught:
        load(folder)
    assert caught.value is error


SPLIT_AT_OTHER_PLACES = {  # a line's end for str.splitlines, not for Python
    "a_form_feed": "\f",
    "a_line_separator": 'NOTE = "one\u2028two"\n',
    "a_vertical_tab_in_a_comment": "# one\x0btwo\n",
}


@pytest.mark.parametrize("text", by_name(SPLIT_AT_OTHER_PLACES))
def test_only_a_newline_ends_a_line_of_an_own_file(tmp_path: Path, text: str) -> None:
    source = f"{text}class Shuffled:\n    def draw(self):\n        return ORDER\n\n\nSECRET = 1; ORDER = 2\n"
    kept = cut_classes(tmp_path / "kinds.py", source, {"Shuffled"})
    names: dict[str, Any] = {}
    exec(kept, names)

    assert (names["Shuffled"]().draw(), "SECRET" in names) == (2, False)
    assert ast.parse(kept).body[-1].lineno == ast.parse(source).body[-1].lineno


def test_statements_of_one_line_stay_on_it(tmp_path: Path) -> None:
    source = 'SECRET = "ä"; LOW = 1; HIGH = LOW + 1\n\n\nclass Shuffled:\n    order = HIGH\n'
    kept = cut_classes(tmp_path / "kinds.py", source, {"Shuffled"})

    assert kept == "LOW = 1; HIGH = LOW + 1\n\n\nclass Shuffled:\n    order = HIGH\n"


def test_an_own_file_in_a_handout_keeps_its_lines(course: Callable[..., Path]) -> None:
    folder = course()
    kept = cut_classes(folder / "kinds.py", KINDS, {"Shuffled"}).splitlines()
    assert "class Secret" not in "\n".join(kept)
    assert [line for line in kept if line] == [
        line for line, of_file in zip(kept, KINDS.splitlines(), strict=False) if line and line == of_file
    ]


def test_an_editor_knows_the_keys_of_an_assignments_own_kinds(
    course: Callable[..., Path],
) -> None:
    folder = course("rubric.yaml", "assignment:", f"# yaml-language-server: $schema={SCHEMA}\nassignment:")
    write_schema(folder, vocabulary_of(folder))
    schema, rubric = (yaml.safe_load((folder / name).read_text()) for name in (SCHEMA, "rubric.yaml"))
    validator = Draft202012Validator(schema)

    assert [criterion.id for criterion in load(folder).rubric.criteria] == ["turn"]
    assert [error.message for error in validator.iter_errors(rubric)] == []
    assert schema["$defs"]["ShuffledCase"]["properties"]["letters"]["description"] == "The letters."
    for key, value in (("letters", 3), ("lettres", "dog"), ("compare", "same_size")):
        case = {"id": "as-long", "letters": "dog", key: value}
        rubric["criteria"][0]["cases"] = [case]
        assert not validator.is_valid(rubric), case
