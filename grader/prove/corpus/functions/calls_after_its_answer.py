"""A thread keeps calling functions after the question is answered."""

import threading
import time


def attack(*given, **named):
    function, number = next(one for one in given if callable(one))._number, nonce()

    def later():
        for _ in range(100):
            time.sleep(0.001)
            call(number, function)

    threading.Thread(target=later, daemon=True).start()
    return True
