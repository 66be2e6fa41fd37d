"""Chooses the cases to run: those that a student names, or those that a change can affect.

May import: grader.model.
"""
