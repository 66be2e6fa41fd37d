"""Holds the account of a class's input: entries, the students whom they mean, and times.

May import: grader.model, the standard library.
"""
