"""It calls a function and answers its question at the same time."""


def attack(*given, **named):
    function = next(one for one in given if callable(one))
    call(nonce(), function._number)
    send(reply(nonce()))
    return True
