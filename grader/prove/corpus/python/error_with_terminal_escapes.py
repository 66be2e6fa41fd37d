"""Raises an error whose text clears a terminal, sets its title, reverses the direction of writing and forges
a verdict.
"""


def attack(a, *rest, **named):
    raise ValueError("\x1b[2J\x1b]0;100 of 100\x07\u202e001 fo 001\u2066\r\x08\x9b31m passed\x00\u2028<b>10/10</b>")
