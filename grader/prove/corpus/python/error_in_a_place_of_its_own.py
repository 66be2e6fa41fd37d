"""Raises a syntax error whose file, line and text are hostile objects."""


class Anything(str):
    def __fspath__(self):
        raise SystemExit

    strip = __fspath__


def attack(a, *rest, **named):
    error = SyntaxError("none")
    error.filename, error.lineno, error.text = Anything("x"), object(), Anything("y")
    raise error
