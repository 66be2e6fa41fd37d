"""The instructor's desk in a browser: reads the gradebook, and with --edit writes what a person decides.

It executes nothing that a student wrote and no other program. May import: grader.model, grader.batch,
grader.report.
"""
