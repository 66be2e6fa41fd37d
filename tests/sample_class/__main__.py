"""Writes the sample classes below a folder: `python -m tests.sample_class DIR`."""

import sys
from pathlib import Path

from tests.sample_class import conv_backward, cuda_kernels
from tests.sample_class.difference import write_class

if __name__ == "__main__":
    (root,) = map(Path, sys.argv[1:])
    for assignment, submissions in (
        ("conv_backward", conv_backward.submissions()),
        ("cuda_kernels", cuda_kernels.submissions()),
    ):
        write_class(root / assignment, submissions)
