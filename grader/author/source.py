"""Cuts functions out of the reference's source: whole, or as the stub that a student fills in."""

import ast
import textwrap
from dataclasses import dataclass
from pathlib import Path

from grader.model.errors import UserError

BEGIN, END = "# BEGIN SOLUTION", "# END SOLUTION"


@dataclass(frozen=True)
class Function:
    """A function or method of the reference: the `lines` of its source, indented as they stand there.

    `docstring_end` is how many of them its signature and docstring take, 0 where it has no docstring.
    """

    name: str
    lines: tuple[str, ...]
    docstring_end: int
    indent: str

    @property
    def whole(self) -> str:
        """The source without the marks around a solution."""
        return "\n".join(line for line in self.lines if line.strip() not in (BEGIN, END))

    @property
    def stub(self) -> str:
        """Signature, docstring, and `raise NotImplementedError` for what the student writes.

        Where the source marks a solution, what stands around the marks stays. UserError without a docstring.
        """
        if not self.docstring_end:
            raise UserError(
                f"{self.name} has no docstring: it is what a student reads instead of the solution"
            )
        missing = f"{self.indent}raise NotImplementedError"
        head, body = self.lines[: self.docstring_end], self.lines[self.docstring_end :]
        if BEGIN not in (line.strip() for line in body):
            return "\n".join([*head, missing])
        kept, inside = list(head), False
        for line in body:
            if line.strip() == BEGIN:
                inside = True
                kept.append(line.replace(BEGIN, "raise NotImplementedError"))
            elif line.strip() == END:
                inside = False
            elif not inside:
                kept.append(line)
        return "\n".join(kept)


def find_function(root: Path, reference: str) -> Function:
    """The function that `module.path:name`, or the method that `module.path:Class.name`, names below `root`.

    UserError where there is none.
    """
    module, _, name = reference.partition(":")
    path = root / (module.replace(".", "/") + ".py")
    if not path.is_file():
        raise UserError(f"a template names {reference!r}, and there is no {path.relative_to(root)}")
    text = path.read_text(encoding="utf-8")
    outer, _, inner = name.rpartition(".")
    body: list[ast.stmt] = ast.parse(text).body
    if outer:
        body = [
            s for node in body if isinstance(node, ast.ClassDef) and node.name == outer for s in node.body
        ]
    for node in body:
        if isinstance(node, ast.FunctionDef) and node.name == inner:
            return _cut(text.splitlines(), node)
    raise UserError(
        f"a template names {reference!r}, and {path.relative_to(root)} defines no function {name}"
    )


def _cut(lines: list[str], node: ast.FunctionDef) -> Function:
    first = node.decorator_list[0].lineno if node.decorator_list else node.lineno
    start, end = first - 1, node.end_lineno or node.lineno
    documented = ast.get_docstring(node) is not None
    docstring_end = (node.body[0].end_lineno or 0) - start if documented else 0
    return Function(node.name, tuple(lines[start:end]), docstring_end, " " * node.body[0].col_offset)


def without_methods(text: str, class_name: str, names: set[str]) -> str:
    """A module's source without those methods of one class, nor the blank line before each."""
    lines = text.splitlines()
    dropped: set[int] = set()
    for node in ast.parse(text).body:
        if isinstance(node, ast.ClassDef) and node.name == class_name:
            for method in node.body:
                if isinstance(method, ast.FunctionDef) and method.name in names:
                    first = method.decorator_list[0].lineno if method.decorator_list else method.lineno
                    start = first - 1
                    while start > 0 and not lines[start - 1].strip():
                        start -= 1
                    dropped |= set(range(start, method.end_lineno or first))
    return "\n".join(line for i, line in enumerate(lines) if i not in dropped) + "\n"


def removed_statements(function: Function) -> list[str]:
    """The statements that the stub leaves out, one string each, as `ast.unparse` writes them."""
    stub = {ast.dump(node) for node in ast.walk(_parse(function.stub)) if isinstance(node, ast.stmt)}
    body = _parse(function.whole).body[0]
    assert isinstance(body, ast.FunctionDef)
    return [ast.unparse(node) for node in body.body[1:] if ast.dump(node) not in stub]


def _parse(source: str) -> ast.Module:
    return ast.parse(textwrap.dedent(source))
