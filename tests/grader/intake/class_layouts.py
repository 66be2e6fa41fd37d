"""Names the files of a class as Canvas, Moodle, Gradescope, GitHub Classroom and people name them.

Sources: `ContentZipper` of Canvas, `mod/assign/locallib.php` and `classes/downloader.php` of Moodle.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from tests.grader.intake.class_model import FILE, Delivery, Entry, File, Person, letters


@dataclass(frozen=True)
class Names:
    """The common properties of one export: its number, and the form of its names."""

    seed: int
    number: int
    slash: str = "/"  # or "_/", as older Moodles write it
    participant: str = "Participant"
    prefix: str = "hw1"


Path = Callable[[Names, Delivery, File, int], str]


def moodle_clean(name: str) -> str:
    """Moodle's clean_filename: `PARAM_FILE` takes these characters away."""
    cleaned = re.sub(r"[\x00-\x1f\x7f&<>\"`|':\\/]", "", name.replace("_", " "))
    return re.sub(r"\.\.+", "", cleaned)


def _attachment(names: Names, delivery: Delivery, place: int) -> int:
    return Random(f"{names.seed} {delivery.person.key} {place}").randrange(100_000, 999_999)


def _canvas(user: str, names: Names, delivery: Delivery, file: File, place: int) -> str:
    if file.flaw in ("text", "url"):
        return f"{user}_{'text' if file.flaw == 'text' else 'link'}.html"
    path = re.sub(r'[\x00/\\:*?"<>|]+', "_", file.path)
    return f"{user}_{_attachment(names, delivery, place)}_{path}"


def canvas(names: Names, delivery: Delivery, file: File, place: int) -> str:
    person = delivery.person
    name = letters(person.group or person.sortable)
    user = "_".join([name, *(["LATE"] if delivery.late else []), person.number])
    return _canvas(user, names, delivery, file, place)


def canvas_anonymous(names: Names, delivery: Delivery, file: File, place: int) -> str:
    user = f"{'LATE_' if delivery.late else ''}anon_{delivery.person.anonymous}"
    return _canvas(user, names, delivery, file, place)


def _moodle_who(names: Names, person: Person) -> str:
    return f"{moodle_clean(person.group or person.name)}_{person.number}"


def _moodle(who: str, names: Names, file: File) -> str:
    kind = "onlinetext" if file.flaw == "online" else "file"
    return f"{who}_assignsubmission_{kind}{names.slash}{file.path}"


def moodle(names: Names, delivery: Delivery, file: File, place: int) -> str:
    return _moodle(_moodle_who(names, delivery.person), names, file)


def moodle_blind(names: Names, delivery: Delivery, file: File, place: int) -> str:
    return _moodle(f"{names.participant}_{delivery.person.number}", names, file)


def moodle_flat(names: Names, delivery: Delivery, file: File, place: int) -> str:
    who = _moodle_who(names, delivery.person)
    if file.flaw == "online":
        return f"{who}_assignsubmission_onlinetext_{file.path}"
    return f"{who}_assignsubmission_file_{file.path}"


def mixed(names: Names, delivery: Delivery, file: File, place: int) -> str:
    """Exports of two kinds in one folder."""
    is_canvas = int(delivery.person.key[1:]) % 2 == 0
    return (canvas if is_canvas else moodle_flat)(names, delivery, file, place)


def gradescope(names: Names, delivery: Delivery, file: File, place: int) -> str:
    return f"assignment_{names.number}_export/submission_{delivery.person.number}/{file.path}"


def folders(names: Names, delivery: Delivery, file: File, place: int) -> str:
    label = delivery.person.email if file.flaw == "aside" else delivery.person.label
    return f"{label}/{file.path}"


def flat(names: Names, delivery: Delivery, file: File, place: int) -> str:
    label = delivery.person.label
    if file.path.endswith(".ipynb"):
        return f"{label}.ipynb"
    is_long = (names.number % 2 == 0) != (file.flaw == "aside")
    return f"{label}_{FILE}" if is_long else f"{label}.py"


def github(names: Names, delivery: Delivery, file: File, place: int) -> str:
    return f"{names.prefix}-{delivery.person.login}/{file.path}"


@dataclass(frozen=True)
class Layout:
    """A layout: its family says which oddities it can hold."""

    family: str
    path: Path
    holds_folders: bool
    rosters: tuple[str, ...]
    weight: int
    has_groups: bool = False


LAYOUTS = {
    "canvas": Layout("canvas", canvas, False, ("none", "lms", "institution", "institution"), 6),
    "canvas_groups": Layout("canvas", canvas, False, ("none", "lms", "institution"), 2, has_groups=True),
    "canvas_anonymous": Layout("canvas", canvas_anonymous, False, ("none", "institution"), 1),
    "moodle": Layout("moodle", moodle, True, ("none", "lms", "institution", "institution"), 5),
    "moodle_flat": Layout("moodle", moodle_flat, False, ("none", "lms", "institution"), 2),
    "moodle_blind": Layout("moodle", moodle_blind, True, ("none", "institution"), 1),
    "moodle_groups": Layout("moodle", moodle, True, ("none", "institution"), 1, has_groups=True),
    "mixed": Layout("mixed", mixed, False, ("none", "institution"), 1),
    "gradescope": Layout("gradescope", gradescope, True, ("none", "institution", "institution"), 4),
    "folders": Layout("folders", folders, True, ("none", "institution", "institution"), 7),
    "flat": Layout("flat", flat, False, ("none", "institution"), 2),
    "github": Layout("github", github, True, ("none", "logins"), 2),
}


def gradescope_metadata(names: Names, submissions: list[tuple[Delivery, list[Person]]]) -> Entry:
    """submission_metadata.yml as Ruby writes it."""
    lines = ["---"]
    for delivery, people in submissions:
        lines += [f"submission_{delivery.person.number}:", "  :submitters:"]
        for person in people:
            sid = "" if person.sid is None else f" '{person.sid}'"
            name = json.dumps(person.name, ensure_ascii=False)
            lines += [f"  - :name: {name}", f"    :sid:{sid}", f"    :email: {person.email}"]
        second = int(person.key[1:])
        lines += [
            f"  :created_at: 2026-10-01 10:00:{second:02}.123456000 Z",
            "  :score: 0.0",
            "  :status: processed",
        ]
        lines += ["  :results: {}", "  :history: []"]
    path = f"assignment_{names.number}_export/submission_metadata.yml"
    return Entry(path, ("\n".join(lines) + "\n").encode())
