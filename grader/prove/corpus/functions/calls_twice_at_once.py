"""It calls a function again before the first call returns."""


def attack(*given, **named):
    function = next(one for one in given if callable(one))
    for _ in range(50):
        call(nonce(), function._number)
    return True
