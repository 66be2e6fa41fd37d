"""The reference in the form to read; handouts show it.

`conv` derives convolution and its gradients step by step, and `views` is NDArray as a shape, strides and an
offset over a NumPy array. `conv_nd` has dilated, grouped and transposed convolution on any number of axes,
`pooling` and `normalization` the layers around it. `reference.ndarray` is the fast form of `views`; those of
the others are the modules of the same name in `reference`. Tests hold each pair equal.
"""
