"""Names the files that a compiler's child leaves for the judge."""

RESULT = "result.json"
"""The result of compiling, as JSON."""

PREPROCESSED = "preprocessed.cu"
"""The source of kernels with its macros expanded."""
