"""Laws of localization, in the sandbox and with the frozen cases of a handout: what it says, and what not."""

from dataclasses import replace

import pytest

from grader.judge.localization import search, trials
from grader.judge.localization.localize import localize
from grader.judge.localization.search import Budget
from grader.judge.localization.source_text import Edit
from grader.judge.localization.student_functions import Code, Function
from grader.judge.session import Session
from grader.judge.verdict.misconceptions import MISCONCEPTIONS, Misconceptions
from grader.judge.verdict.oracles import ReferenceOracle, freeze
from grader.model.assignment import Assignment, Visibility
from grader.model.grade import CriterionGrade, FactKind, Grade, Status
from grader.model.submitted_files import SubmittedFiles
from tests.small_assignment import write_assignment

RUBRIC = """\
assignment: slides
points: 20
criteria:
  - id: slide
    title: the sums of windows
    points: 15
    probe: slide
    compare: exact
    help: README.md#here
    cases:
      - {id: two, arrays: {x: [6]}, ask: {width: 2, step: 1}}
      - {id: three, arrays: {x: [9]}, ask: {width: 3, step: 1}}
      - {id: steps, arrays: {x: [12]}, ask: {width: 3, step: 2}}
      - {id: secret, arrays: {x: [17]}, ask: {width: 5, step: 3}, visibility: hidden}
      - {id: too-wide, arrays: {x: [2]}, ask: {width: 3, step: 1}, compare: raises, raises: ValueError}
  - id: mean
    title: the mean of windows
    points: 5
    probe: mean
    compare: close
    help: README.md#here
    cases:
      - {id: two, arrays: {x: [7]}, ask: {width: 2}, data: normal}
"""
PROBES = """\
def slide(submission, case):
    return submission.slide(submission.array(case.x), case.width, case.step)


def mean(submission, case):
    return submission.mean(submission.array(case.x), case.width)
"""
RIGHT = """\
import numpy as np


def count(n, width, step):
    if width > n:
        raise ValueError("too wide")
    return (n - width) // step + 1


def slide(x, width, step):
    n = x.shape[0]
    out = np.zeros(count(n, width, step), x.dtype)
    for i in range(out.shape[0]):
        out[i] = x[i * step : i * step + width].sum()
    return out


def mean(x, width):
    return slide(x, width, 1) / np.float32(width)
"""
LINE_OF_SUM, LINE_OF_COUNT = 14, 7


@pytest.fixture(scope="module", params=["course", "handout"])
def assignment(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Assignment:
    """With its reference, and with the frozen visible cases that a handout has."""
    folder = tmp_path_factory.mktemp("slides")
    assignment = write_assignment(folder, "slides", RIGHT, PROBES, RUBRIC)
    if request.param == "course":
        return assignment
    reference = ReferenceOracle(assignment)
    visible = [
        c for one in assignment.rubric.criteria for c in one.cases if c.visibility is Visibility.VISIBLE
    ]
    try:
        freeze(visible, reference, folder / "frozen.npz")
    finally:
        reference.close()
    (folder / MISCONCEPTIONS).write_text(Misconceptions({}, {}, {}).to_json())
    criteria = tuple(
        replace(one, cases=tuple(case for case in one.cases if case in visible))
        for one in assignment.rubric.criteria
    )
    rubric = replace(assignment.rubric, criteria=criteria)
    return replace(assignment, frozen=folder / "frozen.npz", rubric=rubric)


def localized(session: Session, text: str, runs: int = 3000) -> Grade:
    """The grade of a submission, localized within a number of runs, however busy the machine is."""
    files = SubmittedFiles({"slides.py": text.encode()})
    grade = session.grade(files, "ada")
    with session.setup.candidate(files) as (implementation, refusal, _):
        assert not refusal
        assignment, oracle = session.setup.assignment, session.setup.oracle
        return localize(grade, assignment, implementation, oracle, lambda: Budget(seconds=600.0, runs=runs))


def of(grade: Grade, criterion: str = "slide") -> CriterionGrade:
    return next(one for one in grade.criteria if one.id == criterion)


def place(grade: Grade, criterion: str = "slide") -> str:
    return " ".join(fact.text for fact in of(grade, criterion).facts if fact.kind is FactKind.PLACE)


def places(grade: Grade) -> list[str]:
    return [text for one in grade.criteria if (text := place(grade, one.id))]


def test_the_line_of_a_slip_is_named_with_the_cases_that_pass(session: Session) -> None:
    grade = localized(
        session, RIGHT.replace("i * step : i * step + width]", "i * step : i * step + width - 1]")
    )
    (one,) = of(grade).locations
    assert (one.file, one.line, one.mended, one.failing) == ("slides.py", LINE_OF_SUM, 3, 3)
    source = RIGHT.replace("+ width]", "+ width - 1]").splitlines()[one.line - 1]
    assert source[one.column - 1 : one.end_column - 1] == one.text == "i * step + width - 1"
    assert "Look at line 14 of slides.py, `i * step + width - 1`." in place(grade)
    assert "failing cases pass, and no other case fails." in place(grade)


def test_a_function_that_the_exercise_calls_is_searched_too(session: Session) -> None:
    grade = localized(session, RIGHT.replace("(n - width) // step + 1", "(n - width) // step + 2"))
    assert [one.line for one in of(grade).locations] == [LINE_OF_COUNT]


def test_the_replacement_is_never_told(session: Session) -> None:
    grade = localized(session, RIGHT.replace(".sum()", ".max()"))
    assert of(grade).locations
    assert "sum" not in place(grade)


def test_nothing_is_said_of_a_right_submission_and_of_one_that_only_raises(session: Session) -> None:
    assert places(localized(session, RIGHT)) == []
    raising = "def slide(x, width, step):\n    raise KeyError('no')\n\n\nmean = slide\n"
    assert places(localized(session, raising)) == []
    unwritten = "def slide(x, width, step):\n    raise NotImplementedError\n\n\nmean = slide\n"
    assert places(localized(session, unwritten)) == []


def test_nothing_is_said_if_no_small_edit_helps(session: Session) -> None:
    assert places(localized(session, RIGHT.replace(".sum()", ".std() ** 3 + 17"))) == []


def test_more_than_three_equally_good_lines_name_none(session: Session) -> None:
    two_lines = RIGHT.replace("    return out\n", "    k = 1\n    return out + k\n")
    assert place(localized(session, two_lines))
    steps = "    k = 0\n    k += 1\n    k += 1\n    k += 1\n    return out + k - 2\n"
    assert places(localized(session, RIGHT.replace("    return out\n", steps))) == []


def test_the_search_is_the_same_every_time(session: Session) -> None:
    text = RIGHT.replace("+ width]", "+ width - 1]").replace("out.shape[0]", "out.shape[0] - 1")
    assert localized(session, text).criteria == localized(session, text).criteria


def test_two_slips_are_named_together(session: Session) -> None:
    text = RIGHT.replace("+ width]", "+ width - 1]").replace("step + 1", "step")
    grade = localized(session, text)
    assert {one.line for one in of(grade).locations} <= {LINE_OF_SUM, LINE_OF_COUNT}


def test_edits_that_never_end_or_need_much_memory_end_with_the_budget(session: Session) -> None:
    """The condition's edits loop for ever, the size's ask for ever more memory."""
    text = RIGHT.replace(
        "    return out\n",
        "    k = 0\n    while k < 3:\n        k += 1\n    rest = [0] * (10 ** (k + 6))\n"
        "    return out + len(rest) * 0 + k\n",
    )
    assert of(localized(session, text, runs=400)).score == 0


def test_a_very_long_function_is_not_searched(session: Session) -> None:
    """Its edits alone would fill the memory of the process that grades the class."""
    wrong = "// step + 2"
    terms = "".join(f"    t{i} = n * {i} - width * (step + {i}) // 2\n" for i in range(200))
    text = RIGHT.replace("    return (n - width) // step + 1", f"{terms}    return (n - width) {wrong}")
    code = Code.of({"slides.py": text.encode()}, session.setup.assignment)
    assert code is not None
    assert [function.path for function in code.functions_of("slide")] == ["slide"]


def test_a_class_lists_no_edits_once_its_budget_is_spent(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A long submission would else hold up its class with each of its criteria."""

    listed: list[str] = []

    def list_edits(function: Function) -> list[Edit]:
        listed.append(function.path)
        return []

    monkeypatch.setattr(search, "edits_of", list_edits)
    text = RIGHT.replace("// step + 1", "// step + 2")
    localized(session, text, runs=0)
    assert listed == []
    localized(session, text, runs=1)
    assert "count" in listed


def test_a_fault_of_the_search_costs_no_grade(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(function: Function) -> list[Edit]:
        raise IndexError

    monkeypatch.setattr(search, "edits_of", fail)
    assert places(localized(session, RIGHT.replace("// step + 1", "// step + 2"))) == []


def test_a_submission_that_waits_in_every_call_is_given_up(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each call takes longer than an edit may: after a few, the runs are spent."""
    asked: list[int] = []
    answers = trials.Trials._answers

    def counted(*arguments: object) -> object:
        asked.append(1)
        return answers(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(trials.Trials, "_answers", counted)
    text = RIGHT.replace(
        "    n = x.shape[0]\n", "    n = x.shape[0]\n    import time; time.sleep(0.5)\n    n -= 1\n"
    )
    assert places(localized(session, text, runs=200)) == []
    assert len(asked) < 100


@pytest.mark.parametrize("hostile", ["\x1b[31m", "`", "\u202e", "\N{GREEK SMALL LETTER ALPHA}" * 100])
def test_no_control_character_of_a_submission_is_shown(session: Session, hostile: str) -> None:
    text = RIGHT.replace(".sum()", f".sum() * (len('{hostile}') or 1) * 0")
    shown = place(localized(session, text))
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert shown.count("`") % 2 == 0
    assert len(shown) < 500


def test_an_answer_that_a_submission_keeps_between_calls_proves_nothing(session: Session) -> None:
    """The first edit makes it right for ever; a fresh process shows that the edit was not the reason."""
    text = RIGHT.replace("def slide(", "TIMES = []\n\n\ndef slide(").replace(
        "    return out\n", "    TIMES.append(1)\n    return out if len(TIMES) > 30 else out + 1\n"
    )
    assert [one.line for one in of(localized(session, text)).locations] in ([], [19])


def test_no_hidden_case_is_run_or_counted(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    names: set[str] = set()
    passes, passing = trials.Trials.passes, trials.Trials.passing

    def watched_passes(self, case, edits):  # type: ignore[no-untyped-def]
        names.add(case.name)
        return passes(self, case, edits)

    def watched_passing(self, case, alternatives):  # type: ignore[no-untyped-def]
        names.add(case.name)
        return passing(self, case, alternatives)

    monkeypatch.setattr(trials.Trials, "passes", watched_passes)
    monkeypatch.setattr(trials.Trials, "passing", watched_passing)
    grade = localized(session, RIGHT.replace("+ width]", "+ width - 1]"))
    assert names >= {"slide/two", "slide/three", "slide/steps"}
    assert "slide/secret" not in names
    hidden = [r for r in of(grade).results if r.visibility is Visibility.HIDDEN and r.status is Status.WRONG]
    says_visible = "3 visible failing cases" in place(grade)
    assert says_visible == bool(hidden)


def test_a_case_that_passes_by_an_edit_that_breaks_another_does_not_count(session: Session) -> None:
    """Without the check, the sums of wide windows would be right and the exception missing."""
    text = RIGHT.replace("if width > n:", "if width > 2:")
    for one in of(localized(session, text)).locations:
        assert one.line == 5


@pytest.mark.parametrize("is_for_students", [True, False])
def test_a_class_reads_the_places_and_mutants_do_not(session: Session, is_for_students: bool) -> None:
    """The grades of mutants are never read, and a search for each would take long."""
    files = SubmittedFiles({"slides.py": RIGHT.replace("+ width]", "+ width - 1]").encode()})
    graded = session.grade_variants(files, "ada", [""], in_a_class=is_for_students)
    assert bool(of(graded.grades[""]).locations) is is_for_students
