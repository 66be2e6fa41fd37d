"""Turns grades into reports for people and programs: pure functions, which read no clock and no path.

`formats/` holds one module for each format of `grader report`, `pages/` draws HTML, `terminal/` prints,
`tables/` reads and writes CSV. May import: grader.model, rich, Jinja2.
"""
