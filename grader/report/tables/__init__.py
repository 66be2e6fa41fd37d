"""Reads and writes the tables of spreadsheets and LMSs. May import: grader.model."""
