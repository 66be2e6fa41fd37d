"""A template project for GitLab: the handout, with a pipeline that grades each push."""

from collections.abc import Mapping

from grader.publish.bundle import Bundle
from grader.publish.editor_config import editor_files

WRITES = "a template project: the handout, and a pipeline with a test and a code-quality report"
USES = {"git": "to push the folder as a project"}


def files(bundle: Bundle) -> Mapping[str, bytes]:
    """The handout, the pipeline, a development container and VS Code's tasks."""
    pipeline = bundle.render("gitlab/gitlab-ci.yml.j2")
    return {**bundle.handout(), ".gitlab-ci.yml": pipeline, **editor_files(bundle)}


def next_step(bundle: Bundle) -> str:
    """Says how students get it."""
    return (
        "Push the folder as a project for students to fork. They see the visible cases; grade the hidden "
        "ones yourself: `grader collect`, then `grader batch`."
    )
