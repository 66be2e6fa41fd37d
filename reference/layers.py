"""Gathers the layers around a convolution, pooling and normalization, under one name."""

from reference.normalization import (
    batch_norm,
    batch_norm_grad,
    layer_norm,
    layer_norm_grad,
    normalize,
    normalize_grad,
)
from reference.pooling import (
    average_pool,
    average_pool_grad,
    global_average_pool,
    global_average_pool_grad,
    max_pool,
    max_pool_grad,
)

__all__ = [
    "average_pool",
    "average_pool_grad",
    "batch_norm",
    "batch_norm_grad",
    "global_average_pool",
    "global_average_pool_grad",
    "layer_norm",
    "layer_norm_grad",
    "max_pool",
    "max_pool_grad",
    "normalize",
    "normalize_grad",
]
