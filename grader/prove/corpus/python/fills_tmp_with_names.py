"""Uses up the names in /tmp."""

import os


def attack(a, *rest, **named):
    number = 0
    try:
        while number < 20_000:
            os.mkdir(f"/tmp/{number}")
            number += 1
    except OSError:
        pass
    if number > 5000:
        print("FOUND", number, "names")
    return a
