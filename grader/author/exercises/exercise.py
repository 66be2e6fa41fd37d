"""A function as its source says it, and what of it a student is given."""

from dataclasses import dataclass

from grader.model.errors import UserError

BEGIN, END = "BEGIN SOLUTION", "END SOLUTION"


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
    def stub(self) -> str:
        """What says what it does, its signature, and `missing` for what the student writes.

        Where the source marks a solution, what stands around the marks stays. UserError where nothing says
        what it does.
        """
        if not self.head:
            documentation = "docstring" if self.comment == "#" else "comment right above it"
            raise UserError(
                f"{self.name} has no {documentation}: it is what a student reads instead of the solution"
            )
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
