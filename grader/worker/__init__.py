"""The code that runs in the same sandbox as a submission. It knows no expected values.

All of it runs inside the sandbox but `function_host`: it runs the functions that a case passes to a
submission, in a process of the judge's. May import: grader.model, NumPy.
"""
