"""Writes the export of a large class with the oddities of real classes: a Canvas zip and a roster.

`python -m tests.grader.intake.odd_class --out DIR` writes the class of a seed for `dense`. Its submissions
are the solution and mutants, so that scores differ; docs/doubts.md shows what `grader batch` prints.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

from grader.author.load import load
from grader.author.render import Views
from grader.model.student import Student
from grader.prove.assignment_checks import SOLUTION, submissions
from grader.prove.read_mutants import read_mutants
from tests.grader.intake.class_generator import assemble, write, write_roster
from tests.grader.intake.class_layouts import Names
from tests.grader.intake.class_model import FILE, Delivery, File, GeneratedClass, Person
from tests.grader.intake.class_oddities import (
    Draw,
    Setting,
    canvas_name,
    dated_name,
    empty_file,
    in_a_notebook,
    in_an_archive,
    near_name,
    notebook_beside,
    nothing,
    other_files,
    plain,
    re_upload,
    text_entry,
    two_notebooks,
    two_uploads,
    unreadable,
    untagged_notebook,
)
from tests.grader.intake.class_plan import SOURCES, Plan

ROOT = Path(__file__).parents[3]
STUDENTS = 300
RIGHT_FOR_WRONG = 2  # of three submissions, this many are the solution
GIVEN_NAMES = (
    "Ada", "Alan", "Amir", "Anna", "Chen", "Clara", "Daniel", "Elif", "Emma", "Farah", "Grace", "Hugo",
    "Ines", "Jonas", "José", "Kenji", "Lena", "Maya", "Noah", "Olga", "Priya", "Ravi", "Sofía", "Tomás",
    "Zoë",
)  # fmt: skip
SURNAMES = (
    "Adeyemi", "Andersson", "Bauer", "Chaudhary", "Dubois", "Fischer", "García", "Haddad", "Hopper", "Ivanov",
    "Kowalski", "Lindqvist", "Martin", "Nguyen", "O'Brien", "Okafor", "Rossi", "Sato", "Silva", "Tanaka",
    "Weiß", "Zhang",
)  # fmt: skip


def ordinary(rng: Random, setting: Setting) -> Delivery:
    """The file alone, on time."""
    delivery = plain(rng, setting)
    return replace(delivery, files=delivery.files[:1], late=False)


def late(rng: Random, setting: Setting) -> Delivery:
    """The file alone, which Canvas marks as late."""
    return replace(ordinary(rng, setting), late=True)


def with_screenshots(rng: Random, setting: Setting) -> Delivery:
    """The file, and pictures of it."""
    delivery = ordinary(rng, setting)
    names = rng.sample(["Screenshot 2026-10-01 at 23.58.01.png", "IMG_2041.HEIC", "output.png"], 2)
    return replace(delivery, files=(*delivery.files, *(File(name, setting.token) for name in names)))


ODDITIES: tuple[tuple[Draw, int], ...] = (
    (late, 6), (re_upload, 4), (with_screenshots, 3), (in_a_notebook, 3), (near_name, 4), (in_an_archive, 2),
    (untagged_notebook, 2), (notebook_beside, 2), (two_notebooks, 1), (two_uploads, 2), (other_files, 2),
    (dated_name, 1), (text_entry, 1), (canvas_name, 1), (empty_file, 1), (unreadable, 1),
)  # fmt: skip
ABSENT = 4  # in addition: two of one name, one on no roster, one group's name


def make_odd_class(seed: int, sources: Sequence[bytes], students: int = STUDENTS) -> GeneratedClass:
    """The class of a seed: every kind of oddity occurs as often as `ODDITIES` says."""
    rng = Random(f"odd class {seed}")
    people = _people(rng, students)
    draws = [draw for draw, count in ODDITIES for _ in range(count)] + [nothing] * ABSENT
    plain_ones = [ordinary] * (students - len(draws) - 4)
    rng.shuffle(mixed := [*draws, *plain_ones])
    deliveries = []
    for person, draw in zip(people, [ordinary] * 4 + mixed, strict=True):
        others = rng.sample([one for one in people if one.key != person.key], 3)
        deliveries.append(draw(rng, Setting(person, others, sources, "canvas", False, True)))
    return assemble(
        Plan(
            kind="canvas",
            deliveries=tuple(deliveries),
            roster=tuple(
                Student(p.roster_id, p.name, p.email, rng.choice("AB"), "") for p in people if p.on_roster
            ),
            names=Names(seed, rng.randint(1000, 9999)),
            is_zip=True,
            encoding="unflagged",
            form="NFC",
            wraps=(),
            strays=("__MACOSX", ".DS_Store"),
            has_folders=False,
            is_plain=False,
            roster_style="institution",
            flaw="namesakes",
        )
    )


def _people(rng: Random, count: int) -> list[Person]:
    """The first two have one name, the third is on no roster, and the fourth submits as a group."""
    names = rng.sample([(given, surname) for given in GIVEN_NAMES for surname in SURNAMES], count)
    names[1] = names[0]
    numbers, ids = rng.sample(range(20_000, 99_999), count), rng.sample(range(1000, 9999), count)
    people = [
        Person(f"p{place}", *name, str(numbers[place]), f"s{ids[place]}", f"s{ids[place]}@example.edu", "")
        for place, name in enumerate(names)
    ]
    people[2] = replace(people[2], on_roster=False)
    people[3] = replace(people[3], group="Study Group")
    return people


def sources_of_dense() -> list[bytes]:
    """The solution of `dense`, and its mutants: twice as many solutions as mutants."""
    assignment = load(ROOT / "assignments" / "dense")
    by_name = submissions(Views(assignment), read_mutants(Views(assignment))[0])
    mutants = [
        files[FILE].encode() for name, files in by_name.items() if name not in (SOLUTION, "the handout")
    ]
    return [by_name[SOLUTION][FILE].encode()] * (RIGHT_FOR_WRONG * len(mutants)) + mutants


def main() -> int:
    """Writes class.zip and roster.csv."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--students", type=int, default=STUDENTS, metavar="N")
    parser.add_argument("--plain", action="store_true", help="two short sources in place of dense's")
    options = parser.parse_args()
    least = len([draw for draw, count in ODDITIES for _ in range(count)]) + ABSENT + 4
    if options.students < least:
        parser.error(f"--students {options.students}: expected at least {least}, one for each oddity")
    sources = SOURCES if options.plain else sources_of_dense()
    options.out.mkdir(parents=True, exist_ok=True)
    cls = make_odd_class(options.seed, sources, options.students)
    print(write(cls, options.out, as_zip=True), write_roster(cls, options.out / "roster.csv"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
