"""Describes a generated class: its people, their submissions, the export's entries, and the account."""

import re
import unicodedata
from dataclasses import dataclass
from enum import Enum

from grader.model.student import Student

FILE = "dense.py"  # the one file that the assignment asks for


class Fate(Enum):
    """The required outcome for a student."""

    CREDIT = "credited with these bytes"
    DOUBT = "a doubt that a person decides"
    ABSENT = "absent"
    STRANGER = "on no roster: credited nothing, and named in a doubt"


@dataclass(frozen=True)
class Person:
    """Someone in the class. `number` is the LMS's, `label` names a folder or a flat file."""

    key: str
    given: str
    surname: str
    number: str
    roster_id: str
    email: str
    login: str
    label: str = ""
    anonymous: str = ""
    group: str = ""
    on_roster: bool = True
    sid: str | None = None

    @property
    def name(self) -> str:
        return f"{self.given} {self.surname}".strip()

    @property
    def sortable(self) -> str:
        return f"{self.surname}, {self.given}" if self.given else self.surname


@dataclass(frozen=True)
class File:
    """One file of a submission, by its path inside it. `flaw` says what the zip or the disk does to it."""

    path: str
    content: bytes
    flaw: str = ""  # "crc", "method", "encrypted", "link", "pipe", "text", "url", "online", "folder", "aside"


@dataclass(frozen=True)
class Delivery:
    """A student's submission, and what the student must get if the export identifies the student.

    The credited content must be one of `accepted`, or hold the `token` if that is set. `may_doubt` allows
    a doubt in place of credit. `must_name` is what the doubt must mention.
    """

    person: Person
    files: tuple[File, ...]
    fate: Fate = Fate.CREDIT
    accepted: tuple[bytes, ...] = ()
    token: bytes = b""
    may_doubt: bool = False
    must_name: tuple[str, ...] = ()
    oddities: tuple[str, ...] = ()
    late: bool = False
    score: int = 0  # which of the sources it holds


@dataclass(frozen=True)
class Entry:
    """One entry of the export. `owners` are keys of people: none for litter and for the LMS's own files."""

    path: str
    content: bytes
    owners: tuple[str, ...] = ()
    flaw: str = ""


@dataclass(frozen=True)
class Due:
    """One line of the account: the ids that the intake may use for a student, and what the student gets."""

    who: str
    ids: frozenset[str]
    fate: Fate
    accepted: tuple[bytes, ...] = ()
    token: bytes = b""
    may_doubt: bool = False
    must_name: tuple[str, ...] = ()
    mentions: tuple[str, ...] = ()  # any of these in a doubt is this student
    oddities: tuple[str, ...] = ()
    owner: str = ""
    score: int = 0

    def accepts(self, content: bytes) -> bool:
        """True if these bytes may be credited to the student."""
        return content in self.accepted or bool(self.token and self.token in content)


@dataclass(frozen=True)
class GeneratedClass:
    """A whole export with its account. `tokens` maps a file's content to its owner."""

    seed: int
    kind: str
    entries: tuple[Entry, ...]
    roster: tuple[Student, ...] | None
    account: tuple[Due, ...]
    may_be_question: bool
    is_zip: bool
    encoding: str  # of the zip's names: "flagged", "unflagged" (UTF-8 both) or "cp437"
    is_plain: bool
    tokens: dict[str, bytes]

    @property
    def oddities(self) -> tuple[str, ...]:
        return tuple(sorted({oddity for due in self.account for oddity in due.oddities}))


def letters(name: str) -> str:
    """A name as Canvas writes it into a file's name (`ContentZipper` in its sources).

    Ruby's [[:word:]] is every letter, mark, decimal digit and connector of Unicode.
    """
    lowered = re.sub(r"_(\d+)_", r"\1", name).lower()
    return "".join(
        c for c in lowered if unicodedata.category(c)[0] in "LM" or unicodedata.category(c) in ("Nd", "Pc")
    )


def same(text: str) -> str:
    """A text normalized so that two spellings of one name are equal."""
    return unicodedata.normalize("NFC", text).casefold()
