"""Laws of the code blocks of pages and handouts: each is tried, or is listed with the reason why not."""

import ast
import importlib.util
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml
from jinja2 import Environment
from pydantic import BaseModel

from grader.author.load import load
from grader.author.render import render
from grader.author.schema import AssignmentModel, CourseModel, RubricModel
from tests.test_docs import LINK, PAGES, ROOT, anchors

FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
HANDOUTS = sorted(
    path.parent
    for folder in ("assignments", "examples/assignments")
    for path in (ROOT / folder).glob("*/assignment.yaml")
)
TARGETS = re.compile(r"^([a-z][a-z -]*):(?!=)", re.MULTILINE)
ELSEWHERE = {  # programs that no page promises to be here
    "cd", "git", "gh", "glab", "mkdir", "pip", "dask", "kubectl", "for", "do", "done", "repo",
}  # fmt: skip
NOT_TRIED = {  # the first words of a block, and what it is
    "             cli/grade.py": "a picture of the modules",
    "folder or zip ─ intake": "a picture of the modules",
    "gradebook ─▶ ClassRow": "a picture of the modules",
    "292 graded": "what a batch prints; tests/grader/report holds the words of each line",
    "7 × the file has another name": "what a batch prints; tests/grader/report holds the words of each line",
}


class Block(NamedTuple):
    """A code block of a page, without the indentation of the list that it stands in."""

    page: str
    number: int
    language: str
    text: str

    def __str__(self) -> str:
        return f"{self.page}-{self.number}{'-' + self.language if self.language else ''}"


def blocks(page: str, text: str) -> Iterator[Block]:
    for number, (indent, language, body) in enumerate(FENCE.findall(text)):
        lines = [line.removeprefix(indent) for line in body.splitlines()]
        yield Block(page, number, language, "\n".join(lines))


OF_PAGES = [
    block
    for page in PAGES
    for block in blocks(page.relative_to(ROOT).as_posix(), page.read_text(encoding="utf-8"))
]
of_language = {
    language: [block for block in OF_PAGES if block.language == language]
    for language in ("python", "yaml", "jinja", "")
}


def test_every_language_of_a_block_is_one_that_is_tried() -> None:
    assert {block.language for block in OF_PAGES} == set(of_language)


def try_python(block: Block) -> None:
    """It parses, and what it imports of ours exists. test_api.py runs the examples of docs/library.md."""
    if ">>>" in block.text:
        assert block.page == "docs/library.md"
        return
    for node in ast.walk(ast.parse(block.text)):
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith(("grader", "reference")):
            module = importlib.import_module(str(node.module))
            assert [alias.name for alias in node.names if not hasattr(module, alias.name)] == []


@pytest.mark.parametrize("block", of_language["python"], ids=str)
def test_python_of_a_page_is_python(block: Block) -> None:
    try_python(block)


@pytest.mark.parametrize("block", of_language["yaml"], ids=str)
def test_yaml_of_a_page_has_keys_that_the_loader_knows(block: Block) -> None:
    """test_describe_schema.py loads the rubrics of docs/rubric.md; here are the other two files."""
    content = yaml.safe_load(block.text)
    if isinstance(content, dict):
        models: dict[str, type[BaseModel]] = {"assignments": CourseModel, "criteria": RubricModel}
        model = next((models[key] for key in models if key in content), AssignmentModel)
        assert set(content) <= set(model.model_fields)
        if model is CourseModel or "name" in content:  # else it shows some keys alone, or has cases
            model.model_validate(content)
    else:
        assert all(
            {"id", "title", "points"} <= set(criterion) or criterion.get("functions") for criterion in content
        )


@pytest.mark.parametrize("block", of_language["jinja"], ids=str)
def test_a_template_of_a_page_is_a_template(block: Block) -> None:
    Environment(autoescape=False).parse(block.text)


def try_commands(text: str, makefile: str) -> None:
    """The shell can read it, and each line calls a program, a target or a module that exists."""
    subprocess.run([shutil.which("bash") or "sh", "-n", "-c", text], check=True)
    for line in text.replace("\\\n", " ").splitlines():
        program, *rest = shlex.split(line, comments=True) or [""]
        if program == "make":
            targets = {word for word in rest if "=" not in word}
            assert targets <= set(" ".join(TARGETS.findall(makefile)).split()), line
        elif program == "python":
            module = rest[rest.index("-m") + 1] if "-m" in rest else "sys"
            assert importlib.util.find_spec(module), line
        elif program and program != "grader":  # test_docs.py parses what calls `grader`
            assert program.partition("=")[0] in ELSEWHERE, line


@pytest.mark.parametrize("block", of_language[""], ids=str)
def test_commands_of_a_page_can_be_run(block: Block) -> None:
    if block.text.startswith(tuple(NOT_TRIED)):
        return
    if block.page == "docs/student.md":
        makefile = render(load(HANDOUTS[0]), "handout").files["Makefile"]
    else:
        makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    try_commands(block.text, makefile)


def test_every_block_that_is_not_tried_is_still_on_a_page() -> None:
    starts = {start for start in NOT_TRIED for block in of_language[""] if block.text.startswith(start)}
    assert starts == set(NOT_TRIED)


NUMBER = r"-?\d+(?:\.\d+)?"
EQUATION = re.compile(
    rf"(?<![\w)·/.])([\d(-][\d. ()·+/-]*[\d)]) += +({NUMBER})(?![\w/·\[]|\.\d| *[·+/]| - \d)"
)


def equations(text: str) -> list[tuple[str, str]]:
    """The formulas of numbers, with a sum or a product, that a text says are equal to a number.

    Not one that begins on the line before, and no row of a matrix, whose numbers stand in columns.
    """
    return [
        (left, right)
        for match in EQUATION.finditer(text)
        for left, right in [match.groups()]
        if re.search(r"[·+/]|\d - ", left)
        and "  " not in left
        and left.count("(") == left.count(")")
        and not re.search(r"\d \d|[\d)] \(", left)
        and not text[: match.start()].rstrip().endswith(tuple("+-·/"))
    ]


def holds(left: str, right: str) -> bool:
    """Whether a formula comes to a number, which may be rounded to the digits that it has."""
    digits = len(right.partition(".")[2])
    return abs(value(left) - Fraction(right)) <= Fraction(1, 2 * 10**digits) * (digits > 0)


def value(formula: str) -> Fraction:
    """What a formula of numbers, + - · / and brackets comes to."""

    def of(node: ast.expr) -> Fraction:
        match node:
            case ast.Constant(value=int(number) | float(number)):
                return Fraction(str(number))
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return -of(operand)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return of(left) + of(right)
            case ast.BinOp(left=left, op=ast.Sub(), right=right):
                return of(left) - of(right)
            case ast.BinOp(left=left, op=ast.Mult(), right=right):
                return of(left) * of(right)
            case ast.BinOp(left=left, op=ast.Div(), right=right):
                return of(left) / of(right)
        raise AssertionError(ast.unparse(node))

    return of(ast.parse(formula.replace("·", "*"), mode="eval").body)


@pytest.mark.parametrize("folder", HANDOUTS, ids=lambda path: path.name)
def test_blocks_equations_and_links_of_a_handout_hold(folder: Path) -> None:
    """Its commands and its Python are tried, its arithmetic is right, and its links lead somewhere.

    A block without a language that is no command is a drawing made of numbers and letters.
    """
    handout = render(load(folder), "handout")
    page = handout.files["README.md"]
    for block in blocks(folder.name, page):
        assert block.language in ("", "python"), block
        if block.language == "python":
            try_python(block)
        elif block.text.startswith(("make", "grader", "python", "pip")):
            try_commands(block.text, handout.files["Makefile"])
    wrong = [equation for equation in equations(page) if not holds(*equation)]
    assert wrong == []

    text = FENCE.sub("", page)
    there = {f"#{anchor}" for anchor in anchors(page)}
    there |= {*handout.files, *handout.pictures}
    targets = {target for target in LINK.findall(text) if not target.startswith("https://")}
    assert targets - there == set()


def test_the_arithmetic_of_most_handouts_is_tried() -> None:
    """The law above would hold if it found no equation."""
    counts = {
        path.name: len(equations(render(load(path), "handout").files["README.md"])) for path in HANDOUTS
    }
    assert sum(counts.values()) >= 30 and sum(map(bool, counts.values())) >= 8, counts
