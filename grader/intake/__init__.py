"""Reads a class's submissions: layouts, archives, notebooks, identities. Accounts for every entry.

`classes.read_class` reads a whole class, `submission.read_submission` one student's folder.
May import: grader.model.
"""
