"""Proves an assignment: grades its handout, its solution and every mutant, and lists its rubric's gaps."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from grader.author.read_yaml import places_of
from grader.author.render import Views
from grader.judge.process.devices import first_available, why_unavailable
from grader.judge.session import Session
from grader.judge.verdict.oracles import ReferenceOracle
from grader.model.assignment import Assignment
from grader.model.grade import Grade, Status
from grader.model.mutant import Mutant
from grader.model.results.verification import Finding, Verification, Weight
from grader.model.submitted_files import SubmittedFiles
from grader.model.surroundings import Sandbox
from grader.model.text import plural
from grader.prove.assignment_checks import SOLUTION, submissions, verify
from grader.prove.cheats import cheats_on, excesses, gains
from grader.prove.cheats.table import points_on_visible_answers
from grader.prove.read_mutants import file_of, read_mutants, read_rewrites
from grader.prove.run_mutants import grade_texts, grade_variants, keep_misconceptions
from grader.prove.variant_difficulty import differences, hidden_exact, kills


def prove(root: Path, views: Views, secret: str, jobs: int, seeds: int) -> Verification:
    """The result of grading the handout, the solution, every mutant and every cheat."""
    assignment, cheats = views.assignment, cheats_on(views)
    mutants, findings = read_mutants(views)
    rewrites, of_rewrites = read_rewrites(views)
    versions = (
        submissions(views, mutants)
        | rewrite_files(views, rewrites)
        | {cheat.key: cheat.files for cheat in cheats}
    )
    grades = grade_texts(assignment, secret, versions, jobs)
    _, conflicting = keep_misconceptions(root, views, secret, mutants, grades, jobs)
    place_of = places_of(assignment).__getitem__
    with closing(ReferenceOracle(assignment, secret)) as oracle:
        elsewhere = grades_on_further_devices(views, secret)
        verification = verify(views, mutants, grades, oracle, place_of, seeds, elsewhere)
        on_answers = tuple(points_on_visible_answers(assignment, oracle))
    above = (*excesses(views, cheats, grades), *on_answers)
    of_cheats = tuple(
        Finding(*place_of(place), f"{place}: {message}", Weight.POINTS) for place, message in above
    )
    return replace(
        verification,
        findings=findings
        + of_rewrites
        + verification.findings
        + of_cheats
        + tuple(rejected_rewrites(assignment, rewrites, grades)),
        conflicting_pairs=tuple(conflicting),
        gains=tuple(gains(cheats, grades, above)),
    )


def rewrite_files(views: Views, rewrites: Sequence[Mutant]) -> dict[str, dict[str, str]]:
    """The files of each right version that is written differently."""
    by_name = submissions(views, rewrites)
    return {f"rewrite {one.name}": by_name[one.name] for one in rewrites}


def rejected_rewrites(
    assignment: Assignment, rewrites: Sequence[Mutant], grades: Mapping[str, Grade]
) -> Iterator[Finding]:
    """A finding for each right version that loses points."""
    for one in rewrites:
        results = (r for c in grades[f"rewrite {one.name}"].criteria for r in c.results)
        first = next((r for r in results if r.status is not Status.OK), None)
        if first is not None:
            message = f"{one.name} is right and loses points: {first.name}: {first.status}"
            message = f"{message}: {first.rationale}"
            yield Finding(file_of(assignment, one), one.line, message, Weight.POINTS)


def grades_on_further_devices(views: Views, secret: str) -> dict[str, Grade]:
    """The solution's grade on each of the assignment's available devices except the default one."""
    assignment = views.assignment
    first = first_available(assignment.devices)
    grades: dict[str, Grade] = {}
    for device in assignment.devices:
        if device != first and not why_unavailable(device):
            files = {n: text.encode() for n, text in submissions(views, ())[SOLUTION].items()}
            with Session(assignment, sandbox=Sandbox.BUBBLEWRAP, secret=secret, device=device) as session:
                grades[device] = session.grade(SubmittedFiles(files), SOLUTION)
    return grades


def differences_between_variants(
    views: Views, secret: str, variants: int, jobs: int
) -> tuple[list[str], str]:
    """A line for each mutant that hidden cases kill only with some students' numbers, and their count."""
    assignment = views.assignment
    mutants, _ = read_mutants(views)
    by_name = submissions(views, mutants)
    ids = [f"variant-{number + 1}" for number in range(variants)]
    texts = {m.name: by_name[m.name] for m in mutants}
    grades = grade_variants(hidden_exact(assignment), secret, texts, jobs, ["", *ids])
    common = kills(grades[""])
    lines = list(differences(common, {id: kills(grades[id]) for id in ids}))
    sizes = ((len(common), "hidden case"), (len(mutants), "mutant"), (variants, "variant"))
    counts = ", ".join(plural(size, noun) for size, noun in sizes)
    differing = plural(len(lines), "difference") if lines else "no differences"
    return lines, f"{assignment.name}: {counts}: {differing}"
