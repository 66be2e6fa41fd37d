"""A GPU and the emulator agree: on correct programs, and on how bugs go wrong."""

import os

import numpy as np
import pytest

from reference.emulator import Fresh, Module
from tests.reference.emulator.programs import BUGS, PROGRAMS

REQUIRED = os.environ.get("BACKFLIP_GPU") == "required"  # by `make gpu-test`
# Wrong, but what a GPU does with these depends on nothing but the program.
DETERMINED = ["grid_rounded_down", "result_of_the_wrong_thread"]


@pytest.fixture(scope="module")
def cupy():
    from reference.backends.cupy import import_cupy

    try:
        return import_cupy()
    except RuntimeError as error:
        if REQUIRED:
            pytest.fail(str(error))
        pytest.skip(str(error))


def on_gpu(cupy, source, program, arguments, launch):
    """The arrays after a launch on a GPU, in the arguments' order."""
    header = "#include <cuda_fp16.h>\n" if "half" in program.make.__name__ else ""
    options = ("--std=c++17", *(["-I/usr/local/cuda/include"] if header else []))
    module = cupy.RawModule(code=header + source, options=options, name_expressions=[program.kernel])
    if program.kernel == "conv1d":
        memory = cupy.ndarray(5, "float32", module.get_global("weights"))
        memory[...] = cupy.arange(1, 6, dtype="float32")
    values, arrays = [], []
    for argument in arguments:
        array = argument.array if isinstance(argument, Fresh) else argument
        if isinstance(array, np.ndarray):
            arrays.append(cupy.asarray(array))
            values.append(arrays[-1])
        else:
            values.append(np.int32(array))
    grid, block = (
        (size,) if isinstance(size, int) else size
        for size in (launch.get("grid", program.grid), launch.get("block", program.block))
    )
    shared = launch.get("shared_bytes", program.shared_bytes)
    module.get_function(program.kernel)(grid, block, tuple(values), shared_mem=shared)
    return [array.get() for array in arrays]


def compared(cupy, source, program, launch=()):
    """Asserts that a GPU and the emulator leave the same bits in every array."""
    zeroed = program.make(np.random.default_rng(5))[0]
    for argument in zeroed:  # memory that is not written holds the same on both
        if isinstance(argument, Fresh):
            argument.array[...] = 0
    arguments = [a.array if isinstance(a, Fresh) else a for a in zeroed]
    expected = on_gpu(cupy, source, program, arguments, dict(launch))
    module = Module(source, with_checks=False)
    if program.kernel == "conv1d":
        module.constant("weights", "float32", 5)[...] = np.arange(1, 6)
    how = {"grid": program.grid, "block": program.block, "shared_bytes": program.shared_bytes} | dict(launch)
    module.launch(program.kernel, arguments=arguments, **how)
    actual = [a for a in arguments if isinstance(a, np.ndarray)]
    for theirs, ours in zip(expected, actual, strict=True):
        np.testing.assert_array_equal(theirs, ours)


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_gpu_and_the_emulator_compute_the_same(cupy, name):
    compared(cupy, PROGRAMS[name].source, PROGRAMS[name])


@pytest.mark.parametrize("name", DETERMINED)
def test_a_gpu_and_the_emulator_go_wrong_in_the_same_way(cupy, name):
    bug = BUGS[name]
    compared(cupy, bug.source, PROGRAMS[bug.program], bug.launch)
