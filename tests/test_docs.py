"""Laws of the pages that people read: links lead somewhere, pictures exist, commands are command lines."""

import ast
import re
import shlex
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from grader.cli.command_line.arguments import parse

ROOT = Path(__file__).parents[1]
PAGES = sorted(
    path
    for path in (*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob(".github/*.md"))
    if path.name != "CHANGELOG.md"
)
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^ *```.*?^ *```$", re.DOTALL | re.MULTILINE)
CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)


def anchors(page: str) -> set[str]:
    """The anchors that GitHub gives the headings of a page."""
    headings = re.findall(r"^#+ (.+)$", CODE.sub(lambda m: m[0].strip("`"), page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_link_leads_to_a_file_and_a_heading_that_exist(page: Path) -> None:
    dead_links = []
    for target in LINK.findall(CODE.sub("", page.read_text(encoding="utf-8"))):
        name, _, anchor = target.partition("#")
        if name.startswith(("http:", "https:", "mailto:")):
            continue
        path = (page.parent / name).resolve() if name else page
        if not path.exists() or (anchor and path.suffix == ".md" and anchor not in anchors(path.read_text())):
            dead_links.append(target)
    assert dead_links == []


TEMPLATES = [
    path
    for folder in ("assignments", "examples/assignments")
    for path in sorted(ROOT.glob(f"{folder}/*/templates/README.md.j2"))
]


@pytest.mark.parametrize("page", [*PAGES, *TEMPLATES], ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_item_of_a_list_begins_a_line(page: Path) -> None:
    text = CODE.sub("", page.read_text(encoding="utf-8"))
    assert re.findall(r"^.*[.;] -(?: [A-Za-z`*].*)?$", text, re.MULTILINE) == []


@pytest.mark.parametrize("page", [*PAGES, *TEMPLATES], ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_number_of_a_list_begins_an_item_and_no_other_line(page: Path) -> None:
    """A line of a sentence that begins with `2.` becomes an item of a list if the text is wrapped again."""
    text = page.read_text(encoding="utf-8")
    numbered = re.findall(r"^ *\d+\. ", CODE.sub("", text), re.MULTILINE)
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    items = [token for token in tokens if token.type == "list_item_open" and token.info]
    assert len(numbered) == len(items)
    assert re.findall(r"^.*[.;] \d+\. [a-z].*$", CODE.sub("", text), re.MULTILINE) == []


BAR = re.compile(r"(?<!\\)\|")  # between two cells; a bar within a cell is escaped, even in code


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_row_of_a_table_has_as_many_cells_as_its_head(page: Path) -> None:
    """Otherwise a reader sees a shifted row, or a row that ends in the middle of a sentence."""
    lines = FENCE.sub("", page.read_text(encoding="utf-8")).splitlines()
    tables = [list(rows) for is_row, rows in groupby(lines, key=lambda line: line.startswith("|")) if is_row]
    cells = {row: (len(BAR.findall(row)), len(BAR.findall(rows[0]))) for rows in tables for row in rows}
    assert [row for row, (count, of_head) in cells.items() if count != of_head] == []


MOST_CHARACTERS = 120  # of a line of prose; an expression, a table or a picture may be longer


@pytest.mark.parametrize("page", [*PAGES, *TEMPLATES], ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_line_of_a_page_fits_an_editor(page: Path) -> None:
    lines = FENCE.sub("", page.read_text(encoding="utf-8")).splitlines()
    prose = [line for line in lines if "{{" not in line and not line.lstrip().startswith("|")]
    assert [line for line in prose if len(line) > MOST_CHARACTERS] == []


FOLDERS = [
    "grader", "reference", "tests", "assignments", "benchmarks", "docs", "changelog.d",
    *sorted(path.name for path in (ROOT / "grader").iterdir() if path.is_dir()),  # pages leave out `grader/`
]  # fmt: skip
PATH = re.compile(rf"`((?:{'|'.join(map(re.escape, FOLDERS))})/[\w./-]+)`")


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_path_that_a_page_names_exists(page: Path) -> None:
    paths = PATH.findall(page.read_text(encoding="utf-8"))
    assert [
        path for path in paths if not (ROOT / path).exists() and not (ROOT / "grader" / path).exists()
    ] == []


MODULE = re.compile(r"`([\w/]+\.py)`")
OF_STUDENTS = ROOT / "grader" / "intake"  # its docstrings name files that students submit
NOT_OURS = {"autograder.py"}  # a script of Classroom 50


def test_every_module_that_a_modules_docstring_names_exists() -> None:
    paths = [
        path for folder in ("grader", "reference", "benchmarks") for path in (ROOT / folder).rglob("*.py")
    ]
    names = {
        path.name for path in (*paths, *(ROOT / "assignments").rglob("*.py"), *(ROOT / "tests").rglob("*.py"))
    }
    for path in paths:
        docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
        if not path.is_relative_to(OF_STUDENTS):
            mentioned = {name.rpartition("/")[2] for name in MODULE.findall(docstring)}
            assert mentioned - names - NOT_OURS == set(), path


DIAGRAM = re.compile(r"^```\n(.*?)^```", re.MULTILINE | re.DOTALL)
IN_DIAGRAM = re.compile(r"(?<![\w/])((?:\w+/)*\w+(?:\.py|/))(?![\w.])")
NAME = re.compile(r"`([A-Za-z_][\w.]*)(?:\(\w*\))?`")
OF_FILES = (".cpp", ".cu", ".h", ".md", ".npz", ".yaml")


def test_every_module_that_the_page_on_architecture_draws_exists() -> None:
    page = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    drawn = {path for diagram in DIAGRAM.findall(page) for path in IN_DIAGRAM.findall(diagram)}
    assert {"judge/session.py", "kinds/", "oracles.py"} <= drawn
    ours = [f"/{path.relative_to(ROOT).as_posix()}" for path in (ROOT / "grader").rglob("*")]
    ends = {f"/{path.rstrip('/')}": path for path in drawn}
    assert [path for end, path in ends.items() if not any(each.endswith(end) for each in ours)] == []


def defined_in(path: Path) -> Iterator[str]:
    """The module's name and those of its folders, and every name that it defines."""
    yield from (*path.relative_to(ROOT).parts, path.stem)
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name) | ast.arg(arg=name):
                yield name
            case ast.Name(id=name, ctx=ast.Store()):
                yield name


def test_every_name_on_the_page_on_architecture_is_defined() -> None:
    names = set(NAME.findall((ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")))
    assert {"ClassRow.review_reason", "oracles.FrozenOracle", "DEFAULT_IMPORTS"} <= names
    folders = ("grader", "reference", "tests")
    defined = {
        name for folder in folders for path in (ROOT / folder).rglob("*.py") for name in defined_in(path)
    }
    names = {name for name in names if Path(name).suffix not in OF_FILES}
    parts = {name: name.removesuffix(".py").split(".") for name in names}
    assert [name for name, each in parts.items() if not defined.issuperset(each)] == []


CACHE = re.compile(r"""(?:UserCache\(|^CACHE = |"backflip" / )"(\w+)\"""", re.MULTILINE)


def test_the_page_of_limits_lists_every_folder_of_the_cache() -> None:
    modules = [path for folder in ("grader", "reference") for path in (ROOT / folder).rglob("*.py")]
    folders = {name for path in modules for name in CACHE.findall(path.read_text(encoding="utf-8"))}
    limits = (ROOT / "docs/limits.md").read_text(encoding="utf-8")
    table = limits.partition("| Folder | Contents |")[2].partition("\n\n")[0]
    assert set(re.findall(r"^\| `(\w+)`", table, re.MULTILINE)) == folders


def test_the_readme_sells_in_a_screen_and_leads_each_reader_to_a_page() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert len(readme.splitlines()) <= 80
    for page in (
        "docs/student.md",
        "docs/instructor.md",
        "docs/authoring.md",
        "CONTRIBUTING.md",
        "SECURITY.md",
    ):
        assert f"]({page})" in readme


BLOCK = re.compile(r"```\w*\n(.*?)```", re.DOTALL)
TEMPLATES = sorted(path for folder in ("grader", "assignments") for path in (ROOT / folder).rglob("*.md.j2"))


def command_lines(page: Path) -> list[str]:
    """The lines of a page's code blocks that call `grader`; a number stands in the place of N."""
    blocks = BLOCK.findall(page.read_text(encoding="utf-8"))
    lines = [line for block in blocks for line in block.splitlines() if line.startswith("grader ")]
    return [re.sub(r"\bN\b", "3", line.replace("{{ name }}", "NAME")) for line in lines]


COMMANDS = [
    pytest.param(line, id=f"{page.relative_to(ROOT).as_posix()}-{number}")
    for page in (*PAGES, *TEMPLATES)
    for number, line in enumerate(command_lines(page))
]


@pytest.mark.parametrize("line", COMMANDS)
def test_every_command_that_a_page_shows_is_a_command_line(line: str) -> None:
    """A command that `grader` would refuse exits here, with the status of a mistake."""
    words = shlex.split(line, comments=True)
    assert parse(words[1:]).command == words[1]
