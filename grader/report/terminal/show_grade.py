"""Prints one submission's feedback for its student in a terminal."""

import io
import re
from collections.abc import Iterator

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from grader.model.grade import FactKind, Grade, Status
from grader.model.late_policy import FinalScore
from grader.model.text import clean, clean_line, plural, score_text
from grader.report.feedback_content import (
    CASES_IN_FULL,
    NOT_SCORED,
    Block,
    Section,
    feedback_on,
    is_fault,
    remark,
    title_beside_id,
)
from grader.report.next_step import Place, next_step, where_to_begin

WIDTH = 80
BAR_CELLS = 12
COMMAND = re.compile(r" (`make [^`]*`)$")
WIDTH_OF_NAMES = 24  # of criteria: a narrow terminal breaks only longer ones
WIDTH_OF_BARS = 70  # a narrower terminal has room only for the words
STYLES = {"expected": "green", "actual": "red", "idea": "bold", "read": "cyan", "output": "dim"}


def show(
    grade: Grade,
    console: Console,
    reveal: bool = False,
    final: FinalScore | None = None,
    *,
    first_only: bool = False,
    place: Place | None = None,
    cases: int = CASES_IN_FULL,
) -> None:
    """Prints the feedback, with the details of hidden cases only if `reveal` is set.

    `final` is the score after policies. `first_only` describes only the first unfinished criterion; the
    others have their line in the table. With a `place`, `show_next_step` is to follow. No output of a
    submission is read as markup or reaches the terminal as a control sequence.
    """
    if place is not None and (begin := where_to_begin(grade, place)):
        for part in (_header(grade, final, console.width), Text("\n".join(begin))):
            console.print(part, highlight=False)
        return
    feedback = feedback_on(grade, reveal, cases)
    parts: list[RenderableType] = [_header(grade, final, console.width)]
    if feedback.whole is not None:
        parts.append(_block(feedback.whole))
    is_part = place is not None and grade.not_selected > 0
    if feedback.whole is None or not first_only:  # otherwise every line of the table is 0
        parts.append(_scores(grade, only_selected=is_part, has_bars=console.width >= WIDTH_OF_BARS))
    if final is not None and final.steps:
        parts.append(_steps(final))
    if grade.notes:
        parts.append(_row("note", Text("\n".join(map(clean, grade.notes)))))
    sections = feedback.sections[:1] if first_only else feedback.sections
    parts.extend(block for section in sections for block in _failures(section))
    for number, part in enumerate(parts):
        if number:
            console.print()
        console.print(part, highlight=False)
    if place is None:
        console.print()


def show_places(grade: Grade, console: Console, *, first_only: bool = False) -> None:
    """Prints the places where other code makes failing cases pass; `show` came before they were known."""
    sections = feedback_on(grade).sections
    for section in sections[:1] if first_only else sections:
        for fact in section.criterion.facts:
            if fact.kind is FactKind.PLACE:
                console.print()
                name = "" if first_only else f"{clean_line(section.criterion.id)}: "
                console.print(_row("place", Text(f"{name}{clean(fact.text)}")), highlight=False)


def show_next_step(
    grade: Grade, console: Console, place: Place, *, first_only: bool = False, reveal: bool = False
) -> None:
    """Prints the work that is left and what to do next, as the last lines of the feedback of `show`."""
    if where_to_begin(grade, place):
        return  # `show` has said it
    console.print()
    console.print(_closing(grade, place, first_only, reveal, console.width), highlight=False)


def _closing(grade: Grade, place: Place, first_only: bool, reveal: bool, width: int) -> RenderableType:
    """The work that is left. If everything fails for one reason, a count would leave exercises out.

    In a narrow terminal a command at the end gets a line of its own, from which it can be copied.
    """
    feedback = feedback_on(grade, reveal)
    every = "ALL=1 shows" if place.in_handout else "--all shows"
    more = max(len(feedback.sections) - 1, 0) if first_only else 0
    not_run = sum(bool(one.results) and one.status is Status.NOT_RUN for one in grade.criteria)
    shows = f": {every} {'its' if more + not_run == 1 else 'their'} cases too" if more else ""
    count = 0 if feedback.whole is not None else more + not_run
    rest = Text(f"{plural(count, 'more exercise')} to do{shows}.\n" if count else "", "dim")
    step = next_step(grade, place)
    if len(step) > width:
        step = COMMAND.sub(r"\n  \1", step)
    return Text.assemble(rest, (step, "bold"))


def to_text(grade: Grade, final: FinalScore | None = None) -> str:
    """The same as plain text."""
    console = Console(file=io.StringIO(), width=WIDTH, color_system=None, force_terminal=False)
    with console.capture() as captured:
        show(grade, console, final=final)
    return "".join(f"{line.rstrip()}\n" for line in captured.get().rstrip().splitlines())


def _header(grade: Grade, final: FinalScore | None, width: int = WIDTH) -> RenderableType:
    grid = Table.grid(expand=True)
    grid.add_column(overflow="fold")
    grid.add_column(justify="right", no_wrap=True)
    points = "visible points" if grade.withheld else "points"
    score = grade.score if final is None else final.score
    total = f"{score_text(score)} / {score_text(grade.max_score)} {points}"
    grid.add_row(Text(clean_line(grade.assignment), "bold"), Text(total, "bold"))
    if grade.withheld:
        grid.add_row("", Text(f"{score_text(grade.withheld)} more on hidden cases", "dim"))
    if grade.not_selected:
        grid.add_row("", Text(f"not a grade: {grade.not_selected} cases were not selected", "magenta"))
    grid.width = min(WIDTH, width)
    return grid


def _scores(grade: Grade, only_selected: bool, has_bars: bool) -> RenderableType:
    grid = Table.grid(padding=(0, 3, 0, 0))
    longest = max((len(clean_line(criterion.id)) for criterion in grade.criteria), default=0)
    grid.add_column(overflow="fold", no_wrap=longest <= WIDTH_OF_NAMES)  # remarks are easier to read in parts
    grid.add_column(justify="right", no_wrap=True)
    if has_bars:
        grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for criterion in grade.criteria:
        if only_selected and not criterion.results:
            continue
        share = float(criterion.score / criterion.points) if criterion.points else 0.0
        style = "green" if criterion.status is Status.OK else "yellow" if criterion.score else "red"
        unscored = criterion.results and all(is_fault(result) for result in criterion.results)
        score = "–" if unscored else score_text(criterion.score)
        grid.add_row(
            Text(clean_line(criterion.id)),
            Text(f"{score} / {score_text(criterion.points)}", style),
            *([Text(_bar(share), style)] if has_bars else []),
            Text(remark(criterion) or " "),  # rich shrinks the first column for an empty last one
        )
    return Padding(grid, (0, 0, 0, 2), expand=False)


def _steps(final: FinalScore) -> RenderableType:
    grid = Table.grid(padding=(0, 3, 0, 0))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    grid.add_column(justify="right", no_wrap=True)
    grid.add_row("earned", "", score_text(final.earned))
    for step in final.steps:
        grid.add_row(step.policy, Text(clean(step.says)), score_text(step.score))
    grid.add_row(Text("final score", "bold"), "", Text(score_text(final.score), "bold"))
    return Padding(grid, (0, 0, 0, 2), expand=False)


def _bar(share: float) -> str:
    full, eighths = divmod(int(min(max(share, 0.0), 1.0) * BAR_CELLS * 8), 8)
    return ("█" * full + " ▏▎▍▌▋▊▉"[eighths].strip()).ljust(BAR_CELLS, "░")


def _failures(section: Section) -> Iterator[RenderableType]:
    criterion = section.criterion
    title = title_beside_id(criterion)
    yield Text.assemble((clean_line(criterion.id), "bold"), f": {title}" if title else "")
    if section.facts:
        yield Group(*(_row("note", Text(fact)) for fact in section.facts))
    for block in section.blocks:
        yield _block(block)
    if section.more:
        line = f"and {len(section.more)} more: {', '.join(section.more)}"
        yield Padding(Text(line, "dim", overflow="fold"), (0, 0, 0, 2))


def _block(block: Block) -> RenderableType:
    head = Text.assemble("  ", (block.heading, "bold"))
    style = "magenta" if block.status == NOT_SCORED else "red" if block.facts else ""
    head.append(f"   {block.status}", style)
    return Group(head, *(_row(label, Text(text, STYLES.get(label, ""))) for label, text in block.facts))


def _row(label: str, value: Text) -> RenderableType:
    grid = Table.grid()
    grid.add_column(width=10)
    grid.add_column(overflow="fold")
    grid.add_row(Text(label, "dim"), value)
    return Padding(grid, (0, 0, 0, 4), expand=False)
