"""Names the files that a compiler's child leaves for the judge."""

RESULT = "result.json"
"""How compiling ended, as JSON."""

PREPROCESSED = "preprocessed.cu"
"""The source of kernels with its macros expanded."""
