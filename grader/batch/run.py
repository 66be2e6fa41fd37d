"""Grades a class: intake, gradebook, pool, gradebook; names everything that needs review."""

from collections import defaultdict
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, closing
from dataclasses import replace
from functools import partial
from itertools import chain
from typing import Protocol

from grader.batch.grade_warnings import BeforeRun, grade_warnings
from grader.batch.gradebook import Gradebook, GradeEntry
from grader.batch.gradebook.decisions import AGAIN
from grader.batch.gradebook.submission_files import keep_evidence
from grader.batch.grading_messages import Work, WorkResult
from grader.batch.time_warnings import time_warnings
from grader.intake.read_class import ClassSubmission, Intake
from grader.model.class_input.inventory import Doubt
from grader.model.class_row import ClassRow, to_review, with_policies
from grader.model.late_policy import Policies
from grader.model.results.batch_summary import BatchSummary, CountingSubmission

Results = Generator[tuple[Work, WorkResult | Exception], None, None]
Executor = Callable[[Iterable[Work]], Results]

NO_POLICIES = Policies()


class Progress(Protocol):
    """Shows the progress of a batch; a context manager."""

    def advance(self, count: int, is_failure: bool) -> None:
        """Adds `count` submissions that were graded, or `failed` and were set aside."""


class Screen(Protocol):
    """The display of a batch: shows that it waits, and its progress."""

    def wait(self, assignment: str) -> None:
        """Shows that this batch waits for another one on the same assignment and gradebook."""

    def progress(self, total: int) -> AbstractContextManager[Progress]:
        """Opens the progress display for `total` submissions."""


def run_batch(
    intake: Intake,
    graded_by: str,
    execute: Executor,
    gradebook: Gradebook,
    assignment: str,
    screen: Screen,
    policies: Policies = NO_POLICIES,
    accept_missing: bool = False,
) -> BatchSummary:
    """Grades submissions without a grade; each grade is one transaction, so committed grades stay.

    `graded_by` is a digest of everything that `execute` grades with. Files that several students submitted
    are graded once. If grading a submission raises, the gradebook records it and the summary names it; the
    others are still graded. Each run names everything that needs review under `policies`; `accept_missing`
    confirms the zeros of students with a missing file. While another batch grades the same assignment, this
    one waits.
    """

    with gradebook.exclusive(assignment, on_wait=partial(screen.wait, assignment)):
        before = gradebook.submissions(assignment)
        before_run = BeforeRun.of(gradebook.database, assignment, (one.id for one in before))
        with gradebook.run(assignment, graded_by, intake.rule):
            handed_in = [handin.submission for handin in intake.submissions]
            again = gradebook.hand_in(
                intake.students, handed_in, by_roster=intake.by_roster, has_times=intake.has_times
            )
            batch = _Batch(intake, graded_by, gradebook, assignment)
            batch.choose_counting()  # an interrupted run leaves no other submission counting in silence
            warnings = time_warnings(intake, gradebook, assignment, policies, before)
            keep_evidence(gradebook.database, intake, assignment)
            if accept_missing:
                missing = [one.submission.id for one in intake.submissions if one.is_missing]
                gradebook.confirm(missing, by="--accept-missing")
            if batch.ungraded:
                batch.grade_ungraded(execute, screen)
                batch.choose_counting()
            warnings += before_run.changes(gradebook.database, assignment, intake)
            warnings += grade_warnings(gradebook.database, assignment)
        return replace(batch.summary(policies), again=again, warnings=warnings)


def _by_id(row: ClassRow) -> str:
    return row.student_id


class _Batch:
    """A run over one intake: the waiting submissions, and their results."""

    def __init__(self, intake: Intake, graded_by: str, gradebook: Gradebook, assignment: str) -> None:
        self._intake, self._graded_by = intake, graded_by
        self._gradebook, self._assignment = gradebook, assignment
        self._grade_keys = gradebook.grade_keys(assignment)
        self._failed: dict[str, str] = {}
        self._graded = self._rescored = self._ran = 0
        groups: dict[str, list[ClassSubmission]] = defaultdict(list)
        for handin in intake.submissions:
            if not self._is_graded(handin):
                groups[handin.submission.files].append(handin)
        self.ungraded: Mapping[str, list[ClassSubmission]] = groups

    def _is_graded(self, handin: ClassSubmission) -> bool:
        key = self._grade_keys.get(handin.submission.id)
        return key is not None and key.graded_by == self._graded_by

    def _is_wanted_again(self, handin: ClassSubmission) -> bool:
        key = self._grade_keys.get(handin.submission.id)
        return key is not None and key.graded_by == AGAIN

    def grade_ungraded(self, execute: Executor, screen: Screen) -> None:
        """Grades the waiting submissions, and keeps each grade as it arrives."""

        def work() -> Iterator[Work]:
            for files, same_files in self.ungraded.items():
                students = tuple(handin.submission.student_id for handin in same_files)
                results = (
                    {} if any(map(self._is_wanted_again, same_files)) else self._gradebook.results(files)
                )
                yield Work(files, self._intake.read(same_files[0]), students, results)

        total = sum(map(len, self.ungraded.values()))
        with screen.progress(total) as progress, closing(execute(work())) as results:
            for one, result in results:
                same_files = self.ungraded[one.key]
                self._keep(same_files, result)
                progress.advance(len(same_files), is_failure=isinstance(result, Exception))

    def _keep(self, same_files: list[ClassSubmission], result: WorkResult | Exception) -> None:
        if isinstance(result, Exception):
            reason = f"grading failed: {result or type(result).__name__}"
            for handin in same_files:
                self._gradebook.record_fault(handin.submission, reason)
                self._failed[handin.submission.student_id] = reason
            return
        fresh = result.fresh
        self._rescored += 0 if fresh else sum(map(bool, result.addresses))
        self._ran += len(fresh)
        for handin, grade, addresses in zip(same_files, result.grades, result.addresses, strict=True):
            by = "" if grade.needs_review else self._graded_by  # cases that could not be judged are retried
            graded = GradeEntry(grade, by, addresses, fresh, result.seconds if result.fresh else 0.0)
            self._gradebook.record(handin.submission, graded, handin.candidates)
            self._graded += 1
            fresh = {}

    def choose_counting(self) -> None:
        """Chooses the grades that count in this run; forgets failures that no longer matter."""
        keys = self._gradebook.grade_keys(self._assignment)
        instead = {}
        for candidates in {handin.candidates for handin in self._intake.submissions}:
            graded = [id for id in candidates if id in keys]
            best = max(graded, key=lambda id: (keys[id].score, candidates.index(id)), default=None)
            if best is not None and not keys[best].counts:
                instead[best] = next((id for id in graded if keys[id].counts), "")
        student_of = {
            handin.submission.id: handin.submission.student_id for handin in self._intake.submissions
        }
        students = set(student_of.values())
        faults = self._gradebook.faults(self._assignment)
        stale = [id for id, student in faults.items() if student in students and id not in student_of]
        if instead or stale:
            self._gradebook.set_counting(instead, stale)

    def summary(self, policies: Policies) -> BatchSummary:
        """Prints the result of the run, and the full reason of each failure, which no report shows."""
        rows, counting = [], []
        for row in self._standings(policies):
            if row.review_reason or row.is_absent:
                rows.append(row)
            counting += self._counting(row)
        return BatchSummary(
            graded=self._graded,
            graded_before=len(self._intake.submissions) - sum(map(len, self.ungraded.values())),
            to_review=tuple(
                Doubt(row.standing.student.label, self._failed.get(row.student_id, row.review_reason))
                for row in to_review(rows)
            ),
            aside=tuple(sorted(self._intake.aside, key=lambda entry: entry.name)),
            rescored=self._rescored,
            ran=self._ran,
            absent=tuple(row.standing.student.label for row in sorted(rows, key=_by_id) if row.is_absent),
            counting=tuple(sorted(counting, key=lambda one: one.student)),
        )

    def _standings(self, policies: Policies) -> Iterator[ClassRow]:
        """The class with the course's policies; late days span assignments, so they need the others too."""
        standings = self._gradebook.standings(self._assignment)
        if not policies.late_days.total or self._assignment not in policies.deadlines:
            return (row for one in standings for row in with_policies([one], policies))  # a class is large
        others = (self._gradebook.standings(name) for name in policies.deadlines if name != self._assignment)
        rows = with_policies(chain(standings, *others), policies)
        return (row for row in rows if row.assignment == self._assignment)

    def _counting(self, row: ClassRow) -> list[CountingSubmission]:
        """The submission that counts, if this student has several."""
        count, submission = self._intake.counts.get(row.student_id, 0), row.submission
        if count < 2 or submission is None:
            return []
        return [
            CountingSubmission(
                row.standing.student.label, submission.sequence, submission.submitted_at, count
            )
        ]
