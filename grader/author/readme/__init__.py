"""Completes a handout's README.md and renders it as README.html.

May import: grader.model, grader.draw, markdown-it.
"""
