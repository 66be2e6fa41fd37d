"""It calls a function and answers its question in the same breath."""


def attack(*given, **named):
    function = next(one for one in given if callable(one))
    call(nonce(), function._number)
    send(reply(nonce()))
    return True
