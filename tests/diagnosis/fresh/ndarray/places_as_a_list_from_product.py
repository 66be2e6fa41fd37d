"""positions is made from a list, which has no integer type if it is empty, and counts from the buffer's start.

Ideas: offset_left_out, floats_for_no_elements.
"""

import itertools


def positions(shape, strides, offset):
    places = []
    for idx in itertools.product(*[range(n) for n in shape]):
        places.append(sum(i * s for i, s in zip(idx, strides)))  # wrong: the offset is not added
    return np.array(places)  # wrong: an empty list gives float64
