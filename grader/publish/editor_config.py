"""Writes a development container, and VS Code's task with its problem matcher, into a handout."""

import json

from grader.publish.bundle import Bundle

LINE = r"^([^\s:]+):(\d+):(\d+): (error): (.*)$"  # as `--report gcc` writes it


def editor_files(bundle: Bundle) -> dict[str, bytes]:
    """`.devcontainer/devcontainer.json` and `.vscode/tasks.json`."""
    return {
        ".devcontainer/devcontainer.json": _json(_container(bundle)),
        ".vscode/tasks.json": _json({"version": "2.0.0", "tasks": [_task()]}),
    }


def _container(bundle: Bundle) -> dict[str, object]:
    vscode = {
        "extensions": ["ms-python.python"],
        "settings": {"python.defaultInterpreterPath": "${containerWorkspaceFolder}/.venv/bin/python"},
    }
    return {
        "name": bundle.name,
        "image": f"mcr.microsoft.com/devcontainers/python:{bundle.python}",
        "postCreateCommand": "make .venv/ready",
        "customizations": {"vscode": vscode},
    }


def _task() -> dict[str, object]:
    places = {"file": 1, "line": 2, "column": 3, "severity": 4, "message": 5}
    matcher = {
        "owner": "backflip",
        "source": "Backflip",
        "fileLocation": ["relative", "${workspaceFolder}"],
        "pattern": {"regexp": LINE, **places},
    }
    return {
        "label": "Grade",
        "type": "shell",
        "command": "make problems",
        "group": {"kind": "test", "isDefault": True},
        "problemMatcher": matcher,
    }


def _json(value: object) -> bytes:
    return json.dumps(value, indent=2).encode() + b"\n"
