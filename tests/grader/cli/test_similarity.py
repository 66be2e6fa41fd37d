"""Laws of `grader similarity`."""

from pathlib import Path

import pytest

from grader.__main__ import main
from grader.cli.command_line.exit_status import PASSED, USER_MISTAKE


def test_similarity_needs_the_folder_and_the_gradebook_of_a_batch(
    at_course: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("ada", "bob"):
        path = Path("class", name, "conv.py")
        path.parent.mkdir(parents=True)
        path.write_text("def flip(a, axes):\n    return [a[len(a) - 1 - place] for place in range(len(a))]\n")
    words = ["similarity", "class", "--assignment", "tiny", "--gradebook", at_course, "--out", "alike"]
    assert main(words) == PASSED
    assert capsys.readouterr().out == "100% 100%  ada (Ada Lovelace), bob\nalike/tiny/index.html\n"
    assert Path("alike/tiny/pair-001.html").is_file()
    with pytest.raises(SystemExit) as end:
        main([*words, "--top", "0"])
    assert end.value.code == USER_MISTAKE
    assert (
        main(["similarity", "class", "--assignment", "tiny", "--gradebook", "sqlite:///gone"]) == USER_MISTAKE
    )
    assert main(["similarity", "class", "--assignment", "gone", "--gradebook", at_course]) == USER_MISTAKE
