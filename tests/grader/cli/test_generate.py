"""Laws of `grader generate` for one student."""

from collections.abc import Callable
from pathlib import Path

import pytest

from grader.__main__ import main
from grader.cli import PASSED, USER_MISTAKE


def test_one_students_handout_lies_beside_the_others_and_has_their_numbers(root: Path) -> None:
    page = root / "assignments" / "tiny" / "templates" / "README.md.j2"
    candidates = ", ".join(["range(100)"] * 4)
    page.write_text(f'{page.read_text()}\n{{{{ row(variant.pick("a", [1, 2, 3, 4], [{candidates}])) }}}}\n')
    for words in ([], ["--variant", "ada"], ["--variant", "eve"]):
        assert main(["generate", "--out", "build", *words]) == PASSED
    pages = {f.name: (f / "README.md").read_text() for f in Path("build/release").iterdir()}

    assert set(pages) == {"tiny", "tiny-ada", "tiny-eve"}
    assert len(set(pages.values())) == 3
    assert "1 2 3 4" in pages["tiny"]
    assert [f.name for f in Path("build/solution").iterdir()] == ["tiny"]


@pytest.mark.parametrize("id", ["../ada", "a/b", ".hidden", " "])
def test_an_id_that_names_no_folder_is_refused(root: Path, id: str, complaint: Callable[[], str]) -> None:
    assert main(["generate", "--variant", id]) == USER_MISTAKE
    assert "it names a folder" in complaint()
