"""`grader similarity`: finds similar submissions, and rare wrong answers that students share."""

import argparse
from collections.abc import Mapping

from grader.author.render import render
from grader.batch.copy_detection import most_similar, similar_pairs
from grader.batch.gradebook import Gradebook
from grader.cli.command_line.exit_status import PASSED
from grader.cli.command_line.json_output import print_json
from grader.cli.course import course
from grader.cli.intake import intake_of
from grader.model.assignment import Assignment
from grader.model.results.similar_pair import Pair
from grader.report.pages.similar_pairs import shared_answers, similarity_pages
from grader.report.write_files import write_files

SHOWN_PAIRS = 10
OWN_NUMBERS = "Each student had their own numbers, so a shared wrong answer cannot show copying."


def run(options: argparse.Namespace) -> int:
    """Writes the pages, and prints the most similar pairs."""
    course_assignment = course()[options.assignment]
    assignment = course_assignment.loaded
    with Gradebook(options.gradebook, create=False) as gradebook:
        rows = [row for row in gradebook.grades() if row.assignment == assignment.name]
        students = gradebook.students()
    handout = render(assignment, "handout").files
    pairs = _pairs(options, assignment, handout)
    note = OWN_NUMBERS if course_assignment.course.facts.variants else ""
    answers = shared_answers(rows)[: options.top]
    pages = similarity_pages(assignment.title, pairs, answers, handout, note, students)
    write_files(options.out / assignment.name, pages)
    page = options.out / assignment.name / "index.html"
    if options.json:
        print_json("similarity/1", {"page": page, "pairs": [_facts(pair) for pair in pairs]})
        return PASSED
    labels = {student.id: student.label for student in students}
    for pair in most_similar(pairs, SHOWN_PAIRS):
        both = ", ".join(labels.get(side.student, side.student) for side in (pair.left, pair.right))
        print(f"{pair.left.share:4.0%} {pair.right.share:4.0%}  {both}")
    print(page)
    return PASSED


def _facts(pair: Pair) -> dict[str, object]:
    sides = {"left": pair.left, "right": pair.right}
    return {"file": pair.file} | {n: {"student": s.student, "share": s.share} for n, s in sides.items()}


def _pairs(
    options: argparse.Namespace, assignment: Assignment, handout: Mapping[str, str]
) -> tuple[Pair, ...]:
    """The most similar pairs of submissions, over all submitted files."""
    intake = intake_of(options, assignment)
    handed_in = {pairs.submission.student_id: intake.read(pairs).files for pairs in intake.submissions}
    pairs: list[Pair] = []
    for name in assignment.files:
        texts = {s: files[name].decode(errors="replace") for s, files in handed_in.items() if name in files}
        pairs += similar_pairs(texts, name, handout[name], options.top)
    return most_similar(pairs, options.top)
