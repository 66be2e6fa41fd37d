"""Raises an exception whose text takes forever."""


class Slow(Exception):
    def __str__(self):
        while True:
            pass


def attack(a, *rest, **named):
    raise Slow
