"""Parses the command line, and guards what the commands print. May import: grader.model."""
