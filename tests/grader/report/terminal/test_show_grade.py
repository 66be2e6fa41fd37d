"""Laws of the feedback in a terminal."""

import io
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from rich.console import Console

from grader.model.assignment import Visibility
from grader.model.example import Drawing, Example
from grader.model.grade import CheckResult, CriterionGrade, Grade, Status
from grader.report.markdown import to_markdown
from grader.report.next_step import Place, next_step, where_to_begin
from grader.report.pages.grade_page import to_html
from grader.report.terminal.show_example import show_example
from grader.report.terminal.show_grade import show, show_next_step, to_text

GOLDEN = """\
conv_backward                                            20 / 100 visible points
                                                         10 more on hidden cases

  dilate      10 / 10   ████████████
  x_grad       5 / 30   ██░░░░░░░░░░   1 of 6 cases pass
  flip         5 / 10   ██████░░░░░░   1 of 2 cases pass
  w_grad       0 / 30   ░░░░░░░░░░░░   0 of 8 cases pass
  transpose    0 / 10   ░░░░░░░░░░░░   not run: it stands on x_grad, where no
                                       case passes
  speed        – / 10   ░░░░░░░░░░░░   not scored: needs review

x_grad: what x_grad is for

  x_grad · remainder-1-of-3   wrong
    inputs    2 images of 9×11, 3 channels, kernel 2×3, stride 3×2, padding 0×1,
              remainder 1×0
    at        [0, 8, 0, 2]
    expected  (2, 9, 11, 3)
    actual    (2, 8, 11, 3)
    why       8 = (3 - 1)·3 + 2: the windows reach 8 rows; the 9th was never
              covered.
    read      README.md#what-the-stride-leaves-over
    output    row 0
              row 1
              row 2
              row 3
              row 4
              row 5
              … (cut: 270 characters in all)

  x_grad · stride-2   timeout
    why       no answer within 5 CPU seconds

  and 3 more: draw-0, draw-1, draw-2

flip: what flip is for

  flip · of-a-view   wrong: a hidden case fails

w_grad: what w_grad is for

  w_grad · every case (8)   error
    why       IndexError: axis 4, line 31 of conv.py

speed: what speed is for

  speed · large   not scored: needs review
"""


def screen_of(grade: Grade, reveal: bool = False, **console: object) -> str:
    file = io.StringIO()
    show(grade, Console(file=file, **{"width": 80, **console}), reveal)  # type: ignore[arg-type]
    return file.getvalue()


def test_feedback_reads_as_agreed_at_80_columns(mixed: Grade) -> None:
    assert "\n".join(line.rstrip() for line in screen_of(mixed).rstrip().splitlines()) + "\n" == GOLDEN


@pytest.mark.parametrize("width", [40, 80, 200])
def test_no_line_is_wider_than_the_terminal(mixed: Grade, width: int) -> None:
    assert max(len(line) for line in screen_of(mixed, width=width).splitlines()) <= width


def test_there_is_color_on_a_terminal_and_none_elsewhere(mixed: Grade) -> None:
    assert "\x1b[" in screen_of(mixed, force_terminal=True, color_system="standard")
    assert "\x1b" not in screen_of(mixed)


def test_a_hidden_case_shows_its_name_and_status_only(mixed: Grade) -> None:
    assert "SECRET" not in screen_of(mixed)
    assert "[7, 7]" not in screen_of(mixed)
    assert "SECRET" in screen_of(mixed, reveal=True)
    assert "[7, 7]" in screen_of(mixed, reveal=True)


SHOWN = ("inputs", "expected", "actual", "rationale", "help", "output")


@pytest.mark.parametrize("visibility", [v for v in Visibility if v is not Visibility.VISIBLE])
def test_every_visibility_but_visible_hides(
    visibility: Visibility, make_grade: Callable[..., Grade], make_criterion: Callable[..., CriterionGrade]
) -> None:
    """Also if all cases fail for the same reason, which would then be given once."""
    secrets: Any = dict.fromkeys(SHOWN, "SECRET")
    secret = CheckResult("flip", "a", Status.ERROR, visibility, **secrets)
    text = screen_of(make_grade(make_criterion("flip", 10, [secret, replace(secret, case="b")])))
    assert "SECRET" not in text
    assert text.count("a hidden case fails") == 2


def test_hostile_text_is_neither_markup_nor_control_sequence(
    hostile: str, make_grade: Callable[..., Grade], make_criterion: Callable[..., CriterionGrade]
) -> None:
    texts: Any = dict.fromkeys(SHOWN, hostile)
    result = CheckResult("x", hostile, Status.WRONG, Visibility.VISIBLE, index=(0,), **texts)
    passing = CheckResult("x", "fine", Status.OK)
    criterion = replace(make_criterion("x", 10, [passing, result]), id=hostile, title=f"the {hostile}")
    not_run = make_criterion("y", 10, [CheckResult("y", "z", Status.NOT_RUN)], reason=hostile)
    text = screen_of(replace(make_grade(criterion, not_run), assignment=hostile))
    assert text.replace("\n", "").isprintable()
    assert text.count("[red]red[/red]") == 13
    assert ":bomb:" in text


def test_a_note_is_shown_without_markup_and_control_sequences(
    make_grade: Callable[..., Grade], make_criterion: Callable[..., CriterionGrade]
) -> None:
    """It may quote what a submission wrote: in the terminal, in Markdown and on a page."""
    right = make_criterion("flip", 7, [CheckResult("flip", "odd", Status.OK)])
    grade = replace(make_grade(right), notes=("no GPU takes it", "\x1b[31m[bold]`<b>x</b>` \u202e"))
    assert "note      no GPU takes it\n              [bold]`<b>x</b>`\n" in to_text(grade)
    assert "- note: ` no GPU takes it `\n- note: `` [bold]`<b>x</b>` ``\n" in to_markdown(grade)
    assert "<b>x" not in to_html(grade)


def test_ten_megabytes_of_output_become_a_few_lines(
    make_grade: Callable[..., Grade], make_criterion: Callable[..., CriterionGrade]
) -> None:
    flood = CheckResult("x", "a", Status.OUTPUT_LIMIT, output="spam\n" * 2_000_000)
    text = screen_of(make_grade(make_criterion("x", 10, [flood])))
    assert text.count("spam") == 6
    assert "(cut: 10000000 characters in all)" in text


def test_one_reason_for_everything_is_shown_once_at_the_top(
    make_grade: Callable[..., Grade], make_criterion: Callable[..., CriterionGrade]
) -> None:
    def broken_criterion(id: str) -> CriterionGrade:
        visible = CheckResult(
            id, "a", Status.ERROR, inputs="INPUTS", rationale="conv.py does not parse: line 3"
        )
        return make_criterion(id, 10, [visible, replace(visible, case="b", visibility=Visibility.HIDDEN)])

    not_run = make_criterion("z", 10, [CheckResult("z", "a", Status.NOT_RUN)], reason="it stands on x")
    text = screen_of(make_grade(broken_criterion("x"), broken_criterion("y"), not_run))
    assert text.count("does not parse") == 1
    assert text.index("does not parse") < text.index("0 / 10")
    assert "every case fails (5)" in text
    assert "INPUTS" not in text
    assert "not run: it stands on x" in text
    file = io.StringIO()
    grade = make_grade(broken_criterion("x"), broken_criterion("y"), not_run)
    show_next_step(grade, Console(file=file, width=80), Place(("conv.py",)), first_only=True)
    closing = file.getvalue()
    assert "Next: fix the first problem above" in closing and "to do" not in closing


def test_the_closing_counts_what_the_feedback_shows(
    make_grade: Callable[..., Grade], make_criterion: Callable[..., CriterionGrade]
) -> None:
    """Revealed, hidden cases that fail alike are shown as one problem: no further exercise is left."""
    hidden = [
        [CheckResult(id, case, Status.ERROR, Visibility.HIDDEN, rationale="boom") for case in "ab"]
        for id in ("x", "y")
    ]
    grade = make_grade(*(make_criterion(results[0].criterion, 10, results) for results in hidden))
    for reveal, left in ((True, 0), (False, 1)):
        file = io.StringIO()
        place = Place(("conv.py",))
        show_next_step(grade, Console(file=file, width=80), place, first_only=True, reveal=reveal)
        assert file.getvalue().count("1 more exercise to do") == left


def test_values_that_differ_are_never_merged_into_one_reason(
    make_grade: Callable[..., Grade], make_criterion: Callable[..., CriterionGrade]
) -> None:
    wrong = [CheckResult("x", f"c{n}", Status.WRONG, expected=f"{n}", rationale="differs") for n in range(2)]
    text = screen_of(make_grade(make_criterion("x", 10, wrong)))
    assert "x · c0" in text
    assert "x · c1" in text


def test_the_graders_fault_never_looks_like_the_students(
    make_grade: Callable[..., Grade], make_criterion: Callable[..., CriterionGrade]
) -> None:
    fault = CheckResult("x", "a", Status.INTERNAL_ERROR, rationale="Traceback", actual="Traceback")
    grade = make_grade(make_criterion("x", 10, [fault, CheckResult("x", "b", Status.OK)]))
    assert screen_of(grade).count("not scored: needs review") == 2
    assert "Traceback" not in screen_of(grade)
    assert "Traceback" in screen_of(grade, reveal=True)


def test_a_full_score_has_nothing_to_explain(
    make_grade: Callable[..., Grade], make_criterion: Callable[..., CriterionGrade]
) -> None:
    text = screen_of(make_grade(make_criterion("x", 10, [CheckResult("x", "a", Status.OK)])))
    assert text.split() == ["conv_backward", "10", "/", "10", "points", "x", "10", "/", "10", "█" * 12]


def test_a_partial_run_is_not_taken_for_a_grade(mixed: Grade) -> None:
    criteria = (
        *mixed.criteria,
        replace(mixed.criteria[0], results=(), status=Status.NOT_RUN, score=Fraction(0)),
    )
    text = screen_of(replace(mixed, criteria=criteria, not_selected=3))
    assert "not a grade: 3 cases were not selected" in text
    assert "░   not selected" in text


def test_a_criterion_of_hidden_cases_alone_says_so_in_a_handout(mixed: Grade) -> None:
    nothing = replace(
        mixed.criteria[0], results=(), status=Status.NOT_RUN, score=Fraction(0), points=Fraction(0)
    )
    assert "0 / 0   ░░░░░░░░░░░░   hidden cases only" in screen_of(
        replace(mixed, criteria=(*mixed.criteria, nothing))
    )


def test_a_share_of_the_points_is_shown_with_the_status(
    make_criterion: Callable[..., CriterionGrade], make_grade: Callable[..., Grade]
) -> None:
    wrong = CheckResult("x_grad", "a", Status.WRONG, rationale="right for yours", follow_through=0.5)
    hidden = replace(wrong, case="b", rationale="other", visibility=Visibility.HIDDEN)
    text = screen_of(make_grade(make_criterion("x_grad", 30, [wrong, hidden])))

    assert "x_grad · a   wrong, earns 0.5 of its points" in text
    assert "x_grad · b   wrong, earns 0.5 of its points: a hidden case fails" in text
    assert "0 of 2 cases pass, 2 earn a share" in text


def test_a_function_that_does_not_end_is_stepped_through(
    make_grade: Callable[..., Grade], make_criterion: Callable[..., CriterionGrade]
) -> None:
    """At the prompt of `make try` it would not end either."""
    failing = [
        make_criterion("x", 1, [CheckResult("x", "a", status)]) for status in (Status.TIMEOUT, Status.WRONG)
    ]
    place = Place(in_handout=True)
    endless, wrong = (next_step(make_grade(criterion), place) for criterion in failing)
    assert endless == "Next: `x/a`. To step through it: `make debug CASE=x/a`"
    assert wrong == "Next: `x/a`. To try it in Python: `make try CASE=x/a`"


def test_the_next_step_is_a_case_that_the_student_can_see(make_grade: Callable[..., Grade]) -> None:
    """The first exercise may fail hidden cases only, which say nothing; another one may show the idea."""

    def graded(name: str, status: Status, visibility: Visibility) -> CriterionGrade:
        result = CheckResult(name, "a", status, visibility)
        return CriterionGrade(name, "", Fraction(1), Fraction(0), status, (result,))

    passing = graded("slope", Status.OK, Visibility.VISIBLE)
    hidden = graded("plain", Status.WRONG, Visibility.HIDDEN)
    visible = graded("curved", Status.WRONG, Visibility.VISIBLE)

    assert next_step(make_grade(passing, hidden, visible), Place()) == "Next: `curved/a`."
    only_hidden = "Next: `plain`. Only hidden cases fail: test it on other inputs."
    assert next_step(make_grade(passing, hidden), Place()) == only_hidden


def test_a_kernel_that_does_not_end_is_not_sent_to_the_debugger(
    make_grade: Callable[..., Grade], make_criterion: Callable[..., CriterionGrade]
) -> None:
    """No debugger of Python stops in a kernel."""
    endless = make_criterion("x", 1, [CheckResult("x", "a", Status.TIMEOUT)])
    place = Place(files=("kernels.cu",), in_handout=True)
    assert next_step(make_grade(endless), place) == "Next: `x/a`."


def test_the_next_step_names_the_line_at_which_the_compiler_stops(
    make_grade: Callable[..., Grade], make_criterion: Callable[..., CriterionGrade]
) -> None:
    """At the prompt of `make try` it would stop there too."""
    why = "CompileError: kernels.cu:39:23: error: expected ';' before '}' token"
    broken = make_criterion("x", 1, [CheckResult("x", "a", Status.ERROR, rationale=why)])
    place = Place(files=("kernels.cu",), in_handout=True)
    step = next_step(make_grade(broken), place)
    assert step == "Next: fix kernels.cu, line 39: the compiler stops there."


def test_a_narrow_terminal_breaks_a_remark_and_not_the_name_of_an_exercise(
    make_grade: Callable[..., Grade], make_criterion: Callable[..., CriterionGrade]
) -> None:
    failing = CheckResult("x", "c", Status.WRONG)
    criteria = [make_criterion(name, 10, [failing]) for name in ("x", "global_average_pool_grad")]
    not_run = make_criterion(
        "y", 10, [CheckResult("y", "z", Status.NOT_RUN)], reason="it stands on " + 9 * "x "
    )
    screen = screen_of(make_grade(*criteria, not_run), width=60)

    assert "  global_average_pool_grad   0 / 10   0 of 1 case passes" in screen
    assert max(map(len, screen.splitlines())) <= 60


def test_a_narrow_terminal_breaks_no_command(
    make_grade: Callable[..., Grade], make_criterion: Callable[..., CriterionGrade]
) -> None:
    case = CheckResult("x_grad", "more-padding-than-kernel", Status.WRONG)
    console = Console(file=io.StringIO(), width=60)
    grade = make_grade(make_criterion("x_grad", 1, [case]))
    with console.capture() as captured:
        show_next_step(grade, console, Place(in_handout=True))
    assert "\n  `make try CASE=x_grad/more-padding-than-kernel`\n" in captured.get()


def test_a_narrow_terminal_breaks_no_setting_of_an_example() -> None:
    settings = {name: (1, 1, 2, 1) for name in ("x.shape", "stride", "padding")}
    ended = "conv.py:9: ValueError: " + "words " * 20
    example = Example(
        "x_grad", "stride-1", "x_grad", Drawing.CONVOLUTION, "", settings, end_reason=ended, is_smallest=True
    )
    console = Console(file=io.StringIO(), width=50)
    with console.capture() as captured:
        show_example(example, console)
    lines = captured.get().splitlines()
    assert [line.count("(") == line.count(")") for line in lines] == [True] * len(lines)
    first = next(number for number, line in enumerate(lines) if "ValueError" in line)
    assert all(line.startswith("      ") for line in lines[first:])


def test_a_handout_without_a_change_says_where_to_begin_also_if_nothing_raises(
    make_grade: Callable[..., Grade], make_criterion: Callable[..., CriterionGrade]
) -> None:
    """The kernels of a handout return at once. An error, such as a missing compiler, is still shown."""
    wrong, error = (
        make_grade(make_criterion("fill", 2, [CheckResult("fill", "a", status, help="README.md#fill")]))
        for status in (Status.WRONG, Status.ERROR)
    )
    place = Place(files=("kernels.cu",), in_handout=True, is_unwritten=True)
    assert where_to_begin(wrong, place)[0] == "Nothing is written yet. Begin with `fill` in kernels.cu."
    assert where_to_begin(wrong, replace(place, is_unwritten=False)) == ()
    assert where_to_begin(error, place) == ()
