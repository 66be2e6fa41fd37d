"""Prints grades, classes and the account of a class's input in a terminal.

May import: grader.model, grader.report, rich.
"""
