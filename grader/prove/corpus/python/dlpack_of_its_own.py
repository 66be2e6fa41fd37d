"""Returns an object with a fake DLPack capsule, the protocol by which GPU libraries share memory."""


class Offers:
    def __dlpack__(self, *args, **kwargs):
        return object()

    def __dlpack_device__(self):
        return 2, 0


def attack(a, *rest, **named):
    return Offers()
