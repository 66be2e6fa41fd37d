"""Compiles source that crashes the compiler: deeply nested parentheses."""

eval("(" * 100_000 + ")" * 100_000)
