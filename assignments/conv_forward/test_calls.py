"""Tests what one case cannot: several calls, one after the other."""

import numpy as np
import pytest


@pytest.mark.criterion("conv", weight=2)
def test_each_call_keeps_to_its_own_stride_and_padding(submission, reference):
    """each call keeps to its own stride and padding, whatever an earlier call on the same arrays had"""
    numbers = np.random.default_rng(7)
    x, w = numbers.integers(-8, 9, (2, 7, 8, 3)), numbers.integers(-8, 9, (3, 2, 3, 4))
    for stride, padding in ((1, 0), ((2, 1), (0, 2)), (1, 0), ((1, 3), 1)):
        geometry = f"stride {stride}, padding {padding}"
        expected = reference.conv(x=x, w=w, stride=stride, padding=padding)
        actual = submission.conv(x=x, w=w, stride=stride, padding=padding)
        assert getattr(actual, "shape", None) == expected.shape, geometry
        assert (actual == expected).all(), geometry
