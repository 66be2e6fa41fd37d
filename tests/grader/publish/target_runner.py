"""Runs a published bundle as its target would: a workflow's steps, a pipeline's lines, a script."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from tests.waiting import LIMIT

EXPRESSION = re.compile(r"\$\{\{ *steps\.(\w+)\.outputs\.(\w+) *\}\}")


Outcome = subprocess.CompletedProcess[str]


def clean(home: Path, **more: str) -> dict[str, str]:
    """The environment of a new machine: a path, a home, and what the target itself sets."""
    pip = {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "SSL_"))}
    return {"PATH": os.environ["PATH"], "HOME": str(home), **pip, **more}


def run(words: Iterable[object], folder: Path, environment: Mapping[str, str]) -> Outcome:
    """Runs a program in a folder, with only that environment."""
    return subprocess.run(
        list(map(str, words)),
        cwd=folder,
        env=dict(environment),
        capture_output=True,
        text=True,
        timeout=LIMIT,
    )


def run_workflow(workflow: Path, folder: Path, scratch: Path) -> tuple[list[int], str, str]:
    """The exit statuses of each `run:` of a GitHub workflow, what they printed, and the summary page.

    `uses:` steps are GitHub's own. A step after one that failed is skipped, as there.
    """
    (job,) = yaml.safe_load(workflow.read_text())["jobs"].values()
    summary, output = scratch / "summary.md", scratch / "output"
    for file in (summary, output):
        file.write_text("")
    statuses: list[int] = []
    output_text = ""
    for step in job["steps"]:
        if "run" not in step or any(statuses):
            continue
        variables = {name: _filled_in(value, output) for name, value in step.get("env", {}).items()}
        environment = clean(scratch, GITHUB_STEP_SUMMARY=str(summary), GITHUB_OUTPUT=str(output), **variables)
        process = run(
            ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", step["run"]], folder, environment
        )
        statuses.append(process.returncode)
        output_text += process.stdout + process.stderr
    return statuses, output_text, summary.read_text()


def _filled_in(value: str, output: Path) -> str:
    outputs = dict(line.split("=", 1) for line in output.read_text().splitlines())
    return EXPRESSION.sub(lambda match: outputs[match[2]], value)


def run_pipeline(pipeline: Mapping[str, Any], folder: Path, scratch: Path) -> Outcome:
    """The script of a GitLab job: one shell, which ends at the first line that fails."""
    lines = "\n".join(pipeline["grade"]["script"])
    return run(["bash", "-eo", "pipefail", "-c", lines], folder, clean(scratch, CI_PROJECT_DIR=str(folder)))


def borrow_environment(source: Path, target: Path) -> None:
    """Reuses an environment that was set up from the same requirements and wheel."""
    target.unlink(missing_ok=True) if target.is_symlink() else shutil.rmtree(target, ignore_errors=True)
    target.symlink_to(source)


def build_image(context: Path, root: Path) -> Path:
    """Runs the layers of a Dockerfile in their order below `root`; returns the folder of its commands.

    The base image is a new virtual environment. This machine replaces what its Debian would install or
    create as root: `apt-get` and `useradd` do nothing. `COPY` copies only what `.dockerignore` lets through.
    """
    commands = root / "usr" / "bin"
    commands.mkdir(parents=True)
    for name in ("apt-get", "useradd"):
        (commands / name).write_text("#!/bin/sh\n")
        (commands / name).chmod(0o755)
    run([sys.executable, "-m", "venv", root / "python"], root, clean(root)).check_returncode()
    path = f"{root / 'python' / 'bin'}:{commands}:{os.environ['PATH']}"
    folder = root
    for word, rest in _layers((context / "Dockerfile").read_text()):
        if word == "WORKDIR":
            folder = root / rest.removeprefix("/")
            folder.mkdir(parents=True, exist_ok=True)
        elif word == "COPY":
            *names, into = rest.split()
            for name in names:
                assert _is_sent(context, name), name
                shutil.copy(context / name, folder / into)
        elif word == "RUN":
            there = rest.replace("/var/lib/apt", str(root / "apt"))
            process = run(["sh", "-e", "-c", there], folder, {**clean(root), "PATH": path})
            assert process.returncode == 0, process.stderr
    return root / "python" / "bin"


def _layers(dockerfile: str) -> list[tuple[str, str]]:
    """The instructions, each as its keyword and the rest, with continued lines joined."""
    joined = re.sub(r"\\\n\s*", " ", dockerfile)
    lines = [line for line in joined.splitlines() if line.strip() and not line.startswith("#")]
    return [(line.partition(" ")[0], line.partition(" ")[2]) for line in lines]


def _is_sent(context: Path, name: str) -> bool:
    ignore = context / ".dockerignore"
    return not ignore.is_file() or f"!{name}" in ignore.read_text().splitlines()
