"""The code that runs next to a submission, inside the sandbox, and knows no expected values."""
