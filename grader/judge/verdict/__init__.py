"""Grades one case: expected values, comparison, explanation, diagnosis, score.

`case_result` decides whether to run a case, and `grade_case` grades it with the expected value of `oracles`.
`diagnose` chooses the misconceptions behind the failures, whose texts and answers are in `misconceptions`;
authors write the texts in mutants.py. `blame` finds the exercise to fix first. `score` adds up the points.
May import: grader.model, NumPy, the judge's other packages.
"""
