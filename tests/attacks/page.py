"""Writes docs/attacks.md from the tables of attacks: `make docs`."""

import ast
from collections.abc import Iterable
from pathlib import Path

from grader.model.grade import Status
from grader.prove.attacks import FUNCTIONS, LANGUAGES, description
from tests.attacks import test_attacks, test_functions, test_kernels

PAGE = Path(__file__).parents[2] / "docs" / "attacks.md"
HEAD = f"""\
# What attacks get

`make test` and `make test-slow` grade each of these attacks in the real sandbox. The attacks are the corpus
of `grader/prove/corpus/`. Each attack replaces one exercise of an assignment's solution. `make docs` writes
this page from the tables in `tests/attacks/`, and a test checks that the page is current.

## In Python

After each attack, the tests grade an honest submission. Its grade must be the same as if no attack had run.
Two functions are graded. An attack replaces one of them, which is worth {test_attacks.FLIP} points.

| attack | what it does | points | status |
|---|---|---|---|
"""
OF_FUNCTIONS = f"""
## With functions that a case passes to a submission

An attack replaces `check`, which judges functions and is worth
{test_functions.POINTS} points. After each attack, an honest submission must get its full grade.

| attack | what it does | points | status |
|---|---|---|---|
"""
KERNELS = """
## In CUDA C

An attack replaces `matmul` of the assignment `cuda_kernels`. It must earn no more than an empty kernel does,
unless the table says otherwise. "Part" means that its values are right in some cases, or that only its
methods are wrong. "All" means that the kernel is right, only unusual. Other kernels keep their points, unless
the grader rejects the file or the file does not compile.

| attack | what it does | may earn | status |
|---|---|---|---|
"""


def row(name: str, does: str, earns: str, status: Iterable[Status]) -> str:
    """One attack: its name, what it does, what it earns, how its cases may end."""
    text = does.replace("|", "\\|")
    return f"| {name.replace('_', ' ')} | {text} | {earns} | {', '.join(one.value for one in status)} |\n"


def does(name: str) -> str:
    """The description of an attack in Python."""
    if (path := test_attacks.SUBMISSIONS / f"{name}.py").is_file():
        return " ".join((ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").split())
    return description(LANGUAGES[".py"] / f"{name}.py")[0]


def page() -> str:
    """The whole page."""
    python = (row(n, does(n), f"{must.flip:g}", must.status) for n, must in test_attacks.TABLE.items())
    functions = (
        row(name, does, {"all": f"{test_functions.POINTS}"}.get(gain, "fewer"), must)
        for name, (must, _) in test_functions.TABLE.items()
        for does, gain in [description(FUNCTIONS / f"{name}.py")]
    )
    cuda = (
        row(name, *description(LANGUAGES[".cu"] / f"{name}.cu"), must.status)
        for name, must in test_kernels.TABLE.items()
    )
    return "".join([HEAD, *python, OF_FUNCTIONS, *functions, KERNELS, *cuda])


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
