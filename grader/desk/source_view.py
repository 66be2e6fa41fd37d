"""Lays out source for reading: lines with comments and findings, and the changes between two files."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

from grader.batch.gradebook.submission_files import KeptFile
from grader.model.decision import Comment
from grader.model.grade import Grade, Status
from grader.model.text import lines_of
from grader.report.pages.match_lines import LineMatcher, TooDifferent
from grader.report.pages.side_by_side import MOST_LINES

CONTEXT = 3  # lines around a change
PLACE = re.compile(r"\b(?P<file>[A-Za-z_]\w*\.(?:py|cu)):(?P<line>\d{1,6})\b")


@dataclass(frozen=True)
class Finding:
    """The message of a case about one line of a submission."""

    case: str
    text: str


@dataclass(frozen=True)
class Line:
    """One line of a file, counted from 1, with the notes in its margin; `is_given`: it is in the handout."""

    number: int
    text: str
    is_given: bool = False
    comments: tuple[Comment, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def is_plain(self) -> bool:
        """True if the line is the handout's, or empty, and has no note."""
        return (self.is_given or not self.text.strip()) and not self.comments and not self.findings


@dataclass(frozen=True)
class SourceFile:
    """A file to read; `more` counts the lines not shown, `comments` are about the whole file."""

    name: str
    lines: tuple[Line, ...]
    more: int = 0
    problem: str = ""
    is_cut: bool = False
    comments: tuple[Comment, ...] = ()


@dataclass(frozen=True)
class DiffLine:
    """One line of a comparison: " " in both, "-" only before, "+" only after, "@" for omitted lines."""

    mark: str
    before: int
    after: int
    text: str


def source_files(
    files: Sequence[KeptFile], grade: Grade | None, comments: Iterable[Comment], handout: Mapping[str, str]
) -> list[SourceFile]:
    """The files of a submission with comments and findings at their lines."""
    comments_at: dict[tuple[str, int], list[Comment]] = defaultdict(list)
    for comment in comments:
        comments_at[comment.file, comment.line].append(comment)
    findings = _findings(grade, {comment.note for those in comments_at.values() for comment in those})
    laid_out = []
    for file in files:
        texts = lines_of(file.text)
        handout_lines = {line.strip() for line in lines_of(handout.get(file.name, "")) if line.strip()}
        lines = tuple(
            Line(
                number,
                text,
                text.strip() in handout_lines,
                tuple(comments_at[file.name, number]),
                tuple(findings.get((file.name, number), ())),
            )
            for number, text in enumerate(texts[:MOST_LINES], 1)
        )
        more = max(len(texts) - MOST_LINES, 0)
        whole = tuple(comments_at[file.name, 0])
        laid_out.append(SourceFile(file.name, lines, more, file.problem, file.is_cut, whole))
    return laid_out


def changes(before: Sequence[KeptFile], after: Sequence[KeptFile]) -> list[tuple[str, list[DiffLine]]]:
    """The changes from one submission to another, file by file; omits unchanged files.

    A file has no lines if its two versions differ in too many places to compare them.
    """
    old, new = ({file.name: file for file in files} for files in (before, after))
    blocks: list[tuple[str, list[DiffLine]]] = []
    for name in sorted(old.keys() | new.keys()):
        sides = [lines_of(those[name].text)[:MOST_LINES] if name in those else [] for those in (old, new)]
        if sides[0] != sides[1]:
            try:
                blocks.append((name, list(_compare(*sides))))
            except TooDifferent:
                blocks.append((name, []))
    return blocks


def _compare(before: list[str], after: list[str]) -> Iterator[DiffLine]:
    for group in LineMatcher(before, after).get_grouped_opcodes(CONTEXT):
        yield DiffLine("@", 0, 0, f"lines {group[0][1] + 1} and {group[0][3] + 1}")
        for kind, old, old_end, new, new_end in group:
            if kind == "equal":
                for offset in range(old_end - old):
                    yield DiffLine(" ", old + offset + 1, new + offset + 1, before[old + offset])
                continue
            for at in range(old, old_end):
                yield DiffLine("-", at + 1, 0, before[at])
            for at in range(new, new_end):
                yield DiffLine("+", 0, at + 1, after[at])


def _findings(grade: Grade | None, comments: Set[str]) -> Mapping[tuple[str, int], list[Finding]]:
    """The messages of failing cases by line: each text once per line, under the first case that has it.

    The grade's notes are included, apart from those that are comments.
    """
    findings: dict[tuple[str, int], dict[str, Finding]] = defaultdict(dict)
    for criterion in grade.criteria if grade is not None else ():
        for result in criterion.results:
            if result.status in (Status.OK, Status.NOT_RUN):
                continue
            for place in PLACE.finditer(result.rationale):
                at = (place["file"], int(place["line"]))
                findings[at].setdefault(
                    result.rationale, Finding(f"{criterion.id}/{result.case}", result.rationale)
                )
    for note in (note for note in grade.notes if note not in comments) if grade is not None else ():
        for place in PLACE.finditer(note):
            findings[place["file"], int(place["line"])].setdefault(note, Finding("note", note))
    return {at: list(those.values()) for at, those in findings.items()}
