"""Computes without end, at import."""

while True:
    pass
