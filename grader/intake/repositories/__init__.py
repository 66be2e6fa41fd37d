"""Reads submissions from git repositories, by the user's own git; nothing that they bring is run.

May import: grader.model.
"""
