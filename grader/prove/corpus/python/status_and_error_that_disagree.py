"""Replies that all is well and that there was an error."""


def attack(a, *rest, **named):
    error = {"type": "", "message": "", "file": "", "line": 0, "source": ""}
    send(reply(nonce(), error=error))
    return a
