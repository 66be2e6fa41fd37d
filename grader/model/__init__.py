"""Frozen values shared by every part of the grader, without I/O. May import: the standard library."""
