"""The exercises in CUDA C: `solutions.cu`, the host module that launches it, and its results in NumPy."""
