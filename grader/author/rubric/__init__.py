"""Reads rubric.yaml: its criteria, their cases, and the values and sizes of a case.

May import: grader.model, grader.judge, grader.author.
"""
