"""A template repository for GitHub: the handout, with a workflow that grades each push."""

from collections.abc import Mapping

from grader.publish.bundle import Bundle
from grader.publish.editor_config import editor_files

WRITES = "a template repository: the handout, a workflow that grades each push, editor settings"
USES = {"git": "to push the folder as a repository"}


def files(bundle: Bundle) -> Mapping[str, bytes]:
    """The handout, the workflow, a development container and VS Code's tasks."""
    workflow = bundle.render("github/grade.yml.j2")
    return {**bundle.handout(), ".github/workflows/grade.yml": workflow, **editor_files(bundle)}


def next_step(bundle: Bundle) -> str:
    """Says how it becomes a template."""
    return (
        "Push the folder as a repository and mark it as a template in its settings. Students see the visible "
        "cases; grade the hidden ones yourself: `grader collect`, then `grader batch`."
    )
