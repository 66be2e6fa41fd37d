"""Adds an assignment to course.yaml and leaves every other line as it is, or begins the file."""

from pathlib import Path

import yaml

from grader.author.course_files import read_text
from grader.author.yaml_document import Document
from grader.model.errors import UserError

NEW = "title: My course\nassignments: [{}]\n"


def with_assignment(path: Path, name: str) -> str:
    """The text of course.yaml with one more assignment at the end; UserError if it has no such list."""
    if not path.exists():
        return NEW.format(name)
    Document(path)  # reports YAML that cannot be read
    text = read_text(path)
    root = yaml.compose(text)
    pairs = root.value if isinstance(root, yaml.MappingNode) else []
    assignments = next((value for key, value in pairs if key.value == "assignments"), None)
    if not isinstance(assignments, yaml.SequenceNode):
        raise UserError("found no list `assignments`, expected one to add to", path)
    if not assignments.value:
        return f"{text[: assignments.start_mark.index]}[{name}]{text[assignments.end_mark.index :]}"
    last = assignments.value[-1]
    if assignments.flow_style:
        return f"{text[: last.end_mark.index]}, {name}{text[last.end_mark.index :]}"
    end = text.find("\n", last.end_mark.index)
    end = len(text) if end < 0 else end
    dash = " " * max(last.start_mark.column - 2, 0)
    return f"{text[:end]}\n{dash}- {name}{text[end:]}"
