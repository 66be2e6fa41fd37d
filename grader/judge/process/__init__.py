"""Starts, sandboxes, limits and watches the processes that run submissions.

May import: grader.model, and no other part of the judge.
"""
