"""The command `grader`: parses arguments and calls one function."""

import argparse
import importlib.util
import os
import re
import sys
import tempfile
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from grader.author.load import changed_files, digest_of, load
from grader.judge.devices import first_at_hand, missing
from grader.judge.diagnose import FORMAT, Misconceptions, of_mutants
from grader.judge.session import Session
from grader.model.assignment import Assignment
from grader.model.errors import BackflipError, UserError
from grader.model.grade import Grade
from grader.model.policies import closes, extension_of
from grader.publish import DEFAULT_GRADEBOOK, add_commands
from grader.report import gradescope, prairielearn, terminal
from grader.report.html import to_html
from grader.report.json_report import to_json

if TYPE_CHECKING:
    from grader.batch.intake import Choice
    from grader.batch.run import Executor
    from grader.batch.work import Grading

PASSED, NOT_PASSED, USER_MISTAKE, GRADER_FAULT = 0, 1, 2, 3
STUDENT_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]*")
SEED_VARIABLE, SEED_FILE = "BACKFLIP_SEED", ".backflip-seed"


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; returns its exit status (see `grader --help`)."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    words, passed_on = (
        (words[: words.index("--")], words[words.index("--") + 1 :]) if "--" in words else (words, [])
    )
    if words[:1] == ["emulate"]:
        return _emulate([*words[1:], *passed_on])
    options = _parser().parse_args(words)
    if passed_on:
        if options.command != "grade":
            print("grader: only `grader grade` passes arguments on to pytest", file=sys.stderr)
            return USER_MISTAKE
        options.pytest_arguments = passed_on
    try:
        if "after_grading" in options:
            return int(options.after_grading(options, _find_repository()))
        return int(options.run(options))
    except UserError as error:
        print(f"grader: {error}", file=sys.stderr)
        return USER_MISTAKE
    except BackflipError as error:
        print(f"grader: the grader's own fault: {error}", file=sys.stderr)
        return GRADER_FAULT
    except KeyboardInterrupt:
        print("grader: interrupted; what was recorded stays", file=sys.stderr)
        return NOT_PASSED
    except Exception as error:  # Python's own exit status for it, 1, would mean that a submission failed
        place = traceback.extract_tb(error.__traceback__)[-1]
        text = " ".join(f"{type(error).__name__}: {error}".split())
        print(f"grader: the grader's own fault: {text} ({place.filename}:{place.lineno})", file=sys.stderr)
        return GRADER_FAULT


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="grader",
        description="Backflip: generate assignments and grade submissions.",
        epilog="exit status: 0 done and everything passed; 1 done, something did not pass (batch: something "
        "needs a person); 2 your mistake, said in one line; 3 the grader's own fault",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    generate = commands.add_parser("generate", help="write handouts and solutions")
    generate.add_argument(
        "names", nargs="*", metavar="NAME", help="an assignment; all of the course by default"
    )
    generate.add_argument("--out", type=Path, default=Path("build"), help="default: build")
    generate.add_argument(
        "--variant", default="", metavar="ID", help="one student's handout, with worked numbers of their own"
    )
    generate.set_defaults(run=_generate)

    verify = commands.add_parser("verify", help="hold assignments to their promises, by their mutants")
    verify.add_argument(
        "names", nargs="*", metavar="NAME", help="an assignment; all of the course by default"
    )
    verify.add_argument("--out", type=Path, default=Path("build/verify"), help="default: %(default)s")
    verify.add_argument(
        "--jobs", type=int, default=os.cpu_count() or 1, metavar="N", help="default: one a core"
    )
    verify.add_argument(
        "--seeds",
        type=int,
        default=200,
        metavar="N",
        help="for the sweep over tolerances; default: %(default)s",
    )
    verify.add_argument(
        "--variants", type=int, default=0, metavar="N", help="instead: prove N students' numbers equally hard"
    )
    verify.set_defaults(run=_verify)

    grade = commands.add_parser(
        "grade",
        help="grade one submission",
        epilog="words after -- go to pytest: grader grade DIR -- -k x_grad -x",
    )
    grade.add_argument("submission", type=Path, metavar="DIR", help="the folder with the files handed in")
    grade.add_argument("--assignment", metavar="NAME", help="in a handout: its own")
    grade.add_argument(
        "--device",
        choices=("cpu", "cuda", "emulated"),
        help="default: the first of the assignment's that is at hand",
    )
    grade.add_argument("--json", type=Path, metavar="FILE", help="also write the grade as JSON")
    for name, theirs in (("gradescope", "Gradescope"), ("prairielearn", "PrairieLearn")):
        grade.add_argument(f"--{name}", type=Path, metavar="FILE", help=f"also as results.json for {theirs}")
    grade.add_argument("--html", type=Path, metavar="FILE", help="also write the feedback as a page")
    grade.add_argument(
        "--variant",
        metavar="ID",
        help="whose numbers hidden cases have; default: everybody's, or with `variants: true` in course.yaml "
        "those of the folder's name",
    )
    grade.add_argument("--reveal", action="store_true", help="show hidden cases' values too")
    _add_sandbox(grade)
    grade.set_defaults(run=_grade, pytest_arguments=[])

    batch = commands.add_parser("batch", help="grade a class into the gradebook")
    batch.add_argument(
        "submissions", type=Path, metavar="DIR_OR_ZIP", help="a folder per student, or the zip of an LMS"
    )
    batch.add_argument(
        "--roster", type=Path, metavar="CSV", help="student_id, name, email, section, extension"
    )
    batch.add_argument(
        "--policy",
        choices=("last", "best", "last-before-deadline"),
        default="last",
        help="which of a student's submissions counts; default: %(default)s",
    )
    batch.add_argument("--deadline", metavar="TIME", help="with its offset: 2026-10-01T23:59:00+02:00")
    batch.add_argument("--assignment", required=True, metavar="NAME")
    batch.add_argument("--gradebook", default=DEFAULT_GRADEBOOK, metavar="URL", help="default: %(default)s")
    batch.add_argument(
        "--jobs", type=int, default=os.cpu_count() or 1, metavar="N", help="default: one a core"
    )
    batch.add_argument(
        "--cluster", metavar="ADDRESS", help="tcp://HOST:PORT of a Dask scheduler, or local to start one"
    )
    _add_sandbox(batch)
    batch.set_defaults(run=_batch)

    # Listed here; `_emulate` hands its arguments to the emulator, which says what they are.
    commands.add_parser("emulate", help="run a CUDA kernel on the CPU: grader emulate --help", add_help=False)

    add_commands(commands, _pack_autograder)
    return parser


def _add_sandbox(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--sandbox",
        choices=("bubblewrap", "none"),
        default="bubblewrap",
        help="none: for your own code only (a handout holds no answers and needs no wall)",
    )


def _generate(options: argparse.Namespace) -> int:
    from grader.author.load import load_course  # the instructor's commands import what students do not have
    from grader.author.render import generate

    if options.variant and not STUDENT_ID.fullmatch(options.variant):
        raise UserError(f"--variant {options.variant!r}: it names a folder: letters, digits and ._@-")
    root = _repository()
    names = options.names or load_course(root / "assignments" / "course.yaml").assignments
    assignments = [_from_repository(root, name) for name in names]
    known = {a.name: Misconceptions.read(_misconceptions_file(root, a)) for a in assignments}
    for folder in generate(assignments, options.out, known, options.variant, _secret()):
        print(folder)
    return PASSED


def _verify(options: argparse.Namespace) -> int:
    from grader.author.load import load_course, places_of
    from grader.author.mutate import read_mutants
    from grader.author.verify import submissions, verify
    from grader.judge.oracles import ReferenceOracle
    from grader.report import kill_matrix

    if options.seeds < 1:
        raise UserError(f"--seeds {options.seeds}: at least one is needed")
    root, console, passed = _repository(), Console(), True
    names = options.names or load_course(root / "assignments" / "course.yaml").assignments
    if options.variants:
        alike = [_is_alike(_from_repository(root, name), options.variants, options.jobs) for name in names]
        return PASSED if all(alike) else NOT_PASSED
    for name in names:
        assignment = _from_repository(root, name)
        mutants, findings = read_mutants(assignment)
        grades = _grade_all(assignment, submissions(assignment, mutants), options.jobs)
        _misconceptions_file(root, assignment, grades={m.name: grades[m.name] for m in mutants})
        place_of = places_of(assignment).__getitem__
        with closing(ReferenceOracle(assignment, _secret())) as oracle:
            elsewhere = _on_further_devices(assignment)
            verification = verify(assignment, mutants, grades, oracle, place_of, options.seeds, elsewhere)
        verification = replace(verification, findings=findings + verification.findings)
        kill_matrix.show_matrix(verification, console)
        _write(options.out / f"{name}.html", kill_matrix.to_html(verification))
        passed = passed and not verification.findings
    return PASSED if passed else NOT_PASSED


def _on_further_devices(assignment: Assignment) -> dict[str, Grade]:
    """The solution's grade on each of the assignment's devices at hand but the one that is used anyway."""
    from grader.author.verify import SOLUTION, submissions
    from grader.judge.session import Session
    from grader.judge.stage import HandedIn

    first = first_at_hand(assignment.devices)
    grades = {}
    for device in assignment.devices:
        if device != first and not missing(device):
            files = {n: text.encode() for n, text in submissions(assignment, ())[SOLUTION].items()}
            with Session(assignment, wall="bubblewrap", secret=_secret(), device=device) as session:
                grades[device] = session.grade(HandedIn(files), SOLUTION)
    return grades


def _is_alike(assignment: Assignment, variants: int, jobs: int) -> bool:
    """Whether hidden cases kill the same mutants in each of so many students' numbers; says where not."""
    from grader.author.mutate import read_mutants
    from grader.author.variants import differences, hidden_exact, kills
    from grader.author.verify import submissions

    mutants, _ = read_mutants(assignment)
    made = submissions(assignment, mutants)
    ids = [f"variant-{number + 1}" for number in range(variants)]
    grades = _grade_variants(
        hidden_exact(assignment), {m.name: made[m.name] for m in mutants}, jobs, ["", *ids]
    )
    common = kills(grades[""])
    lines = list(differences(common, {id: kills(grades[id]) for id in ids}))
    said = f"{len(common)} hidden cases, {len(mutants)} mutants, {variants} variants: {len(lines) or 'no'} "
    print("\n".join([*lines, f"{assignment.name}: {said}difference{'s' * (len(lines) != 1)}"]))
    return not lines


def _pack_autograder(name: str, out: Path) -> Path:
    """Writes the zip that Gradescope runs for an assignment."""
    from grader.author.autograder import autograder_files, pack
    from grader.author.render import build_wheel
    from grader.report.files import write_files

    root = _repository()
    assignment = _from_repository(root, name)
    known = _misconceptions_file(root, assignment)
    made = {known.relative_to(root).as_posix(): known.read_bytes(), SEED_FILE: _secret().encode()}
    requirements = (root / "locks" / "autograder.txt").read_bytes()
    with tempfile.TemporaryDirectory(prefix="backflip-") as scratch:
        wheel = build_wheel(root, Path(scratch))
        files = autograder_files(assignment, wheel, requirements, made, _has_variants(assignment))
    (path,) = write_files(out, {f"{name}-gradescope.zip": pack(files)})
    return path


def _misconceptions_file(
    root: Path, assignment: Assignment, grades: Mapping[str, Grade] | None = None
) -> Path:
    """The file that says what each mutant of this very assignment answers; made where it is missing."""
    from grader.author.mutate import read_mutants
    from grader.author.verify import submissions

    mutants, _ = read_mutants(assignment)  # `grader verify` complains of the others
    parts = [str(FORMAT), assignment.digest, _secret(), *(m.source for m in mutants)]
    key = digest_of("\0".join(parts).encode())
    path = root / "build" / "misconceptions" / f"{assignment.name}-{key[:16]}.json"
    if not path.is_file():
        if grades is None:
            made = submissions(assignment, mutants)
            grades = _grade_all(assignment, {m.name: made[m.name] for m in mutants}, os.cpu_count() or 1)
        messages = {mutant.name: mutant.message for mutant in mutants}
        exercises = {mutant.name: mutant.exercise for mutant in mutants}
        part = path.with_suffix(f".{os.getpid()}")  # others may look for it at the same time
        _write(part, of_mutants(grades, messages, exercises).to_json())
        part.replace(path)
    return path


def _grade_all(assignment: Assignment, made: Mapping[str, Mapping[str, str]], jobs: int) -> dict[str, Grade]:
    """The grades of submissions that are given as texts, each graded as a student's would be."""
    return _grade_variants(assignment, made, jobs, [""])[""]


def _grade_variants(
    assignment: Assignment, made: Mapping[str, Mapping[str, str]], jobs: int, variants: Sequence[str]
) -> dict[str, dict[str, Grade]]:
    """The same in the numbers of several students, by their ids; "" stands for everybody's."""
    from grader.batch.pool import grade_all
    from grader.batch.work import Grading, Work, do, set_up
    from grader.judge.stage import HandedIn

    grading = Grading.of(assignment, "bubblewrap", _secret(), None, variants=True)
    encoded = {name: {file: text.encode() for file, text in files.items()} for name, files in made.items()}
    work = {name: Work(HandedIn(files), tuple(variants)) for name, files in encoded.items()}
    names = {id(one): name for name, one in work.items()}
    grades: dict[str, dict[str, Grade]] = {v: {} for v in variants}
    for one, result in grade_all(work.values(), partial(do, grading.digest), jobs, partial(set_up, grading)):
        if isinstance(result, Exception):
            raise result
        for variant, grade in zip(variants, result.grades, strict=True):
            grades[variant][names[id(one)]] = grade
    return grades


def _grade(options: argparse.Namespace) -> int:
    assignment = _assignment(options.assignment)
    device = options.device or first_at_hand(assignment.devices)
    if device not in assignment.devices:
        raise UserError(f"--device {device}: {assignment.name} is graded on {', '.join(assignment.devices)}")
    if not_here := missing(device):
        raise UserError(f"--device {device}: {not_here}")
    if not options.submission.is_dir():
        raise UserError("no such folder: name the folder that holds the submission", options.submission)
    wall = options.sandbox
    if assignment.frozen is not None:
        wall = "none"
        for name in changed_files(assignment):
            print(f"note: {name} is not as it was handed out; your instructor grades with the original")
    known = None
    if assignment.frozen is None and wall != "none":
        known = Misconceptions.read(_misconceptions_file(_repository(), assignment))
    with Session(assignment, wall=wall, secret=_secret(), device=device, known=known) as session:
        session.check_sandbox()
        name = options.submission.resolve().name
        variant = (name if _has_variants(assignment) else "") if options.variant is None else options.variant
        grade = session.grade(options.submission, name, options.pytest_arguments, variant)
    terminal.show(grade, Console(), reveal=options.reveal)
    if options.json is not None:
        _write(options.json, to_json(grade, reveal=options.reveal))
    if options.html is not None:
        _write(options.html, to_html(grade, reveal=options.reveal))
    if options.gradescope is not None:
        _write(options.gradescope, gradescope.results_json(grade))
    if options.prairielearn is not None:
        _write(options.prairielearn, prairielearn.results_json(grade))
    if grade.needs_person:
        return GRADER_FAULT
    ran = [result for criterion in grade.criteria for result in criterion.results]
    return PASSED if all(result.status == "ok" for result in ran) else NOT_PASSED


def _batch(options: argparse.Namespace) -> int:
    from grader.batch.gradebook import Gradebook
    from grader.batch.intake import choice_of, find_submissions
    from grader.batch.roster import read_roster
    from grader.batch.run import print_summary, run_batch
    from grader.batch.work import Grading

    if options.jobs < 1:
        raise UserError(f"--jobs {options.jobs}: at least one is needed")
    assignment = _assignment(options.assignment)
    roster = None if options.roster is None else read_roster(options.roster)
    choice = _by_course(choice_of(options.policy, options.deadline), assignment.name)
    found = find_submissions(options.submissions, assignment.files, assignment.name, roster, choice)
    with Session(assignment, wall=options.sandbox) as session:
        session.check_sandbox()
    known = None
    if options.sandbox != "none":
        known = Misconceptions.read(_misconceptions_file(_repository(), assignment))
    grading = Grading.of(assignment, options.sandbox, _secret(), known, _has_variants(assignment))
    with Gradebook(options.gradebook) as gradebook, _executor(options, grading) as execute:
        summary = run_batch(found, grading.digest, execute, gradebook, assignment.name, Console())
    print_summary(summary, Console())
    return NOT_PASSED if summary.needs_person else PASSED


def _by_course(choice: "Choice", name: str) -> "Choice":
    """The choice, by the course's deadline and extensions: what is dropped displaces nothing."""
    from grader.author.load import load_course

    policies = load_course(_repository() / "assignments" / "course.yaml").policies
    extension = partial(extension_of, policies, name)
    return replace(choice, closes=closes(policies, name), extension=extension)


def _emulate(arguments: Sequence[str]) -> int:
    """The emulator's own command. It is found by name, as oracles are: the grader's wheel holds none.

    In the repository it is the reference's, in a handout the one that the handout provides.
    """
    sys.path.append(os.getcwd())
    for package in ("reference", "ndarray"):
        if importlib.util.find_spec(package) and importlib.util.find_spec(f"{package}.emulator"):
            command = importlib.import_module(f"{package}.emulator.__main__")
            return int(command.main(arguments, "grader emulate"))
    raise UserError("grader emulate: no emulator here; run it in the repository or in a handout with CUDA")


@contextmanager
def _executor(options: argparse.Namespace, grading: "Grading") -> "Iterator[Executor]":
    """What does the work of a batch: processes of this machine, or a Dask cluster."""
    from grader.batch.pool import grade_all
    from grader.batch.work import do, set_up

    if options.cluster is None:
        grade_one = partial(do, grading.digest)
        yield partial(grade_all, grade_one=grade_one, jobs=options.jobs, set_up=partial(set_up, grading))
        return
    try:
        from grader.batch.cluster import connect, grade_on_cluster
    except ImportError as error:
        raise UserError("--cluster needs dask.distributed: pip install 'backflip[cluster]'") from error
    with connect(options.cluster, options.jobs, grading.code) as client:
        yield partial(grade_on_cluster, client=client, grading=grading)


def _assignment(name: str | None) -> Assignment:
    """The named assignment of the repository around the working folder, or without a name the handout's."""
    handout = Path("grading")
    if name is None:
        if (handout / "assignment.yaml").is_file():
            return load(handout)
        raise UserError("which assignment? name it with --assignment, or run this in a handout's folder")
    return _from_repository(_repository(), name)


def _from_repository(root: Path, name: str) -> Assignment:
    from grader.author.render import provided_files

    folder = root / "assignments" / name
    if not (folder / "assignment.yaml").is_file():
        known = sorted(path.parent.name for path in (root / "assignments").glob("*/assignment.yaml"))
        raise UserError(f"found no assignment {name!r}, expected one of {', '.join(known)}")
    assignment = load(folder)
    return replace(assignment, provided=provided_files(assignment), library=root)


def _repository() -> Path:
    root = _find_repository()
    if root is None:
        raise UserError("found no assignments/course.yaml here or above: run this in the course's repository")
    return root


def _find_repository() -> Path | None:
    folders = (Path.cwd(), *Path.cwd().parents)
    return next((f for f in folders if (f / "assignments" / "course.yaml").is_file()), None)


def _has_variants(assignment: Assignment) -> bool:
    """Whether the course gives each student numbers of their own in hidden cases; a handout has none."""
    from grader.author.load import load_course

    if assignment.frozen is not None:
        return False
    return load_course(_repository() / "assignments" / "course.yaml").variants


def _secret() -> str:
    """The course's secret seed: an environment variable, or an untracked file at the repository's root."""
    from_environment = os.environ.get(SEED_VARIABLE, "")
    file = (_find_repository() or Path()) / SEED_FILE
    if from_environment or not file.is_file():
        return from_environment
    return file.read_text(encoding="utf-8").strip()


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UserError(f"cannot be written: {error.strerror}", path) from error


if __name__ == "__main__":
    sys.exit(main())
