"""Reads the assignment's own kinds of cases, comparisons, functions, and tests.

May import: grader.model, grader.judge, grader.author.
"""
