"""The instructor's desk in a browser: reads the gradebook, and with --edit writes an instructor's decisions.

It runs neither students' code nor other programs. May import: grader.model, grader.batch,
grader.report.
"""
