"""One submission's feedback, as its student reads it in a terminal."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from grader.model.assignment import Visibility
from grader.model.grade import CheckResult, CriterionGrade, Grade, Status
from grader.model.policies import Final
from grader.report.text import clean, clean_line, cut_mark, score_text

WIDTH = 80
CASES_IN_FULL = 2
OUTPUT_LINES = 6
BAR_CELLS = 12
NOT_SCORED = "not scored: a person must look"
HIDDEN_FAILS = "a hidden case fails"


def show(grade: Grade, console: Console, reveal: bool = False, final: Final | None = None) -> None:
    """Prints the feedback; what belongs to hidden cases only where `reveal` says so.

    `final` tells what policies made of the score.

    Nothing that a submission wrote is read as markup or reaches the terminal as a control sequence.
    """
    run = [r for criterion in grade.criteria for r in criterion.results if r.status is not Status.NOT_RUN]
    whole = _one_reason(run, reveal)
    parts: list[RenderableType] = [_header(grade)]
    if whole is not None:
        parts.append(_block(whole, f"every case fails ({len(run)})", reveal))
    parts.append(_scores(grade))
    if final is not None and final.steps:
        parts.append(_steps(final))
    if whole is None:
        parts.extend(block for criterion in grade.criteria for block in _failures(criterion, reveal))
    for part in parts:
        console.print(part, highlight=False)
        console.print()


def _header(grade: Grade) -> RenderableType:
    grid = Table.grid(expand=True)
    grid.add_column(overflow="fold")
    grid.add_column(justify="right", no_wrap=True)
    points = "visible points" if grade.withheld else "points"
    total = f"{score_text(grade.score)} / {score_text(grade.max_score)} {points}"
    grid.add_row(Text(clean_line(grade.assignment), "bold"), Text(total, "bold"))
    if grade.withheld:
        grid.add_row("", Text(f"{score_text(grade.withheld)} more on hidden cases", "dim"))
    if grade.not_selected:
        grid.add_row("", Text(f"not a grade: {grade.not_selected} cases were not selected", "magenta"))
    grid.width = WIDTH
    return grid


def _scores(grade: Grade) -> RenderableType:
    grid = Table.grid(padding=(0, 3, 0, 0))
    grid.add_column(overflow="fold")
    grid.add_column(justify="right", no_wrap=True)
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for criterion in grade.criteria:
        share = float(criterion.score / criterion.points) if criterion.points else 0.0
        style = "green" if criterion.status is Status.OK else "yellow" if criterion.score else "red"
        unscored = criterion.results and all(_is_fault(result) for result in criterion.results)
        score = "–" if unscored else score_text(criterion.score)
        grid.add_row(
            Text(clean_line(criterion.id)),
            Text(f"{score} / {score_text(criterion.points)}", style),
            Text(_bar(share), style),
            Text(_remark(criterion) or " "),  # rich shrinks the first column for an empty last one
        )
    return Padding(grid, (0, 0, 0, 2), expand=False)


def _steps(final: Final) -> RenderableType:
    grid = Table.grid(padding=(0, 3, 0, 0))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    grid.add_column(justify="right", no_wrap=True)
    grid.add_row("earned", "", score_text(final.earned))
    for step in final.steps:
        grid.add_row(step.policy, Text(clean(step.says)), score_text(step.score))
    grid.add_row(Text("counts", "bold"), "", Text(score_text(final.score), "bold"))
    return Padding(grid, (0, 0, 0, 2), expand=False)


def _bar(share: float) -> str:
    full, eighths = divmod(int(min(max(share, 0.0), 1.0) * BAR_CELLS * 8), 8)
    return ("█" * full + " ▏▎▍▌▋▊▉"[eighths].strip()).ljust(BAR_CELLS, "░")


def _remark(criterion: CriterionGrade) -> str:
    if not criterion.results:
        return "not selected" if criterion.points else "hidden cases only"
    if criterion.status is Status.NOT_RUN:
        return f"not run: {clean_line(criterion.reason)}" if criterion.reason else "not run"
    faults = sum(_is_fault(result) for result in criterion.results)
    passed = sum(result.status is Status.OK for result in criterion.results)
    total = len(criterion.results)
    if faults:
        return NOT_SCORED if faults == total else f"{faults} of {total} cases {NOT_SCORED}"
    followed = sum(result.follow_through > 0 for result in criterion.results)
    also = f", {followed} earn{'s' * (followed == 1)} a share" if followed else ""
    return "" if passed == total else f"{passed} of {total} cases pass{also}"


def _failures(criterion: CriterionGrade, reveal: bool) -> Iterator[RenderableType]:
    failing = [result for result in criterion.results if result.status is not Status.OK]
    if criterion.status is Status.NOT_RUN or not failing:
        return
    name = clean_line(criterion.id)
    yield Text.assemble((name, "bold"), f": {clean_line(criterion.title)}")
    same = _one_reason(criterion.results, reveal)
    if same is not None:
        yield _block(same, f"{name} · every case ({len(failing)})", reveal)
        return
    failing.sort(key=lambda result: not _is_shown(result, reveal))  # first those that explain themselves
    for result in failing[:CASES_IN_FULL]:
        yield _block(result, f"{name} · {clean_line(result.case)}", reveal)
    rest = failing[CASES_IN_FULL:]
    if rest:
        names = ", ".join(clean_line(result.case) for result in rest)
        yield Padding(Text(f"and {len(rest)} more: {names}", "dim", overflow="fold"), (0, 0, 0, 2))


def _one_reason(results: Sequence[CheckResult], reveal: bool) -> CheckResult | None:
    """What is common to all results, where they all failed alike and a shown one can speak for them."""
    shown = [result for result in results if _is_shown(result, reveal)]
    alike = {(r.status, r.rationale, r.expected, r.actual) for r in results}
    if len(results) < 2 or len(alike) > 1 or not shown or shown[0].status in (Status.OK, Status.NOT_RUN):
        return None
    help = shown[0].help if len({result.help for result in shown}) == 1 else ""
    return replace(shown[0], inputs="", index=None, help=help)


def _block(result: CheckResult, heading: str, reveal: bool) -> RenderableType:
    head = Text.assemble("  ", (heading, "bold"))
    if _is_fault(result):
        head.append(f"   {NOT_SCORED}", "magenta")
        why = [_row("why", Text(clean(result.rationale)))] if reveal and result.rationale else []
        return Group(head, *why)
    status = result.status.value.replace("_", " ")
    if result.follow_through:
        status += f", earns {result.follow_through:g} of its points"
    if not _is_shown(result, reveal):
        return Group(head.append(f"   {status}: {HIDDEN_FAILS}"))
    head.append(f"   {status}", "red")
    rows = [
        ("inputs", Text(clean(result.inputs))),
        ("at", Text("" if result.index is None else str(list(result.index)))),
        ("expected", Text(clean(result.expected), "green")),
        ("actual", Text(clean(result.actual), "red")),
        ("why", Text(clean(result.rationale))),
        ("idea", Text(clean(result.idea), "bold")),
        ("read", Text(clean(result.help), "cyan")),
        ("output", Text(_first_lines(result.output), "dim")),
    ]
    return Group(head, *(_row(label, value) for label, value in rows if value.plain.strip()))


def _row(label: str, value: Text) -> RenderableType:
    grid = Table.grid()
    grid.add_column(width=10)
    grid.add_column(overflow="fold")
    grid.add_row(Text(label, "dim"), value)
    return Padding(grid, (0, 0, 0, 4), expand=False)


def _first_lines(output: str) -> str:
    lines = clean(output).splitlines()
    if len(lines) > OUTPUT_LINES:
        lines = [*lines[:OUTPUT_LINES], f"… {cut_mark(output)}"]
    return "\n".join(lines)


def _is_shown(result: CheckResult, reveal: bool) -> bool:
    return reveal or result.visibility is Visibility.VISIBLE


def _is_fault(result: CheckResult) -> bool:
    return result.status is Status.INTERNAL_ERROR
