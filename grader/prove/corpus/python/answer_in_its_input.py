"""Writes the wrong answer into its input's memory and returns the input."""


def attack(a, *rest, **named):
    memory = a.numpy()
    memory.flags.writeable or memory.setflags(write=True)
    memory[...] = 0
    return memory
