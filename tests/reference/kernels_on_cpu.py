"""The kernels of `reference/kernels/` as C++, on NumPy buffers: a test aid, for small arrays.

Everything of the GPU's backend runs here but CuPy itself: the arguments, the sizes of grids, the structs, the
kernels' arithmetic. A real GPU's threads, memory and mathematical functions do not.
"""

import ctypes
import hashlib
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import numpy as np

from reference.backends import numpy as numpy_backend
from reference.backends.cupy import KERNELS, REAL, KernelOperations

HEADER = Path(__file__).with_name("cuda_on_cpu.h")
COMPILER = shutil.which("g++")
GUARD = 64  # elements on either side of a buffer that no kernel may write to


def kernels_of(source):
    """The names of the kernels in a file."""
    return re.findall(r'extern "C" __global__ void (\w+)\(', source)


class KernelsOnCpu(KernelOperations):
    """The backend with NumPy's buffers. Compiled kernels go to `folder`; `launched` counts them by name."""

    from_host = staticmethod(numpy_backend.from_host)
    to_host = staticmethod(numpy_backend.to_host)
    strided = staticmethod(numpy_backend.strided)
    from_dlpack = staticmethod(numpy_backend.from_dlpack)

    def __init__(self, folder):
        self.folder = folder
        self.launched = {}
        self._libraries = {}

    def empty(self, size, dtype):
        """NaN everywhere: what is read before it is written, or outside, shows in the result."""
        return np.full(size + 2 * GUARD, np.nan, dtype)[GUARD : GUARD + size]

    def launch(self, kernel, dtype, blocks, threads, arguments):
        file, name = kernel.split(":")
        assert min(*blocks, *threads) >= 1, f"{kernel}: an empty grid, {blocks} blocks of {threads} threads"
        assert len(blocks) == 1 and blocks[0] < 2**31 and np.prod(threads) <= 256
        if (file, dtype) not in self._libraries:
            self._libraries[file, dtype] = compile_kernels(KERNELS / file, dtype, self.folder)
        library, has_barriers = self._libraries[file, dtype]

        for argument in arguments:
            is_buffer = isinstance(argument, np.ndarray) and argument.dtype.names is None
            assert not is_buffer or argument.dtype == dtype or file == "convert.cu", (
                f"{kernel}: a buffer of {argument.dtype} for a kernel of {dtype}"
            )
        values = [as_passed(argument) for argument in arguments]
        places = (ctypes.c_void_p * len(values))(*(value.ctypes.data for value in values))
        sizes = (ctypes.c_longlong * (len(values) + 1))(*(value.nbytes for value in values), 0)
        x, y = (*threads, 1)[:2]
        wrong = getattr(library, f"launch_{name}")(has_barriers, blocks[0], x, y, sizes, places)
        assert not wrong, f"{kernel}: argument {wrong} has not the size of its parameter"

        for argument in arguments:
            owner = getattr(argument, "base", None)
            if owner is not None and owner.size == argument.size + 2 * GUARD:
                assert np.isnan(owner[:GUARD]).all() and np.isnan(owner[-GUARD:]).all(), f"{kernel} left out"
        self.launched[kernel] = self.launched.get(kernel, 0) + 1


def as_passed(argument):
    """An argument as bytes in memory: of a buffer its address, of everything else its value."""
    if argument is None:
        return np.zeros(1, np.uintp)
    if isinstance(argument, np.ndarray) and argument.dtype.names is None:
        return np.array([argument.ctypes.data], np.uintp)
    assert isinstance(argument, np.ndarray | np.generic), f"a kernel cannot take {argument!r}"
    return np.atleast_1d(argument)


def compile_kernels(path, dtype, folder):
    """The library with launch_NAME for each kernel of a file; and whether threads meet at barriers there."""
    source = path.read_text(encoding="utf-8")
    entries = "".join(
        f"""extern "C" int launch_{name}(bool has_barriers, unsigned blocks, unsigned x, unsigned y,
            const long long *sizes, void **arguments)
        {{
            return launch({name}, has_barriers, blocks, {{x, y}}, sizes, arguments);
        }}
        """
        for name in kernels_of(source)
    )
    program = f'#include "{HEADER}"\n#line 1 "{path}"\n{source}\n{entries}'
    options = ["-std=c++20", "-O1", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-pthread"]
    command = [COMPILER, *options, f"-DREAL={REAL[dtype]}", "-x", "c++", "-"]
    # Named by its content: what has been compiled before is at hand, and what has changed is compiled anew.
    content = "\n".join([HEADER.read_text(encoding="utf-8"), program, *command])
    library = folder / f"{path.stem}_{dtype}_{hashlib.sha256(content.encode()).hexdigest()[:16]}.so"
    if not library.exists():
        with tempfile.TemporaryDirectory(dir=folder) as scratch:
            compiled = Path(scratch, "kernels.so")
            done = subprocess.run(
                [*command, "-o", compiled], input=program, capture_output=True, text=True, check=False
            )
            assert done.returncode == 0, done.stderr
            compiled.replace(library)
    return ctypes.CDLL(str(library)), "__syncthreads" in source
