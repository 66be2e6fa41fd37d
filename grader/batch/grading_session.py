"""Grades one submission after the other in a process that may be far from the course's files."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from grader.batch.grading_messages import Grading, Work, WorkResult
from grader.judge.code_digest import code_digest
from grader.judge.process.scratch_folder import ScratchFolder
from grader.model.errors import GraderFault
from grader.model.submitted_files import SubmittedFiles


class GradingSession:
    """An unpacked course with a session that grades its submissions."""

    def __init__(self, grading: Grading) -> None:
        if grading.code != code_digest():
            raise GraderFault(
                "this worker has another version of Backflip or NumPy; install the one that the batch runs"
            )
        self._folder = ScratchFolder()
        root = Path(self._folder.name)
        for name, content in grading.course.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        there = root / "assignments" / grading.assignment.name
        rubric = grading.assignment.rubric
        assignment = replace(
            grading.assignment,
            folder=there,
            rubric=replace(rubric, source=there / rubric.source.name),
            library=root,
        )
        from grader.judge.session import Session  # only here: the process that sends the work needs no NumPy
        from grader.judge.verdict.result_cache import CaseKeys

        self._variants = grading.variants
        self._is_for_students = grading.misconceptions is not None  # no mutant needs an explanation
        self._session = Session(
            assignment, sandbox=grading.sandbox, secret=grading.secret, misconceptions=grading.misconceptions
        )
        self._case_keys = CaseKeys(assignment, grading.sandbox, self._session.setup.device)

    def close(self) -> None:
        """Ends the session and removes the course."""
        self._session.close()
        self._folder.cleanup()

    def check(self) -> None:
        """Raises UserError if no submission can be started in the sandbox."""
        self._session.setup.check_sandbox()

    def answers(
        self, files: SubmittedFiles, cases: Sequence[str], names: Mapping[str, str]
    ) -> dict[str, str]:
        """Returns the outcomes of some exact cases that the course's own files fail."""
        return self._session.answers(files, cases, names)

    def grade_work(self, work: Work) -> WorkResult:
        """Grades the files, for each student if hidden numbers are individual, else once for all of them."""
        from grader.judge.verdict.result_cache import ResultCache

        cache = ResultCache(self._case_keys, work.cached)
        variants = work.students if self._variants else ("",)
        graded = self._session.grade_variants(
            work.files, work.students[0], variants, cache=cache, in_a_class=self._is_for_students
        )
        variant_of_each = [student if self._variants else "" for student in work.students]
        grades = tuple(
            replace(graded.grades[v], submission=s)
            for v, s in zip(variant_of_each, work.students, strict=True)
        )
        addresses = tuple(cache.addresses[variant] for variant in variant_of_each)
        return WorkResult(work.key, grades, addresses, cache.fresh, graded.cpu_seconds)
