"""Compiles source that crashes the compiler: a million signs before one number."""

eval("-" * 1_000_000 + "1")
