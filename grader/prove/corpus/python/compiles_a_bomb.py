"""Source that takes the compiler down: parentheses inside parentheses."""

eval("(" * 100_000 + ")" * 100_000)
