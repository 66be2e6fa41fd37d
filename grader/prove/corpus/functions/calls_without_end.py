"""It calls a function without end."""


def attack(*given, **named):
    function = next(one for one in given if callable(one))
    while True:
        try:
            function(0)
        except Exception:
            pass
