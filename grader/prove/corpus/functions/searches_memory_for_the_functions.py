"""It searches every module and every object of its process for the functions' source or modules."""

import gc
import sys


def attack(*given, **named):
    if any(name.rpartition(".")[2] == "functions" for name in sys.modules):
        print("FOUND a module")
    codes = [one for one in gc.get_objects() if getattr(one, "__module__", "") == "functions"]
    if codes:
        print("FOUND", codes)
    return True
