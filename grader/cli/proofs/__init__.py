"""The commands that prove an assignment: its rubric by mutants, and its verdicts by attacks.

May import: any of `grader`.
"""
