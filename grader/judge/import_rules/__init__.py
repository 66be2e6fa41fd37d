"""Reads submissions before they run, and rejects code that does the exercise for the student.

May import: grader.model.
"""
