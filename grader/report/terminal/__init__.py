"""Prints grades, classes and the inventory of a class's input in a terminal.

May import: grader.model, grader.report, rich.
"""
