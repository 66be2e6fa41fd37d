"""A function or a class as its source says it, and what of it a student is given."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from grader.model.errors import UserError

BEGIN, END = "BEGIN SOLUTION", "END SOLUTION"


class Exercise(Protocol):
    """What a template may name: `whole` goes into a solution, `stub` into a handout.

    `functions` are the names of the functions that a student writes for it; those of a class are dotted.
    """

    @property
    def name(self) -> str:
        """Its own name, without that of a class around it."""

    @property
    def whole(self) -> str:
        """The source without the marks around a solution."""

    @property
    def stub(self) -> str:
        """The same without what a student writes; UserError where nothing says what it does."""

    @property
    def functions(self) -> tuple[str, ...]:
        """The names of what a student writes."""


@dataclass(frozen=True)
class Function:
    """A function or method of the reference: the `lines` of its source, indented as they stand there.

    `head` is how many of them a student keeps in any case (what it does, its signature), 0 where nothing says
    what it does; `tail` how many at the end (a closing brace). `missing` stands for what is the student's to
    write, and `comment` starts a comment in that language.
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
        return "\n".join(line for line in self.lines if not (self._is(line, BEGIN) or self._is(line, END)))

    @property
    def functions(self) -> tuple[str, ...]:
        """Itself alone."""
        return (self.name,)

    @property
    def is_marked(self) -> bool:
        """Whether the source says which part of it the student writes."""
        return any(self._is(line, BEGIN) for line in self.lines)

    @property
    def stub(self) -> str:
        """What says what it does, its signature, and `missing` for what the student writes.

        Where the source marks a solution, what stands around the marks stays. UserError where nothing says
        what it does.
        """
        if not self.head:
            documentation = "docstring" if self.comment == "#" else "comment right above it"
            raise _undocumented(self.name, documentation)
        end = len(self.lines) - self.tail
        body = self.lines[self.head : end]
        if not any(self._is(line, BEGIN) for line in body):
            body = (self.indent + self.missing,)
        lines, inside = list(self.lines[: self.head]), False
        for line in body:
            if self._is(line, BEGIN):
                inside = True
                lines.append(line.replace(f"{self.comment} {BEGIN}", self.missing))
            elif self._is(line, END):
                inside = False
            elif not inside:
                lines.append(line)
        return "\n".join([*lines, *self.lines[end:]])

    def _is(self, line: str, mark: str) -> bool:
        return line.strip() == f"{self.comment} {mark}"


@dataclass(frozen=True)
class Group:
    """Functions that a template names as one: those of a class, or the parts of a property.

    `members` are the functions among the `lines`, by the line (from 0) at which each begins; a function of a
    class goes by a dotted name. `documented` says whether a docstring says what the whole does: then a member
    needs none.
    """

    name: str
    lines: tuple[str, ...]
    members: Mapping[int, Function]
    documented: bool

    @property
    def whole(self) -> str:
        """The source without the marks around a solution."""
        return self._with({start: member.whole for start, member in self.members.items()})

    @property
    def functions(self) -> tuple[str, ...]:
        """Those that the stub leaves out."""
        written = (member.name for member in self._written().values())
        return tuple(dict.fromkeys(written))

    @property
    def stub(self) -> str:
        """The stub of each function; where some are marked, of those alone, and the others are given.

        UserError where nothing says what it does, or there is nothing to write.
        """
        if not self.documented:
            raise _undocumented(self.name, "docstring")
        if not self.members:
            raise UserError(f"{self.name} has no method: there is nothing in it that a student could write")
        return self._with({start: member.stub for start, member in self._written().items()})

    def _written(self) -> Mapping[int, Function]:
        marked = {start: member for start, member in self.members.items() if member.is_marked}
        return marked or self.members

    def _with(self, texts: Mapping[int, str]) -> str:
        """The lines, with other texts in the places of some members."""
        lines: list[str] = []
        at = 0
        for start, text in sorted(texts.items()):
            lines += [*self.lines[at:start], text]
            at = start + len(self.members[start].lines)
        return "\n".join([*lines, *self.lines[at:]])


def _undocumented(name: str, documentation: str) -> UserError:
    return UserError(f"{name} has no {documentation}: it is what a student reads instead of the solution")
