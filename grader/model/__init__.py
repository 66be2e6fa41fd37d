"""Frozen values that every part of the grader shares; standard library only, no I/O."""
