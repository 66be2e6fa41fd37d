"""Reports an error with hostile text in every field: escapes, markup, half characters."""

import os

NASTY = "\x1b[2J\x1b]0;owned\x07[red]<script>alert(1)</script>=HYPERLINK('x')\ud800\u202e\x00\r\n"


def attack(a, *rest, **named):
    error = dict.fromkeys(("type", "message", "file", "source"), NASTY * 100)
    error |= {"line": 10**300, "bases": [NASTY], "calls": [], "is_of_submission": True}
    send(reply(nonce(), status="error", error=error))
    os._exit(0)
