"""`grader verify`: holds assignments to their promises, by their mutants."""

import argparse
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from grader.author.load import places_of
from grader.cli import NOT_PASSED, PASSED
from grader.cli.course import chosen, repository, secret
from grader.judge.process.devices import first_at_hand, missing
from grader.judge.session import Session
from grader.judge.verdict.oracles import ReferenceOracle
from grader.model.assignment import Assignment
from grader.model.errors import UserError
from grader.model.files import SubmittedFiles
from grader.model.grade import Grade
from grader.model.verification import Verification
from grader.prove.misconceptions import grade_made, grade_variants, misconceptions_file
from grader.prove.mutants import read_mutants
from grader.prove.variants import differences, hidden_exact, kills
from grader.prove.verify import SOLUTION, submissions, verify
from grader.report.files import write_text
from grader.report.pages import kill_matrix


def run(options: argparse.Namespace) -> int:
    """Shows the kill matrix of each assignment, and what is to be mended."""
    if options.seeds < 1:
        raise UserError(f"--seeds {options.seeds}: at least one is needed")
    root, console, passed = repository(), Console(), True
    for assignment in chosen(options.names):
        if options.variants:
            passed = is_alike(assignment, options.variants, options.jobs) and passed
            continue
        verification = verified(root, assignment, options.jobs, options.seeds)
        kill_matrix.show_matrix(verification, console)
        write_text(options.out / f"{assignment.name}.html", kill_matrix.to_html(verification))
        passed = passed and not verification.findings
    return PASSED if passed else NOT_PASSED


def verified(root: Path, assignment: Assignment, jobs: int, seeds: int) -> Verification:
    """What comes of grading the handout, the solution and every mutant."""
    mutants, findings = read_mutants(assignment)
    grades = grade_made(assignment, submissions(assignment, mutants), jobs)
    misconceptions_file(root, assignment, grades={m.name: grades[m.name] for m in mutants})
    place_of = places_of(assignment).__getitem__
    with closing(ReferenceOracle(assignment, secret())) as oracle:
        elsewhere = on_further_devices(assignment)
        verification = verify(assignment, mutants, grades, oracle, place_of, seeds, elsewhere)
    return replace(verification, findings=findings + verification.findings)


def on_further_devices(assignment: Assignment) -> dict[str, Grade]:
    """The solution's grade on each of the assignment's devices at hand but the one that is used anyway."""
    first = first_at_hand(assignment.devices)
    grades = {}
    for device in assignment.devices:
        if device != first and not missing(device):
            files = {n: text.encode() for n, text in submissions(assignment, ())[SOLUTION].items()}
            with Session(assignment, wall="bubblewrap", secret=secret(), device=device) as session:
                grades[device] = session.grade(SubmittedFiles(files), SOLUTION)
    return grades


def is_alike(assignment: Assignment, variants: int, jobs: int) -> bool:
    """Whether hidden cases kill the same mutants in each of so many students' numbers; says where not."""
    mutants, _ = read_mutants(assignment)
    made = submissions(assignment, mutants)
    ids = [f"variant-{number + 1}" for number in range(variants)]
    grades = grade_variants(
        hidden_exact(assignment), {m.name: made[m.name] for m in mutants}, jobs, ["", *ids]
    )
    common = kills(grades[""])
    lines = list(differences(common, {id: kills(grades[id]) for id in ids}))
    said = f"{len(common)} hidden cases, {len(mutants)} mutants, {variants} variants: {len(lines) or 'no'} "
    print("\n".join([*lines, f"{assignment.name}: {said}difference{'s' * (len(lines) != 1)}"]))
    return not lines
