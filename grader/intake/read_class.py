"""Reads the submissions of a class and accounts for every entry of its input."""

import hashlib
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import tzinfo
from pathlib import Path

from grader.intake.choice import LAST, Choice, choose, order_key
from grader.intake.litter import is_litter
from grader.intake.recognize import ClassFacts, LayoutMatch, recognize
from grader.intake.source import Source, open_source, parents, printable_name
from grader.intake.submission import ReadFiles, find_files
from grader.intake.submission_times import SubmissionTime, TimesOf
from grader.intake.tree import Handin
from grader.model.class_input.identity import Claim, Identities
from grader.model.class_input.inventory import Doubt, Entry, Role
from grader.model.class_input.times import is_later
from grader.model.did_you_mean import did_you_mean
from grader.model.errors import UserError
from grader.model.student import Student, Submission
from grader.model.submitted_files import SubmittedFiles
from grader.model.text import plural

OUTSIDE = "it lies outside the folder of the class"
NOT_THIS_LAYOUT = "its name does not have the form that {layout} uses"
OTHER = "of another submission, which is not graded"
EMPTY = "an empty folder"
GROUP = "matches no group and no student on the roster: add a column `group` to the roster"
UNNAMED = "no file says which student it belongs to"
ANONYMOUS = "its only name is a number of the LMS, which no roster contains: grade it without --roster"


@dataclass(frozen=True, slots=True)
class ClassSubmission:
    """A submission, its files' paths, and the ids of the student's submissions that may count, in order.

    `is_missing`: the only doubt is about a missing or unreadable file, so a zero may be confirmed.
    """

    submission: Submission
    paths: tuple[tuple[str, str], ...]
    candidates: tuple[str, ...]
    is_missing: bool = False
    litter: tuple[str, ...] = ()  # files that programs left in a folder that holds nothing else


@dataclass(frozen=True)
class Intake:
    """The submissions of a class, sorted by student; every entry of the input, and every doubt.

    `layout` is the layout's title. `aside` holds the doubts about entries that are no student's submission.
    `by_roster`: the students are those of a roster; the `absent` submitted nothing. `counts` maps a student's
    id to the number of that student's submissions. `has_times`: a file gave the times. `rule` are the options
    that choose the submission that counts.
    """

    layout: str
    submissions: tuple[ClassSubmission, ...]
    students: tuple[Student, ...]
    entries: tuple[Entry, ...]
    aside: tuple[Doubt, ...]
    absent: tuple[Student, ...]
    by_roster: bool
    names: tuple[str, ...]
    accept_renamed: bool = False
    source: Source | None = field(default=None, compare=False)
    counts: Mapping[str, int] = field(default_factory=dict)
    has_times: bool = False
    rule: str = LAST.rule

    @property
    def doubts(self) -> tuple[Doubt, ...]:
        """Everything that an instructor must decide, about submissions and about the rest."""
        doubtful = (one.submission for one in self.submissions if one.submission.doubt)
        labels = {student.id: student.label for student in self.students}
        return (*(Doubt(labels[one.student_id], one.doubt) for one in doubtful), *self.aside)

    def read(self, one: ClassSubmission) -> SubmittedFiles:
        """The files of a submission."""
        assert self.source is not None
        files, read = dict(one.paths), self.source.read
        return find_files(files, self.names, read, self.accept_renamed, one.litter).submitted


@dataclass(frozen=True)
class ReadOptions:
    """What an instructor says about a class that its input does not.

    `choice` chooses the submission that counts. `layout` names one of `grader.intake.layouts`, for input that
    can be read in several ways. `accept_renamed` accepts a file with a similar name. Times without an offset
    are in `zone`; `times` override those in the input itself.
    """

    choice: Choice = LAST
    layout: str = ""
    accept_renamed: bool = False
    zone: tzinfo | None = None
    times: Sequence[SubmissionTime] = ()


AS_IT_IS = ReadOptions()


def read_class(
    root: Path,
    names: Iterable[str],
    assignment: str = "",
    roster: Sequence[Student] | None = None,
    options: ReadOptions = AS_IT_IS,
) -> Intake:
    """Reads the submissions in a folder or a zip. `names` are the files that the assignment asks for.

    Raises UserError, a question to the instructor, if `root` holds no class or its layout is not certain.
    """
    source = open_source(root)
    identities = None if roster is None else Identities(roster)
    has_person = None if identities is None else _knows(identities)
    facts = ClassFacts(tuple(sorted(names)), assignment, options.zone, has_person)
    recognized = recognize(root, source, facts, options.layout)
    return _Reader(source, recognized, facts, roster, identities, options).read()


def _knows(identities: Identities) -> Callable[[str], bool]:
    """A test that is true of an id, an e-mail address or a name that means someone on the roster."""
    return lambda id: isinstance(identities.find(Claim(ids=(id,))), Student)


class _Reader:
    """Reads one class and collects entries and doubts on the way."""

    def __init__(
        self,
        source: Source,
        recognized: LayoutMatch,
        facts: ClassFacts,
        roster: Sequence[Student] | None,
        identities: Identities | None,
        options: ReadOptions,
    ) -> None:
        self._source, self._recognized, self._facts = source, recognized, facts
        self._roster, self._identities, self._options = roster, identities, options
        self._students = {student.id: student for student in roster or ()}
        self._entries: dict[str, Entry] = {}
        self._doubts: list[Doubt] = []
        self._in_doubt: set[str] = set()  # paths of submissions in doubt as a whole
        self._submitted: list[ClassSubmission] = []
        self._folders: dict[str, str] = {}  # from a student's own folder to the student's id

    def read(self) -> Intake:
        """Reads everything."""
        handins_by_student = self._with_times(self._by_student())
        for id, handins in sorted(handins_by_student.items()):
            self._read_student(self._students[id], handins)
        self._account_for_the_rest()
        return Intake(
            layout=self._recognized.title,
            submissions=tuple(self._submitted),
            students=tuple(self._students[id] for id in sorted(self._students)),
            entries=tuple(self._entries[path] for path in sorted(self._entries)),
            aside=(
                *self._doubts,
                *_about_entries(e for p, e in self._entries.items() if p not in self._in_doubt),
            ),
            absent=tuple(s for id, s in sorted(self._students.items()) if id not in handins_by_student),
            by_roster=self._roster is not None,
            names=self._facts.names,
            accept_renamed=self._options.accept_renamed,
            source=self._source,
            counts={id: len(handins) for id, handins in handins_by_student.items()},
            has_times=bool(self._options.times),
            rule=self._options.choice.rule,
        )

    def _by_student(self) -> dict[str, list[Handin]]:
        """The submissions of each student; anything that belongs to no student becomes a doubt."""
        by_student: dict[str, list[Handin]] = defaultdict(list)
        for handin in self._recognized.reading.handins:
            match = self._students_of(handin)
            if isinstance(match, str):
                self._doubts.append(Doubt(printable_name(handin.label), match))
                for path in handin.files.values():
                    self._add(path, Role.REFUSED, why=match)
                    self._in_doubt.add(self._prefixed(path))
                continue
            for student in match:
                by_student[student.id].append(handin)
        return by_student

    def _students_of(self, handin: Handin) -> list[Student] | str:
        """The students whom a submission's claim means; several if it names a group on the roster."""
        claim = _normalized(handin.claim)
        if self._identities is not None and not (claim.ids or claim.name or claim.email):
            return ANONYMOUS
        if self._identities is None:
            id = next((id for id in (*claim.ids, claim.internal, claim.name) if id), "")
            return [self._students.setdefault(id, Student(id, claim.name, claim.email))] if id else UNNAMED
        # a group's number is that of any one of its members
        student = self._identities.find(Claim(name=claim.name) if handin.is_group else claim)
        if isinstance(student, Student):
            return [student]
        group = [
            s for s in self._students.values() if s.group and _squeezed(s.group) == _squeezed(claim.name)
        ]
        return group or (GROUP if handin.is_group else student)

    def _with_times(self, by_student: dict[str, list[Handin]]) -> dict[str, list[Handin]]:
        """The submissions with the times from a file; of a student's several, the last gets it.

        The file overrides a folder's name, which may be the student's, unless the name says a later time.
        """
        if not self._options.times:
            return by_student
        times = TimesOf(self._options.times, self._id_of)
        has_match = False
        for id, handins in by_student.items():
            for number in (handin.claim.internal for handin in list(handins)):
                time, last = times.of(id, number), max(handins, key=order_key)
                has_match = has_match or bool(time)
                if time and (len(handins) == 1 or not is_later(last.submitted_at, time)):
                    handins[handins.index(last)] = replace(last, submitted_at=time)
        if not has_match:
            count = plural(len(self._options.times), "time")
            raise UserError(
                f"--times: found {count}, and none of a student who submitted; "
                f"expected the file of this class and assignment{self._near_student()}"
            )
        return by_student

    def _near_student(self) -> str:
        """The nearest name to the first that the file of times misspells."""
        students = self._students.values()
        names = [text for one in students for text in (one.id, one.name, one.email) if text]
        claims = (one.claim for one in self._options.times)
        texts = (text for claim in claims for text in (*claim.ids, claim.name, claim.email))
        return next(filter(None, (did_you_mean(text, names) for text in texts)), "")

    def _id_of(self, claim: Claim) -> str:
        """The id of the student whom a line of the times means, "" if that is not certain."""
        if self._identities is None:
            ids = (id for id in (*claim.ids, claim.email, claim.name) if id in self._students)
            return next(ids, "")
        student = self._identities.find(_normalized(claim))
        return student.id if isinstance(student, Student) else ""

    def _read_student(self, student: Student, handins: Sequence[Handin]) -> None:
        candidates = choose(handins, student, self._options.choice)
        read = [(handin, self._find(handin)) for handin in candidates.handins]
        if not read:
            self._doubts.append(Doubt(student.label, candidates.doubt))
        submitted = []
        for handin, files in read:
            why = "" if self._is_empty(handin) else files.doubt  # a zero for an empty folder is not in doubt
            doubt = "; ".join(text for text in (handin.doubt, candidates.doubt, why) if text)
            submission = Submission(
                student_id=student.id,
                assignment=self._facts.assignment,
                files=digest_of(files.submitted),
                sequence=handin.sequence,
                submitted_at=handin.submitted_at,
                late=True if handin.late else False if handin.knows_lateness else None,
                doubt=doubt,
            )
            is_missing = files.is_missing and not (handin.doubt or candidates.doubt)
            one = ClassSubmission(submission, self._full(handin.files), (), is_missing, self._litter(handin))
            submitted.append(one)
            for path in handin.files.values():
                self._add(
                    path, Role.GRADED if self._prefixed(path) in files.paths else Role.EXTRA, student.id
                )
        for handin in handins:
            if handin.folder:
                self._folders[self._prefixed(handin.folder)] = student.id
            for path in handin.files.values():
                self._add(path, Role.EXTRA, student.id, candidates.not_allowed.get(handin.label, OTHER))
        ids = tuple(dict.fromkeys(one.submission.id for one in submitted))
        first = {one.submission.id: one for one in reversed(submitted)}
        self._submitted += [replace(first[id], candidates=ids) for id in ids]

    def _empty_folders(self) -> list[str]:
        """The folders that hold nothing at all, which are entries of their own."""
        full = {parent for path in (*self._source.paths, *self._source.folders) for parent in parents(path)}
        return sorted(self._source.folders - full)

    def _is_empty(self, handin: Handin) -> bool:
        """True if a student's folder holds nothing at all, not even litter."""
        return not handin.files and not self._litter(handin)

    def _litter(self, handin: Handin) -> tuple[str, ...]:
        """The contents of the folder of a submission without files, as paths below it."""
        if handin.files or not handin.folder:
            return ()
        start = self._prefixed(f"{handin.folder}/")
        return tuple(path[len(start) :] for path in self._source.paths if path.startswith(start))

    def _find(self, handin: Handin) -> ReadFiles:
        files, litter = dict(self._full(handin.files)), self._litter(handin)
        return find_files(files, self._facts.names, self._source.read, self._options.accept_renamed, litter)

    def _full(self, files: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
        return tuple((name, self._prefixed(path)) for name, path in files.items())

    def _prefixed(self, path: str) -> str:
        return self._recognized.tree.prefix + path

    def _add(self, path: str, role: Role, student: str = "", why: str = "") -> None:
        """Accounts for a path of the tree; names both students if two share it."""
        full = self._prefixed(path)
        before = self._entries.get(full)
        if before is None:
            self._entries[full] = Entry(full, role, student, why)
        elif student and student not in before.student.split(", "):
            both = ", ".join(filter(None, (before.student, student)))
            role = Role.GRADED if Role.GRADED in (role, before.role) else role
            self._entries[full] = Entry(full, role, both, before.why if before.role is role else why)

    def _account_for_the_rest(self) -> None:
        reading, prefix = self._recognized.reading, self._recognized.tree.prefix
        for path, why in reading.other_entries.items():
            self._add(path, Role.REFUSED if why else Role.EXTRA, why=why)
        for path in reading.unexplained:
            self._add(path, Role.REFUSED, why=NOT_THIS_LAYOUT.format(layout=self._recognized.title))
        owners = self._folders | {
            prefix + path.partition("/")[0]: entry.student
            for path, entry in ((e.path[len(prefix) :], e) for e in self._entries.values())
            if "/" in path
        }
        for path in self._source.paths:
            if path not in self._entries:
                top = prefix + path[len(prefix) :].partition("/")[0]
                is_ours = is_litter(path) or path.endswith("/")
                role, why = (Role.LITTER, "") if is_ours else (Role.REFUSED, OUTSIDE)
                self._entries[path] = Entry(path, role, owners.get(top, ""), why)
        for folder in self._empty_folders():
            owner = owners.get(prefix + folder[len(prefix) :].partition("/")[0], "")
            self._entries[f"{folder}/"] = Entry(f"{folder}/", Role.EXTRA, owner, EMPTY)
        for path, why in self._source.unreadable.items():
            entry = self._entries[path]
            self._entries[path] = Entry(path, Role.REFUSED, entry.student, why)
            if entry.student and self._recognized.tree.is_wanted(path):
                self._in_doubt.add(path)  # the student's own doubt says it
        for path, why in self._source.refusals.items():
            top = prefix + path[len(prefix) :].partition("/")[0]
            self._entries[path] = Entry(path, Role.REFUSED, owners.get(top, ""), why)


def _about_entries(entries: Iterable[Entry]) -> list[Doubt]:
    """A line for each refused entry that no student's doubt covers; many with one reason share a line."""
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)
    for entry in sorted(entries, key=lambda entry: entry.path):
        if entry.role is Role.REFUSED:
            groups[entry.student, entry.why].append(entry.path)
    doubts = []
    for (_, why), paths in groups.items():
        more = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
        doubts.append(Doubt(f"{printable_name(paths[0])}{more}", why))
    return doubts


def _normalized(claim: Claim) -> Claim:
    def nfc(text: str) -> str:
        return unicodedata.normalize("NFC", text).strip()

    return Claim(tuple(nfc(id) for id in claim.ids), claim.internal, nfc(claim.name), nfc(claim.email))


def _squeezed(name: str) -> str:
    """A group's name as Canvas writes it: only word characters, in lower case."""
    return "".join(c for c in unicodedata.normalize("NFC", name).casefold() if c.isalnum() or c == "_")


def digest_of(submitted: SubmittedFiles) -> str:
    """SHA-256 over names and contents, and over each file's problem, whatever other files there are."""
    digest = hashlib.sha256()
    parts = [
        (f"{name}\0", problem.partition(";")[0].encode(errors="surrogatepass"))
        for name, problem in submitted.problems.items()
    ]
    for name, content in sorted([*submitted.files.items(), *parts]):
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()
