"""Starts, walls, limits and watches the processes that run submissions.

May import: grader.model, and of the judge this room alone.
"""
