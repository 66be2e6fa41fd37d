"""Drafts a new assignment from one reference function: its files, cases, and mutants by operators."""
