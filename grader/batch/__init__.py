"""Grades a whole class: finds its submissions, grades them in parallel, keeps every grade. It prints nothing.

May import: grader.model, grader.intake, grader.judge, SQLAlchemy, Alembic, Dask.
"""
