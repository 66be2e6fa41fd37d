"""Draws SVG and HTML: every text is escaped where an element is made, and nothing needs a library.

May import: grader.model.
"""
