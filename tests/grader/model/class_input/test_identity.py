"""Laws of identifying students: by evidence, and never against any."""

import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.model.class_input.identity import Claim, Identities
from grader.model.student import Student

ADA = Student("1001", "Ada Lovelace", "ada@x.edu")
GRACE = Student("1002", "Grace Hopper", "grace@x.edu")
JÖRG = Student("1003", "Jörg Müller", "jm@x.edu")
CLASS = Identities((ADA, GRACE, JÖRG))


@pytest.mark.parametrize(
    "name",
    ["Ada Lovelace", "ada  LOVELACE", "Lovelace, Ada", "lovelaceada", "LovelaceAda", "Ádá Lovelace", 
     "Ada B. Lovelace", "Lovelace, Ada King",
     "\uff21\uff44\uff41 Lovelace", "Ada-Lovelace", "A\u200bda Lovelace",
     "ada_lovelace"],
)  # fmt: skip
def test_a_name_is_found_in_any_of_its_forms(name: str) -> None:
    assert CLASS.find(Claim(name=name)) == ADA
    assert CLASS.find(Claim(ids=(name,))) == ADA


@pytest.mark.parametrize(
    ("one", "other"),
    [("Jörg Müller", "Joerg Mueller"), ("Jörg Müller", "Jorg Muller"), ("Jörg Müller", "mullerjorg"),
     ("Søren Ærø", "Soren Aero"), ("Søren Ærø", "Soeren Aeroe"), ("Łukasz Wójcik", "Lukasz Wojcik"), 
     ("Jürgen Groß", "JÜRGEN GROSS"),
     ("Siobhan O'Brien", "O\u2019Brien, Siobhan"), ("Siobhan O'Brien", "OBrien Siobhan"),
     ("Siobhan O'Brien", "Siobhan O Brien"),
     ("Anne-Marie Weber", "Annemarie Weber"), ("Anne-Marie Weber", "weberannemarie"),
     ("Martin L. King", "Martin King"),
     ("李明", "李 明"), ("李明", "李明"), ("がく", "がく"), ("Sukarno", "SUKARNO"), ("नेहा शर्मा", "शर्मा नेहा"),
     ("García Márquez, Gabriel", "Gabriel Garcia Marquez"),
     ("García Márquez, Gabriel", "garciamarquezgabriel"),
     ("Ada King Lovelace", "lovelaceada"), ("İlkay Işık", "Ilkay Isik")],
)  # fmt: skip
def test_spellings_of_one_name_are_one_person(one: str, other: str) -> None:
    for of_roster, claimed in ((one, other), (other, one)):
        if " " in of_roster or " " not in claimed or not claimed.isascii():
            student = Student("7", of_roster)
            assert Identities((student, GRACE)).find(Claim(name=claimed)) == student
            assert Identities((student, GRACE)).find(Claim(("7",), name=claimed)) == student


def test_a_login_means_its_student_and_never_another_one() -> None:
    """A login that is the id of another student means both, so an instructor decides."""
    ada, grace = Student("1001", "Ada", login="al7"), Student("1002", "Grace", login="1003")
    third = Student("1003", "Emmy", login="Emmy@x.edu")
    some = Identities((ada, grace, third))

    assert some.find(Claim(ids=("AL7",))) == ada
    assert some.find(Claim(ids=("1001", "al7"))) == ada
    assert some.find(Claim(email="emmy@x.edu")) == third
    assert some.find(Claim(ids=("1003",), name="Grace")) == grace
    for claim in (Claim(ids=("1003",)), Claim(ids=("1002", "al7"))):
        assert isinstance(some.find(claim), str)
    for id in ("al7", "AL7"):
        assert Identities((Student("AL7", login=id),)).find(Claim(ids=("al7",))) == Student("AL7", login=id)


@pytest.mark.parametrize("name", ["Wei Chen", "chenwei"])
def test_the_numbers_of_the_lms_tell_students_of_one_name_apart(name: str) -> None:
    first, second, third = (Student(id, whose) for id, whose in (
        ("2003", "Wei Chen"), ("2004", "Wei Chen"), ("2005", "Wei Lin Chen")))  # fmt: skip
    some = Identities((first, second, third))
    assert [some.find(Claim(internal=student.id, name=name)) for student in (first, second)] == [
        first,
        second,
    ]
    assert "nothing says which" in str(some.find(Claim(name=name)))


@pytest.mark.parametrize("name", ["Ada", "A. Lovelace", "Lovelace", "", "lovelacea", "Adam Love"])
def test_a_part_of_a_name_identifies_no_student(name: str) -> None:
    assert "matches no student on the roster" in str(CLASS.find(Claim(name=name)))


@pytest.mark.parametrize(
    "name", ["Ada", "A. Lovelace", "A. L.", "Liz Lovelace", "", "lovelacea", "Ада Лавлейс", "爱达"]
)
def test_a_name_that_may_be_theirs_does_not_speak_against_an_id(name: str) -> None:
    assert CLASS.find(Claim(("1001",), name=name)) == ADA


CLASHES = {
    "id_and_name": Claim(("1002",), name="Ada Lovelace"),
    "id_and_squeezed_name": Claim(("1002",), name="lovelaceada"),
    "id_and_email": Claim(("1002",), email="ada@x.edu"),
    "id_and_an_email_of_no_student": Claim(("1002",), email="hopper@x.edu"),
    "id_and_a_name_of_no_student": Claim(("1002",), name="Emmy Noether"),
    "email_and_name": Claim(email="grace@x.edu", name="Ada Lovelace"),
    "two_ids": Claim(("1001", "1002")),
    "id_and_id_that_is_an_email": Claim(("1001", "grace@x.edu")),
    "number_and_name": Claim(internal="1002", name="Ada Lovelace"),
    "number_and_name_and_email": Claim(internal="1002", name="Ada Lovelace", email="ada@x.edu"),
    "number_and_name_of_no_student": Claim(internal="1002", name="Emmy Noether"),
}


@pytest.mark.parametrize("claim", CLASHES.values(), ids=CLASHES)
def test_one_contradiction_is_a_doubt_that_names_both_sides(claim: Claim) -> None:
    doubt = CLASS.find(claim)
    assert isinstance(doubt, str) and "\n" not in doubt
    for evidence in filter(None, (*claim.ids, claim.internal, claim.name, claim.email)):
        assert repr(evidence) in doubt
    assert "1002 (Grace Hopper)" in doubt
    assert doubt.endswith(": correct the roster or the export, or grade this by hand")


def test_only_an_id_or_an_email_distinguishes_students_of_one_name() -> None:
    second = Student("1004", "Lovelace, Ada", "ada2@x.edu")
    identities = Identities((ADA, GRACE, second))
    doubt = identities.find(Claim(name="Ada Lovelace"))
    assert doubt == (
        "the name 'Ada Lovelace' means 1001 (Ada Lovelace) and 1004 (Lovelace, Ada): nothing says which; "
        "give an id or an e-mail address"
    )
    assert identities.find(Claim(("1004",), name="Ada Lovelace")) == second
    assert identities.find(Claim(name="Ada Lovelace", email="ADA@x.edu")) == ADA


def test_a_name_of_another_student_is_a_doubt_even_if_the_id_allows_it() -> None:
    elizabeth, liz = Student("1", "Elizabeth Smith"), Student("2", "Liz Smith")
    assert isinstance(Identities((elizabeth, liz)).find(Claim(("1",), name="Liz Smith")), str)
    assert Identities((elizabeth, GRACE)).find(Claim(("1",), name="Liz Smith")) == elizabeth


def test_the_number_of_the_lms_is_weak() -> None:
    assert CLASS.find(Claim(internal="1001")) == ADA
    assert CLASS.find(Claim(internal="77", name="Ada Lovelace")) == ADA
    assert CLASS.find(Claim(("1001",), internal="1002", name="Ada Lovelace")) == ADA


def test_an_id_of_no_student_says_nothing() -> None:
    assert CLASS.find(Claim(("x7y", "alovelace", "gh@y.edu"), name="Ada Lovelace", email="ada@x.edu")) == ADA


def test_an_id_that_is_an_email_counts_as_one() -> None:
    assert CLASS.find(Claim(("Ada@X.edu",))) == ADA
    assert Identities((Student("ada@x.edu", "Ada Lovelace"), GRACE)).find(
        Claim(email="ada@x.edu")
    ) == Student("ada@x.edu", "Ada Lovelace")


def test_ids_differ_by_case_where_two_students_do() -> None:
    small, large, other = Student("ada"), Student("ADA"), Student("Zoë")
    identities = Identities((small, large, other))
    assert [identities.find(Claim((id,))) for id in ("ada", "ADA", " zoe\u0308 ")] == [small, large, other]
    assert isinstance(identities.find(Claim(("Ada",))), str)


def test_the_nearest_name_is_shown_where_no_student_matches() -> None:
    assert CLASS.find(Claim(name="Ada Lovelase")) == (
        "matches no student on the roster; the nearest is 1001 (Ada Lovelace): "
        "correct the roster or the export, or grade this by hand"
    )
    assert "nearest" not in str(CLASS.find(Claim(("1004",), name="Emmy Noether")))


@pytest.mark.parametrize(
    "text",
    [
        "A" * 100_000,
        "a b " * 5_000,
        " ".join(["aa", "aaa"] * 50),
        "\n\x1b[2J",
        "\u202eada",
        "\ud800",
        "' OR 1",
    ],
)
def test_whatever_an_export_holds_a_doubt_is_one_short_line(text: str) -> None:
    doubt = CLASS.find(Claim((text,), text, text, text))
    of_that_name = Student("1", text)
    assert Identities([of_that_name]).find(Claim(("1",), name=text)) == of_that_name
    assert isinstance(doubt, str) and doubt.isprintable() and len(doubt) < 1000


WORDS = st.sampled_from(["ada", "bob", "cem", "dora", "ümit", "li", "x", "adabob", "ann", "anna"])
NAMES = st.lists(WORDS, max_size=3).map(" ".join)
IDS = st.sampled_from(["1", "2", "3", "a", "A", "ada bob", "a@x", "b@x"])
EMAILS = st.sampled_from(["", "a@x", "A@X", "b@x", "c@x"])
STUDENTS = st.lists(st.builds(Student, IDS, NAMES, EMAILS), max_size=5, unique_by=lambda s: s.id)
CLAIMS = st.builds(
    Claim, st.lists(IDS, max_size=2).map(tuple), st.sampled_from(["", "1", "9"]), NAMES, EMAILS
)


@given(STUDENTS, CLAIMS)
def test_no_student_is_found_whom_the_claim_contradicts(students: list[Student], claim: Claim) -> None:
    match = Identities(students).find(claim)
    if isinstance(match, str):
        return
    ids = {student.id for student in students}
    assert all(id not in ids or id == match.id for id in claim.ids)
    addresses = {match.email.casefold(), match.id} - {""}
    owners = {student.email.casefold() for student in students} - {""}
    if claim.email and any("@" in address for address in addresses):
        assert claim.email.casefold() in addresses
    assert all(id not in owners or id in addresses or id == match.id for id in claim.ids)
    assert not _are_other_people(claim.name.split(), match.name.split())


def _are_other_people(claimed: list[str], names: list[str]) -> bool:
    """True if they share no word and no initial; a one-word name may contain a word of the other."""
    if not claimed or not names:
        return False
    pairs = [(one, other) for one in claimed for other in names]
    if any(one == other or (1 in (len(one), len(other)) and one[0] == other[0]) for one, other in pairs):
        return False
    if len(claimed) == 1:
        return not any(word in claimed[0] for word in names)
    return not any(one in other for one, other in pairs)


@given(STUDENTS, CLAIMS, st.randoms())
def test_the_order_of_the_roster_changes_nothing(
    students: list[Student], claim: Claim, chance: random.Random
) -> None:
    shuffled = students.copy()
    chance.shuffle(shuffled)
    assert Identities(students).find(claim) == Identities(shuffled).find(claim)


def test_a_class_of_ten_thousand_is_found_in_seconds() -> None:
    """An index by key: comparing each claim with each student would take minutes."""
    first, last = [f"first{n}" for n in range(100)], [f"last{n}" for n in range(100)]
    students = [Student(f"s{a}-{b}", f"{a} {b}", f"{a}.{b}@x") for a in first for b in last]
    started = time.process_time()
    identities = Identities(students)
    assert all(identities.find(Claim(name=student.name)) == student for student in students[::10])
    assert all(identities.find(Claim((s.id,), name=s.name, email=s.email)) == s for s in students)
    assert time.process_time() - started < 20


def test_ten_thousand_of_one_name_are_found_in_seconds() -> None:
    students = [Student(f"s{n}", "Ada Lovelace") for n in range(10_000)]
    started = time.process_time()
    identities = Identities(students)
    assert all(identities.find(Claim((s.id, "x"), name=s.name)) == s for s in students[::10])
    assert all(isinstance(identities.find(Claim(name=n)), str) for n in ["Ada Hopper", "Ada Lovelace"] * 100)
    assert time.process_time() - started < 20


@pytest.mark.parametrize(("id", "on_roster"), [("0012", "12"), ("12", "0012")])
def test_an_id_without_its_zeros_means_no_student_and_names_the_nearest(id: str, on_roster: str) -> None:
    """A spreadsheet removes the zeros of 0012, but 12 may also be another student's id."""
    identities = Identities([Student(on_roster, "Ada Lovelace"), Student("s7", "Bob Byte")])
    assert f"; the nearest is {on_roster} (Ada Lovelace): " in str(identities.find(Claim(ids=(id,))))
