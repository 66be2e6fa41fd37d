"""Runs next to a submission, inside the sandbox, and knows no expected value."""
