"""Raises what a person at the keyboard would, at import."""

raise KeyboardInterrupt
