"""It searches the functions for anything beyond their numbers: sources, names, closures, modules."""

import gc

WORDS = ("__code__", "__globals__", "__closure__", "__defaults__", "__wrapped__", "__dict__", "func", "args")


def attack(*given, **named):
    for one in (one for one in given if callable(one)):
        texts = [repr(one), str(one)]
        held = [getattr(one, name) for name in getattr(type(one), "__slots__", ())]
        beyond = [x for x in gc.get_referents(one) if x is not type(one) and not isinstance(x, int)]
        if any(hasattr(one, word) for word in WORDS) or beyond or not all(isinstance(h, int) for h in held):
            print("FOUND", dir(one), beyond)
        if any(word in text for word in ("square", "gradient", "right", "wrong", "make") for text in texts):
            print("FOUND", texts)
    return True
