"""The headers that a source may include, and those of the emulator that stand for them."""

from __future__ import annotations

import re

INCLUDES = {
    "cuda_runtime.h", "cuda.h", "cuda_fp16.h", "device_launch_parameters.h", "math_constants.h", "cmath",
    "cstddef", "cstdint", "cstdio", "cfloat", "climits", "cassert", "cstdlib", "cstring", "math.h",
    "stddef.h", "stdint.h", "stdio.h", "float.h", "limits.h", "assert.h", "stdlib.h", "string.h",
    "cuda_runtime_api.h", "cuda_bf16.h", "cooperative_groups.h", "cooperative_groups/reduce.h",
    "cooperative_groups/memcpy_async.h", "cooperative_groups/scan.h", "cub/warp/warp_scan.cuh", "cuda/atomic",
    "cuda/std/atomic", "cuda/barrier", "cuda/pipeline", "cuda_pipeline.h", "mma.h", "curand_kernel.h",
    "algorithm", "limits", "utility", "cub/cub.cuh", "cub/util_type.cuh", "cub/block/block_reduce.cuh",
    "cub/block/block_scan.cuh", "cub/warp/warp_reduce.cuh",
}  # fmt: skip
# Features that few sources use are in headers of their own, to keep compilations short.
EXTENSIONS = {
    "emulator_groups.h": re.compile(r"#\s*include\s*[<\"]cooperative_groups"),
    "emulator_bfloat16.h": re.compile(r"#\s*include\s*[<\"]cuda_bf16\.h"),
    "emulator_cuda.h": re.compile(
        r"\bcuda\s*::|#\s*include\s*[<\"](?:cuda(?:/|_pipeline\.h)|cooperative_groups/memcpy_async)"
    ),
    "emulator_curand.h": re.compile(r"#\s*include\s*[<\"]curand_kernel\.h"),
    "emulator_cub.h": re.compile(r"#\s*include\s*[<\"]cub/"),
    "emulator_cub_device.h": re.compile(r"\bcub\s*::\s*(?:Device|DoubleBuffer)\w*"),
    "emulator_cublas.h": re.compile(r"#\s*include\s*[<\"](?:cublas_v2|curand)\.h"),
    "emulator_wmma.h": re.compile(r"#\s*include\s*[<\"]mma\.h"),
    "emulator_texture.h": re.compile(r"\btex[12]D\w*|\bcuda\w*(?:Texture|Array)"),
    "emulator_thrust.h": re.compile(r"#\s*include\s*[<\"]thrust/"),
    "emulator_samples.h": re.compile(r"#\s*include\s*[<\"](?:helper_|nvtx3/|nvToolsExt)"),
    "emulator_simd.h": re.compile(r"\b__v[a-z]+[24]\b"),
    "emulator_std.h": re.compile(r"\bstd\s*::|\bnamespace\s+std\b"),
}
LIBRARY = re.compile(r"cut.*/.*|cu(?:rand(?!(_kernel)?\.h)|blas(?!_v2)|fft|sparse|solver|dnn).*|nccl.*")
OF_CUDA = re.compile(
    r"cuda.*|(?:thrust|cub)/.*|device_launch_parameters\.h|math_constants\.h|cooperative_groups.*|mma\.h|curand_kernel\.h"
    r"|curand\.h|cublas_v2\.h|helper_(?:cuda|functions|string|timer)\.h|(?:nvtx3/)?nvToolsExt\.h"
)


def extensions_of(source: str) -> list[str]:
    """The emulator's headers that a source needs in addition to the common one."""
    return [name for name, pattern in EXTENSIONS.items() if pattern.search(source)]


def judge_directive(directive: str, uncommented: str, is_program: bool) -> tuple[str, bool]:
    """The complaint about a directive, or "", and whether the emulator's own headers replace it."""
    include = re.match(r"[ \t]*#\s*include\s*[<\"]([^>\"]*)[>\"]", directive)
    if include is None:
        if re.match(r"[ \t]*#\s*(include|line)", directive):
            return f"`{directive.strip()}`: it is not emulated", False
        in_a_macro = "`__shared__` in a macro: declare shared memory where it is used"
        return in_a_macro if "__shared__" in uncommented else "", False
    if LIBRARY.fullmatch(include[1]):
        return f"`#include <{include[1]}>`: its library is not emulated", False
    if OF_CUDA.fullmatch(include[1]) if is_program else include[1] in INCLUDES:
        return "", True
    if not is_program:
        return f"`#include <{include[1]}>`: device code has no such header", False
    missing = f'`#include "{include[1]}"`: the folder of this file has no such header'
    return "" if "<" in directive else missing, False  # one in <> is before the program, and here once more
