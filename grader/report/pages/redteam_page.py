"""Shows the gains of attacks and cheats on an assignment, in a terminal and as a page."""

from rich.console import Console
from rich.text import Text

from grader.model.results.verification import RedTeam
from grader.model.text import one_line
from grader.report.pages.page_templates import environment


def show_gains(result: RedTeam, console: Console) -> None:
    """Prints the count of attacks, and each finding."""
    console.print(Text(f"{result.assignment}: {_summary(result)}", "bold"), soft_wrap=True)
    for finding in result.findings:
        console.print(Text(one_line(str(finding)), "red"), soft_wrap=True)


def to_html(result: RedTeam) -> str:
    """A row for each attack and cheat, excessive gains on top; readable without a network."""
    pages = environment()
    pages.filters |= {"one_line": one_line}
    rows = sorted(result.gains, key=lambda gain: not gain.is_too_much)
    return pages.get_template("redteam.html.j2").render(result=result, rows=rows, summary=_summary(result))


def _summary(result: RedTeam) -> str:
    over = sum(gain.is_too_much for gain in result.gains)
    return f"{len(result.gains)} attacks and cheats, {over} gained more than allowed"
