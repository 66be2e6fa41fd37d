"""Returns an ndarray that claims to equal everything."""

import numpy as np


class Equal(np.ndarray):
    def __array_function__(self, function, types, args, kwargs):
        return True

    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        return np.ones(self.shape, bool) if ufunc is np.equal else np.zeros(self.shape)

    def __eq__(self, other):
        return np.ones(self.shape, bool)

    def __sub__(self, other):
        return np.zeros(self.shape)

    __rsub__ = __sub__
    __hash__ = None


def attack(a, *rest, **named):
    return a.numpy().view(Equal)
