"""Backflip as a library: a course's assignments, and grades of submissions to them.

    from grader import Course

    course = Course("assignments")
    grade = course["conv_backward"].grade({"conv.py": source})
    grade.score, grade.max_score, grade.cases[0].why

The commands are built on it. docs/library.md shows all of it. May import: any of `grader`.
"""

import os
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Self

from grader.author.load import load, load_course
from grader.model.assignment import Assignment
from grader.model.assignment import Course as CourseFacts
from grader.model.did_you_mean import near_file, one_of
from grader.model.errors import GraderFault, UserError
from grader.model.grade import Grade
from grader.model.submitted_files import SubmittedFiles
from grader.model.surroundings import Device, Sandbox

if TYPE_CHECKING:
    from grader.author.render import Views
    from grader.batch.grading_messages import Grading
    from grader.judge.session import Session as JudgeSession
    from grader.judge.verdict.misconceptions import Misconceptions
    from grader.model.results.verification import RedTeam, Verification

ASSIGNMENTS, COURSE_FILE = "assignments", "course.yaml"
SEED_VARIABLE, SEED_FILE = "BACKFLIP_SEED", ".backflip-seed"
PROVIDED = Path("build", "provided")

Files = Mapping[str, str | bytes]  # a submission's files, by name


class Course:
    """The course in a folder: `assignments`, or the repository that holds it.

    `seed` determines the inputs of hidden cases. The default is the environment variable BACKFLIP_SEED, or
    the content of `.backflip-seed` in the repository. Iterating gives the names of the assignments, in the
    course's order. Raises UserError if there is no course.yaml.
    """

    def __init__(self, folder: str | Path = ASSIGNMENTS, *, seed: str | None = None) -> None:
        path = Path(folder).resolve()
        inside = path / ASSIGNMENTS / COURSE_FILE
        file = inside if inside.is_file() else path / COURSE_FILE
        if not file.is_file() or file.parent.name != ASSIGNMENTS:
            raise UserError(f"found no {ASSIGNMENTS}/{COURSE_FILE} in it{near_file(path)}", Path(folder))
        self.root = file.parent.parent
        self.seed = secret_of(self.root) if seed is None else seed

    def __getitem__(self, name: str) -> "CourseAssignment":
        """The assignment of that name; a UserError for an unknown name suggests the nearest one."""
        folder = self.root / ASSIGNMENTS / name
        if not (folder / "assignment.yaml").is_file():
            files = (self.root / ASSIGNMENTS).glob("*/assignment.yaml")
            names = sorted(path.parent.name for path in files)
            raise UserError(f"found no assignment {name!r}, expected {one_of(name, names)}")
        return CourseAssignment(self, load(folder))

    def __iter__(self) -> Iterator[str]:
        return iter(self.facts.assignments)

    def __len__(self) -> int:
        return len(self.facts.assignments)

    def __contains__(self, name: object) -> bool:
        return name in self.facts.assignments

    def generate(self, out: str | Path, *names: str, student: str = "") -> list[Path]:
        """Writes the handouts and solutions of the named assignments, or of all; returns their folders.

        The folders are `out`/release/NAME and `out`/solution/NAME. With a `student`'s id, only the handout
        is written, to `out`/release/NAME-ID, with that student's own worked numbers.
        """
        from grader.author.handout import generate

        course_assignments = [self[name] for name in names or self]
        misconceptions_of = {
            one.name: ideas
            for one in course_assignments
            if (ideas := one.misconceptions(Sandbox.BUBBLEWRAP)) is not None
        }
        assignments = [one.views.assignment for one in course_assignments]
        return generate(assignments, Path(out), misconceptions_of, student, self.seed, self.facts.python)

    @cached_property
    def facts(self) -> CourseFacts:
        """The content of course.yaml: the title, the policies."""
        return load_course(self.root / ASSIGNMENTS / COURSE_FILE)


@dataclass(frozen=True)
class CourseAssignment:
    """One assignment of a course, ready to grade."""

    course: Course
    loaded: Assignment

    @property
    def name(self) -> str:
        """The assignment's name."""
        return self.loaded.name

    @property
    def title(self) -> str:
        """The title that students read."""
        return self.loaded.title

    @property
    def files(self) -> tuple[str, ...]:
        """The names of the files that students submit."""
        return self.loaded.files

    @property
    def max_score(self) -> int:
        """The points that its rubric offers."""
        return self.loaded.rubric.points

    @cached_property
    def views(self) -> "Views":
        """The handout and the solution."""
        from grader.author.render import Views  # Jinja2, which students do not have

        root = self.course.root
        return Views(replace(self.loaded, library=root), root / PROVIDED)

    def misconceptions(self, sandbox: Sandbox) -> "Misconceptions | None":
        """The answers of mutants, which let a grade name a misconception; none without the sandbox."""
        from grader.prove.mutant_answers import misconceptions

        return (
            None
            if sandbox is Sandbox.NONE
            else misconceptions(self.course.root, self.views, self.course.seed)
        )

    def judge(self, sandbox: Sandbox, device: Device | None = None) -> "JudgeSession":
        """A context manager that grades one submission after the other in this process."""
        from grader.judge.session import Session as JudgeSession

        return JudgeSession(
            self.views.assignment,
            sandbox=sandbox,
            secret=self.course.seed,
            device=device,
            misconceptions=self.misconceptions(sandbox),
        )

    def grading(self, sandbox: Sandbox) -> "Grading":
        """The same, in a form that can be sent to other processes."""
        from grader.batch.grading_messages import Grading

        ideas, variants = self.misconceptions(sandbox), self.course.facts.variants
        return Grading.of(self.views.assignment, sandbox, self.course.seed, ideas, variants)

    def verify(self, *, jobs: int = 1, seeds: int = 200) -> "Verification":
        """Proves the rubric: grades every mutant, and lists what to correct in `findings`.

        Each tolerance is tried with this number of `seeds`.
        """
        from grader.prove.assignment_proof import prove

        return prove(self.course.root, self.views, self.course.seed, jobs, seeds)

    def redteam(self, *, jobs: int = 1, sample: int = 1) -> "RedTeam":
        """Grades attacks and cheats, and lists in `findings` those that gained more than they may.

        `sample` is a step: of the attacks that do not depend on the assignment, only every `sample`-th is
        graded.
        """
        from grader.prove.redteam import red_team

        return red_team(self.views, self.course.seed, jobs, sample)

    def grade(self, files: Files, *, student: str = "", sandbox: str = Sandbox.BUBBLEWRAP) -> Grade:
        """The grade of one submission; each call starts a sandbox, so for many open a `session`.

        `student` is the student's id: with `variants: true` in course.yaml, it picks the numbers of hidden
        cases. Raises UserError if the sandbox cannot run here; `sandbox="none"` is for your own code only.
        """
        with self.session(sandbox=sandbox) as session:
            return session.grade(files, student=student)

    def session(self, *, jobs: int = 1, sandbox: str = Sandbox.BUBBLEWRAP) -> "Session":
        """A session that grades many submissions, in `jobs` processes."""
        if jobs < 1:
            raise UserError(f"jobs={jobs}: expected at least 1")
        return Session(self, jobs, Sandbox(sandbox))


@dataclass
class Session:
    """Grades submissions to one assignment; a context manager, so that every process ends with it."""

    assignment: CourseAssignment
    jobs: int
    sandbox: Sandbox
    _open: ExitStack = field(default_factory=ExitStack, repr=False)

    @cached_property
    def _judge(self) -> "JudgeSession":
        return self._open.enter_context(self.assignment.judge(self.sandbox))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def grade(self, files: Files, *, student: str = "") -> Grade:
        """The grade of one submission, in this process."""
        variant = student if self.assignment.course.facts.variants else ""
        return self._judge.grade(_submitted(files), student, variant=variant)

    def grade_all(self, submissions: Mapping[str, Files] | Iterable[Files]) -> Iterator[Grade]:
        """Yields each grade when it is ready, in any order: `grade.submission` is the student's id.

        `submissions` maps student ids to files; in a list, the position is the id, "0" for the first.
        An iterable is read lazily, so it may be larger than memory.
        """
        files_by_student = submissions.items() if isinstance(submissions, Mapping) else _numbered(submissions)
        if self.jobs == 1:
            yield from (self.grade(files, student=name) for name, files in files_by_student)
        else:
            yield from self._grade_side_by_side(files_by_student)

    async def grade_each(self, submissions: Mapping[str, Files] | Iterable[Files]) -> AsyncIterator[Grade]:
        """The same for `async for`: other tasks run during the wait for a grade."""
        import asyncio  # importing it takes as long as starting a grade

        grades = self.grade_all(submissions)
        try:
            while (grade := await asyncio.to_thread(next, grades, None)) is not None:
                yield grade
        finally:
            getattr(grades, "close", lambda: None)()

    def _grade_side_by_side(self, submissions: Iterable[tuple[str, Files]]) -> Iterator[Grade]:
        from grader.batch.grading_messages import Work
        from grader.batch.per_process import grade_one, open_session
        from grader.batch.pool import grade_all

        grading = self.assignment.grading(self.sandbox)
        work = (Work(name, _submitted(files), (name,)) for name, files in submissions)
        set_up = partial(open_session, grading)
        for _, answer in grade_all(work, partial(grade_one, grading.digest), self.jobs, set_up):
            if isinstance(answer, Exception):
                raise answer if isinstance(answer, UserError) else GraderFault(str(answer)) from answer
            yield from answer.grades


def secret_of(root: Path) -> str:
    """A course's secret seed: an environment variable, or an untracked file at the repository's root."""
    from_environment = os.environ.get(SEED_VARIABLE, "")
    file = root / SEED_FILE
    if from_environment or not file.is_file():
        return from_environment
    return file.read_text(encoding="utf-8").strip()


def _submitted(files: Files) -> SubmittedFiles:
    return SubmittedFiles({n: c.encode() if isinstance(c, str) else c for n, c in files.items()})


def _numbered(submissions: Iterable[Files]) -> Iterator[tuple[str, Files]]:
    return ((str(number), files) for number, files in enumerate(submissions))
