"""Reads and writes CSV, zip, plain records and modules. May import: grader.model, the standard library."""
