"""rubric.yaml as it is read, with the words that it may use; the lines and headings that it refers to."""

import re
from collections.abc import Hashable, Mapping
from pathlib import Path
from typing import Any

from grader.author.course_files import read_text
from grader.author.extensions.own_functions import OwnFunctions
from grader.author.rubric.case_values import code_that_reads_values
from grader.author.schema import CriterionModel, vocabulary_of
from grader.author.yaml_document import Document
from grader.judge.comparison import Comparison

Place = tuple[Hashable, ...]


class RubricDocument(Document):
    """rubric.yaml, with the kinds, comparisons and functions that it may use."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.words = vocabulary_of(path.parent)
        self.functions = OwnFunctions(path.parent)
        self.probes = code_that_reads_values(path.parent)

    @property
    def comparisons(self) -> Mapping[str, Comparison]:
        """The ways of comparing, by name."""
        return self.words.comparisons

    @property
    def probe_keys(self) -> set[str]:
        """The keys of comparisons that name a probe."""
        return {key for one in self.comparisons.values() for key in one.probe_keys}


def lines_of(rubric: Path) -> dict[str, int]:
    """The line of each criterion (by id) and of each case (by criterion/case) of a rubric."""
    document, lines = Document(rubric), {}
    for number, criterion in enumerate(document.data["criteria"]):
        place = ("criteria", number)
        lines[criterion["id"]] = document.line(place) or 1
        for position, case in enumerate(criterion.get("cases", ())):
            names = [case["id"], *(f"{case['id']}-{i + 1}" for i in range(case.get("draw", 0)))]
            line = document.line((*place, "cases", position)) or 1
            lines |= {f"{criterion['id']}/{name}": line for name in names}
    return lines


def anchors_of(readme: Path) -> set[str]:
    """The anchors of a Markdown file's headings, made as GitHub makes them."""
    text = read_text(readme, "no such file: each `help` points to one of its headings")
    text = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)  # a comment in code is no heading
    titles = [line.lstrip("#").strip() for line in text.splitlines() if re.match(r"#{1,6} ", line)]
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def options_of(model: CriterionModel) -> dict[str, Any]:
    """The keys that comparisons add to a criterion, as far as it has them."""
    keys_of_comparisons = set(type(model).model_fields) - set(CriterionModel.model_fields)
    return model.model_dump(include=keys_of_comparisons, exclude_none=True)
