"""Compiles kernels that students submit, apart from workers, and keeps the libraries.

May import: grader.model, judge.process, judge.policy.
"""
