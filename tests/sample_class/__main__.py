"""Writes the sample classes below a folder: `python -m tests.sample_class DIR`."""

import argparse
from pathlib import Path

from tests.sample_class import conv_backward, cuda_kernels
from tests.sample_class.difference import write_class

if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.sample_class", description=__doc__)
    parser.add_argument("root", metavar="DIR", type=Path, help="the folder to write to")
    root = parser.parse_args().root
    for assignment, submissions in (
        ("conv_backward", conv_backward.submissions()),
        ("cuda_kernels", cuda_kernels.submissions()),
    ):
        write_class(root / assignment, submissions)
