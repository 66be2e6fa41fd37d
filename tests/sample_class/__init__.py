"""The sample classes: one right file for each assignment, and by name what each student changed in it.

`python -m tests.sample_class DIR` writes them as folders of submissions, which `make demo` grades.
"""
