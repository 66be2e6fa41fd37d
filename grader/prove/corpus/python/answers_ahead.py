"""Answers at import the questions that will come, in the order in which they will come."""

for _ in range(6):
    send(reply(nonce()))
