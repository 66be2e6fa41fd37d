"""Shows whole cases: failing ones, the smallest that fails in the same way, and a ladder of small ones.

May import: grader.model, grader.judge; NumPy.
"""
