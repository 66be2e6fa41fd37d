"""Grades one case: expected values, comparison, explanation, diagnosis, score.

May import: grader.model, NumPy, the judge's other packages.
"""
