"""Drafts a new assignment from one reference function: its files, cases, and mutants by operators.

May import: grader.model, grader.author, Jinja2, PyYAML.
"""
