"""Draws the pictures of the docs from real grades: `python -m tests.screenshots` writes docs/images/*.png."""

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page

from tests.grader.desk.browser import chromium
from tests.sample_class import conv_backward, cuda_kernels
from tests.sample_class.difference import write_class

ROOT = Path(__file__).parents[1]
IMAGES = ROOT / "docs" / "images"
WIDTH, HEIGHT = 1000, 900
NAMES = {  # of the class in the pictures: the sample submissions are named by their trouble
    "perfect": "Ada Lovelace",
    "kernel_not_flipped": "Alan Turing",
    "remainder_ignored": "Grace Hopper",
    "no_dilation": "Emmy Noether",
    "wrong_dtype": "Sofia Kovalevskaya",
    "infinite_loop": "Karen Sparck Jones",
}


LATE = ("remainder_ignored",)
COURSE = """title: Deep learning systems
assignments: [conv_backward]
timezone: America/New_York
deadlines: {conv_backward: 2026-10-02T23:59:00}
late_penalty: 10% per day
"""
STYLE = """

  - id: style
    kind: manual
    title: the code says what it does
    points: 4
    levels:
      - {points: 4, text: "names and shapes tell the reader what happens"}
      - {points: 2, text: "the reader must work out the shapes"}
      - {points: 0, text: "the reader must guess"}
"""


def grader(*words: object, folder: Path = ROOT) -> None:
    """Runs a command of the grader; a failing grade is no failure here."""
    process = subprocess.run([sys.executable, "-P", "-m", "grader", *map(str, words)], cwd=folder)
    if process.returncode > 1:
        raise SystemExit(process.returncode)


@contextmanager
def desk(gradebook: str, course: Path) -> Iterator[str]:
    """The address of a desk on that gradebook."""
    words = [sys.executable, "-P", "-m", "grader", "serve", "--port", "0", "--edit", "--gradebook", gradebook]
    with subprocess.Popen(words, cwd=course, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            address = next(filter(None, (re.search(r"http\S+", line) for line in process.stdout)))
            yield address[0]
        finally:
            process.terminate()


def main() -> None:
    """Grades the sample class, and takes the pictures."""
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name, chromium() as browser:
        folder = Path(name)
        write_class(folder / "conv_backward", conv_backward.submissions())
        write_class(folder / "cuda_kernels", cuda_kernels.submissions())
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, device_scale_factor=2)
        for assignment, submission, of, picture in (
            ("conv_backward", "kernel_not_flipped", "article:has(section.smallest)", "feedback"),
            ("cuda_kernels", "race", "article:has-text('w_grad_bugs · atomic') div:has(> .source)", "race"),
        ):
            html = folder / f"{picture}.html"
            grader("grade", folder / assignment / submission, "--assignment", assignment, "--html", html)
            page.goto(html.as_uri())
            page.locator(of).first.screenshot(path=IMAGES / f"{picture}.png")
        _desk(page, folder)


def _desk(page: Page, folder: Path) -> None:
    """One evening with an export of Canvas: the class, who is late, a student, points by hand."""
    course, export = _course(folder), folder / "export"
    export.mkdir()
    roster = ["student_id,name,email,section,extension"]
    for number, (trouble, person) in enumerate(NAMES.items(), 1):
        first_name, _, family = person.rpartition(" ")
        late = "LATE_" if trouble in LATE else ""
        name = f"{family}{first_name}".replace(" ", "").lower()
        source = folder / "conv_backward" / trouble / "conv.py"
        (export / f"{name}_{late}{1000 + number}_{50000 + number}_conv.py").write_bytes(source.read_bytes())
        roster.append(f"s{number},{person},,,")
    (folder / "roster.csv").write_text("\n".join(roster) + "\n", encoding="utf-8")
    gradebook = f"sqlite:///{folder}/gradebook.db"
    options = ("--assignment", "conv_backward", "--roster", folder / "roster.csv", "--gradebook", gradebook)
    grader("batch", export, *options, folder=course)
    with desk(gradebook, course) as address:
        page.set_viewport_size({"width": 1280, "height": HEIGHT})
        page.goto(address)
        page.get_by_role("link", name="conv_backward").first.click()
        page.screenshot(path=IMAGES / "class.png")
        page.get_by_role("link", name="Grace Hopper").first.click()
        page.locator("#decide details", has_text="When it was submitted").screenshot(path=IMAGES / "late.png")
        page.go_back()
        page.get_by_role("link", name="Alan Turing").first.click()
        page.screenshot(path=IMAGES / "student.png")
        page.goto(re.sub(r"/\?.*", "/a/conv_backward/hand/style", address))
        page.screenshot(path=IMAGES / "by-hand.png")


def _course(folder: Path) -> Path:
    """The course with a deadline, a penalty, and a criterion that a person judges."""
    course = folder / "course"
    shutil.copytree(ROOT / "assignments" / "conv_backward", course / "assignments" / "conv_backward")
    (course / "reference").symlink_to(ROOT / "reference")
    (course / "assignments" / "course.yaml").write_text(COURSE, encoding="utf-8")
    rubric = course / "assignments" / "conv_backward" / "rubric.yaml"
    text = rubric.read_text(encoding="utf-8").replace("points: 100", "points: 104", 1)
    rubric.write_text(text.rstrip() + STYLE, encoding="utf-8")
    return course


if __name__ == "__main__":
    main()
