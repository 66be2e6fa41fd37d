"""The kill matrix, mutants by cases, in a terminal and as a page."""

from collections.abc import Sequence
from html import escape
from itertools import groupby

from rich.console import Console
from rich.text import Text

from grader.model.verification import Verification

STYLE = """
body { font: 14px/1.4 system-ui, sans-serif; margin: 2em; }
table { border-collapse: collapse; }
td, th { padding: 1px 4px; text-align: left; font-weight: normal; }
thead th { vertical-align: bottom; writing-mode: vertical-rl; }
td.killed { background: #2b7a3d; } td.passed { background: #eee; }
td { border: 1px solid #fff; min-width: 10px; }
tr.survivor th { color: #b00020; font-weight: bold; }
"""


def show_matrix(verification: Verification, console: Console) -> None:
    """Prints a line for each mutant, one character a case (x: the mutant fails it), then what is wrong."""
    console.print(Text(f"{verification.assignment}: {_summary(verification)}", "bold"))
    widest = max(map(len, verification.kills), default=0)
    for name in _survivors_first(verification):
        killed = verification.kills[name]
        groups = groupby(verification.cases, key=lambda case: case.partition("/")[0])
        cells = " ".join("".join("x" if case in killed else "·" for case in cases) for _, cases in groups)
        console.print(Text(f"  {name:<{widest}}  {cells}", "" if killed else "bold red"), soft_wrap=True)
    for finding in verification.findings:
        console.print(Text(str(finding), "red"), soft_wrap=True)


def to_html(verification: Verification) -> str:
    """The matrix as a page of its own, survivors on top, readable without a network."""
    head = "".join(f"<th>{escape(case)}</th>" for case in verification.cases)
    rows = "".join(_row(verification, name) for name in _survivors_first(verification))
    findings = "".join(f"<li>{escape(str(finding))}</li>" for finding in verification.findings)
    title = f"{escape(verification.assignment)}: kill matrix"
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f"<style>{STYLE}</style></head><body><h1>{title}</h1><p>{escape(_summary(verification))}</p>"
        f"<ul>{findings}</ul><table><thead><tr><td></td>{head}</tr></thead><tbody>{rows}</tbody></table>"
        "</body></html>\n"
    )


def _row(verification: Verification, name: str) -> str:
    killed = verification.kills[name]
    cells = "".join(
        f'<td class="{"killed" if case in killed else "passed"}" title="{escape(f"{name}: {case}")}"></td>'
        for case in verification.cases
    )
    return f'<tr class="{"" if killed else "survivor"}"><th>{escape(name)}</th>{cells}</tr>'


def _survivors_first(verification: Verification) -> Sequence[str]:
    return sorted(verification.kills, key=lambda name: bool(verification.kills[name]))


def _summary(verification: Verification) -> str:
    return (
        f"{len(verification.kills)} mutants, {len(verification.survivors)} survive, "
        f"{len(verification.cases)} cases, {len(verification.findings)} findings"
    )
