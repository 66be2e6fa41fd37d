"""Names a dtype that a careless loader would evaluate."""


def attack(a, *rest, **named):
    send(reply(nonce(), [{"dtype": "__import__('os').system('touch /tmp/attack-was-here')", "shape": [1]}]))
    return a
