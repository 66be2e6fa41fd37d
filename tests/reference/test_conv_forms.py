"""Three ways to convolve give one result, and col2im is the transpose of im2col, in both forms."""

import numpy as np
import pytest

from reference import conv as fast
from reference.ndarray import array
from reference.readable import conv_forms

STEPS = [
    pytest.param((1, 1), (0, 0), id="plain"),
    pytest.param((2, 3), (1, 0), id="strided"),
    pytest.param((3, 1), (2, 4), id="more padding than kernel"),
]


def integers(rng: np.random.Generator, *shape: int) -> np.ndarray:
    return rng.integers(-8, 9, shape).astype("float32")


@pytest.mark.parametrize(("stride", "padding"), STEPS)
def test_loops_and_shifts_give_what_conv_gives(stride: tuple[int, int], padding: tuple[int, int]) -> None:
    rng = np.random.default_rng(0)
    x, w = array(integers(rng, 2, 6, 5, 3)), array(integers(rng, 3, 2, 3, 4))
    expected = fast.conv(x, w, stride, padding).numpy()
    for way in (conv_forms.conv_loops, conv_forms.conv_shifted):
        np.testing.assert_array_equal(expected, way(x, w, stride, padding).numpy())


@pytest.mark.parametrize(("stride", "padding"), STEPS)
def test_both_forms_of_im2col_and_col2im_agree(stride: tuple[int, int], padding: tuple[int, int]) -> None:
    rng = np.random.default_rng(1)
    x = array(integers(rng, 2, 6, 5, 3))
    how = (3, 2), stride, padding
    matrix = fast.im2col(x, *how)
    np.testing.assert_array_equal(matrix.numpy(), conv_forms.im2col(x, *how).numpy())
    columns = array(integers(rng, *matrix.shape))
    back = fast.col2im(columns, x.shape, *how).numpy()
    np.testing.assert_array_equal(back, conv_forms.col2im(columns, x.shape, *how).numpy())
    assert (matrix.numpy() * columns.numpy()).sum() == (x.numpy() * back).sum()
    with pytest.raises(ValueError, match="columns have shape"):
        conv_forms.col2im(columns[1:], x.shape, *how)
