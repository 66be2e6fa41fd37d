"""__setitem__ writes into a compact copy of the block that it selects.

Ideas: written_to_a_copy.
"""


def __setitem__(self, index, value):
    block = self[index].compact()
    if not isinstance(value, NDArray):
        value = array([value], dtype=self.dtype)
    value = value.broadcast_to(block.shape)
    block.buffer[positions(block.shape, block.strides, block.offset)] = value.numpy().reshape(-1)
