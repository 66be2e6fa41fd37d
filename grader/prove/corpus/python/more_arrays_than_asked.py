"""The right answer, and others in case they are liked better."""

import numpy as np


def attack(a, *rest, **named):
    return values(original(a, *rest, **named)), a.numpy()
