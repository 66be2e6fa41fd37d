"""Replies that all is well and that there was an error."""


def flip(a, axes):
    error = {"type": "", "message": "", "file": "", "line": 0, "source": ""}
    send(reply(nonce(), error=error))
    return a
