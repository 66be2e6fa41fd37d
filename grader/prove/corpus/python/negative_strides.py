"""The right values as a view that walks backwards: judged by value, so right."""
# may gain: all


def attack(a, *rest, **named):
    backwards = values(original(a, *rest, **named))[..., ::-1].copy()
    return backwards[..., ::-1]
