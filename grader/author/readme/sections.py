"""Writes the sections that every README has: contents, NDArray's methods, help, how to submit, Windows."""

import ast
import re
from collections.abc import Iterator, Mapping

from grader.model.assignment import Assignment, SubmissionLimits
from grader.model.late_policy import time_text

NDARRAY = "ndarray/ndarray.py"
FUNCTIONS = ("array", "zeros", "full", "empty", "normalize_axes")
OPERATORS = {
    "__getitem__": "a[index]",
    "__setitem__": "a[index] = value",
    "__matmul__": "a @ b",
    "__add__": "a + b",
    "__sub__": "a - b",
    "__mul__": "a * b",
    "__truediv__": "a / b",
    "__pow__": "a ** b",
    "__neg__": "-a",
}
COMPARISONS = {
    "__eq__": "a == b",
    "__ne__": "a != b",
    "__lt__": "a < b",
    "__le__": "a <= b",
    "__gt__": "a > b",
    "__ge__": "a >= b",
}
OF_DEVICES = ("is_run", "in_memory", "run", "native", "view")  # methods for NDArray's own operations
STUCK = """
## Stuck?

`make grade` shows the first unfinished exercise and, if there is one, the smallest case that fails in the
same way. Take that case to paper first. The report may also name a place: a line of your code with which
more cases pass if it is written differently. Then:

```
make try CASE={case}      # Python, with the inputs of the case and your functions
make debug CASE={case}    # the debugger, stopped where the case calls your function
make watch{space}    # grades again whenever you save
make page{space}     # the grade as a page, with pictures
```

At the prompt of `make try`, `show(expected, ask())` prints the expected result next to your function's,
and marks where they differ. The arrays of all visible cases are in `grading/frozen.npz`, which `numpy.load`
reads too. The output of your code appears below the case. `breakpoint()` works only under `make debug`,
because there is no keyboard while a case is graded.
"""
SUBMIT = """
## How to submit

`make submit` checks that {files} can be read and keeps to the rules. Then it copies {them} into the folder
`submit` and prints a digest. Submit the contents of that folder, and nothing else. Your instructor says
where.
"""
FREE = "\nThe commands of this folder have no limit: run them as often as you like.\n"
WINDOWS = """
## Windows

The commands need a Unix shell and `make`. On Windows use WSL: run `wsl --install` in PowerShell, start
Ubuntu, and install what is missing with `sudo apt install make python3-venv`. Unpack this folder inside
Ubuntu, for instance in your home folder there. Under `/mnt/c` everything works too, but more slowly.
"""
PYTHON = """
## Your Python

Your instructor grades with Python {python}. You may use a newer one. If `make grade` then prints a note that
your code needs the newer one, rewrite the line that it names.
"""


def complete(text: str, assignment: Assignment, files: Mapping[str, str], python: str) -> str:
    """The README with its contents at the top and the sections of every handout at the end."""
    case = next((c.name for one in assignment.rubric.criteria for c in one.cases), "")
    names = " and ".join(f"`{name}`" for name in assignment.files)
    parts = [text.rstrip() + "\n", STUCK.format(case=case, space=" " * (len(case) + 6))]
    parts.append(SUBMIT.format(files=names, them="it" if len(assignment.files) == 1 else "them"))
    parts.append(limits_on_submissions(assignment.submission_limits))
    if NDARRAY in files and any(_imports_ndarray(files.get(name, "")) for name in assignment.files):
        parts.append(methods_table(files[NDARRAY]))
    whole = "".join([*parts, WINDOWS, PYTHON.format(python=python)])
    return with_contents(whole)


def limits_on_submissions(limits: SubmissionLimits) -> str:
    """A paragraph on how often a student may submit; "" if there is no limit."""
    sentences = []
    if limits.at_most is not None:
        times = "once" if limits.at_most == 1 else f"{limits.at_most} times"
        sentences.append(f"You may submit {times}. Further submissions do not count.")
    if limits.cooldown:
        time = time_text(limits.cooldown)
        sentences.append(f"After a submission, wait {time}. One that comes sooner does not count.")
    return f"\n{' '.join(sentences)}\n{FREE}" if sentences else ""


def _imports_ndarray(source: str) -> bool:
    return bool(re.search(r"^(from|import) ndarray\b", source, re.MULTILINE))


def anchor(title: str) -> str:
    """The anchor of a heading, made as GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


def headings(text: str) -> list[str]:
    """The headings of the second level, in order; a comment in code does not count."""
    plain = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    return [line[3:].strip() for line in plain.splitlines() if line.startswith("## ")]


def with_contents(text: str) -> str:
    """The text with a list of its headings before the first of them."""
    links = "\n".join(f"- [{title}](#{anchor(title)})" for title in headings(text))
    before, mark, after = text.partition("\n## ")
    return f"{before}\n**Contents**\n\n{links}\n{mark}{after}" if mark else text


def methods_table(source: str) -> str:
    """A section on NDArray's members and constructors, with the first sentence of each docstring."""
    tree = ast.parse(source)
    rows = [*_of_fields(tree), *_of_operators(tree), *methods(source), *_of_functions(tree)]
    table = "\n".join(f"| `{call}` | {says} |" for call, says in rows)
    return f"\n## NDArray's methods\n\n| | |\n|---|---|\n{table}\n"


def methods(source: str) -> Iterator[tuple[str, str]]:
    """Each public method or property of NDArray as it is written, with its description."""
    for node in _methods_of(ast.parse(source)):
        if not node.name.startswith("_") and node.name not in OF_DEVICES:
            is_property = any(ast.unparse(each) == "property" for each in node.decorator_list)
            yield f".{node.name}" if is_property else f".{node.name}({_arguments(node, 1)})", _sentence(node)


def _methods_of(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    classes = (node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == "NDArray")
    return (node for node in next(classes).body if isinstance(node, ast.FunctionDef))


def _of_fields(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """The fields of an NDArray: the arguments of its constructor."""
    for node in _methods_of(tree):
        if node.name == "__init__" and len(node.args.args) > 1:
            names = "`, `".join(f".{argument.arg}" for argument in node.args.args[1:])
            where = "buffer[offset + i * strides[0] + j * strides[1] + ...]"
            yield names, f"What it consists of: element (i, j, ...) lies at `{where}`"


def _of_operators(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Operators, comparisons and indexing; those without a docstring share a row."""
    says = {node.name: _sentence(node) for node in _methods_of(tree)}
    yield from ((OPERATORS[name], text) for name, text in says.items() if name in OPERATORS and text)
    for signs, shared in (
        (OPERATORS, "Element by element; shapes broadcast as in NumPy, and one may be a number"),
        (COMPARISONS, "An array of 1 where it is true and 0 where it is not; shapes broadcast"),
    ):
        if plain := [sign for name, sign in signs.items() if says.get(name) == ""]:
            yield "`, `".join(plain), shared


def _of_functions(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """The module's own functions that students import."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name in FUNCTIONS:
            yield f"{node.name}({_arguments(node, 0)})", _sentence(node)


def _sentence(node: ast.FunctionDef) -> str:
    says = " ".join((ast.get_docstring(node) or "").split())
    return re.split(r"(?<=[^.]\.)\s", says, maxsplit=1)[0].rstrip(".").replace("|", "\\|")


def _arguments(node: ast.FunctionDef, first: int) -> str:
    names = [_argument(node, n) for n in range(first, len(node.args.args))]
    return ", ".join([*names, *(each.arg for each in node.args.kwonlyargs)])


def _argument(node: ast.FunctionDef, number: int) -> str:
    """An argument's name, with its default if it has one."""
    arguments = node.args
    default = number - (len(arguments.args) - len(arguments.defaults))
    name = arguments.args[number].arg
    return name if default < 0 else f"{name}={ast.unparse(arguments.defaults[default])}"
