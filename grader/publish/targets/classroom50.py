"""Writes a bundle for Classroom 50: https://github.com/foundation50/classroom50/wiki/Advanced-Autograding

The bundle is public and runs in the student's repository. It contains only the handout: visible cases, and
checks that need no expected value.
"""

from collections.abc import Mapping

from grader.publish.bundle import Bundle
from grader.publish.editor_config import editor_files

WRITES = "a template repository, and the public bundle that grades the visible cases there"
USES = {"git": "to push both folders"}
NOT_GRADED_WITH = ("README.html", "Makefile", ".gitattributes", ".gitignore")


def files(bundle: Bundle) -> Mapping[str, bytes]:
    """`template/` for students, `autograders/<name>/` for the classroom50 repository, and what to do."""
    handout = bundle.handout()
    bundled = {
        path: content
        for path, content in handout.items()
        if path not in (*NOT_GRADED_WITH, *bundle.assignment.files) and not path.endswith((".svg", ".png"))
    }
    bundled["autograder.py"] = bundle.render("classroom50/autograder.py.j2")
    template = {**handout, **editor_files(bundle)}
    return {
        "README.md": bundle.render("classroom50/README.md.j2"),
        **{f"autograders/{bundle.name}/{path}": content for path, content in bundled.items()},
        **{f"template/{path}": content for path, content in template.items()},
    }


def next_step(bundle: Bundle) -> str:
    """Says where the folders go."""
    return "README.md in the folder says where `template` and `autograders` go."
