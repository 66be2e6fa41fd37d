"""Draws the people of a class: names of many scripts, numbers, ids, and who is on the roster."""

import unicodedata
from dataclasses import replace
from random import Random

from grader.model.student import Student
from tests.grader.intake.class_model import Person

NAMES = (
    ("Ada", "Lovelace"), ("Åke", "Björk"), ("Zoe", "Zed"), ("Jean-Luc", "Picard"), ("Seán", "O'Brien"),
    ("María José", "García López"), ("Văn An", "Nguyễn"), ("太郎", "山田"), ("İbrahim", "Çelik"),
    ("Jürgen", "Weiß"), ("محمد", "علي"), ("प्रिया", "शर्मा"), ("", "Plato"), ("Louis 14", "Bourbon"),
    ("Ludwig", "van der Berg"), ("Anne_Marie", "Dubois"), ("R2_12_D2", "Astromech"),
    ("Σωκράτης", "Παπαδόπουλος"),
    ("Юрий", "Гагарин"), ("Grace B.", "Hopper"), ("Late", "Latimer"), ("Ann", "Onymous"), ("민준", "김"),
    ("Chidi", "Anagonye (he)"), ("D'Arcy", "Wentworth-Thompson"), ("Æthel", "Þórsson"), ("", "Anon"),
    ("Team", "Teamsson"), ("Nikolaj", "Coster-Waldau"), ("Bob", "Smith Jr."), ("Tom", "Test"),
    ("สมชาย", "ใจดี"), ("Unit_7", "Borg"),
)  # fmt: skip
LOGINS = (
    "ada", "akeb", "zoe99", "jlp", "sean-ob", "mjgl", "an-nguyen", "taro", "ibo", "juergenw", "mali", "priya",
    "plato", "louis14", "lvdb", "amd", "r2d2", "sokrates", "yuri", "grace-h", "latimer", "annon", "minjun",
    "chidi", "darcy", "aethel", "anon1", "teamster", "nikolaj", "bobsmith", "tomtest", "somchai", "borg7",
)  # fmt: skip


def draw_people(rng: Random, count: int, roster: str) -> list[Person]:
    """`count` people of different names. `roster` is "none", "lms", "institution" or "logins"."""
    numbers = rng.sample(range(1000, 99999), count)
    prefix, ids = rng.choice(["s", "", "u-"]), rng.sample(range(1000, 9999), count)
    people = []
    for position, index in enumerate(rng.sample(range(len(NAMES)), count)):
        given, surname = NAMES[index]
        person = Person(
            key=f"p{position}",
            given=given,
            surname=surname,
            number=str(numbers[position]),
            roster_id=f"{prefix}{ids[position]}",
            email=f"{LOGINS[index]}@example.org",
            login=LOGINS[index],
            anonymous="".join(rng.choices("ABCDEFGHJKLMabcdefghjk123456789", k=5)),
        )
        if roster == "lms":
            person = replace(person, roster_id=person.number)
        if roster == "logins":
            person = replace(person, roster_id=person.login)
        people.append(person)
    return people


def namesake(rng: Random, people: list[Person]) -> None:
    """Gives two people one name."""
    one, two = rng.sample(range(len(people)), 2)
    people[two] = replace(people[two], given=people[one].given, surname=people[one].surname)


def squeezed_namesake(rng: Random, people: list[Person]) -> None:
    """Two names that only Canvas writes in the same way."""
    one, two = rng.sample(range(len(people)), 2)
    people[one] = replace(people[one], given="Na", surname="Li")
    people[two] = replace(people[two], given="A", surname="Lin")


def number_of_another(rng: Random, people: list[Person]) -> None:
    """One student's LMS number is another student's id on the roster."""
    one, two = rng.sample(range(len(people)), 2)
    id = "".join(c for c in people[two].roster_id if c.isdigit())
    people[two] = replace(people[two], roster_id=id)
    people[one] = replace(people[one], number=id)


def sid_of_another(rng: Random, people: list[Person]) -> None:
    """Gradescope has another student's id for one student, with the right name and e-mail address."""
    one, two = rng.sample(range(len(people)), 2)
    people[one] = replace(people[one], sid=people[two].roster_id)


def roster_of(rng: Random, people: list[Person]) -> tuple[Student, ...]:
    """The roster's lines, its names in one of two orders."""
    is_sortable = rng.random() < 0.4
    students = [
        Student(
            p.roster_id,
            unicodedata.normalize("NFC", p.sortable if is_sortable else p.name),
            p.email,
            rng.choice("AB"),
            rng.choice(["", "", "2d"]),
        )
        for p in people
        if p.on_roster
    ]
    rng.shuffle(students)
    return tuple(students)
