"""Raises an exception whose text, repr and name raise further exceptions."""


class Meta(type):
    @property
    def __name__(cls):
        raise KeyboardInterrupt


class Sly(Exception, metaclass=Meta):
    def __str__(self):
        raise SystemExit

    __repr__ = __str__


def attack(a, *rest, **named):
    raise Sly
