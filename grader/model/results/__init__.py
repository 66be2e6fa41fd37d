"""Holds what a run of a command results in, as values. May import: grader.model, the standard library."""
