"""Fails in a function whose name, and whose file's name, contain terminal escapes and a forged verdict."""


def attack(a, *rest, **named):
    def fail():
        raise ValueError("here")

    code = fail.__code__.replace(co_name="\x1b[2J\u202edessap", co_filename="\x1b]0;title\x07/tmp/\u202eyp.oe")
    fail.__code__ = code
    fail()
