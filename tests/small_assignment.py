"""An assignment of one file in plain Python, in a folder of its own: for tests of what a rubric may ask."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from grader.author.load import load
from grader.model.assignment import Assignment


def write_assignment(
    root: Path, name: str, solution: str, probes: str, rubric: str, provided: Mapping[str, str] | None = None
) -> Assignment:
    """The assignment `name`, whose one file and reference are called `<name>.py`, written below `root`.

    `provided` are files of the course, by path, beside the submission.
    """
    about = f"name: {name}\ntitle: {name.title()}\nfiles: [{name}.py]\noracle: reference.{name}\n"
    files = {
        "reference/__init__.py": "",
        f"reference/{name}.py": solution,
        f"assignments/{name}/rubric.yaml": rubric,
        f"assignments/{name}/probes.py": probes,
        f"assignments/{name}/templates/README.md.j2": "# Here\n",
        f"assignments/{name}/assignment.yaml": about,
    }
    for file, text in files.items():
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).write_text(text)
    encoded = {file: text.encode() for file, text in (provided or {}).items()}
    return replace(load(root / "assignments" / name), library=root, provided=encoded)
