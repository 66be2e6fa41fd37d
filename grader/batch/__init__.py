"""Grades a whole class: finds its submissions, grades them in parallel, keeps every grade."""
