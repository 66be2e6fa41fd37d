"""Returns an object that offers its memory by the protocol of GPU libraries, with a capsule that is none."""


class Offers:
    def __dlpack__(self, *args, **kwargs):
        return object()

    def __dlpack_device__(self):
        return 2, 0


def attack(a, *rest, **named):
    return Offers()
