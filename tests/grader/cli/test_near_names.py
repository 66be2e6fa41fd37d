"""A wrong name of a file, a key, a case or an assignment is answered with the name that was meant."""

import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.__main__ import main
from grader.cli.command_line.exit_status import USER_MISTAKE
from tests.grader.cli.conftest import grade_of
from tests.tiny_course import RIGHT

COLUMNS = "student_id,assignment,criterion,points,reason,author"
FILES = {
    "roster.csv": "student_id,name,email,section,extension\nada,Ada Lovelace,,,\n",
    "class/ada/conv.py": RIGHT,
    "times.csv": "student,time\nAda Lovelac,2026-10-01T23:59:00+02:00\n",
    "adjust-student.csv": f"{COLUMNS}\nadda,tiny,,1,r,me\n",
    "adjust-assignment.csv": f"{COLUMNS}\nada,tinny,,1,r,me\n",
    "adjust-criterion.csv": f"{COLUMNS}\nada,tiny,flop,1,r,me\n",
    "requests.csv": "student,case,text\nada,flop/a · 2222,why?\n",
    "requests-student.csv": "student,case,text\nadda,flip/one-axis · 2222,why?\n",
    "worksheet.csv": "Nr,Wer,Punkte\n1,ada,2\n",
    "repositories.txt": "https://example.org/tiny-ada.git\n",
}
CLASS = "class --assignment tiny"
SLIPS = {
    "batch clas --assignment tiny": "class",
    "batch class --assignment tinny": "tiny",
    f"batch {CLASS} --roster rooster.csv": "roster.csv",
    f"batch {CLASS} --roster roster.csv --times tims.csv": "times.csv",
    f"batch {CLASS} --roster roster.csv --times times.csv": "Ada Lovelace",
    "intake class --assignment tinny": "tiny",
    f"similarity {CLASS.replace('tiny', 'tinny')}": "tiny",
    "report --format terminal --assignment tinny": "tiny",
    "report --format moodle --out o --into worksheet.csv --column gade=Punkte": "grade",
    "report --format moodle --out o --into worksheet.csv --column grade=Punkt": "Punkte",
    "report --format moodle --out o --into workshet.csv": "worksheet.csv",
    "confirm adda --assignment tiny --reason r": "ada",
    "forget --student adda --reason r": "ada",
    "adjust adjst-student.csv": "adjust-student.csv",
    "adjust adjust-student.csv": "ada",
    "adjust adjust-assignment.csv": "tiny",
    "adjust adjust-criterion.csv": "flip",
    "requests request.csv": "requests.csv",
    "requests requests.csv": "flip/a",
    "requests requests-student.csv": "ada",
    "serve --gradebook sqlite:///gradebok.db": "gradebook.db",
    "generate tinny": "tiny",
    "verify tinny": "tiny",
    "redteam tinny": "tiny",
    "publish github tinny --out o": "tiny",
    "publish githb tiny --out o": "github",
    "collect repositoris.txt --assignment tiny --out o": "repositories.txt",
    "collect repositories.txt --assignment tinny --out o": "tiny",
    "new slopes --from referenc.conv:flip": "reference.conv",
    "new slopes --from reference.cnov:flip": "reference.conv",
    "new slopes --from reference.conv:flp": "flip",
    "grade class/adda --assignment tiny": "ada",
    "grade class/ada --assignment tinny": "tiny",
    "grade class/ada --assignment tiny --exercise flp --sandbox none": "flip",
    "grade class/ada --assignment tiny --report sarf=o": "sarif",
}
WITHOUT_GRADEBOOK = {"new", "generate", "verify", "redteam", "publish", "collect", "grade", "intake", "serve"}


@pytest.mark.parametrize("line", SLIPS)
def test_a_slip_is_one_line_with_the_name_that_was_meant(
    line: str, at_course: str, course: Path, complaint: Callable[[], str]
) -> None:
    for name, text in FILES.items():
        (course / name).parent.mkdir(parents=True, exist_ok=True)
        (course / name).write_text(text, encoding="utf-8")
    words = shlex.split(line)
    if words[0] not in WITHOUT_GRADEBOOK:
        words += ["--gradebook", at_course]
    assert main(words) == USER_MISTAKE
    assert f"did you mean {SLIPS[line]!r}?" in complaint()


def test_the_case_that_is_suggested_is_one_of_the_students_own() -> None:
    """So the table above checks what it says: the grades of the fixture have the case."""
    cases = [f"{c.id}/{r.case}" for c in grade_of("ada").criteria for r in c.results]
    assert SLIPS["requests requests.csv"] in cases
