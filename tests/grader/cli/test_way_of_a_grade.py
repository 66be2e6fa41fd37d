"""The page on architecture lists the functions that a grade calls, in their order."""

import re
import sys
from pathlib import Path
from types import FrameType

from grader.__main__ import main
from grader.cli.command_line.exit_status import NOT_PASSED

FUNCTION = re.compile(r"^\| `(grader(?:\.\w+)+)` \|", re.MULTILINE)


def test_a_grade_calls_the_functions_that_the_page_lists_in_that_order(
    root: Path, repository: Path, wrong: Path
) -> None:
    page = (repository / "ARCHITECTURE.md").read_text(encoding="utf-8")
    section = page.partition("## The flow of one grade\n")[2].partition("\n## ")[0]
    listed = FUNCTION.findall(section)
    called: dict[str, None] = {}

    def note(frame: FrameType, event: str, _: object) -> None:
        if event == "call":
            called.setdefault(f"{frame.f_globals.get('__name__')}.{frame.f_code.co_qualname}")

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        assert main(["grade", str(wrong), "--assignment", "tiny"]) == NOT_PASSED
    finally:
        sys.setprofile(before)
    assert listed
    assert [function for function in called if function in listed] == listed
