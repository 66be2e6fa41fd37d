"""The kill matrix, mutants by cases, in a terminal and as a page."""

from collections.abc import Mapping, Sequence
from itertools import groupby

from rich.console import Console
from rich.text import Text

from grader.model.grade import Status
from grader.model.results.verification import Verification
from grader.model.text import one_line, plural
from grader.report.pages.page_templates import environment

VALUES = (Status.WRONG, Status.ERROR)  # the other ways to fail, a hang or a crash, are named
LEGEND = {
    "wrong": "fails with a wrong answer",
    "error": "fails with an exception",
    "other": "hangs or crashes",
    "passed": "passes, or is not run",
}


def show_matrix(verification: Verification, console: Console) -> None:
    """Prints the findings, those that matter most first; then a line for each mutant, one character per case.

    x: the mutant answers wrong; e: it raises; !: it hangs or crashes, which the end of the line names.
    """

    def print_line(text: str, style: str = "") -> None:
        console.print(Text(text, style), soft_wrap=True)

    print_line(f"{one_line(verification.assignment)}: {_summary(verification)}", "bold")
    for finding in verification.by_weight:
        print_line(one_line(str(finding)), "red")
    widest = max((len(one_line(name)) for name in verification.kills), default=0)
    for name in _survivors_first(verification):
        killed = verification.kills[name]
        groups = groupby(verification.cases, key=_criterion)
        cells = " ".join("".join(_character(killed.get(case)) for case in cases) for _, cases in groups)
        print_line(
            f"  {one_line(name):<{widest}}  {cells}{_hangs_and_crashes(killed)}", "" if killed else "bold red"
        )
    for case, worst in verification.tolerances.items():
        print_line(f"  {one_line(case)}: rounding takes at most {worst:.2f} of its tolerance")
    if verification.conflicting_pairs:
        count = len(verification.conflicting_pairs)
        print_line(f"  {plural(count, 'pair')} of mutants cannot be combined: the page lists them")
    if within := sum(not gain.is_too_much for gain in verification.gains):
        print_line(f"  {plural(within, 'cheat')} gained no more than allowed: the page lists them")


def to_html(verification: Verification) -> str:
    """The matrix as a page of its own, survivors on top, readable without a network."""
    pages = environment()
    pages.filters |= {"one_line": one_line, "mark": _mark, "how": _hangs_and_crashes}
    return pages.get_template("kill_matrix.html.j2").render(
        matrix=verification,
        mutants=_survivors_first(verification),
        first={next(cases) for _, cases in groupby(verification.cases, key=_criterion)},
        summary=_summary(verification),
        legend=LEGEND,
    )


def _mark(status: Status | None) -> str:
    return "passed" if status is None else status.value if status in VALUES else "other"


def _character(status: Status | None) -> str:
    return {"passed": "·", "wrong": "x", "error": "e", "other": "!"}[_mark(status)]


def _hangs_and_crashes(killed: Mapping[str, Status]) -> str:
    """The names of hangs and crashes, in brackets."""
    others = sorted({status.replace("_", " ") for status in killed.values() if status not in VALUES})
    return f" ({', '.join(others)})" if others else ""


def _criterion(case: str) -> str:
    return case.partition("/")[0]


def _survivors_first(verification: Verification) -> Sequence[str]:
    return sorted(verification.kills, key=lambda name: bool(verification.kills[name]))


def _summary(verification: Verification) -> str:
    survivors = len(verification.survivors)
    survive = "survives" if survivors == 1 else "survive"
    return (
        f"{plural(len(verification.kills), 'mutant')}, {survivors} {survive}, "
        f"{plural(len(verification.cases), 'case')}, {plural(len(verification.findings), 'finding')}"
    )
