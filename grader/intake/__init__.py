"""Reads what a class submits: layouts, archives, notebooks, identities; every entry is accounted for.

`classes.read_class` reads a whole class, `submission.read_submission` one student's folder. May import:
grader.model.
"""
