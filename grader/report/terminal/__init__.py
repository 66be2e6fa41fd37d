"""Prints grades, classes and the account of an input in a terminal.

May import: grader.model, grader.report, rich.
"""
