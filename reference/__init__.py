"""The reference solutions: an n-dimensional array library and the layers that are built on it.

May import: NumPy.
"""
