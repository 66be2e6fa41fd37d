"""The reference in the form to read; handouts show it.

`conv` derives convolution and its gradients step by step, and `views` is NDArray as a shape, strides and an
offset over a NumPy array. `reference.conv` and `reference.ndarray` are the fast forms; tests hold each pair
equal.
"""
