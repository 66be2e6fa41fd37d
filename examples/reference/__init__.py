"""The solutions of the example course, each with the docstring that its students read."""
