"""The author's side: load an assignment's YAML, render its handout and solution.

May import: grader.model, grader.judge, grader.draw, Jinja2, PyYAML, pydantic.
"""
