"""Draws the plan of a class: its layout, its people, their submissions, and the extra files."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Literal

from grader.model.student import Student
from tests.grader.intake import class_people
from tests.grader.intake.class_layouts import LAYOUTS, Layout, Names
from tests.grader.intake.class_model import Delivery, Person
from tests.grader.intake.class_oddities import Setting, draw_odd, draw_plain, nothing, plain

SOURCES = (b"def dense(x, w, b=None):\n    return x @ w\n", b"def dense(x, w, b=None):\n    return x\n")
GROUPS = ("team_3", "hw_group_2", "Project Group 7", "Die Übungsgruppe", "group 12", "A")
PARTICIPANTS = ("Participant", "Teilnehmer-in", "Participante", "参加者")
WRAPS = ("submissions", "hw1", "export 2026", "Abgaben für Übung 1")
LITTER = (".DS_Store", "__MACOSX", "Thumbs.db", "desktop.ini", "~$grades.xlsx")
OTHERS = ("readme.txt", "grades.csv", "submissions.zip")  # an instructor's own files
NEW_FOLDER = "New folder/"
QUESTIONS = ("canvas_groups", "moodle_groups", "mixed")  # the whole input may end as a question
UNNAMED = ("canvas_anonymous", "moodle_blind", "moodle_groups")  # the export names no student


@dataclass(frozen=True)
class Plan:
    """The plan drawn for a class. A class of fewer students is the same plan with fewer deliveries."""

    kind: str
    deliveries: tuple[Delivery, ...]
    roster: tuple[Student, ...] | None
    names: Names
    is_zip: bool
    encoding: str
    form: Literal["NFC", "NFD"]
    wraps: tuple[str, ...]
    strays: tuple[str, ...]
    has_folders: bool
    is_plain: bool
    roster_style: str
    unlisted: str = ""  # the key of the student missing from Gradescope's metadata
    flaw: str = ""  # of the class: "namesakes", "number of another", "no metadata"

    @property
    def layout(self) -> Layout:
        return LAYOUTS[self.kind]

    @property
    def people(self) -> list[Person]:
        return [delivery.person for delivery in self.deliveries]

    def members(self, person: Person) -> list[Person]:
        """The others of a person's group."""
        return [p for p in self.people if person.group and p.group == person.group and p.key != person.key]


def draw(seed: int, sources: Sequence[bytes] = SOURCES) -> Plan:
    """Draws the plan of a class."""
    rng = Random(f"class {seed}")
    kind = rng.choices(list(LAYOUTS), [layout.weight for layout in LAYOUTS.values()])[0]
    style = rng.choice(LAYOUTS[kind].rosters)
    is_plain, is_zip = rng.random() < 0.3, rng.random() < 0.7
    people = class_people.draw_people(rng, rng.randint(3, 9), style)
    flaw = "" if is_plain else _spoil(rng, people, kind, style)
    if LAYOUTS[kind].has_groups or (kind == "gradescope" and flaw != "no metadata" and rng.random() < 0.4):
        _group(rng, people)
    people = [_labeled(person, rng, kind) for person in people]
    may_miss = kind == "gradescope" and not is_plain and not people[0].group
    plan = Plan(
        kind=kind,
        deliveries=(),
        roster=None if style == "none" else class_people.roster_of(rng, people),
        names=_draw_names(rng, seed),
        is_zip=is_zip,
        encoding=rng.choice(["flagged", "unflagged", "cp437"]),
        form=rng.choice(["NFC", "NFC", "NFD"]),
        wraps=tuple(rng.sample(WRAPS, rng.choice([0, 0, 0, 1, 2, 3]))),
        strays=_draw_strays(rng, LAYOUTS[kind], is_plain),
        has_folders=is_zip and rng.random() < 0.5,
        is_plain=is_plain,
        roster_style=style,
        unlisted=people[0].key if may_miss and rng.random() < 0.15 else "",
        flaw=flaw,
    )
    return replace(plan, deliveries=_draw_deliveries(rng, plan, people, sources))


def _draw_names(rng: Random, seed: int) -> Names:
    return Names(
        seed=seed,
        number=rng.randint(1000, 9999),
        slash=rng.choice(["/", "_/"]),
        participant=rng.choice(PARTICIPANTS),
        prefix=rng.choice(["hw1", "dl-hw-2"]),
    )


def _draw_strays(rng: Random, layout: Layout, is_plain: bool) -> tuple[str, ...]:
    names = [*LITTER, *([] if is_plain else OTHERS)]
    names += [NEW_FOLDER] if layout.holds_folders and not is_plain else []
    return tuple(rng.sample(names, rng.choice([0, 0, 1, 2, 3])))


def _spoil(rng: Random, people: list[Person], kind: str, style: str) -> str:
    """Perhaps adds a fault of the class as a whole."""
    if style != "none" and rng.random() < 0.25:
        index = rng.randrange(len(people))
        people[index] = replace(people[index], on_roster=False)
    if LAYOUTS[kind].family in ("canvas", "moodle", "gradescope") and kind != "canvas_anonymous":
        if style == "institution" and rng.random() < 0.25:
            class_people.number_of_another(rng, people)
            return "number of another"
        if kind == "canvas" and rng.random() < 0.1:
            class_people.squeezed_namesake(rng, people)
            return "names that Canvas writes alike"
        if not LAYOUTS[kind].has_groups and rng.random() < 0.2:
            class_people.namesake(rng, people)
            return "namesakes"
    if kind == "gradescope" and style != "none" and rng.random() < 0.2:
        class_people.sid_of_another(rng, people)
        return "sid of another"
    return "no metadata" if kind == "gradescope" and rng.random() < 0.05 else ""


def _group(rng: Random, people: list[Person]) -> None:
    """Puts people into groups of two or three; the first of each submits for all."""
    names, start = rng.sample(GROUPS, len(GROUPS)), 0
    while start < len(people):
        size, name = rng.choice([2, 3]), names.pop()
        people[start : start + size] = [replace(p, group=name) for p in people[start : start + size]]
        start += size


def _labeled(person: Person, rng: Random, kind: str) -> Person:
    """The person with what names the folder or the file, or with what Gradescope knows."""
    if kind == "gradescope" and not person.sid:
        return replace(person, sid=None if rng.random() < 0.15 else person.roster_id)
    if kind == "flat":
        return replace(person, label=person.roster_id)
    emails = [person.email, person.email.title()]
    labels = [person.roster_id, person.roster_id, *emails, person.name, person.sortable]
    return replace(person, label=rng.choice(labels)) if kind == "folders" else person


def _draw_deliveries(
    rng: Random, plan: Plan, people: Sequence[Person], sources: Sequence[bytes]
) -> tuple[Delivery, ...]:
    """Draws each student's delivery. At least two submit, because one alone does not show a layout."""
    submitting = rng.sample(range(len(people)), 2)
    deliveries, led = [], set[str]()
    for place, person in enumerate(people):
        others = rng.sample([p for p in people if p.key != person.key], len(people) - 1)
        setting = Setting(person, others, sources, plan.layout.family, plan.layout.holds_folders, plan.is_zip)
        if person.group and person.group in led:
            deliveries.append(nothing(rng, setting))
        elif place in submitting:
            deliveries.append(plain(rng, setting))
        elif plan.is_plain or person.group or rng.random() < 0.6:
            deliveries.append(draw_plain(rng, setting))
        else:
            deliveries.append(draw_odd(rng, setting, plan.roster is not None))
        led.add(person.group)
    return tuple(deliveries)
