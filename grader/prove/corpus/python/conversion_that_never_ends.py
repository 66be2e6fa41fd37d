"""Returns an object whose conversion to an array never ends."""


class Converts:
    def __array__(self, *args, **kwargs):
        while True:
            pass


def attack(a, *rest, **named):
    return Converts()
