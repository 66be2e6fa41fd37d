"""Says which submission times a run of a batch lacks, where scores depend on them."""

from collections.abc import Mapping, Sequence

from grader.batch.grade_warnings import list_students
from grader.batch.gradebook import Gradebook
from grader.batch.gradebook.known_times import has_file_of_times
from grader.intake.read_class import Intake
from grader.model.late_policy import Policies
from grader.model.student import Submission
from grader.model.text import plural


def time_warnings(
    intake: Intake,
    gradebook: Gradebook,
    assignment: str,
    policies: Policies,
    before: Sequence[Submission],
) -> tuple[str, ...]:
    """A sentence for each way in which times are missing; `before` are the submissions before this run."""
    read = {one.submission.id: one.submission for one in intake.submissions}
    now = {one.id: one for one in gradebook.submissions(assignment) if one.id in read}
    warnings = []
    lost = {one.student_id for one in before if one.submitted_at and _lacks_time(now.get(one.id))}
    if policies.has_late_policy and assignment in policies.deadlines:
        on_time = [one for one in now.values() if _lacks_time(one) and not one.late]
        untimed = {one.student_id for one in on_time if read[one.id].late is None}
        if untimed and untimed == {one.student_id for one in now.values()}:
            warnings.append("no submission has a time, so each is on time: give the times with --times FILE")
        elif untimed - lost:
            names = list_students(untimed - lost)
            warnings.append(
                f"counted as on time, because no file has a time: {names}; give the times with --times FILE"
            )
    several = 0 if intake.has_times else _several_without_time(intake, read)
    if several and has_file_of_times(gradebook.database, assignment):
        warnings.append(
            f"{plural(several, 'student')} with several submissions: the times of an earlier run do not "
            "choose the one that counts; give them again with --times FILE"
        )
    if lost:
        warnings.append(f"without the time that an earlier run read: {list_students(lost)}")
    return tuple(warnings)


def _several_without_time(intake: Intake, read: Mapping[str, Submission]) -> int:
    """The number of students with several submissions, of which this run's input gives no time."""
    timed = {one.student_id for one in read.values() if one.submitted_at}
    return sum(count > 1 and student not in timed for student, count in intake.counts.items())


def _lacks_time(submission: Submission | None) -> bool:
    return submission is not None and not submission.submitted_at
