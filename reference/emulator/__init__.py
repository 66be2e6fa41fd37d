"""CUDA C++ on a CPU, showing what a GPU hides.

The same `.cu` files that a GPU runs are compiled as C++ and run with one fiber for each thread. A checked run
reports accesses out of bounds, reads of unwritten memory, races, barriers that some threads miss, and results
that change with the order of threads; it also counts accesses. Begin with `Module`:

    module = Module(source, defines={"REAL": "float"})
    run = module.check("fill", grid=2, block=256, arguments=[np.int64(257), np.float32(1), Fresh(out)])
    for finding in run.findings:
        print(finding)

From a command line: `python -m reference.emulator FILE.cu --kernel NAME ...`, or `grader emulate`.
"""

from .cache import cache_folder
from .compile import NoCompiler
from .findings import KINDS, NOTES, Counters, Finding, LineCost, Run, WarpRequest
from .kernel_source import CompileError
from .memory import Fresh
from .module import Module

__all__ = [
    "KINDS",
    "NOTES",
    "CompileError",
    "Counters",
    "Finding",
    "Fresh",
    "LineCost",
    "Module",
    "NoCompiler",
    "Run",
    "WarpRequest",
    "cache_folder",
]
