"""Reads submissions from git repositories with the user's own git; runs nothing from them.

May import: grader.model.
"""
