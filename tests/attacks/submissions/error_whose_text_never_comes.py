"""Raises an exception whose text takes forever."""


class Slow(Exception):
    def __str__(self):
        while True:
            pass


def flip(a, axes):
    raise Slow
