"""The kill matrix, mutants by cases, in a terminal and as a page."""

from collections.abc import Mapping, Sequence
from html import escape
from itertools import groupby

from rich.console import Console
from rich.text import Text

from grader.model.grade import Status
from grader.model.text import clean
from grader.model.verification import Verification

VALUES = (Status.WRONG, Status.ERROR)  # the other ways to fail, a hang or a crash, stand by their name
STYLE = """
body { font: 14px/1.4 system-ui, sans-serif; margin: 2em; }
table { border-collapse: collapse; }
td, th { padding: 1px 4px; text-align: left; font-weight: normal; white-space: nowrap; }
thead th { vertical-align: bottom; writing-mode: vertical-rl; transform: rotate(180deg); padding: 4px 1px; }
thead th.first { border-left: 2px solid #888; }
tbody tr:hover { background: #fff3bf; }
td { border: 1px solid #fff; width: 12px; padding: 0; }
td.passed { background: #eee; } td.wrong { background: #2b7a3d; } td.error { background: #7fb98b; }
td.other { background: #b36b00; }
td.first { border-left: 2px solid #888; }
tr.survivor th, li { color: #b00020; font-weight: bold; }
.legend td { padding: 0 8px; }
"""
LEGEND = {
    "wrong": "loses by a wrong answer",
    "error": "loses by an exception",
    "other": "loses by a hang or a crash",
    "passed": "passes, or is not run",
}


def show_matrix(verification: Verification, console: Console) -> None:
    """Prints a line for each mutant, one character a case, then the tolerances and what is wrong.

    x: the mutant answers wrong; e: it raises; !: it hangs or crashes, and the line ends with how.
    """

    def say(text: str, style: str = "") -> None:
        console.print(Text(text, style), soft_wrap=True)

    say(f"{_line(verification.assignment)}: {_summary(verification)}", "bold")
    widest = max((len(_line(name)) for name in verification.kills), default=0)
    for name in _survivors_first(verification):
        killed = verification.kills[name]
        groups = groupby(verification.cases, key=_criterion)
        cells = " ".join("".join(_character(killed.get(case)) for case in cases) for _, cases in groups)
        say(f"  {_line(name):<{widest}}  {cells}{_how(killed)}", "" if killed else "bold red")
    for case, worst in verification.tolerances.items():
        say(f"  {_line(case)}: rounding takes at most {worst:.2f} of its tolerance")
    if verification.apart:
        say(f"  {len(verification.apart)} pairs of mutants do not compose: the page lists them")
    for finding in verification.findings:
        say(_line(str(finding)), "red")


def to_html(verification: Verification) -> str:
    """The matrix as a page of its own, survivors on top, readable without a network."""
    first = {next(cases) for _, cases in groupby(verification.cases, key=_criterion)}
    head = "".join(
        f"<th{' class=first' * (case in first)}>{_escaped(case)}</th>" for case in verification.cases
    )
    rows = "\n".join(_row(verification, name, first) for name in _survivors_first(verification))
    findings = "".join(f"<li>{_escaped(str(finding))}</li>" for finding in verification.findings)
    tolerances = "".join(
        f"<tr><th>{_escaped(case)}</th><th>{worst:.2f}</th></tr>"
        for case, worst in verification.tolerances.items()
    )
    apart = "".join(
        f"<tr><th>{_escaped(one)}</th><th>{_escaped(other)}</th><th>{_escaped(reason)}</th></tr>"
        for one, other, reason in verification.apart
    )
    legend = "".join(f'<td class="{mark}">&nbsp;</td><th>{text}</th>' for mark, text in LEGEND.items())
    title = f"{_escaped(verification.assignment)}: kill matrix"
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f"<style>{STYLE}</style></head>\n<body><h1>{title}</h1><p>{_summary(verification)}</p>\n"
        f'<ul>{findings}</ul>\n<table class="legend"><tr>{legend}</tr></table>\n'
        f"<table><thead><tr><td></td>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody></table>\n"
        f"<h2>The share of a tolerance that rounding takes at most</h2>\n<table>{tolerances}</table>\n"
        f"<h2>Pairs of mutants that do not compose</h2>\n<table>{apart}</table>\n"
        "</body></html>\n"
    )


def _row(verification: Verification, name: str, first: set[str]) -> str:
    killed = verification.kills[name]
    cells = ""
    for case in verification.cases:
        says = _escaped(f"{name}, {case}: {killed.get(case, Status.OK)}")
        cells += f'<td class="{_mark(killed.get(case))}{" first" * (case in first)}" title="{says}"></td>'
    row = '<tr class="survivor">' if not killed else "<tr>"
    return f"{row}<th>{_escaped(name)}{_how(killed)}</th>{cells}</tr>"


def _mark(status: Status | None) -> str:
    return "passed" if status is None else status.value if status in VALUES else "other"


def _character(status: Status | None) -> str:
    return {"passed": "·", "wrong": "x", "error": "e", "other": "!"}[_mark(status)]


def _how(killed: Mapping[str, Status]) -> str:
    """The names of hangs and crashes, in brackets."""
    others = sorted({status.replace("_", " ") for status in killed.values() if status not in VALUES})
    return f" ({', '.join(others)})" if others else ""


def _criterion(case: str) -> str:
    return case.partition("/")[0]


def _line(text: str) -> str:
    """On one line, and harmless in a terminal; a path may be long."""
    return " ".join(clean(text).split())


def _escaped(text: str) -> str:
    return escape(_line(text))


def _survivors_first(verification: Verification) -> Sequence[str]:
    return sorted(verification.kills, key=lambda name: bool(verification.kills[name]))


def _summary(verification: Verification) -> str:
    return (
        f"{len(verification.kills)} mutants, {len(verification.survivors)} survive, "
        f"{len(verification.cases)} cases, {len(verification.findings)} findings"
    )
