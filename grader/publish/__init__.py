"""Writes an assignment for the place where a course lives, one module of `targets/` each, found by name.

May import: grader.model, grader.judge, grader.author.
"""
