"""From a folder or an LMS's zip to submissions of students; nothing that lies there is dropped in silence."""

import hashlib
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from grader.batch.layout import Attempt, find_attempts, is_wanted, time_of
from grader.batch.notebook import module_of
from grader.batch.roster import extension_of
from grader.batch.source import SetAside, Source, open_source
from grader.judge.stage import HandedIn
from grader.model.errors import UserError
from grader.model.identity import Claim, Identities
from grader.model.student import Student, Submission

POLICIES = ("last", "best", "last-before-deadline")


@dataclass(frozen=True, slots=True)
class Found:
    """A submission, where its files lie, and those of the student's submissions that may count, in order."""

    submission: Submission
    paths: tuple[tuple[str, str], ...]
    among: tuple[str, ...]


@dataclass(frozen=True)
class Choice:
    """Which of a student's submissions counts: `policy` is one of POLICIES; the last needs a `deadline`.

    `extension` says how much later a student may hand in. What comes after `closes` scores nothing, so it
    does not displace what came before.
    """

    policy: str = "last"
    deadline: datetime | None = None
    closes: datetime | None = None
    extension: Callable[[Student], timedelta] = extension_of


def choice_of(policy: str, deadline: str | None) -> Choice:
    """As the command says it; UserError where policy and deadline do not go together."""
    if (policy == "last-before-deadline") != (deadline is not None):
        raise UserError(f"--policy {policy}: --deadline goes with last-before-deadline, and only with it")
    if deadline is None:
        return Choice(policy)
    if not (moment := time_of(deadline)):
        raise UserError(
            f"--deadline {deadline!r}: expected a time with its offset, 2026-10-01T23:59:00+02:00"
        )
    return Choice(policy, datetime.fromisoformat(moment))


@dataclass(frozen=True)
class Intake:
    """What was handed in: submissions, sorted; students; what was set aside; names that are no submission.

    `by_roster`: the students are those of a roster; `absent` counts those of whom there is nothing.
    """

    submissions: tuple[Found, ...]
    students: tuple[Student, ...] = ()
    refused: tuple[SetAside, ...] = ()
    ignored: tuple[str, ...] = ()
    absent: int = 0
    by_roster: bool = False
    files: tuple[str, ...] = ()
    source: Source | None = field(default=None, compare=False)

    def read(self, found: Found) -> HandedIn:
        """The files of a submission."""
        assert self.source is not None
        return _read(self.source, dict(found.paths), self.files)


def find_submissions(
    root: Path,
    files: Iterable[str],
    assignment: str = "",
    roster: Sequence[Student] | None = None,
    choice: Choice = Choice(),
) -> Intake:
    """The submissions in a folder or a zip; `files` are the names handed in.

    Raises UserError where `root` is neither or holds no submission.
    """
    names = tuple(sorted(files))
    source = open_source(root)
    layout = find_attempts(source, names)
    if not layout.attempts and not source.refused:
        raise UserError(
            "found no submission; expected a folder per student, or the zip of Canvas, Moodle or Gradescope",
            root,
        )
    students, whose, aside = _by_student(layout.attempts, roster)
    found: list[Found] = []
    for id, attempts in sorted(whose.items()):
        chosen, reason = _choose(attempts, students[id], choice)
        if reason:
            aside.append(SetAside(id, reason))
        handed_in = {_submission(source, each, id, assignment, names): each for each in chosen}
        among = tuple(submission.id for submission in handed_in)
        for submission, attempt in handed_in.items():
            found.append(Found(submission, _needed(attempt.files, names), among))
    return Intake(
        submissions=tuple(found),
        students=tuple(students[id] for id in sorted(students)),
        refused=(*source.refused, *aside),
        ignored=(*source.ignored, *layout.ignored),
        absent=len(students) - len(whose),
        by_roster=roster is not None,
        files=names,
        source=source,
    )


def _by_student(
    attempts: Iterable[Attempt], roster: Sequence[Student] | None
) -> tuple[dict[str, Student], dict[str, list[Attempt]], list[SetAside]]:
    """Everyone by id, what each handed in, and what is nobody's."""
    students = {student.id: student for student in roster or ()}
    identities = Identities(roster or ())
    whose: dict[str, list[Attempt]] = defaultdict(list)
    aside = []
    for attempt in attempts:
        if roster is None:
            student: Student | str = "says not whose it is"
            if attempt.ids or attempt.name:
                id = attempt.ids[0] if attempt.ids else attempt.name
                student = students.setdefault(id, Student(id, attempt.name, attempt.email))
        else:
            student = identities.find(Claim(attempt.ids, name=attempt.name, email=attempt.email))
        if isinstance(student, str):
            aside.append(SetAside(attempt.label, student))
        else:
            whose[student.id].append(attempt)
    return students, whose, aside


def _choose(attempts: list[Attempt], student: Student, choice: Choice) -> tuple[list[Attempt], str]:
    """The attempts that may count, in order, and what a person must decide."""
    ordered = sorted(attempts, key=_when)
    extension = choice.extension(student)
    if choice.closes is not None:
        ordered = [a for a in ordered if not _is_after(a, choice.closes + extension)] or ordered
    if choice.policy == "best":
        return ordered, ""
    if choice.policy == "last":
        same = [a.label for a in ordered if _when(a) == _when(ordered[-1])]
        said = f"nothing says which is the last of {', '.join(same)}; the one named last was taken"
        return ordered[-1:], said if len(same) > 1 else ""
    assert choice.deadline is not None
    in_time = [a for a in ordered if _is_in_time(a, choice.deadline + extension)]
    if in_time:
        return in_time[-1:], ""
    if any(not a.submitted_at and (not a.lms_knows or extension > timedelta()) for a in ordered):
        return (
            [],
            "nothing says when it was handed in: choose another --policy, or a folder named by the time",
        )
    return [], f"nothing before the deadline; handed in later: {len(ordered)}"


def _is_after(attempt: Attempt, moment: datetime) -> bool:
    return bool(attempt.submitted_at) and datetime.fromisoformat(attempt.submitted_at) > moment


def _is_in_time(attempt: Attempt, deadline: datetime) -> bool:
    if attempt.submitted_at:
        return datetime.fromisoformat(attempt.submitted_at) <= deadline
    return attempt.lms_knows and not attempt.late


def _when(attempt: Attempt) -> tuple[str, tuple[tuple[bool, int, str], ...]]:
    """Sorts attempts by time, or where there is none by their numbers."""
    return (attempt.submitted_at and _utc(attempt.submitted_at), _numbers(attempt.attempt))


def _utc(time: str) -> str:
    """Sorts as time does, whatever the offset."""
    return f"{datetime.fromisoformat(time).timestamp():020.6f}"


def _numbers(text: str) -> tuple[tuple[bool, int, str], ...]:
    """Sorts attempt-10 after attempt-9."""
    parts = re.split(r"(\d+)", text)
    return tuple((part.isdigit(), int(part) if part.isdigit() else 0, part) for part in parts)


def _submission(
    source: Source, attempt: Attempt, student: str, assignment: str, names: Sequence[str]
) -> Submission:
    return Submission(
        student_id=student,
        assignment=assignment,
        files=digest_of(_read(source, dict(attempt.files), names)),
        attempt=attempt.attempt,
        submitted_at=attempt.submitted_at,
        late=attempt.late,
    )


def _needed(files: Mapping[str, str], names: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Of a submission's files those that may be handed in."""
    return tuple((n, path) for n, path in files.items() if is_wanted(n.rpartition("/")[2], names))


def _read(source: Source, files: dict[str, str], names: Sequence[str]) -> HandedIn:
    """The files of those names: as they lie there, in one folder further down, or in a notebook."""
    contents, problems = {}, {}
    for name in names:
        content = _content(source, files, name)
        if isinstance(content, str):
            problems[name] = content
        else:
            contents[name] = content
    return HandedIn(contents, problems)


def _content(source: Source, files: dict[str, str], name: str) -> bytes | str:
    deeper = [path for path in files if path.endswith(f"/{name}")]
    if name in files or len(deeper) == 1:
        return source.read(files[name if name in files else deeper[0]])
    if deeper:
        return f"{name} is there more than once: {', '.join(sorted(deeper)[:3])}"
    said = f"{name} is missing"
    for notebook in sorted(path for path in files if path.endswith(".ipynb")):
        content = source.read(files[notebook])
        module = content if isinstance(content, str) else module_of(content, notebook, name)
        if isinstance(module, bytes):
            return module
        said = module
    return said


def digest_of(handed_in: HandedIn) -> str:
    """SHA-256 over names and contents, and over what is wrong where there is no content."""
    digest = hashlib.sha256()
    parts = [(f"{n}\0", problem.encode()) for n, problem in handed_in.problems.items()]
    for name, content in sorted([*handed_in.files.items(), *parts]):
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()
