"""The trusted side: draws inputs, asks implementations, compares what they return, and scores.

`process/` starts and watches workers, `policy/` reads sources before they run, `kernels/` compiles CUDA C++,
`kinds/` and `comparisons/` hold one module each for a kind of case and a way of comparing, `differences/`
words what differs, `verdict/` grades a case, `equipment.py` prepares once what an assignment needs, and
`session.py` grades a submission by all of them. Nothing in here imports a submission, a reference or the
worker; they run in processes of their own. May import: grader.model, NumPy, pydantic, pytest.
"""
