"""Compares answers with expected values: decodes them, finds the first difference, and explains it.

May import: grader.model, NumPy.
"""
