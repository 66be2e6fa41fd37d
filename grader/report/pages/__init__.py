"""Draws HTML pages from templates in which every text is escaped.

May import: grader.model, grader.report, rich, Jinja2.
"""
