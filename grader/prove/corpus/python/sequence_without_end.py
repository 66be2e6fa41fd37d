"""Returns a sequence with a trillion elements."""


class Sequence:
    def __len__(self):
        return 1 << 40

    def __getitem__(self, index):
        return float(index)


def attack(a, *rest, **named):
    return Sequence()
