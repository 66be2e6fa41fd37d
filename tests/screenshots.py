"""Draws the pictures of the docs from real grades: `python -m tests.screenshots` writes docs/images/*.png."""

import re
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


def grader(*words: object, folder: Path = ROOT) -> None:
    """Runs a command of the grader; a failing grade is no failure here."""
    done = subprocess.run([sys.executable, "-P", "-m", "grader", *map(str, words)], cwd=folder)
    if done.returncode > 1:
        raise SystemExit(done.returncode)


@contextmanager
def desk(gradebook: str) -> Iterator[str]:
    """The address of a desk on that gradebook."""
    words = [sys.executable, "-P", "-m", "grader", "serve", "--port", "0", "--edit", "--gradebook", gradebook]
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
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
            ("cuda_kernels", "race", "article:has(.source):has-text('w_grad_atomic')", "race"),
        ):
            html = folder / f"{picture}.html"
            grader("grade", folder / assignment / submission, "--assignment", assignment, "--html", html)
            page.goto(html.as_uri())
            page.locator(of).first.screenshot(path=IMAGES / f"{picture}.png")
        _desk(page, folder)


def _desk(page: Page, folder: Path) -> None:
    """The class by name, and one student's source beside the feedback."""
    submitted = folder / "class"
    roster = ["student_id,name,email,section,extension"]
    for id, person in NAMES.items():
        (submitted / id).mkdir(parents=True)
        source = folder / "conv_backward" / id / "conv.py"
        (submitted / id / "conv.py").write_bytes(source.read_bytes())
        roster.append(f"{id},{person},,,")
    (folder / "roster.csv").write_text("\n".join(roster) + "\n", encoding="utf-8")
    gradebook = f"sqlite:///{folder}/gradebook.db"
    options = ("--assignment", "conv_backward", "--roster", folder / "roster.csv", "--gradebook", gradebook)
    grader("batch", submitted, *options)
    with desk(gradebook) as address:
        page.set_viewport_size({"width": 1280, "height": HEIGHT})
        page.goto(address)
        page.get_by_role("link", name="conv_backward").first.click()
        page.screenshot(path=IMAGES / "class.png")
        page.get_by_role("link", name="Alan Turing").first.click()
        page.screenshot(path=IMAGES / "student.png")


if __name__ == "__main__":
    main()
