"""Writes one submission's feedback as Markdown; no text from a student is read as markup."""

import re
from collections.abc import Iterator

from grader.model.grade import CriterionGrade, Grade
from grader.model.late_policy import FinalScore
from grader.model.text import clean, clean_line, score_text
from grader.report.feedback_content import Block, feedback_on, is_fault, remark, title_beside_id

_SPECIAL = re.compile(r"([\\`*_\[\]<>#!|~&@]|:(?=//))")


def to_markdown(grade: Grade, final: FinalScore | None = None, title: str = "") -> str:
    """The output of `terminal.show`, laid out as Markdown (CommonMark with tables)."""
    score = grade.score if final is None else final.score
    offered = "visible points" if grade.withheld else "points"
    lines = [f"# {escaped(title or grade.assignment)}", ""]
    lines += [f"**{score_text(score)} / {score_text(grade.max_score)} {offered}**", ""]
    if grade.withheld:
        lines += [f"{score_text(grade.withheld)} more on hidden cases.", ""]
    feedback = feedback_on(grade)
    if feedback.whole is not None:
        lines += _block(feedback.whole)
    lines += ["| criterion | score | |", "|---|---:|---|"]
    for criterion in grade.criteria:
        unscored = criterion.results and all(is_fault(result) for result in criterion.results)
        earned = "–" if unscored else score_text(criterion.score)
        heading = _heading(criterion)
        lines.append(
            f"| {heading} | {earned} / {score_text(criterion.points)} | {escaped(remark(criterion))} |"
        )
    lines.append("")
    if final is not None and final.steps:
        lines += [*steps_table(final), ""]
    lines += [f"- note: {_code(clean(note))}" for note in grade.notes]
    lines += [""] * bool(grade.notes)
    for section in feedback.sections:
        lines += [f"## {_heading(section.criterion)}", ""]
        for block in section.blocks:
            lines += _block(block)
        if section.more:
            lines += [f"And {len(section.more)} more: {escaped(', '.join(section.more))}.", ""]
    return "\n".join(lines).rstrip() + "\n"


def _heading(criterion: CriterionGrade) -> str:
    return ": ".join(filter(None, (escaped(criterion.id), escaped(title_beside_id(criterion)))))


def steps_table(final: FinalScore) -> list[str]:
    """The steps of the policies from the points earned to the final score."""
    lines = ["| | | score |", "|---|---|---:|", f"| earned | | {score_text(final.earned)} |"]
    lines += [f"| {escaped(s.policy)} | {escaped(s.says)} | {score_text(s.score)} |" for s in final.steps]
    return [*lines, f"| **final score** | | **{score_text(final.score)}** |"]


def escaped(text: str) -> str:
    """`text` on one line, with all markup escaped."""
    return _SPECIAL.sub(r"\\\1", clean_line(text))


def _block(block: Block) -> Iterator[str]:
    yield f"**{escaped(block.heading)}**: {escaped(block.status)}"
    yield ""
    for label, text in block.facts:
        yield f"- {label}: {_code(text)}" if "\n" not in text else f"- {label}:"
        if "\n" in text:
            yield from _fenced(text)
    if block.facts:
        yield ""


def _code(text: str) -> str:
    """A code span; its delimiter is longer than any run of backticks in it (CommonMark 0.31, 6.1)."""
    marks = "`" * (1 + max(map(len, re.findall("`+", text)), default=0))
    return f"{marks} {' '.join(text.split())} {marks}"


def _fenced(text: str) -> Iterator[str]:
    marks = "`" * max(3, 1 + max(map(len, re.findall("`+", text)), default=0))
    yield f"  {marks}text"
    yield from (f"  {line}" for line in clean(text).splitlines())
    yield f"  {marks}"
