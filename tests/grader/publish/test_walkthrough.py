"""Laws of docs/publish.md: its commands, one by one, bring a class from GitHub into the gradebook."""

import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.grader.publish.target_runner import clean, run
from tests.tiny_course import RIGHT

GH = """\
#!/bin/bash
# Stands in for GitHub: keeps repositories in a folder, lists them, and tells when it got a push.
case "$1 $2 $*" in
"repo create "*--source*) git clone --quiet --bare . "$SERVER/template" ;;
"repo create "*) git clone --quiet --bare "$SERVER/template" "$SERVER/${3#ORG/}.git" ;;
"repo list "*) printf '%s\\n' "$SERVER"/*.git ;;
"api --paginate "*)
  name=$(basename "$(dirname "$3")")
  commit=$(git -C "$SERVER/$name.git" rev-parse HEAD)
  printf '[{"ref": "refs/heads/main", "before": "0", "after": "%s", "timestamp": "%s"}]' \\
    "$commit" 2026-10-01T10:00:00Z ;;
"api --method "*) ;;
*) exit 1 ;;
esac
"""
BLOCK = re.compile(r"^( *)```\n(.*?)^ *```", re.MULTILINE | re.DOTALL)


def commands(page: str) -> list[str]:
    """The commands in the page's blocks, for the assignment `tiny`; `grader publish` itself ran before."""
    blocks = [re.sub(f"^{indent}", "", text, flags=re.MULTILINE) for indent, text in BLOCK.findall(page)]
    return [block.replace("NAME", "tiny") for block in blocks if not block.startswith("grader publish")]


@pytest.mark.slow
def test_each_command_of_the_page_works_after_the_one_before(
    place: Callable[[str], Path], published: Path, repository: Path, tmp_path: Path
) -> None:
    handout = place("github")
    (handout / "conv.py").write_text(RIGHT)
    for name, text in {"gh": GH, "grader": f'#!/bin/sh\nexec {sys.executable} -m grader "$@"\n'}.items():
        (tmp_path / "bin").mkdir(exist_ok=True)
        (tmp_path / "bin" / name).write_text(text)
        (tmp_path / "bin" / name).chmod(0o755)
    (tmp_path / "server").mkdir()
    begin, *rest = commands((repository / "docs" / "publish.md").read_text(encoding="utf-8"))
    assert begin.startswith("cd DIR\n")
    who = {f"GIT_{role}_{what}": "x" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    environment = {
        **clean(tmp_path, SERVER=str(tmp_path / "server"), **who),
        "PATH": f"{tmp_path / 'bin'}:{clean(tmp_path)['PATH']}",
    }
    course = tmp_path / "course"
    shutil.copytree(published / "course", course, symlinks=True)
    (course / "LOGINS.txt").write_text("ada\nbob\n")
    script = "\n".join([begin.replace("cd DIR", f"cd {handout}"), f"cd {course}", *rest])
    process = run(["bash", "-e", "-c", script], tmp_path, environment)
    assert process.returncode == 0, process.stderr
    assert "2 graded" in process.stdout and "0 need review" in process.stdout
