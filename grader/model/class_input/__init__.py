"""Holds the inventory of a class's input: entries, the students they belong to, and times.

May import: grader.model, the standard library.
"""
