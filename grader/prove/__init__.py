"""Proves a rubric: mutants, kill matrix, tolerances, variants.

`assignment_proof` is the whole of `grader verify`: `run_mutants` grades the mutants, and `assignment_checks`
says which of them pass. `redteam` grades attacks and cheats.
May import: grader.model, judge, author, batch and report, NumPy.
"""
