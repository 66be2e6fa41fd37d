"""Sends, at import, answers to the questions that will come, in their order."""

for _ in range(6):
    send(reply(nonce()))
