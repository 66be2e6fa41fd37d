"""Returns a sequence that says it has a million million elements, and has each of them."""


class Sequence:
    def __len__(self):
        return 1 << 40

    def __getitem__(self, index):
        return float(index)


def attack(a, *rest, **named):
    return Sequence()
