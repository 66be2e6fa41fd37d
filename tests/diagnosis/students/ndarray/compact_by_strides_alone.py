"""is_compact looks at the strides, and not at how much the buffer holds.

Ideas: buffer_not_looked_at.
"""


def is_compact(self):
    expected = 1
    for n, s in zip(reversed(self.shape), reversed(self.strides)):
        if s != expected:
            return False
        expected *= n
    return True
