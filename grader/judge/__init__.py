"""The trusted side: draws inputs, asks implementations, compares what they return, and scores.

Nothing in here imports a submission, a reference or the worker; they run in processes of their own.
"""
