"""Finds the functions that are exercises in the source of the reference. May import: grader.model."""
