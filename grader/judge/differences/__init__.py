"""Compares answers with expected values: decodes, finds the first difference, and words it for a student.

May import: grader.model, NumPy.
"""
