"""Frozen values shared by every part of the grader; standard library only, no I/O."""
