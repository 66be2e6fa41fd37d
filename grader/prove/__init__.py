"""Proves a rubric: mutants, kill matrix, tolerances, variants.

May import: grader.model, judge, author, batch and report, NumPy.
"""
