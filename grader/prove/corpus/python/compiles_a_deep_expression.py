"""Source that takes the compiler down: a million signs before one number."""

eval("-" * 1_000_000 + "1")
