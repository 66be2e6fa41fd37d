"""Holds the results of commands, as values. May import: grader.model, the standard library."""
