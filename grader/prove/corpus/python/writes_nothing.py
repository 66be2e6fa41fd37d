"""Submits the handout unchanged."""


def attack(*arguments, **named):
    raise NotImplementedError
