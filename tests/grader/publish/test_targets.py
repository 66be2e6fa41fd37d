"""Each target runs from its folder alone, as its service would run it; the scores are `grader grade`'s."""

import hashlib
import json
import re
import shutil
import sys
import threading
import zipfile
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib import resources
from math import ceil
from pathlib import Path
from typing import Any

import jsonschema
import junitparser
import pytest
import yaml

from grader.__main__ import main
from grader.author.load import load
from grader.cli.command_line.exit_status import PASSED, USER_MISTAKE
from grader.model.errors import UserError
from grader.publish.targets import names, prairielearn
from tests.grader.publish.bundles import bundle_without_handout
from tests.grader.publish.conftest import SUBMISSIONS, Scores, scores_of
from tests.grader.publish.target_runner import (
    Outcome,
    borrow_environment,
    build_image,
    clean,
    run,
    run_pipeline,
    run_workflow,
)
from tests.grader.publish.test_secrets import contents
from tests.tiny_course import WRONG

WORKFLOW = Path(".github", "workflows", "grade.yml")
SCHEMAS = resources.files("check_jsonschema.builtin_schemas.vendor")
# https://github.com/foundation50/classroom50/wiki/Advanced-Autograding, the contract of result.json
RESULT = {
    "type": "object",
    "additionalProperties": False,
    "required": [
        "schema", "classroom", "assignment", "assignment_type", "owner", "submission", "commit",
        "release", "review", "datetime", "score", "max-score", "tests",
    ],
    "properties": {
        "schema": {"const": "classroom50/result/v1"},
        **{
            name: {"type": "string", "minLength": 1}
            for name in ("classroom", "assignment", "owner", "commit", "release", "review")
        },
        "assignment_type": {"enum": ["individual", "group", "team"]},
        "submission": {"type": "string", "pattern": "^submit/"},
        "datetime": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"},
        "score": {"type": "integer", "minimum": 0},
        "max-score": {"type": "integer", "minimum": 0},
        "tests": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["test-name", "passed", "score", "max-score"],
                "properties": {
                    "test-name": {"type": "string", "minLength": 1},
                    "passed": {"type": "boolean"},
                    "score": {"type": "integer", "minimum": 0},
                    "max-score": {"type": "integer", "minimum": 0},
                },
            },
        },
    },
}  # fmt: skip
RUNNER = {
    "CLASSROOM": "systems",
    "ASSIGNMENT": "tiny",
    "ASSIGNMENT_TYPE": "individual",
    "SUBMISSION_TAG": "submit/2026-10-01T12-00-00Z-a1b2c3d",
    "USERNAME": "ada",
    "OWNER": "ada",
    "COMMIT_URL": "https://github.example/commit/a1b2c3d",
    "RELEASE_URL": "https://github.example/release",
    "REVIEW_URL": "https://github.example/compare",
    "GITHUB_TOKEN": "a token of the runner",
}


@pytest.fixture(scope="module")
def environment(published: Path, fill_once: Callable[..., Path]) -> Path:
    """The `.venv` that the workflow's own step sets up from requirements and wheel, once for all workers."""

    def set_up(folder: Path) -> None:
        shutil.copytree(published / "github", folder / "github")
        (job,) = yaml.safe_load((folder / "github" / WORKFLOW).read_text())["jobs"].values()
        (line,) = (step["run"] for step in job["steps"] if step.get("name") == "Set up the grader")
        process = run(["bash", "-e", "-c", line], folder / "github", clean(folder))
        assert process.returncode == 0, process.stderr

    return fill_once("set-up", set_up) / "github" / ".venv"


@pytest.mark.parametrize("name", SUBMISSIONS)
def test_github_grades_a_push_step_by_step(
    place: Callable[[str], Path],
    environment: Path,
    own_scores: Callable[[str, str], Scores],
    tmp_path: Path,
    name: str,
) -> None:
    folder = place("github")
    borrow_environment(environment, folder / ".venv")
    (folder / "conv.py").write_text(SUBMISSIONS[name])
    statuses, output, summary = run_workflow(folder / WORKFLOW, folder, tmp_path)

    scores = scores_of(folder / "reports" / "grade.json")
    assert scores == own_scores(name, "handout")
    is_right = name == "right"
    assert statuses == [0, 0, 0 if is_right else 1], output
    assert f"**{sum(score for score, _ in scores.values()):g} / 8 visible points**" in summary
    assert ("::error file=conv.py,line=" in output) is not is_right
    assert "<html" in (folder / "reports" / "grade.html").read_text()


def test_the_three_submissions_get_full_some_and_no_points(own_scores: Callable[[str, str], Scores]) -> None:
    """Otherwise equal scores would say little about the targets."""
    scores = {name: [score for score, _ in own_scores(name, "course").values()] for name in SUBMISSIONS}
    assert scores == {"right": [4, 6], "half": [4, 2], "wrong": [0, 0]}


def test_a_push_that_cannot_be_graded_fails_and_shows_no_score(
    place: Callable[[str], Path], environment: Path, tmp_path: Path
) -> None:
    folder = place("github")
    borrow_environment(environment, folder / ".venv")
    (folder / "grading" / "rubric.yaml").write_text("criteria: 3\n")
    statuses, _, summary = run_workflow(folder / WORKFLOW, folder, tmp_path)
    assert statuses == [0, 2] and summary == ""


def test_the_workflow_gets_no_secret_and_may_only_read(published: Path) -> None:
    text = (published / "github" / WORKFLOW).read_text()
    workflow = yaml.safe_load(text)
    assert workflow["permissions"] == {"contents": "read"}
    assert "secrets." not in text
    (job,) = workflow["jobs"].values()
    steps = [step for step in job["steps"] if "uses" in step]
    assert all(re.fullmatch(r"actions/[\w-]+@v\d+", step["uses"]) for step in steps)
    assert steps[0]["with"] == {"persist-credentials": False}
    (path,) = (step["with"]["path"] for step in steps if "upload-artifact" in step["uses"])
    assert path == "reports"


def schema(name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((SCHEMAS / f"{name}.json").read_text(encoding="utf-8"))
    return content


@pytest.mark.parametrize(
    ("file", "name"),
    [
        (Path("github", WORKFLOW), "github-workflows"),
        (Path("gitlab", ".gitlab-ci.yml"), "gitlab-ci"),
        (Path("docker", "compose.yaml"), "compose-spec"),
    ],
    ids=["github", "gitlab", "compose"],
)
def test_each_target_file_follows_its_public_schema(published: Path, file: Path, name: str) -> None:
    document = yaml.safe_load((published / file).read_text())
    document = {
        "on" if key is True else key: value for key, value in document.items()
    }  # YAML 1.1 reads `on` so
    jsonschema.validate(document, schema(name))


def linter(name: str) -> Path:
    path = Path(sys.executable).parent / name
    if not path.exists():
        pytest.skip(f"{name} has no build for this machine")
    return path


def test_actionlint_finds_nothing(published: Path) -> None:
    process = run([linter("actionlint"), published / "github" / WORKFLOW], published, clean(published))
    assert (process.returncode, process.stdout) == (0, "")


@pytest.mark.parametrize("folder", ["docker", "prairielearn/image"])
def test_hadolint_finds_nothing(published: Path, folder: str) -> None:
    words = [linter("hadolint"), "--failure-threshold", "warning", published / folder / "Dockerfile"]
    process = run(words, published, clean(published))
    assert process.returncode == 0, process.stdout


@pytest.mark.parametrize("name", SUBMISSIONS)
def test_gitlab_grades_a_push_line_by_line(
    place: Callable[[str], Path],
    environment: Path,
    own_scores: Callable[[str, str], Scores],
    tmp_path: Path,
    name: str,
) -> None:
    folder = place("gitlab")
    borrow_environment(environment, folder / ".venv")
    (folder / "conv.py").write_text(SUBMISSIONS[name])
    pipeline = yaml.safe_load((folder / ".gitlab-ci.yml").read_text())
    process = run_pipeline(pipeline, folder, tmp_path)

    is_right = name == "right"
    assert process.returncode == (0 if is_right else pipeline["grade"]["allow_failure"]["exit_codes"]), (
        process.stderr
    )
    assert scores_of(folder / "reports" / "grade.json") == own_scores(name, "handout")
    reports = pipeline["grade"]["artifacts"]["reports"]
    problems = json.loads((folder / reports["codequality"]).read_text())
    assert {problem["location"]["path"] for problem in problems} == (set() if is_right else {"conv.py"})
    (suite,) = junitparser.JUnitXml.fromstring((folder / reports["junit"]).read_bytes())
    assert suite.tests == 3 and bool(suite.failures) is not is_right


def grade_in_classroom50(bundle: Path, checkout: Path) -> Outcome:
    return run([sys.executable, bundle / "autograder.py"], checkout, clean(checkout, **RUNNER))


@pytest.fixture
def checkout(tmp_path: Path) -> Callable[[str], Path]:
    """A student's repository; it already holds files under the names that the autograder writes."""

    def checkout(source: str) -> Path:
        folder = tmp_path / "checkout"
        (folder / "release-body.md").mkdir(parents=True)
        (folder / "result.json").symlink_to("/etc/hostname")
        (folder / "conv.py").write_text(source)
        return folder

    return checkout


@pytest.mark.parametrize("name", SUBMISSIONS)
def test_classroom_50_gets_a_result_by_its_contract(
    place: Callable[[str], Path],
    checkout: Callable[[str], Path],
    environment: Path,
    own_scores: Callable[[str, str], Scores],
    name: str,
) -> None:
    bundle = place("classroom50") / "autograders" / "tiny"
    borrow_environment(environment, bundle / ".venv")
    folder = checkout(SUBMISSIONS[name])
    process = grade_in_classroom50(bundle, folder)
    assert process.returncode == 0, process.stderr

    result = json.loads((folder / "result.json").read_text())
    jsonschema.validate(result, RESULT)
    scores = {
        test["test-name"].partition(":")[0]: (test["earned"], test["points"]) for test in result["tests"]
    }
    assert scores == own_scores(name, "handout")
    assert result["score"] == sum(int(score) for score, _ in scores.values())
    assert result["max-score"] == sum(ceil(points) for _, points in scores.values())
    assert result["owner"] == "ada"
    assert "visible points" in (folder / "release-body.md").read_text()
    assert "<html" in (folder / "grade.html").read_text()


def test_a_submission_sees_no_variable_of_classroom_50s_runner(
    place: Callable[[str], Path], checkout: Callable[[str], Path], environment: Path
) -> None:
    bundle = place("classroom50") / "autograders" / "tiny"
    borrow_environment(environment, bundle / ".venv")
    folder = checkout("import os\nprint(sorted(os.environ))\nraise ValueError(sorted(os.environ))\n")
    assert grade_in_classroom50(bundle, folder).returncode == 0
    body = (folder / "release-body.md").read_text()
    assert "ValueError" in body and "GITHUB" not in body and "CLASSROOM" not in body


def test_a_students_files_do_not_change_the_grading_of_classroom_50(
    place: Callable[[str], Path], checkout: Callable[[str], Path], environment: Path
) -> None:
    bundle = place("classroom50") / "autograders" / "tiny"
    borrow_environment(environment, bundle / ".venv")
    folder = checkout(WRONG)
    for name in ("grading", "ndarray", "grader"):
        (folder / name).mkdir()
        (folder / name / "__init__.py").write_text("raise SystemExit(0)\n")
    (folder / "sitecustomize.py").write_text("raise SystemExit(0)\n")
    assert grade_in_classroom50(bundle, folder).returncode == 0
    assert json.loads((folder / "result.json").read_text())["score"] == 0


def test_a_fault_of_ours_is_no_result_in_classroom_50(
    place: Callable[[str], Path], checkout: Callable[[str], Path], environment: Path
) -> None:
    bundle = place("classroom50") / "autograders" / "tiny"
    borrow_environment(environment, bundle / ".venv")
    (bundle / "grading" / "rubric.yaml").write_text("criteria: 3\n")
    folder = checkout(SUBMISSIONS["right"])
    assert grade_in_classroom50(bundle, folder).returncode == 2
    assert not (folder / "result.json").exists()


@pytest.mark.slow
def test_the_bundle_of_classroom_50_sets_itself_up(
    place: Callable[[str], Path], checkout: Callable[[str], Path]
) -> None:
    bundle = place("classroom50") / "autograders" / "tiny"
    folder = checkout(SUBMISSIONS["right"])
    process = grade_in_classroom50(bundle, folder)
    assert process.returncode == 0, process.stderr
    assert json.loads((folder / "result.json").read_text())["score"] == 8


def grade_in_prairielearn(question: Path, root: Path, name: str, commands: Path) -> Scores:
    """Runs the question's entry point next to a submission, as PrairieLearn's container does."""
    info = json.loads((question / "info.json").read_text())
    shutil.copytree(question / "tests", root / "tests")
    (root / "student").mkdir()
    (root / "student" / "conv.py").write_text(SUBMISSIONS[name])
    script = root / Path(info["externalGradingOptions"]["entrypoint"]).relative_to("/grade")
    home = root.parent
    path = f"{commands}:{clean(home)['PATH']}"
    process = run(["bash", script], Path("/"), {**clean(home), "PATH": path})
    assert process.returncode == 0, process.stderr

    results = json.loads((root / "results" / "results.json").read_text())
    scores = {test["name"]: (test["points"], test["max_points"]) for test in results["tests"]}
    earned, offered = (sum(column) for column in zip(*scores.values(), strict=True))
    assert results["score"] == pytest.approx(earned / offered)
    return scores


@pytest.mark.parametrize("name", SUBMISSIONS)
def test_prairielearn_grades_hidden_cases_too(
    place: Callable[[str], Path], own_scores: Callable[[str, str], Scores], tmp_path: Path, name: str
) -> None:
    question = place("prairielearn") / "questions" / "tiny"
    commands = Path(sys.executable).parent
    scores = grade_in_prairielearn(question, tmp_path / "grade", name, commands)
    assert scores == own_scores(name, "course")


def test_prairielearn_cannot_give_each_student_numbers_of_their_own(course: Path) -> None:
    bundle = bundle_without_handout(load(course / "assignments" / "tiny"), variants=True)
    with pytest.raises(UserError, match="does not tell a grader which student submitted"):
        prairielearn.files(bundle)


def test_docker_grades_in_the_sandbox_and_shows_the_desk_locally(
    published: Path,
) -> None:
    folder = published / "docker"
    compose = yaml.safe_load((folder / "compose.yaml").read_text())
    for name in ("batch", "desk"):
        service = compose["services"][name]
        assert "--sandbox" not in service["command"] and service["cap_drop"] == ["ALL"]
        assert {"no-new-privileges:true", "seccomp=unconfined"} <= set(service["security_opt"])
        assert "privileged" not in service and "cap_add" not in service
    desk = compose["services"]["desk"]
    assert desk["ports"] == ["127.0.0.1:8350:8350"]
    assert desk["command"][desk["command"].index("--host") + 1] == "0.0.0.0"
    assert "ports" not in compose["services"]["database"]
    assert compose["networks"]["gradebook"] == {"internal": True}
    mounts = [volume for s in compose["services"].values() for volume in s["volumes"]]
    assert sum(volume.endswith(":/course") for volume in mounts) == 2


def test_dockers_commands_are_commands_of_the_grader(published: Path) -> None:
    from grader.cli.command_line.arguments import parse

    services = yaml.safe_load((published / "docker" / "compose.yaml").read_text())["services"]
    assert [parse(services[name]["command"]).command for name in ("batch", "desk")] == ["batch", "serve"]


def test_the_image_copies_nothing_of_the_course_and_runs_without_rights(published: Path) -> None:
    folder = published / "docker"
    lines = (folder / "Dockerfile").read_text().splitlines()
    copied = [name for line in lines if line.startswith("COPY") for name in line.split()[1:-1]]
    wheel = next(folder.glob("*.whl")).name
    assert copied == ["requirements.txt", wheel, "grader.txt"]
    ignored = (folder / ".dockerignore").read_text().splitlines()
    assert ignored == ["*", "!requirements.txt", "!grader.txt", f"!{wheel}"]
    assert "USER 1000:1000" in lines and any(line.startswith("HEALTHCHECK") for line in lines)


INSTALLS = re.compile(r"pip.{1,2}install|\*pip,")


@pytest.mark.parametrize("target", names())
def test_every_wheel_and_package_is_installed_by_its_hash(published: Path, target: str) -> None:
    files = contents(published / target)
    wheels = {name: data for name, data in files.items() if name.endswith(".whl")}
    pinned = b"\n".join(data for name, data in files.items() if name.endswith(".txt"))
    assert wheels
    for name, wheel in wheels.items():
        digest = hashlib.sha256(wheel).hexdigest()
        line = rf"\./(wheels/)?{re.escape(Path(name).name)} --hash=sha256:{digest}\n"
        assert re.search(line.encode(), pinned), name
    scripts = [data.decode() for name, data in files.items() if Path(name).name in INSTALLING]
    lines = [line for script in scripts for line in script.splitlines() if INSTALLS.search(line)]
    assert lines and all("--require-hashes" in line for line in lines)


INSTALLING = ("Makefile", "Dockerfile", "setup.sh", "autograder.py")


@pytest.mark.slow
def test_a_wheel_that_was_changed_is_not_installed(place: Callable[[str], Path]) -> None:
    folder = place("gitlab")
    (wheel,) = folder.glob("wheels/*.whl")
    with zipfile.ZipFile(wheel, "a") as archive:
        archive.writestr("grader/more.py", "")
    process = run(["make", ".venv/ready"], folder, clean(folder.parent))
    assert process.returncode and "hash" in process.stderr.lower()


def class_of_three(folder: Path) -> Path:
    for name, source in SUBMISSIONS.items():
        (folder / name).mkdir(parents=True)
        (folder / name / "conv.py").write_text(source)
    return folder


@pytest.mark.slow
def test_dockers_image_grades_a_class_as_grader_grade_does(
    place: Callable[[str], Path],
    published: Path,
    own_scores: Callable[[str, str], Scores],
    tmp_path: Path,
) -> None:
    """Its layers run one after another; a file replaces PostgreSQL."""
    folder, course = place("docker"), published / "course"
    commands = build_image(folder, tmp_path / "image")
    (entry,) = re.findall(r"^ENTRYPOINT (.*)$", (folder / "Dockerfile").read_text(), re.MULTILINE)
    words = yaml.safe_load((folder / "compose.yaml").read_text())["services"]["batch"]["command"]
    gradebook = f"sqlite:///{tmp_path}/gradebook.db"
    arguments = {"/class": str(class_of_three(tmp_path / "class")), words[-1]: gradebook}
    environment = {**clean(tmp_path), "PATH": f"{commands}:{clean(tmp_path)['PATH']}"}
    process = run([*json.loads(entry), *(arguments.get(word, word) for word in words)], course, environment)
    assert process.returncode == 0, process.stderr
    report = ["report", "--gradebook", gradebook, "--format", "json", "--out", tmp_path]
    process = run([*json.loads(entry), *report], course, environment)
    assert process.returncode == 0, process.stderr

    for row in json.loads((tmp_path / "grades.json").read_text())["rows"]:
        scores = {one["id"]: (one["score"], one["points"]) for one in row["grade"]["criteria"]}
        assert scores == own_scores(row["student"]["id"], "course")


@pytest.mark.slow
def test_prairielearns_image_grades_as_grader_grade_does(
    place: Callable[[str], Path], own_scores: Callable[[str, str], Scores], tmp_path: Path
) -> None:
    folder = place("prairielearn")
    commands = build_image(folder / "image", tmp_path / "image")
    for name in SUBMISSIONS:
        root = tmp_path / name / "grade"
        scores = grade_in_prairielearn(folder / "questions" / "tiny", root, name, commands)
        assert scores == own_scores(name, "course")


@pytest.fixture
def answering() -> Iterator[Callable[[int], int]]:
    """A server that answers each request with one status; its port."""
    servers = []

    def serve(status: int) -> int:
        class Answer(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(status)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        server = HTTPServer(("127.0.0.1", 0), Answer)
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return int(server.server_address[1])

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(("status", "healthy"), [(403, True), (500, False)])
def test_the_desk_is_healthy_where_it_asks_for_its_token(
    published: Path, answering: Callable[[int], int], status: int, healthy: bool
) -> None:
    """The desk answers 403 to a request without a token: tests/grader/desk/test_guard.py."""
    compose = yaml.safe_load((published / "docker" / "compose.yaml").read_text())
    _, python, option, script = compose["services"]["desk"]["healthcheck"]["test"]
    process = run([sys.executable, option, script.replace("8350", str(answering(status)))], published, {})
    assert python == "python" and (process.returncode == 0) is healthy, process.stderr


@pytest.mark.slow
def test_docker_builds_the_image(place: Callable[[str], Path]) -> None:
    docker = shutil.which("docker")
    if docker is None or run([docker, "info"], Path("/"), clean(Path("/"))).returncode != 0:
        pytest.skip("no Docker daemon is here")
    folder = place("docker")
    assert run([docker, "build", "--tag", "backflip-test", "."], folder, clean(folder)).returncode == 0
    process = run([docker, "run", "--rm", "backflip-test", "--version"], folder, clean(folder))
    assert process.stdout.startswith("grader ")


def test_an_editor_finds_the_line_of_each_problem(
    place: Callable[[str], Path], environment: Path, tmp_path: Path
) -> None:
    folder = place("github")
    borrow_environment(environment, folder / ".venv")
    (folder / "conv.py").write_text(SUBMISSIONS["half"])
    (task,) = json.loads((folder / ".vscode" / "tasks.json").read_text())["tasks"]
    pattern = task["problemMatcher"]["pattern"]
    process = run(["bash", "-c", task["command"]], folder, clean(tmp_path))
    matches = [match for line in process.stdout.splitlines() if (match := re.match(pattern["regexp"], line))]
    lines = SUBMISSIONS["half"].splitlines()
    where = {(m[pattern["file"]], lines[int(m[pattern["line"]]) - 1].partition("(")[0]) for m in matches}
    assert where == {("conv.py", "def dilate")}


def test_every_target_is_written_by_the_command(
    published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(published / "course")
    assert main(["publish", "prairielearn", "tiny", "--out", str(tmp_path / "out")]) == PASSED
    script = tmp_path / "out" / "questions" / "tiny" / "tests" / "run.sh"
    assert script.stat().st_mode & 0o111 == 0o111
    assert "Both hold the answers" in capsys.readouterr().out
    assert set(names()) == {path.name for path in published.iterdir()} - {"course"}


@pytest.mark.parametrize(
    ("script", "says"),
    [
        (None, "docker is not installed. You need it to build the image; everything is written"),
        ("exit 1", "the daemon of docker does not answer. You need it to build the image; everything is"),
        ("exit 0", ""),
    ],
    ids=["no_program", "no_daemon", "all_there"],
)
def test_a_missing_program_is_named_and_everything_is_written(
    published: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    script: str | None,
    says: str,
) -> None:
    monkeypatch.chdir(published / "course")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    (tmp_path / "bin").mkdir()
    if script is not None:
        (tmp_path / "bin" / "docker").write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / "bin" / "docker").chmod(0o755)
    assert main(["publish", "docker", "tiny", "--out", str(tmp_path / "out")]) == PASSED
    output = capsys.readouterr().err
    assert says in output if says else output == ""
    assert (tmp_path / "out" / "compose.yaml").is_file()


def test_an_unknown_target_is_answered_with_the_nearest(
    published: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(published / "course")
    assert main(["publish", "git-hub", "tiny", "--out", "out"]) == USER_MISTAKE
    assert "did you mean 'github'?" in capsys.readouterr().err
