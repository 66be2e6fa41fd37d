"""Generates whole exports of classes, each with its own account of what every student must get.

`make_class(seed)` is a pure function. The account comes from how the LMSs write their exports and from what
was drawn, and from no code of the grader. `python -m tests.grader.intake.class_generator --stats` prints how
often each kind is drawn; with a seed in place of `--stats` it prints that class.
"""

import argparse
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

from grader.model.student import Student
from tests.grader.intake import class_people
from tests.grader.intake.class_layouts import LAYOUTS, Layout, Names, gradescope_metadata, moodle_clean
from tests.grader.intake.class_model import (
    Delivery,
    Due,
    Entry,
    Fate,
    File,
    GeneratedClass,
    Person,
    letters,
    same,
)
from tests.grader.intake.class_oddities import Setting, draw_odd, draw_plain, nothing, plain
from tests.grader.intake.class_writer import write_folder, write_zip

SOURCES = (b"def dense(x, w, b=None):\n    return x @ w\n", b"def dense(x, w, b=None):\n    return x\n")
GROUPS = ("team_3", "hw_group_2", "Project Group 7", "Die Übungsgruppe", "group 12", "A")
PARTICIPANTS = ("Participant", "Teilnehmer-in", "Participante", "参加者")
WRAPS = ("submissions", "hw1", "export 2026", "Abgaben für Übung 1")
LITTER = (".DS_Store", "__MACOSX", "Thumbs.db", "desktop.ini", "~$grades.xlsx")
OTHERS = ("readme.txt", "grades.csv", "submissions.zip")  # an instructor's own files
NEW_FOLDER = "New folder/"
QUESTIONS = ("canvas_groups", "moodle_groups", "mixed")  # the whole input may end as a question
UNNAMED = (
    "canvas_anonymous",
    "moodle_blind",
    "moodle_groups",
)  # the export names no student


@dataclass(frozen=True)
class Plan:
    """What was drawn for a class. A class of fewer students is the same plan with fewer deliveries."""

    kind: str
    deliveries: tuple[Delivery, ...]
    roster: tuple[Student, ...] | None
    names: Names
    is_zip: bool
    encoding: str
    form: str
    wraps: tuple[str, ...]
    strays: tuple[str, ...]
    has_folders: bool
    is_plain: bool
    roster_style: str
    unlisted: str = ""  # the key of the student whom Gradescope's metadata lacks
    flaw: str = ""  # of the class: "namesakes", "number of another", "no metadata"

    @property
    def layout(self) -> Layout:
        return LAYOUTS[self.kind]

    @property
    def people(self) -> list[Person]:
        return [delivery.person for delivery in self.deliveries]


def make_class(seed: int, sources: Sequence[bytes] = SOURCES) -> GeneratedClass:
    """The class of a seed. `sources` are the contents of which students submit one each."""
    return assemble(draw(seed, sources))


def draw(seed: int, sources: Sequence[bytes] = SOURCES) -> Plan:
    """Draws the plan of a class."""
    rng = Random(f"class {seed}")
    kind = rng.choices(list(LAYOUTS), [layout.weight for layout in LAYOUTS.values()])[0]
    layout = LAYOUTS[kind]
    style = rng.choice(layout.rosters)
    is_plain, is_zip = rng.random() < 0.3, rng.random() < 0.7
    people = class_people.draw_people(rng, rng.randint(3, 9), style)
    flaw = "" if is_plain else _spoil(rng, people, kind, style)
    if layout.has_groups or (kind == "gradescope" and flaw != "no metadata" and rng.random() < 0.4):
        _group(rng, people)
    people = [_labelled(person, rng, kind) for person in people]
    deliveries = _draw_deliveries(rng, people, kind, style, is_plain, is_zip, sources)
    plan = Plan(
        kind=kind,
        deliveries=tuple(deliveries),
        roster=None if style == "none" else class_people.roster_of(rng, people),
        names=Names(
            seed,
            rng.randint(1000, 9999),
            rng.choice(["/", "_/"]),
            rng.choice(PARTICIPANTS),
            rng.choice(["hw1", "dl-hw-2"]),
        ),
        is_zip=is_zip,
        encoding=rng.choice(["flagged", "unflagged", "cp437"]),
        form=rng.choice(["NFC", "NFC", "NFD"]),
        wraps=tuple(rng.sample(WRAPS, rng.choice([0, 0, 0, 1, 2, 3]))),
        strays=_draw_strays(rng, layout, is_plain),
        has_folders=is_zip and rng.random() < 0.5,
        is_plain=is_plain,
        roster_style=style,
        flaw=flaw,
    )
    if kind == "gradescope" and not is_plain and not people[0].group and rng.random() < 0.15:
        return replace(plan, unlisted=people[0].key)
    return plan


def _draw_strays(rng: Random, layout: Layout, is_plain: bool) -> tuple[str, ...]:
    names = [*LITTER, *([] if is_plain else OTHERS)]
    names += [NEW_FOLDER] if layout.holds_folders and not is_plain else []
    return tuple(rng.sample(names, rng.choice([0, 0, 1, 2, 3])))


def _spoil(rng: Random, people: list[Person], kind: str, style: str) -> str:
    """What is wrong with the class as a whole, perhaps."""
    if style != "none" and rng.random() < 0.25:
        index = rng.randrange(len(people))
        people[index] = replace(people[index], on_roster=False)
    if kind in (
        "canvas",
        "moodle",
        "moodle_flat",
        "gradescope",
        "moodle_blind",
        "moodle_groups",
        "canvas_groups",
    ):
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


def _labelled(person: Person, rng: Random, kind: str) -> Person:
    """The person with what names the folder or the file, or with what Gradescope knows."""
    if kind == "gradescope":
        return (
            person if person.sid else replace(person, sid=None if rng.random() < 0.15 else person.roster_id)
        )
    if kind == "flat":
        return replace(person, label=person.roster_id)
    labels = [
        person.roster_id,
        person.roster_id,
        person.email,
        person.email.title(),
        person.name,
        person.sortable,
    ]
    return replace(person, label=rng.choice(labels)) if kind == "folders" else person


def _draw_deliveries(
    rng: Random,
    people: list[Person],
    kind: str,
    style: str,
    is_plain: bool,
    is_zip: bool,
    sources: Sequence[bytes],
) -> list[Delivery]:
    layout, leaders = LAYOUTS[kind], set[str]()
    deliveries = []
    submitting = rng.sample(range(len(people)), 2)  # of one submission alone no layout can be told
    for place, person in enumerate(people):
        others = rng.sample([p for p in people if p.key != person.key], len(people) - 1)
        setting = Setting(person, others, sources, layout.family, layout.holds_folders, is_zip)
        if person.group and person.group in leaders:
            deliveries.append(nothing(rng, setting))
        elif place in submitting:
            deliveries.append(plain(rng, setting))
        elif is_plain or person.group or rng.random() < 0.6:
            deliveries.append(draw_plain(rng, setting))
        else:
            deliveries.append(draw_odd(rng, setting, style != "none"))
        leaders.add(person.group)
    return deliveries


# From a plan to entries


def assemble(plan: Plan) -> GeneratedClass:
    """The entries and the account of a plan."""
    entries = [entry for delivery in plan.deliveries for entry in _entries_of(plan, delivery)]
    account = account_of(plan, entries)
    if plan.kind == "gradescope" and plan.flaw != "no metadata":
        listed = [d for d in plan.deliveries if d.files and d.person.key != plan.unlisted]
        groups = [(d, [d.person, *_members(plan, d.person)]) for d in listed]
        entries.append(gradescope_metadata(plan.names, groups))
    wrap = "".join(f"{name}/" for name in plan.wraps)
    entries = [replace(entry, path=wrap + entry.path) for entry in entries] + _strays(plan, entries, wrap)
    entries = _folders_of(entries) * plan.has_folders + entries
    entries = [replace(entry, path=unicodedata.normalize(plan.form, entry.path)) for entry in entries]
    return GeneratedClass(
        seed=plan.names.seed,
        kind=plan.kind,
        entries=tuple(entries),
        roster=plan.roster,
        account=account,
        may_be_question=_may_be_question(plan),
        is_zip=plan.is_zip,
        encoding=_encoding(plan, entries),
        is_plain=plan.is_plain,
        tokens={p.key: Setting(p, (), (), "", False, False).token for p in plan.people},
    )


def _entries_of(plan: Plan, delivery: Delivery) -> list[Entry]:
    files = delivery.files
    if plan.kind == "github" and files:
        git = {"HEAD": b"ref: refs/heads/main\n", "config": b"[core]\n", "refs/heads/main": b"0" * 40}
        known = {file.path for file in files}
        files += tuple(
            File(f".git/{name}", text) for name, text in git.items() if f".git/{name}" not in known
        )
    owners = (delivery.person.key, *(p.key for p in _members(plan, delivery.person)))
    return [
        Entry(plan.layout.path(plan.names, delivery, file, place), file.content, owners, file.flaw)
        for place, file in enumerate(files)
    ]


def _members(plan: Plan, person: Person) -> list[Person]:
    return [p for p in plan.people if person.group and p.group == person.group and p.key != person.key]


def _strays(plan: Plan, entries: Sequence[Entry], wrap: str) -> list[Entry]:
    """What no student submitted: litter of file managers, and the instructor's own files."""
    strays = []
    for name in plan.strays:
        if name == "__MACOSX":
            paths = dict.fromkeys(wrap + e.path for e in entries if ".." not in e.path and e.flaw != "folder")
            for folder, slash, base in [path.rpartition("/") for path in list(paths)[:3]]:
                strays.append(Entry(f"__MACOSX/{folder}{slash}._{base}", b"\0\5\x16\7AppleDouble"))
        elif name == NEW_FOLDER:
            strays.append(Entry(wrap + name, b"", flaw="folder"))
        else:
            strays.append(Entry((wrap if len(name) % 2 else "") + name, b"no submission"))
    return strays


def _folders_of(entries: Sequence[Entry]) -> list[Entry]:
    """An entry for each folder, as most programs write them."""
    known = {entry.path for entry in entries}
    parents = {parent for e in entries if ".." not in e.path for parent in _parents(e.path)}
    return [Entry(path, b"", flaw="folder") for path in sorted(parents - known)]


def _parents(path: str) -> list[str]:
    parts = path.rstrip("/").split("/")[:-1]
    return ["/".join(parts[: n + 1]) + "/" for n in range(len(parts))]


def _encoding(plan: Plan, entries: Sequence[Entry]) -> str:
    """cp437 where it can write all names and where no name is UTF-8 by chance."""
    if plan.encoding != "cp437":
        return plan.encoding
    for entry in entries:
        try:
            if not entry.path.isascii():
                entry.path.encode("cp437").decode()
                return "unflagged"
        except UnicodeEncodeError:
            return "unflagged"
        except UnicodeDecodeError:
            continue
    return "cp437"


def _may_be_question(plan: Plan) -> bool:
    """Whether the input as a whole leaves open what a person must say."""
    if plan.kind in QUESTIONS or plan.flaw == "no metadata" or plan.unlisted:
        return True
    if plan.roster is not None and plan.kind in UNNAMED:
        return True
    if plan.kind == "flat" and plan.roster is None and plan.wraps:  # a folder of one student's files?
        return True
    # among files that lie side by side, a file of another kind may be a student's; an LMS writes none
    has_strangers = bool({*plan.strays} & {*OTHERS})
    return has_strangers and (not plan.layout.holds_folders or plan.kind.startswith("moodle"))


# The account


def account_of(plan: Plan, entries: Sequence[Entry]) -> tuple[Due, ...]:
    """What each student must get, and whom a doubt must name."""
    return tuple(due for delivery in plan.deliveries for due in _dues(plan, delivery, entries))


def _dues(plan: Plan, delivery: Delivery, entries: Sequence[Entry]) -> list[Due]:
    """The account of one student, and of a submission that the export gives to no student of the roster."""
    person, leader = delivery.person, _delivery_for(plan, delivery.person)
    is_shared = leader is not delivery and plan.kind != "gradescope"
    standing = _standing(plan, person if plan.kind == "gradescope" else leader.person)
    absent = Due(
        who=person.name,
        ids=_ids(plan, person),
        fate=Fate.ABSENT,
        mentions=_mentions(plan, person, entries),
        owner=person.key,
        may_doubt=standing != "sure" or is_shared or _is_victim(plan, person),
    )
    stranger = replace(absent, ids=frozenset(), fate=Fate.STRANGER, oddities=("unknown",))
    is_listed = plan.roster is not None and person.on_roster
    if not leader.files or is_shared:
        return [absent] if is_listed else []
    if leader.fate is Fate.ABSENT:  # an empty folder, or litter alone
        return [replace(absent, may_doubt=True, oddities=leader.oddities)] if is_listed else []
    if standing == "unknown" or (plan.roster is not None and not person.on_roster):
        return [replace(absent, may_doubt=True), stranger] if is_listed else [stranger]
    if standing == "unsure":
        return [replace(absent, fate=Fate.DOUBT, oddities=(plan.flaw or "unsure", *leader.oddities))]
    return [_due(plan, leader, absent)]


def _due(plan: Plan, delivery: Delivery, due: Due) -> Due:
    """The account of a delivery by a student whom the export names."""
    may_doubt = due.may_doubt or delivery.may_doubt or plan.kind in QUESTIONS or plan.flaw == "no metadata"
    return replace(
        due,
        fate=delivery.fate,
        accepted=delivery.accepted,
        token=delivery.token,
        may_doubt=may_doubt or _has_ambiguous_name(plan, delivery.person),
        must_name=() if plan.kind in QUESTIONS or plan.flaw == "no metadata" else delivery.must_name,
        oddities=delivery.oddities,
        score=delivery.score,
    )


def _delivery_for(plan: Plan, person: Person) -> Delivery:
    """The delivery that counts for a person: that of the group."""
    group = [person, *_members(plan, person)]
    mine = [delivery for delivery in plan.deliveries if delivery.person in group]
    return next((d for d in mine if d.files), next(d for d in mine if d.person is person))


def _is_victim(plan: Plan, person: Person) -> bool:
    """Another student's number is this student's id, or a stranger has the name: both may be doubted."""
    others = [p for p in plan.people if p.key != person.key]
    if plan.roster is None:
        return False
    if plan.kind == "gradescope":
        return person.roster_id in {p.sid for p in others}
    is_named = any(not p.on_roster and _are_alike(plan, person, p) for p in others)
    return is_named or person.roster_id in {p.number for p in others}


def _has_ambiguous_name(plan: Plan, person: Person) -> bool:
    """hw1-an-lee may be lee's, and anon_12345 may be no name."""
    logins = {p.login for p in plan.people if p.key != person.key}
    if plan.kind == "github":
        return any(person.login.endswith(f"-{login}") for login in logins)
    return plan.kind == "canvas" and letters(person.sortable) == "anon"


def _standing(plan: Plan, person: Person) -> str:
    """Whether the export tells who a person on the roster is: "sure", "unsure" or "unknown"."""
    if person.key == plan.unlisted:
        return "unknown"
    if plan.roster is None:
        return "sure"
    if plan.kind in UNNAMED:
        return "unknown"
    if plan.kind == "canvas_groups":
        return "sure" if plan.roster_style == "lms" else "unknown"
    if plan.kind == "gradescope":
        if plan.flaw == "no metadata":
            return "unknown"
        return "sure" if person.sid in (None, person.roster_id) else "unsure"
    if plan.layout.family in ("canvas", "moodle", "mixed"):
        return _standing_by_name(plan, person)
    return "sure"


def _standing_by_name(plan: Plan, person: Person) -> str:
    if plan.roster_style == "lms":
        return "sure"
    others = [p for p in plan.people if p.key != person.key]
    if any(p.roster_id == person.number for p in others if p.on_roster):
        return "unsure"
    return "unsure" if any(_are_alike(plan, person, other) for other in others) else "sure"


def _are_alike(plan: Plan, one: Person, other: Person) -> bool:
    """Whether the export writes two people's names alike."""
    is_canvas = plan.layout.family == "canvas"
    return one.name == other.name or (is_canvas and letters(one.sortable) == letters(other.sortable))


def _ids(plan: Plan, person: Person) -> frozenset[str]:
    """Under which ids the intake may know a person."""
    if plan.roster is not None:
        return frozenset({person.roster_id})
    name = moodle_clean(person.group or person.name)
    ids = {
        "canvas": {person.number},
        "canvas_groups": {person.number, letters(person.group), person.group},
        "canvas_anonymous": {person.anonymous, f"anon_{person.anonymous}"},
        "moodle_blind": {person.number, f"{plan.names.participant}_{person.number}"},
        "gradescope": {person.sid or person.email, person.email, f"submission_{person.number}"},
        "folders": {person.label},
        "flat": {person.label},
        "github": {person.login, f"{plan.names.prefix}-{person.login}"},
    }.get(plan.kind, {person.number, name, f"{name}_{person.number}"})
    return frozenset(same(id) for id in ids)


def _mentions(plan: Plan, person: Person, entries: Sequence[Entry]) -> tuple[str, ...]:
    """Texts of which one in a doubt means this person."""
    mine = [entry.path.split("/") for entry in entries if person.key in entry.owners]
    first = [part for parts in mine for part in parts if part.startswith("submission_") or part == parts[0]]
    names = [
        person.roster_id,
        person.name,
        person.sortable,
        letters(person.sortable),
        moodle_clean(person.name),
    ]
    names += [person.email, person.label, f"{plan.names.prefix}-{person.login}", person.group]
    names += [part for part in first if not part.startswith("assignment_")]
    names += [person.anonymous, f"{letters(person.group or person.sortable)}_{person.number}"]
    names += [f"{plan.names.participant}_{person.number}", f"{moodle_clean(person.group)}_{person.number}"]
    return tuple(dict.fromkeys(same(name) for name in names if name))


def write(cls: GeneratedClass, folder: Path, as_zip: bool) -> Path:
    """Writes the class below the folder and returns the zip's path, or the folder's.

    ValueError where a folder cannot hold what the class is: entries that only a zip can have.
    """
    if as_zip:
        return write_zip(cls, folder / "class.zip")
    return write_folder(cls, folder / "class")


def write_roster(cls: GeneratedClass, path: Path) -> Path:
    """roster.csv of the class."""
    lines = ["student_id,name,email,section,extension"]
    lines += [f'{s.id},"{s.name}",{s.email},{s.section},{s.extension}' for s in cls.roster or ()]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def listing(cls: GeneratedClass) -> str:
    """The class for a reader: its entries, its roster and its account."""
    lines = [f"class {cls.seed}: {cls.kind}, {'zip, ' + cls.encoding if cls.is_zip else 'folder'}"]
    lines += [
        f"  {e.path!r} {len(e.content)} bytes {','.join(e.owners)} {e.flaw}".rstrip() for e in cls.entries
    ]
    lines += (
        ["roster: none"]
        if cls.roster is None
        else [f"roster: {s.id}, {s.name}, {s.email}" for s in cls.roster]
    )
    for due in cls.account:
        may = " or a doubt" if due.may_doubt else ""
        lines.append(
            f"due: {due.owner} {due.who} {sorted(due.ids)}: {due.fate.value}{may} {', '.join(due.oddities)}"
        )
    lines += ["the whole input may be a question"] if cls.may_be_question else []
    return "\n".join(lines)


def stats(count: int) -> str:
    """How often each kind, fate and oddity is drawn."""
    counts: dict[str, Counter[str]] = {
        name: Counter() for name in ("kind", "roster", "names", "fate", "oddity")
    }
    for seed in range(count):
        cls = make_class(seed)
        counts["kind"][cls.kind + (" (plain)" if cls.is_plain else "")] += 1
        counts["roster"]["none" if cls.roster is None else "given"] += 1
        counts["names"][cls.encoding if cls.is_zip else "folder"] += 1
        counts["fate"].update(due.fate.name + (" or a doubt" if due.may_doubt else "") for due in cls.account)
        counts["oddity"].update(oddity for due in cls.account for oddity in due.oddities)
    lines = [f"{count} classes"]
    for name, counted in counts.items():
        lines += [name, *(f"  {times:6} {what}" for what, times in counted.most_common())]
    return "\n".join(lines)


def main() -> None:
    """Prints statistics, or the class of a seed."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("seed", type=int, nargs="?", default=0)
    parser.add_argument("--stats", action="store_true", help="how often each kind and oddity is drawn")
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--write", type=Path, metavar="DIR", help="write the class there")
    options = parser.parse_args()
    print(stats(options.count) if options.stats else listing(make_class(options.seed)))
    if options.write:
        cls = make_class(options.seed)
        options.write.mkdir(parents=True, exist_ok=True)
        print(write(cls, options.write, cls.is_zip), write_roster(cls, options.write / "roster.csv"))


if __name__ == "__main__":
    main()
