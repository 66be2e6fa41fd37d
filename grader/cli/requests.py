"""`grader requests`: queues students' requests for a regrade, all of them or none."""

import argparse
import getpass

from grader.batch.gradebook import Gradebook
from grader.batch.gradebook.decisions import take_request
from grader.batch.regrade_requests import ClassFeedback, cases_by_assignment, read_requests
from grader.cli.command_line.exit_status import PASSED
from grader.cli.command_line.json_output import print_json
from grader.cli.course import secret
from grader.model.text import plural


def run(options: argparse.Namespace) -> int:
    """Reads the file and queues new requests; the desk shows the queue."""
    with Gradebook(options.gradebook, create=False) as gradebook:
        assignments = sorted({run.assignment for run in gradebook.runs()})
        feedback = ClassFeedback(
            gradebook.students(),
            assignments,
            secret(),
            lambda student: cases_by_assignment(r for r in gradebook.grades() if r.student_id == student),
        )
        requests = read_requests(options.file, feedback)
        author = getpass.getuser()
        queued = sum(
            take_request(gradebook.database, one.student, one.assignment, one.case, one.text, author)
            for one in requests
        )
    if options.json:
        print_json("requests/1", {"queued": queued, "known": len(requests) - queued})
        return PASSED
    repeated = f", {len(requests) - queued} known" if queued < len(requests) else ""
    print(f"{plural(queued, 'request')} queued{repeated}; `grader serve --edit` answers them")
    return PASSED
