"""Starts, sandboxes, limits and watches the processes that run submissions.

`sandbox` builds the sandbox, `launcher` starts a student's process in it, and `plain_worker` starts one
without it. `worker_process` asks the process and ends it, `time_budget` and `control_groups` bound it, and
`implementation` is a submission as the rest of the judge sees it. `grader.worker` is the code on the other
side.
May import: grader.model, and no other part of the judge.
"""
