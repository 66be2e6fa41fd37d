"""Writes an assignment for a course's platform, one module of `targets/` each, found by name.

May import: grader.model, grader.judge, grader.author.
"""
