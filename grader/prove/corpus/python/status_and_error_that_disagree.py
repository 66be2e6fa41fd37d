"""Replies with a status of success and an error."""


def attack(a, *rest, **named):
    error = {"type": "", "message": "", "file": "", "line": 0, "source": ""}
    send(reply(nonce(), error=error))
    return a
