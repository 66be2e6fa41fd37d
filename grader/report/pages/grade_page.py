"""Draws one submission's grade as a page: bars, heat maps, the smallest case step by step.

`article` is the part that another page may contain, with `STYLE` in its head. It needs no network, script or
library, and every text is escaped where it is inserted.
"""

import math
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from grader.draw.accesses import draw_accesses
from grader.draw.convolution import draw_steps, steps_of
from grader.draw.grid import heat_grids, magnitude, telling_grids
from grader.draw.markup import Markup, element
from grader.draw.warp import draw_warp
from grader.model.example import Example, Table, number_text, setting_text
from grader.model.grade import CriterionGrade, Grade
from grader.model.text import CODE, clean, clean_line, score_text
from grader.report.feedback_content import (
    Block,
    Label,
    Section,
    feedback_on,
    is_fault,
    remark,
    title_beside_id,
)
from grader.report.next_step import Place, next_step, where_to_begin

__all__ = ["STYLE", "CloseUp", "article", "to_html"]

STYLE = Path(__file__).with_name("grade.css").read_text(encoding="utf-8")
GRIDS = 2
IN_FULL = 3  # failing cases of a criterion that are drawn
PLACE_IN_SOURCE = re.compile(r"^([\w./-]+\.cu):(\d+): (.*)$", re.MULTILINE)
STRESSED = re.compile(r"(?<![\w*])\*([^\s*](?:[^*]*[^\s*])?)\*(?![\w*])")
ALTERNATIVE = re.compile(r" (?=\(\d\) [A-Z])")  # before each of several ideas that explain the same
PLACE_IN_README = re.compile(r"README\.md#([\w-]+)")
AROUND = 3  # lines of a source around a finding
CONTENT_SECURITY_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
ACCESS = re.compile(r" (?:reads|writes) ")  # in a finding, the threads come before it


@dataclass(frozen=True)
class CloseUp:
    """The further content of a page: failing cases in full, the smallest like them, the sources.

    `readme` is the address of the handout's rendered README, "" if there is none.
    """

    whole: Mapping[str, Example] = field(default_factory=dict)
    small: Mapping[str, Example] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
    readme: str = ""
    place: Place | None = None

    def smallest(self, name: str) -> Example | None:
        """The smallest case like a failing one; without one, that case itself if it is small."""
        whole = self.whole.get(name)
        return self.small.get(name) or (whole if whole is not None and whole.is_small else None)


def to_html(grade: Grade, reveal: bool = False, close_up: CloseUp = CloseUp()) -> str:
    """The page, complete in one file."""
    names = dict.fromkeys((clean_line(grade.assignment), clean_line(grade.submission)))
    title = ": ".join(names)  # the folder of a handout often has the assignment's name
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", http_equiv="Content-Security-Policy", content=CONTENT_SECURITY_POLICY),
        element("link", rel="icon", href="data:,"),
        element("title", title),
        element("style", Markup(STYLE)),
    )
    body = element("body", element("main", element("h1", title), article(grade, reveal, close_up)))
    return f"<!DOCTYPE html>\n{element('html', head, body, lang='en')}\n"


def article(grade: Grade, reveal: bool = False, close_up: CloseUp = CloseUp()) -> Markup:
    """The grade as the body of a page; shows hidden cases as visibility allows, or all with `reveal`."""
    feedback = feedback_on(grade, reveal, IN_FULL)
    begin = where_to_begin(grade, close_up.place) if close_up.place else ()
    steps = begin or ((next_step(grade, close_up.place),) if close_up.place else ())
    lines = [element("span", _linked(line, close_up), class_="line") for line in steps]
    sections = feedback.sections if not begin else ()
    notes = [element("li", _with_code(clean(note))) for note in grade.notes]
    return element(
        "div",
        _score(grade),
        element("p", lines, class_="next") if lines else None,
        element("ul", notes, class_="notes") if notes else None,
        _block(feedback.whole, "", close_up) if feedback.whole is not None else None,
        element("h2", "Exercises"),
        _bars(grade, {section.criterion.id for section in sections}),
        [_section(section, close_up) for section in sections],
        class_="grade",
    )


def _linked(line: str, close_up: CloseUp) -> list[object]:
    """One of the grader's own lines: code is marked as code, and a place in the README becomes a link."""
    parts: list[object] = []
    for part in _with_code(line):
        match = PLACE_IN_README.search(part) if isinstance(part, str) and close_up.readme else None
        if match is None or isinstance(part, Markup):
            parts.append(part)
        else:
            link = element("a", match[0], href=f"{close_up.readme}#{match[1]}")
            parts += [match.string[: match.start()], link, match.string[match.end() :]]
    return parts


def _in_authors_words(line: str) -> list[object]:
    """A line of a mutant's message: text between backticks is code, text between stars is emphasized."""
    parts: list[object] = []
    for part in _with_code(line):
        if isinstance(part, Markup):
            parts.append(part)
        else:
            pieces = STRESSED.split(str(part))
            parts += [element("em", piece) if number % 2 else piece for number, piece in enumerate(pieces)]
    return parts


def _with_code(text: str) -> list[object]:
    """A text with code between backticks; one that has no partner in its line stays."""
    return [element("code", part) if number % 2 else part for number, part in enumerate(CODE.split(text))]


def _score(grade: Grade) -> Markup:
    offered = "visible points" if grade.withheld else "points"
    more = f"{score_text(grade.withheld)} more on hidden cases" if grade.withheld else ""
    part = f"Not a grade: {grade.not_selected} cases were not selected." if grade.not_selected else ""
    return element(
        "p",
        element("b", score_text(grade.score), class_="score"),
        f" of {score_text(grade.max_score)} {offered}",
        element("span", more, class_="soft line") if more else None,
        element("span", part, class_="soft line") if part else None,
    )


def _bars(grade: Grade, described: Set[str]) -> Markup:
    """A row for each criterion; those that the page describes lead to their section."""
    rows = []
    for criterion in grade.criteria:
        name: object = clean_line(criterion.id)
        if criterion.id in described:
            name = element("a", name, href=f"#{_anchor(criterion.id)}")
        unscored = criterion.results and all(is_fault(result) for result in criterion.results)
        score = "–" if unscored else score_text(criterion.score)
        rows.append(
            element(
                "tr",
                element("th", name, scope="row"),
                element("td", f"{score} / {score_text(criterion.points)}", class_="n"),
                element("td", _bar(criterion), class_="bar"),
                element(
                    "td",
                    _with_code(title_beside_id(criterion)),
                    element("span", _with_code(remark(criterion)), class_="soft line"),
                ),
            )
        )
    return element("table", element("tbody", rows), class_="bars")


def _bar(criterion: CriterionGrade) -> Markup:
    share = float(criterion.score / criterion.points) if criterion.points else 0.0
    return element(
        "svg",
        element("rect", width=100, height=10, class_="empty"),
        element("rect", width=f"{100 * share:.1f}", height=10, class_="full" if share == 1 else "part"),
        viewBox="0 0 100 10",
        role="img",
        aria_label=f"{100 * share:.0f} percent",
        preserveAspectRatio="none",
    )


def _anchor(id: str) -> str:
    return "x-" + re.sub(r"[^\w-]", "-", id)


def _section(section: Section, close_up: CloseUp) -> Markup:
    criterion, more = section.criterion, section.more
    title = title_beside_id(criterion)
    return element(
        "section",
        element("h2", clean_line(criterion.id), id=_anchor(criterion.id)),
        element("p", _with_code(title), class_="soft") if title else None,
        [element("p", _with_code(fact), class_="line") for fact in section.facts],
        [
            _block(block, block.case, close_up, small)
            for block, small in _small_once(section.blocks, close_up)
        ],
        element("p", f"{len(more)} more: {', '.join(more)}", class_="soft") if more else None,
    )


def _small_once(blocks: Sequence[Block], close_up: CloseUp) -> Iterator[tuple[Block, Example | None]]:
    """The blocks, each with its smallest case; None if an earlier block of the criterion has the same one."""
    earlier: list[tuple[object, ...]] = []
    for block in blocks:
        example = close_up.smallest(block.case)
        about = (example.settings, example.inputs, example.compared, example.end_reason) if example else ()
        yield block, None if about in earlier else example
        earlier.append(about)


def _block(block: Block, name: str, close_up: CloseUp, smallest: Example | None = None) -> Markup:
    facts = [
        joined
        for label, text in block.facts
        for joined in (element("dt", label), element("dd", _fact(label, text, close_up)))
    ]
    whole = close_up.whole.get(name)
    return element(
        "article",
        element("h3", block.heading),
        element("p", block.status, class_="status"),
        element("dl", facts) if facts else None,
        _heat(whole) if whole is not None else None,
        _smallest(smallest) if smallest is not None else None,
        [_findings(text, close_up) for label, text in block.facts if label in (Label.WHY, Label.ACTUAL)],
    )


def _fact(label: Label, text: str, close_up: CloseUp) -> object:
    if label is Label.READ and close_up.readme and "#" in text:
        return element("a", text, href=f"{close_up.readme}#{text.partition('#')[2]}")
    if label is Label.IDEA:  # the author's words: a submission's own text may hold any backtick
        lines = ALTERNATIVE.sub("\n", text).splitlines()
        return [element("span", _in_authors_words(line), class_="line") for line in lines]
    shown = _with_code(text) if label is Label.WHY else text
    return element("pre", shown) if "\n" in text else shown


def _heat(example: Example) -> list[Markup]:
    """A row for each result that is wrong: expected, actual and difference, on one color scale."""
    rows = []
    for expected, actual in example.differing:
        if expected is None or actual is None or not expected.values or not actual.values:
            continue
        tables = [expected, actual]
        if expected.shape == actual.shape:
            tables.append(_difference(expected, actual))
        rows.append(_row(tables, _largest(tables[:2]), "expected, actual and difference"))
    return rows


def _row(tables: Sequence[Table], largest: float, label: str) -> Markup:
    """Arrays side by side.

    For a comparison, those of one shape have squares of one size, and those with the shape of a wrong one
    show the same grids.
    """
    telling = {table.shape: telling_grids(table, GRIDS) for table in tables}
    telling |= {table.shape: telling_grids(table, GRIDS) for table in tables if any(table.wrong)}
    longest: dict[tuple[int, ...], int] = defaultdict(int)
    for table in tables:
        longest[table.shape] = max([longest[table.shape], *(len(number_text(v)) for v in table.values)])
    figures = [
        _figure(table, largest, telling[table.shape], longest[table.shape])
        for table in tables
        if table.values
    ]
    return element("div", figures, class_="row", role="group", aria_label=label)


def _largest(tables: Sequence[Table]) -> float:
    """The largest of the absolute values that are finite."""
    sizes = (magnitude(value) for table in tables for value in table.values)
    return max(filter(math.isfinite, sizes), default=0.0)


def _difference(expected: Table, actual: Table) -> Table:
    """Actual minus expected; 0 where the case allows the difference, such as that of rounding."""
    gaps = zip(actual.values, expected.values, actual.wrong or (True,) * len(actual.values), strict=True)
    values = tuple(a - e if is_wrong else 0.0 for a, e, is_wrong in gaps)
    return Table("difference", actual.shape, values, actual.dtype, actual.grid, actual.wrong)


def _figure(table: Table, largest: float, numbers: Sequence[int], longest: int) -> Markup:
    columns = max((len(grid[0]) if grid else 0 for _, grid in table.grids()), default=0)
    size = 34 if columns <= 8 else 22
    shape = "×".join(map(str, table.shape)) or "a number"
    count = sum(1 for _ in table.grids())
    more = f", {len(numbers)} of {count} grids" if count > len(numbers) else ""
    layout = element("span", table.layout, class_="line") if table.layout else None
    caption = element("figcaption", element("b", table.name), f" {shape}{more}", layout)
    return element("figure", caption, heat_grids(table, largest, numbers, size, longest))


def _smallest(example: Example) -> Markup:
    settings = ", ".join(
        f"{clean_line(name)} = {setting_text(value)}" for name, value in example.settings.items()
    )
    # a whole case's results are drawn by `_heat`
    results = example.differing if example.is_smallest else ()
    pairs = [[table for table in pair if table is not None] for pair in results]
    inputs = (*example.inputs, *example.results)
    largest = _largest((*inputs, *chain(*pairs)))
    rows = [inputs, *pairs] if len(pairs) > 1 else [(*inputs, *chain(*pairs))]
    compared = [
        joined
        for label, text in zip(("expected", "actual"), example.compared, strict=True)
        for joined in (element("dt", label), element("dd", clean(text)))
    ]
    return element(
        "section",
        element("h4", example.title),
        element("p", settings, class_="soft") if settings else None,
        [_row(list(tables), largest, "inputs and results") for tables in rows],
        element("p", example.right_count, class_="soft")
        if example.is_smallest and example.right_count
        else None,
        element("dl", compared) if any(example.compared) else None,
        # the block above says how a whole case ended
        element("pre", clean(example.end_reason)) if example.end_reason and example.is_smallest else None,
        # right values need no explanation: something else was found
        draw_steps(steps_of(example) if example.differing else []),
        class_="smallest",
    )


def _findings(text: str, close_up: CloseUp) -> Markup | None:
    """The lines of a CUDA C source with findings below them, and the threads that caused them."""
    at: dict[tuple[str, int], list[str]] = {}
    for match in PLACE_IN_SOURCE.finditer(text):
        at.setdefault((match[1], int(match[2])), []).append(match[3])
    parts: list[Markup] = []
    for (file, line), findings in at.items():
        source = close_up.sources.get(file, "").splitlines()
        if not source:
            continue
        rows = []
        for number in range(max(1, line - AROUND), min(len(source), line + AROUND) + 1):
            code = element("code", clean(source[number - 1], limit=400))
            found = "found" if number == line else None
            rows.append(
                element("tr", element("td", str(number), class_="n"), element("td", code), class_=found)
            )
            if found:
                about = [element("span", says, class_="line") for says in findings]
                rows.append(
                    element("tr", element("td"), element("td", about, class_="finding"), class_=found)
                )
        parts.append(element("table", element("tbody", rows), class_="source"))
        # a thread that reads two arrays and writes a third at one line is drawn once
        by_threads = {ACCESS.split(says, maxsplit=1)[0]: says for says in reversed(findings)}
        parts += [figure for says in reversed(by_threads.values()) for figure in _figures_of(says)]
    return element("div", parts) if parts else None


def _figures_of(finding: str) -> list[Markup]:
    """The threads that a finding names, and their accesses."""
    pictures = (draw_warp(finding), draw_accesses(finding))
    return [element("figure", element("figcaption", one[0]), one[1]) for one in pictures if one is not None]
