# may gain: all
"""It leaves a thread that calls the functions until the judge stops it."""

import threading


def attack(*given, **named):
    def some():
        for one in [one for one in given if callable(one)] * 100:
            try:
                one(0)
            except Exception:
                pass

    threading.Thread(target=some, daemon=True).start()
    return original(*given, **named)
