"""It keeps a function's number, sends it to the judge in a later question, and waits for the result."""

import time

KEPT = []


def attack(*given, **named):
    KEPT.append(next(one for one in given if callable(one))._number)
    if len(KEPT) > 5:
        call(nonce(), KEPT[0])
        time.sleep(60)
    return original(*given, **named)
