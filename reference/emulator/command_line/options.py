"""The options of the command."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import NoReturn

from .kernel_arguments import size
from .occupancy import DEFAULT_GPU, GPUS, MOST_REGISTERS

EXAMPLE = """\
A file with `main` is a whole program. Everything after -- goes to it:

  %(prog)s saxpy.cu -- 1000

The command compiles the program, runs it in the sandbox, and checks its
launches, copies and memory.

To run one kernel on arrays, name it. Give each parameter of the kernel a
value by its name: arrays from the .npz file, numbers with --set, and memory
that the kernel writes with --result. For
`__global__ void add(int n, const float *a, const float *b, float *out)`:

  %(prog)s add.cu --kernel add --grid 4 --block 256 \\
      --arrays in.npz --set n=1000 --result out=float32:1000 --check

exit status: 0 no bug found; 1 bugs found, NVIDIA's compiler refuses the
kernel, or a whole program ended with a status other than 0 or left an
incomplete record; 2 a mistake in your command or files: one line says which
"""


class Parser(argparse.ArgumentParser):
    """Reports a mistake in one line."""

    def error(self, message: str) -> NoReturn:
        """Ends with only the message: `--help` shows the usage."""
        self.exit(2, f"{self.prog}: {message} (see {self.prog} --help)\n")


def parser_of(prog: str) -> argparse.ArgumentParser:
    """The command's options."""
    parser = Parser(
        prog=prog,
        description="Run a CUDA kernel, or a whole program, on the CPU of this machine.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("file", type=Path, metavar="FILE.cu", help="the file with the kernel or the program")
    parser.add_argument("--define", action="append", default=[], metavar="NAME=TEXT", help="define a macro")
    parser.add_argument(
        "--seconds",
        type=_count,
        default=60,
        metavar="N",
        help="end the kernel, or the program, after N seconds of CPU time; default: 60",
    )
    parser.add_argument(
        "--schedules",
        type=_count,
        default=8,
        metavar="N",
        help="how many orders of the threads to try; default: %(default)s",
    )
    parser.add_argument(
        "--seed", type=int, default=0, metavar="N", help="the seed of the random orders; default: 0"
    )
    parser.add_argument(
        "--quiet", action="store_true", help="print only errors; the exit status shows the result"
    )
    parser.add_argument("--json", action="store_true", help="print findings and counts as JSON for a program")
    _add_launch(parser.add_argument_group("one kernel"))
    _add_check(parser.add_argument_group("checks of that kernel"))
    parser.add_argument_group("a whole program").add_argument(
        "--sandbox",
        choices=("bubblewrap", "none"),
        default="bubblewrap",
        help="use none for your own code only: the program then has your rights; default: %(default)s",
    )
    return parser


def _count(text: str) -> int:
    """A number of at least 1. With 0 seconds a kernel would have no limit, with 0 orders no check."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"found {text!r}, expected a whole number of at least 1")
    return int(text)


def _add_launch(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--kernel",
        metavar="NAME",
        help="the kernel to run; for a template, with its arguments, such as 'tiled<16>'",
    )
    group.add_argument("--grid", type=size, metavar="X[,Y[,Z]]", help="the grid's size, in blocks")
    group.add_argument("--block", type=size, metavar="X[,Y[,Z]]", help="a block's size, in threads")
    group.add_argument(
        "--shared", type=int, default=0, metavar="BYTES", help="the size of the dynamic shared memory"
    )
    group.add_argument(
        "--arrays", type=Path, metavar="FILE.npz", help="the arrays, with the names of the parameters"
    )
    group.add_argument(
        "--set", action="append", default=[], metavar="NAME=NUMBER", help="the number for a parameter"
    )
    group.add_argument(
        "--result",
        action="append",
        default=[],
        metavar="NAME=DTYPE:SHAPE",
        help="memory for the kernel to write",
    )
    group.add_argument(
        "--out", type=Path, metavar="FILE.npz", help="write all arrays after the run to this file"
    )


def _add_check(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--check", action="store_true", help="look for bugs in each order, and count accesses")
    group.add_argument(
        "--gpu",
        choices=sorted(GPUS),
        default=DEFAULT_GPU,
        help="show the occupancy of a GPU of this compute capability; default: %(default)s",
    )
    group.add_argument(
        "--registers",
        type=int,
        choices=range(1, MOST_REGISTERS + 1),
        metavar="N",
        help="for the occupancy: the registers of a thread, as `nvcc -Xptxas -v` prints them",
    )
