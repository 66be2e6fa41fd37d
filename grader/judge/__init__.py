"""The trusted side: draws inputs, runs implementations, compares their results, and scores them.

`process/` starts and watches workers, `import_rules/` checks sources first, `kernels/` compiles CUDA C++,
`kinds/` and `comparisons/` hold one module for each kind of case and each way of comparing, `differences/`
describes differences in words, `verdict/` grades a case, `grading_setup.py` holds what an assignment needs,
and `session.py` grades a submission with all of them. Nothing here imports a submission, a reference or
the worker; they run in their own processes. May import: grader.model, NumPy, pydantic, pytest.
"""
