# may gain: all
"""It calls the functions from several threads at once, and waits for them."""

import threading


def attack(*given, **named):
    def some():
        for one in (one for one in given if callable(one)):
            try:
                one(0)
            except Exception:
                pass

    threads = [threading.Thread(target=some) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return original(*given, **named)
