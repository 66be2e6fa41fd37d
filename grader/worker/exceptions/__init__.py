"""Describes exceptions: whose they are, and the calls of a submission that they passed through.

May import: grader.model, NumPy.
"""
