"""Reads a class's submissions: layouts, archives, notebooks, identities. Accounts for every entry.

`read_class` reads a whole class, and `submission` one student's folder.
May import: grader.model.
"""
