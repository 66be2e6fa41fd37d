"""The source of a reference function or class: the full text, and the stub given to students."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from grader.model.errors import UserError

BEGIN, END = "BEGIN SOLUTION", "END SOLUTION"


class Exercise(Protocol):
    """Something that a template may name: `whole` goes into a solution, `stub` into a handout.

    `functions` are the names of the functions that a student writes for it; methods have dotted names.
    """

    @property
    def name(self) -> str:
        """Its own name, without the name of an enclosing class."""

    @property
    def whole(self) -> str:
        """The source without the marks around a solution."""

    @property
    def stub(self) -> str:
        """The same without the part that a student writes; UserError if it has no description."""

    @property
    def functions(self) -> tuple[str, ...]:
        """The names of the functions that a student writes."""


@dataclass(frozen=True)
class Function:
    """A function or method of the reference: the `lines` of its source, with their indentation.

    `head` is the number of lines at the start that a student always keeps (description and signature), 0 if
    there is no description; `tail` is the number at the end (a closing brace). `missing` replaces the part
    that the student writes, and `comment` starts a comment in that language.
    """

    name: str
    lines: tuple[str, ...]
    head: int
    indent: str
    tail: int = 0
    missing: str = "raise NotImplementedError"
    comment: str = "#"

    @property
    def whole(self) -> str:
        """The source without the marks around a solution."""
        return "\n".join(
            line for line in self.lines if not (self._is_mark(line, BEGIN) or self._is_mark(line, END))
        )

    @property
    def functions(self) -> tuple[str, ...]:
        """Itself alone."""
        return (self.name,)

    @property
    def is_marked(self) -> bool:
        """True if the source marks the part that the student writes."""
        return any(self._is_mark(line, BEGIN) for line in self.lines)

    @property
    def stub(self) -> str:
        """The description, the signature, and `missing` for the part that the student writes.

        If the source marks a solution, everything outside the marks stays. Raises UserError if there is no
        description.
        """
        if not self.head:
            documentation = "docstring" if self.comment == "#" else "comment right above it"
            raise _undocumented(self.name, documentation)
        end = len(self.lines) - self.tail
        body = self.lines[self.head : end]
        if not any(self._is_mark(line, BEGIN) for line in body):
            body = (self.indent + self.missing,)
        lines, is_inside = list(self.lines[: self.head]), False
        for line in body:
            if self._is_mark(line, BEGIN):
                is_inside = True
                lines.append(line.replace(f"{self.comment} {BEGIN}", self.missing))
            elif self._is_mark(line, END):
                is_inside = False
            elif not is_inside:
                lines.append(line)
        return "\n".join([*lines, *self.lines[end:]])

    def _is_mark(self, line: str, mark: str) -> bool:
        return line.strip() == f"{self.comment} {mark}"


@dataclass(frozen=True)
class Group:
    """Functions that a template names as one: the methods of a class, or the parts of a property.

    `members` maps the first line (from 0) of each function to the function; methods have dotted names. If
    it `is_documented`, the group has a docstring, so its members need none.
    """

    name: str
    lines: tuple[str, ...]
    members: Mapping[int, Function]
    is_documented: bool

    @property
    def whole(self) -> str:
        """The source without the marks around a solution."""
        return self._with({start: member.whole for start, member in self.members.items()})

    @property
    def functions(self) -> tuple[str, ...]:
        """The functions that the stub leaves out."""
        names = (member.name for member in self._members_to_write().values())
        return tuple(dict.fromkeys(names))

    @property
    def stub(self) -> str:
        """The stub of each function; if some are marked, only those become stubs, and the others stay whole.

        Raises UserError if there is no description, or nothing to write.
        """
        if not self.is_documented:
            raise _undocumented(self.name, "docstring")
        if not self.members:
            raise UserError(f"{self.name} has no method, so a student would have nothing to write: add one")
        return self._with({start: member.stub for start, member in self._members_to_write().items()})

    def _members_to_write(self) -> Mapping[int, Function]:
        marked = {start: member for start, member in self.members.items() if member.is_marked}
        return marked or self.members

    def _with(self, texts: Mapping[int, str]) -> str:
        """The lines, with some members replaced by other texts."""
        lines: list[str] = []
        at = 0
        for start, text in sorted(texts.items()):
            lines += [*self.lines[at:start], text]
            at = start + len(self.members[start].lines)
        return "\n".join([*lines, *self.lines[at:]])


def _undocumented(name: str, documentation: str) -> UserError:
    return UserError(f"{name} has no {documentation}: write one for students to read")
