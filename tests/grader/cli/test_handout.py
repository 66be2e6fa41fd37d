"""Laws of a student's commands in a handout: show, try, debug, watch and submit."""

import hashlib
import io
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from rich.console import Console

from grader.__main__ import main
from grader.author.load import load
from grader.cli.command_line.exit_status import NOT_PASSED, PASSED, USER_MISTAKE
from grader.cli.handout import debug, watch
from grader.cli.handout.one_case import set_up
from grader.cli.handout.progress import WIDEST, Progress
from grader.cli.handout.submit import unwritten_functions
from grader.cli.handout.watch import Watch
from grader.cli.handout.workspace import place_of
from grader.judge.case_selection.affected_criteria import affected_criteria
from grader.judge.examples.freeze_small_cases import SMALLEST
from grader.judge.session import Session
from grader.model.surroundings import Sandbox
from tests.waiting import LIMIT

GRADER = (sys.executable, "-P", "-m", "grader")


@pytest.fixture
def fresh(handout: Path, tmp_path: Path) -> Path:
    shutil.copy(tmp_path / "build" / "release" / "tiny" / "conv.py", handout)
    return handout


@pytest.fixture
def flip_alone(handout: Path) -> Path:
    """A handout in which flip is right and dilate puts one zero where two belong."""
    path = handout / "conv.py"
    source = path.read_text()
    path.write_text(
        source + "\n\nright = dilate\ndef dilate(a, axes, dilation):\n    return right(a, axes, 1)\n"
    )
    return handout


def output_of(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    capsys.readouterr()
    main(["grade", ".", *words])
    return capsys.readouterr().out


def test_a_fresh_handout_says_in_three_lines_where_to_begin(
    fresh: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    lines = output_of(capsys).splitlines()

    assert len(lines) == 5  # two of them the score
    assert lines[2].startswith("Nothing is written yet. Begin with `flip` in conv.py, line ")
    assert "README.md#flip" in lines[3]
    assert "make grade" in lines[4]


def test_a_handout_knows_whether_its_files_are_those_that_were_handed_out(fresh: Path) -> None:
    """Line ends do not count: git may have changed them."""
    assignment, content = load(fresh / "grading"), (fresh / "conv.py").read_bytes()
    assert place_of(assignment, {"conv.py": content}).is_unwritten
    assert place_of(assignment, {"conv.py": content.replace(b"\n", b"\r\n")}).is_unwritten
    assert not place_of(assignment, {"conv.py": content + b"x = 1\n"}).is_unwritten
    assert not place_of(assignment, {}).is_unwritten


def test_the_first_unfinished_exercise_is_shown_whole_and_others_in_a_line(
    handout: Path, capsys: pytest.CaptureFixture[str], wrong_everywhere: None
) -> None:
    short, long = output_of(capsys), output_of(capsys, "--all")

    assert "flip · one-axis" in short and "dilate · rows" not in short
    assert [line for line in short.splitlines() if line.strip().startswith("dilate ")] != []
    assert "1 more exercise to do: ALL=1 shows its cases too." in short
    assert "dilate · rows" in long and "dilate · columns" in long


@pytest.fixture
def wrong_everywhere(handout: Path) -> None:
    """Both functions are wrong, and one case of flip passes, so that dilate is run."""
    path = handout / "conv.py"
    path.write_text(
        "from ndarray import *\n\n\n"
        "def flip(a, axes):\n    return a + 0.0\n\n\n"
        "def dilate(a, axes, dilation):\n    return a + 1.0\n"
    )
    rubric = handout / "grading" / "rubric.yaml"
    rubric.write_text(rubric.read_text().replace("requires: [flip]", "requires: []"))


def test_the_last_line_says_what_to_do_next(flip_alone: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = output_of(capsys)
    assert "Next: `dilate/columns`. To try it in Python: `make try CASE=dilate/columns`" in " ".join(
        text.split()
    )


def test_if_all_cases_pass_the_next_step_counts_hidden_ones(
    handout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    closing = " ".join(output_of(capsys).split())
    assert closing.endswith(
        "All visible cases pass. 1 hidden case waits. Submit conv.py: `make submit` checks it first."
    )


def test_exactly_what_is_named_is_run(handout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A part of a name selects nothing: `lip` is not an exercise, and `ows` is not a case."""
    for words, number in {
        ("--exercise", "dilate"): 2,
        ("--case", "dilate/rows"): 1,
        ("--case", "rows"): 1,
        ("--case", "*ow*"): 1,
        ("--case", "dilate/*"): 2,
        ("--exercise", "dilate", "--case", "rows"): 1,
    }.items():
        text = output_of(capsys, *words)
        passes = "1 case that you chose passes" if number == 1 else f"{number} cases that you chose pass"
        assert passes in text, (words, text)
        assert "pytest" not in text and "=====" not in text
        assert "not selected" not in text.replace("were not selected", "")


@pytest.mark.parametrize(
    ("words", "complaint_of"),
    [
        (("--exercise", "dilat"), "found no exercise 'dilat'; did you mean 'dilate'?"),
        (("--case", "dilate/row"), "found no case 'dilate/row'; did you mean 'dilate/rows'?"),
        (("--exercise", "flip", "--case", "rows"), "found no case 'rows' of the exercise 'flip'"),
    ],
    ids=["exercise", "case", "both"],
)
def test_an_unknown_name_gets_the_nearest(
    handout: Path,
    complaint: Callable[[], str],
    capsys: pytest.CaptureFixture[str],
    words: tuple[str, ...],
    complaint_of: str,
) -> None:
    capsys.readouterr()
    assert main(["grade", ".", *words]) == USER_MISTAKE
    assert complaint_of in complaint()


def test_the_smallest_failing_case_is_shown_whole(
    flip_alone: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One zero in place of two: an array of one element shows it, with all inputs and both results."""
    text = output_of(capsys)

    example = text.partition("The smallest case that fails in the same way: dilate")[2]
    assert "dilation = 2" in example
    for name in ("a  (1×1)", "expected  (1×3)", "actual  (1×2)"):
        assert name in example
    assert "Next: " not in text.partition("The smallest case")[0]
    assert example.rstrip().splitlines()[-1].startswith("Next: `dilate/")


def test_a_small_case_without_a_smaller_one_is_shown_whole(
    flip_alone: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (flip_alone / "grading" / SMALLEST).unlink()
    text = output_of(capsys, "--html", "page.html")

    example = text.partition("The whole case: dilate")[2]
    assert "a  (2×3)" in example and "expected  (2×9)" in example
    assert "<h4>The whole case</h4>" in (flip_alone / "page.html").read_text()


def test_a_function_that_is_not_written_has_no_smallest_case(
    handout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = handout / "conv.py"
    path.write_text(path.read_text() + "\n\ndef dilate(a, axes, dilation):\n    raise NotImplementedError\n")
    text = output_of(capsys, "--html", "page.html")

    assert "Next: write `dilate` in conv.py" in " ".join(text.split())
    assert "smallest case" not in text + (handout / "page.html").read_text()


def test_a_file_that_python_cannot_read_has_no_smallest_case(
    handout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (handout / "conv.py").write_text("def flip(:\n")
    assert main(["grade", "."]) == 1
    out = capsys.readouterr().out
    assert "conv.py:1: SyntaxError" in out
    assert "smallest case" not in out


def test_a_file_that_fails_at_its_first_line_has_no_smallest_case(
    handout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (handout / "conv.py").write_text("from .ndarray import zeros\n")
    assert main(["grade", "."]) == 1
    out = capsys.readouterr().out
    assert "conv.py:1: ImportError: attempted relative import" in out
    assert "smallest case" not in out


def test_a_warning_names_the_students_line_and_no_folder_of_the_grader(
    handout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The provided code divides. Its folder has another name in each run, which a report must not have."""
    path = handout / "conv.py"
    path.write_text(path.read_text() + "\n\ndef flip(a, axes):\n    return (a * 0) / (a * 0)\n")
    text = output_of(capsys, "--exercise", "flip")
    line = len(path.read_text().splitlines())
    assert f"output    conv.py:{line}: RuntimeWarning: invalid value encountered" in text
    assert "return (a * 0) / (a * 0)" in text
    assert "backflip-scratch" not in text


def test_a_traceback_at_the_prompt_begins_with_the_students_function(handout: Path) -> None:
    path = handout / "conv.py"
    path.write_text(path.read_text() + "\n\ndef flip(a, axes):\n    return a[axes[9]]\n")
    tried = run(handout, "try", "flip/one-axis", stdin="ask()\n1 / 0\n")
    own, _, other = tried.stderr.partition("IndexError")
    assert "in flip" in own and "return a[axes[9]]" in own
    assert "probes.py" not in own and "one_case.py" not in own
    assert "ZeroDivisionError" in other and "Traceback" in other


@pytest.mark.parametrize("command", ["try", "debug", "watch", "submit"])
def test_a_folder_that_is_no_handout_hears_what_was_looked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, complaint: Callable[[], str], command: str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main([command]) == USER_MISTAKE
    assert "is not a handout: found no grading/assignment.yaml" in complaint()


def run(folder: Path, *words: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*GRADER, *words], cwd=folder, input=stdin, capture_output=True, text=True, check=False
    )


def test_a_case_is_tried_with_its_inputs_and_the_students_function(
    flip_alone: Path,
) -> None:
    code = "show(expected, ask()); print(a.shape, axes, dilation, dilate.__name__)"
    process = run(flip_alone, "try", "dilate/columns", "-c", code)

    assert process.returncode == PASSED, process.stderr
    assert "expected  (2×9)" in process.stdout and "actual  (2×6)" in process.stdout
    assert "(2, 3) [1] 2 dilate" in process.stdout


def test_show_marks_every_place_at_which_two_arrays_differ(handout: Path) -> None:
    process = run(handout, "try", "dilate/rows", "-c", "show(np.array([[1, 2]]), np.array([[1, 3]]))")
    assert (
        "1  2* " in process.stdout
        and "1  3* " in process.stdout
        and "1 of 2 elements differ" in process.stdout
    )


@pytest.mark.parametrize("code", ["show(expected, ask())", "show(expected, None)"])
def test_show_names_a_function_that_returns_nothing(handout: Path, code: str) -> None:
    path = handout / "conv.py"
    path.write_text(path.read_text() + "\n\ndef dilate(a, axes, dilation):\n    pass\n")
    done = run(handout, "try", "dilate/rows", "-c", code)
    assert "actual: None" in done.stdout and "is a return missing?" in done.stdout


def test_a_line_that_fails_at_the_prompt_fails_the_command(handout: Path) -> None:
    assert "(2, 3)" in run(handout, "try", "dilate/rows", stdin="a.shape\n").stdout
    assert run(handout, "try", "dilate/rows", "-c", "1 / 0").returncode == NOT_PASSED


def test_the_debugger_stops_at_the_first_line_of_the_students_function(handout: Path) -> None:
    process = run(handout, "debug", "dilate/rows", stdin="p a.shape\nc\n")

    assert "conv.py(" in process.stdout and ")dilate()" in process.stdout
    assert "(2, 3)" in process.stdout
    assert process.returncode == PASSED, process.stderr


def test_the_debugger_stops_in_a_function_that_does_not_end(flip_alone: Path) -> None:
    path = flip_alone / "conv.py"
    loop = "    print('once')\n    while True:\n        pass\n"
    path.write_text(path.read_text().replace("    return right(a, axes, 1)\n", loop))
    process = run(flip_alone, "debug", "dilate/rows", stdin="n\nn\nq\n")

    assert ")dilate()" in process.stdout and "while True" in process.stdout
    assert process.stdout.count("once\n") == 1  # not in the search for the call, too
    assert process.returncode == PASSED, process.stderr


def test_the_debugger_runs_no_kernel(
    handout: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It could not stop in one, and a kernel that does not end would hold the command for ever."""

    def endless(*arguments: object) -> None:
        raise AssertionError("the case was run")

    bench = replace(set_up("dilate/rows"), files=("kernels.cu",), probe=endless)
    monkeypatch.setattr(debug, "set_up", lambda name: bench)
    assert main(["debug", "dilate/rows"]) == NOT_PASSED
    assert "does not see into a kernel" in capsys.readouterr().out


def test_ctrl_c_ends_watch_without_a_word(
    handout: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(folder: Path, names: tuple[str, ...]) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(watch, "changes", interrupted)
    assert main(["watch"]) == PASSED
    assert "interrupt" not in "".join(capsys.readouterr()).lower()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP], ids=lambda number: number.name)
def test_another_signal_ends_watch_too_and_is_its_exit_status(handout: Path, number: signal.Signals) -> None:
    process = subprocess.Popen(
        [*GRADER, "watch"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    assert process.stdout is not None
    assert any("waiting for the next save" in line for line in process.stdout)
    process.send_signal(number)
    _, errors = process.communicate(timeout=LIMIT)

    assert process.returncode == 128 + number
    assert errors.endswith("grader: interrupted; everything recorded so far is kept\n")
    assert "watchfiles" not in errors and "Traceback" not in errors


def test_submit_packs_what_is_asked_for_and_nothing_else(
    handout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (handout / "notes.txt").write_text("mine")
    (handout / "submit").mkdir()
    (handout / "submit" / "old.py").write_text("old")

    assert main(["submit"]) == PASSED
    assert [path.name for path in (handout / "submit").iterdir()] == ["conv.py"]
    content = (handout / "submit" / "conv.py").read_bytes()
    assert content == (handout / "conv.py").read_bytes()
    assert hashlib.sha256(content).hexdigest() in capsys.readouterr().out


@pytest.mark.parametrize(
    ("source", "cause"),
    {
        "does_not_parse": ("def flip(:\n", "conv.py:1: nothing is packed: Python cannot read it"),
        "breaks_a_rule": ("import subprocess\n", "nothing is packed: conv.py"),
        "is_missing": (None, "nothing is packed: conv.py is missing"),
    }.values(),
    ids=["does_not_parse", "breaks_a_rule", "is_missing"],
)
def test_files_that_would_not_be_graded_are_not_packed(
    handout: Path,
    complaint: Callable[[], str],
    capsys: pytest.CaptureFixture[str],
    source: str | None,
    cause: str,
) -> None:
    if source is None:
        (handout / "conv.py").unlink()
    else:
        (handout / "conv.py").write_text(source)
    capsys.readouterr()

    assert main(["submit"]) == USER_MISTAKE
    assert cause in complaint()
    assert not (handout / "submit").exists()


def test_a_save_runs_what_it_affects_and_keeps_the_rest(handout: Path) -> None:
    file = io.StringIO()
    assignment = load(handout / "grading")
    with Session(assignment, sandbox=Sandbox.NONE) as session:
        watch = Watch(assignment, session, Console(file=file, width=100))
        assert watch.grade().score == 8
        path = handout / "conv.py"
        path.write_text(path.read_text().replace("def dilate(", "def dilate(", 1))
        assert watch.grade().score == 8
        path.write_text(path.read_text() + "\n# a remark\n")
        watch.grade()
    assert "graded all cases in" in file.getvalue()
    assert "graded 0 of 3 cases in" in file.getvalue()


SOURCE = b"""\
import numpy

WIDTH = 3


def helper(a):
    return a


def flip(a, axes):
    return helper(a)


def dilate(a, axes, dilation):
    return a
"""


@pytest.mark.parametrize(
    ("before", "after", "ids"),
    [
        (b"    return a\n\n\ndef flip", b"    return a + 0\n\n\ndef flip", {"flip"}),
        (b"dilation):\n    return a", b"dilation):\n    return -a", {"dilate"}),
        (b"WIDTH = 3", b"WIDTH = 4", {"flip", "dilate"}),
        (b"import numpy", b"import numpy  # a remark", set()),
        (b"import numpy", b"import numpy(", {"flip", "dilate"}),
    ],
    ids=["a_helper", "one_function", "a_constant", "a_remark", "no_python"],
)
def test_a_change_affects_the_exercises_that_reach_it(
    handout: Path, before: bytes, after: bytes, ids: set[str]
) -> None:
    assert before in SOURCE
    assignment = load(handout / "grading")
    changed = {"conv.py": SOURCE.replace(before, after, 1)}

    assert affected_criteria({"conv.py": SOURCE}, changed, assignment) == ids


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_a_terminal_shows_which_case_runs_and_for_how_long_and_is_wiped() -> None:
    terminal = Terminal()
    with Progress(terminal, 7) as progress:
        progress.watcher.begins("x_grad/stride-1")
        line = progress.line(progress._since + 12.2)
    assert line == "1 of 7: x_grad/stride-1, 12 s"
    assert terminal.getvalue().endswith(f"\r{' ' * WIDEST}\r")


def test_a_pipe_shows_no_progress() -> None:
    pipe = io.StringIO()
    with Progress(pipe, 7) as progress:
        progress.watcher.begins("x_grad/stride-1")
    assert pipe.getvalue() == ""


@pytest.mark.parametrize("columns", ["60", "100"])
def test_a_narrow_ascii_pipe_without_color_is_readable_and_complete(flip_alone: Path, columns: str) -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "COLUMNS": columns, "NO_COLOR": "1"}
    process = subprocess.run(
        [*GRADER, "grade", "."], cwd=flip_alone, env=environment, capture_output=True, check=False
    )

    text = process.stdout.decode("ascii")
    assert process.returncode == NOT_PASSED, process.stderr
    assert max(map(len, text.splitlines())) <= int(columns)
    assert "\x1b" not in text
    for words in ("4 / 8 visible points", "dilate", "Next:", "expected  (1x3)"):
        assert words in " ".join(text.split()) or words in text


def test_a_breakpoint_in_the_submission_is_explained(
    handout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = handout / "conv.py"
    path.write_text(path.read_text() + "\n\ndef flip(a, axes):\n    breakpoint()\n    return a\n")

    text = " ".join(output_of(capsys).split())
    assert "breakpoint needs a keyboard" in text
    assert "make debug CASE=" in text


def test_a_page_next_to_the_rendered_readme_links_into_it(handout: Path) -> None:
    path = handout / "conv.py"
    path.write_text(path.read_text() + "\n\ndef flip(a, axes):\n    return a\n")
    main(["grade", ".", "--html", "page.html"])

    page = (handout / "page.html").read_text()
    assert 'href="README.html#flip"' in page
    assert 'id="flip"' in (handout / "README.html").read_text()
    assert "The smallest case that fails in the same way" in page


@pytest.fixture
def hinted(handout: Path) -> Path:
    """The handout, with two hints for one exercise."""
    rubric = handout / "grading" / "rubric.yaml"
    data = yaml.safe_load(rubric.read_text())
    data["criteria"][1] |= {"hints": ["Count the zeros.", "Where does row 1 go?"], "withheld_hints": 2}
    rubric.write_text(yaml.safe_dump(data))
    return handout


def test_hints_are_revealed_one_by_one(hinted: Path, capsys: pytest.CaptureFixture[str]) -> None:
    messages = []
    for _ in range(3):
        assert main(["hint", "dilate"]) == PASSED
        messages.append(capsys.readouterr().out)
    assert "Count the zeros." in messages[0] and "row 1" not in messages[0] and "Ask again" in messages[0]
    assert "hint 2 of 2: Where does row 1 go?" in messages[1] and "Read README.md#dilate" in messages[1]
    assert "Your instructor has 2 more hints, at a cost of points." in messages[1]
    assert messages[2] == messages[1]


@pytest.mark.parametrize("words", [["hint", ""], ["hint"]])
def test_without_the_name_of_an_exercise_the_hints_are_counted_and_none_is_given_away(
    hinted: Path, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    """`make hint` alone calls the command with an empty name."""
    assert main(words) == PASSED
    output = capsys.readouterr().out
    assert "dilate  0 of 2 shown, 2 more from your instructor, at a cost of points" in output
    assert "make hint EXERCISE=dilate" in output
    assert "flip" not in output and "Count the zeros" not in output
    assert not (hinted / ".hints.json").exists()
    main(["hint", "dilate"])
    capsys.readouterr()
    main(words)
    assert "dilate  1 of 2 shown" in capsys.readouterr().out


def test_a_handout_without_hints_says_where_to_read(
    handout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["hint"]) == PASSED
    assert capsys.readouterr().out == "No exercise has a hint. Read README.md.\n"


@pytest.mark.parametrize("content", ["{", "[]", '{"dilate": "x"}'])
def test_a_file_of_revealed_hints_that_is_not_ours_begins_anew(
    hinted: Path, capsys: pytest.CaptureFixture[str], content: str
) -> None:
    (hinted / ".hints.json").write_text(content)
    assert main(["hint", "dilate"]) == PASSED
    assert "hint 1 of 2" in capsys.readouterr().out


def test_criteria_without_hints_print_nothing(hinted: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rubric = hinted / "grading" / "rubric.yaml"
    data = yaml.safe_load(rubric.read_text())
    again = {**data["criteria"][1], "id": "dilate_again", "hints": [], "withheld_hints": 0}
    data["points"] += again["points"]
    data["criteria"].append(again)
    rubric.write_text(yaml.safe_dump(data))

    assert main(["hint", "dilate"]) == PASSED
    assert "dilate, hint 1 of 2" in (output := capsys.readouterr().out)
    assert "dilate_again" not in output


def test_an_exercise_without_hints_says_where_to_read(
    handout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["hint", "flip"]) == PASSED
    assert capsys.readouterr().out == "flip has no hint. Read README.md#flip.\n"
    assert main(["hint", "flap"]) == USER_MISTAKE
    assert "flip" in capsys.readouterr().err


def test_only_a_function_that_cannot_return_is_not_written_yet() -> None:
    """A written function may end with the handout's `raise`, for arguments that it does not support."""
    stub = b'def relu(a):\n    """The positive part."""\n    raise NotImplementedError("relu")\n'
    checks = b"def pad(a, n):\n    if n < 0:\n        raise ValueError(n)\n    raise NotImplementedError\n"
    written = b"def flip(a):\n    if a.ndim:\n        return a[::-1]\n    raise NotImplementedError\n"

    assert unwritten_functions("conv.py", stub + checks + written) == [("relu", 1), ("pad", 4)]
