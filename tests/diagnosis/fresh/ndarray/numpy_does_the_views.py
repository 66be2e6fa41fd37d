"""Lets NumPy index and flip, and makes a new array of what comes back.

Ideas: flipped_copy, selected_copy.
"""


def __getitem__(self, index):
    return array(self.numpy()[index], dtype=self.dtype)  # wrong: a copy, where a view is asked for


def flip(self, axes=None):
    a = self.numpy()
    axes = normalize_axes(range(self.ndim) if axes is None else axes, self.ndim)
    a = a[tuple(slice(None, None, -1) if i in axes else slice(None) for i in range(self.ndim))]
    return array(a, dtype=self.dtype)  # wrong: a copy, where a view is asked for
