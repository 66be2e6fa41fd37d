"""Prints without end, at import."""

while True:
    print("x" * 1000)
