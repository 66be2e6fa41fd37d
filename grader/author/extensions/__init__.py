"""Reads the assignment's own kinds of cases, comparisons, and tests."""
