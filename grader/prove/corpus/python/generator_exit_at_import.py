"""Raises an exception that `except Exception` does not catch, at import."""

raise GeneratorExit
