"""Reads and writes CSV and zip as bytes. May import: grader.model, the standard library."""
