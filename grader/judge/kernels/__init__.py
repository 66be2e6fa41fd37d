"""Compiles submitted kernels outside of the workers, and caches the libraries.

May import: grader.model, judge.process, judge.import_rules.
"""
