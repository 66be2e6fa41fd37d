"""Kernels with a race, each with a twin without one: small programs in which threads share memory.

A case is a text with `{racy|clean}` wherever the two differ. `FORMS` say how work is divided among threads:
a case that works on one element at a time is written once and used in each form. Others are whole kernels.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from benchmarks.race_forms import SYNCHRONIZATION_KERNELS

BLOCKS, THREADS, ELEMENTS = 3, 64, 192
PARAMETERS = "const int *a, int *x, unsigned char *bytes, int *cells, int n"
FORMS = {
    "naive": "int i = blockIdx.x * blockDim.x + threadIdx.x;\nif (i < n) {\nBODY\n}",
    "strided": "for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += 96) {\n"
    "if (threadIdx.x >= 32) break;\nBODY\n}",
    "chunks": "int first = 2 * (blockIdx.x * blockDim.x + threadIdx.x);\n"
    "for (int i = first; i < first + 2 && i < n; ++i) {\nBODY\n}",
    "backward": "int i = n - 1 - (int)(blockIdx.x * blockDim.x + threadIdx.x);\nif (i >= 0) {\nBODY\n}",
    "atomic": "int i = atomicAdd(&cells[7], 1);\nif (i < n) {\nBODY\n}",
    "warp": "int first = (blockIdx.x * blockDim.x + threadIdx.x) / 32 * 64;\n"
    "for (int i = first + threadIdx.x % 32; i < first + 64; i += 32) {\n"
    "if (i < n) {\nBODY\n}\n__syncwarp();\n}",
    "one block": "if (blockIdx.x == 0)\nfor (int i = threadIdx.x; i < n; i += blockDim.x) {\nBODY\n}",
}
EACH = {  # on element i of n
    "sum": "{cells[0] += a[i]|atomicAdd(&cells[0], a[i])};",
    "histogram": "{cells[a[i] & 3] += 1|atomicAdd(&cells[a[i] & 3], 1)};",
    "maximum": "{if (a[i] > cells[0]) cells[0] = a[i]|atomicMax(&cells[0], a[i])};",
    "shift in place": "if (i + 1 < n) x[i] = {x[i + 1]|a[i + 1]} + 1;",
    "three to one cell": "x[{i / 3|i}] = i;",
    "list": "int at = {cells[0]++|atomicAdd(&cells[0], 1)};\nif (at < n && i < 0) x[at] = i;",
    "bytes": "bytes[{i / 3|i}] = (unsigned char)i;",
    "neighbor of the result": "x[i] = a[i];\nif (i > 0) cells[8 + i] = {x[i - 1]|a[i - 1]};",
    "exchange": "{int old = cells[1]; cells[1] = i|int old = atomicExch(&cells[1], i)};\n"
    "if (old < -n) x[i] = old;",
    "bits": "{cells[i / 64] \\|= 1 << i % 32|atomicOr(&cells[i / 64], 1 << i % 32)};",
    "mixed with an atomic": "atomicAdd(&cells[2], 1);\n"
    "if (i % 64 == 63) {cells[2] = 0|atomicExch(&cells[2], 0)};",
}
SHARED = "__shared__ int s[64];\nint t = threadIdx.x, i = blockIdx.x * 64 + t;\n"
WHOLE = {
    "tree": SHARED + "s[t] = a[i];\n__syncthreads();\nfor (int half = 32; half > 0; half /= 2) {\n"
    "if (t < half) s[t] += s[t + half];\n"
    "{|__syncthreads();}\n}\nif (t == 0) x[blockIdx.x] = s[0];",
    "tree, first barrier": SHARED
    + "s[t] = a[i];\n{|__syncthreads();}\nfor (int half = 32; half > 0; half /= 2) {\n"
    "if (t < half) s[t] += s[t + half];\n__syncthreads();\n}\nif (t == 0) x[blockIdx.x] = s[0];",
    "tree of a warp": SHARED
    + "s[t] = a[i];\n__syncthreads();\nif (t < 32)\nfor (int half = 32; half > 0; half /= 2) {\n"
    "int sum = s[t] + (t < half ? s[t + half] : 0);\n{|__syncwarp();}\ns[t] = sum;\n__syncwarp();\n}\n"
    "if (t == 0) x[blockIdx.x] = s[0];",
    "tree by strides": SHARED + "s[t] = a[i];\n__syncthreads();\n"
    "for (int step = 1; step < 64; step *= 2) {\n"
    "if (t % (2 * step) == 0) s[t] += s[t + step];\n{|__syncthreads();}\n}\n"
    "if (t == 0) x[blockIdx.x] = s[0];",
    "reversed": SHARED + "s[t] = a[i];\n{|__syncthreads();}\nx[i] = s[63 - t];",
    "reversed within warps": SHARED + "s[t] = a[i];\n{|__syncwarp();}\nx[i] = s[t ^ 31];",
    "across a warp's edge": SHARED + "s[t] = a[i];\n{__syncwarp();|__syncthreads();}\nx[i] = s[t ^ 32];",
    "half a warp": SHARED
    + "s[t] = a[i];\n__syncwarp({t % 32 < 16 ? 0xffffu : 0xffff0000u|0xffffffffu});\nx[i] = s[t ^ 16];",
    "all readers but one": "__shared__ int s;\nint t = threadIdx.x;\nif (t == 0) s = a[0];\n"
    "__syncthreads();\nif (t < 16) {\nx[blockIdx.x * 64 + t] = s;\n"
    "if (t != {7|16}) __syncwarp({0xff7f|0xffff});\nif (t == 15) s = t;\n}",
    "votes are no barrier": SHARED
    + "s[t] = a[i];\n{__ballot_sync(0xffffffff, 1)|__syncwarp()};\nx[i] = s[t ^ 1];",
    "shuffles are no barrier": SHARED
    + "s[t] = a[i];\n{t += 0 * __shfl_xor_sync(0xffffffff, t, 1)|__syncwarp()};\nx[i] = s[t ^ 1];",
    "shuffled instead": SHARED
    + "int v = a[i];\ns[t] = v;\nx[i] = {s[t ^ 1]|__shfl_xor_sync(0xffffffff, v, 1)};",
    "halo": SHARED
    + "s[t] = a[i];\n{|__syncthreads();}\nx[i] = (t > 0 ? s[t - 1] : 0) + (t < 63 ? s[t + 1] : 0);",
    "halo, kept for the next step": SHARED
    + "s[t] = a[i];\n__syncthreads();\nfor (int k = 0; k < 3; ++k) {\nint v = s[(t + 1) % 64];\n"
    "{|__syncthreads();}\ns[t] = v + 1;\n__syncthreads();\n}\nx[i] = s[t];",
    "halo, global": "int i = blockIdx.x * 64 + threadIdx.x;\nx[i] = a[i];\n__syncthreads();\n"
    "cells[8 + i] = {i + 1 < n ? x[i + 1] : 0|threadIdx.x < 63 ? x[i + 1] : 0};",
    "tiles": SHARED + "int sum = 0;\nfor (int k = 0; k < 3; ++k) {\ns[t] = a[k * 64 + t];\n"
    "__syncthreads();\n"
    "for (int j = 0; j < 64; ++j) sum += s[j];\n{|__syncthreads();}\n}\nx[i] = sum;",
    "tiles, filled": SHARED
    + "int sum = 0;\nfor (int k = 0; k < 3; ++k) {\ns[t] = a[k * 64 + t];\n{|__syncthreads();}\n"
    "for (int j = 0; j < 64; ++j) sum += s[j];\n__syncthreads();\n}\nx[i] = sum;",
    "two buffers": "__shared__ int s[2][64];\nint t = threadIdx.x, i = blockIdx.x * 64 + t, from = 0;\n"
    "s[0][t] = a[i];\n"
    "for (int step = 1; step < 64; step *= 2) {\n__syncthreads();\n"
    "s[{from|1 - from}][t] = s[from][t] + (t >= step ? s[from][t - step] : 0);\n"
    "from = {from|1 - from};\n}\nx[i] = s[from][t];",
    "transposed": "__shared__ int s[8][9];\n"
    "int r = threadIdx.x / 8, c = threadIdx.x % 8, i = blockIdx.x * 64;\n"
    "s[r][c] = a[i + threadIdx.x];\n{|__syncthreads();}\nx[i + threadIdx.x] = s[c][r];",
    "transposed in place": "int r = threadIdx.x / 8, c = threadIdx.x % 8, i = blockIdx.x * 64;\n"
    "int v = x[i + c * 8 + r];\n"
    "{|__syncthreads();}\nx[i + threadIdx.x] = v;",
    "one for all": "__shared__ int one;\nif (threadIdx.x == 0) one = a[blockIdx.x];\n{|__syncthreads();}\n"
    "x[blockIdx.x * 64 + threadIdx.x] = one;",
    "one for all, again": "__shared__ int one;\nfor (int k = 0; k < 2; ++k) {\n"
    "if (threadIdx.x == 0) one = a[k];\n__syncthreads();\n"
    "x[blockIdx.x * 64 + threadIdx.x] = one;\n{|__syncthreads();}\n}",
    "last block": "__shared__ bool last;\nif (threadIdx.x == 0) {\nx[blockIdx.x] = a[blockIdx.x];\n"
    "{|__threadfence();}\n"
    "last = atomicAdd(cells, 1) == gridDim.x - 1;\n}\n__syncthreads();\n"
    "if (last && threadIdx.x == 0) {\nint sum = 0;\nfor (int k = 0; k < 3; ++k) sum += x[k];\n"
    "cells[1] = sum;\n}",
    "last block, of all threads": "__shared__ bool last;\nint i = blockIdx.x * 64 + threadIdx.x;\n"
    "x[i] = a[i];\n{|__threadfence();}\n"
    "__syncthreads();\nif (threadIdx.x == 0) last = atomicAdd(cells, 1) == gridDim.x - 1;\n"
    "__syncthreads();\n"
    "if (last) cells[8 + threadIdx.x] = x[threadIdx.x] + x[threadIdx.x + 64] + x[threadIdx.x + 128];",
    "lock": "while (atomicCAS(&cells[0], 0, 1) != 0);\ncells[1] += 1;\n{|__threadfence();}\n"
    "atomicExch(&cells[0], 0);",
    "no lock": "{|while (atomicCAS(&cells[0], 0, 1) != 0);}\ncells[1] += 1;\n{|__threadfence();}\n"
    "{|atomicExch(&cells[0], 0);}",
    "flag": "if (blockIdx.x) return;\nif (threadIdx.x == 0) {\nx[0] = 5;\n{|__threadfence();}\n"
    "atomicExch(cells, 1);\n}\n"
    "if (threadIdx.x == 32) {\nwhile (atomicAdd(cells, 0) == 0);\nx[1] = x[0];\n}",
    "flag without an atomic": "if (blockIdx.x) return;\nif (threadIdx.x == 0) {\nx[0] = 5;\n"
    "__threadfence();\n"
    "{*(volatile int *)cells = 1|atomicExch(cells, 1)};\n}\n"
    "if (threadIdx.x == 32) {\nwhile ({*(volatile int *)cells|atomicAdd(cells, 0)} == 0);\nx[1] = x[0];\n}",
    "histogram in shared memory": "__shared__ int bins[4];\n"
    "if (threadIdx.x < 4) bins[threadIdx.x] = 0;\n__syncthreads();\n"
    "{bins[threadIdx.x & 3] += 1|atomicAdd(&bins[threadIdx.x & 3], 1)};\n__syncthreads();\n"
    "if (threadIdx.x < 4) atomicAdd(&cells[threadIdx.x], bins[threadIdx.x]);",
    "histogram, cleared": "__shared__ int bins[4];\nif (threadIdx.x < 4) bins[threadIdx.x] = 0;\n"
    "{|__syncthreads();}\n"
    "atomicAdd(&bins[threadIdx.x & 3], 1);\n__syncthreads();\n"
    "if (threadIdx.x < 4) atomicAdd(&cells[threadIdx.x], bins[threadIdx.x]);",
    "histogram, read": "__shared__ int bins[4];\nif (threadIdx.x < 4) bins[threadIdx.x] = 0;\n"
    "__syncthreads();\n"
    "atomicAdd(&bins[threadIdx.x & 3], 1);\n{|__syncthreads();}\n"
    "if (threadIdx.x < 4) atomicAdd(&cells[threadIdx.x], bins[threadIdx.x]);",
    "words and bytes": "__shared__ unsigned char s[64];\nint t = threadIdx.x;\ns[t] = t;\n"
    "{|__syncthreads();}\n"
    "if (t < 16) x[blockIdx.x * 16 + t] = ((int *)s)[t];",
    "halves of a word": "__shared__ short s[64];\nint t = threadIdx.x;\ns[{t & ~2|t}] = t;\n"
    "__syncthreads();\nx[blockIdx.x * 64 + t] = s[{t & ~2|t}];",
    "sorted by neighbors": SHARED + "s[t] = a[i];\n__syncthreads();\nfor (int k = 0; k < 4; ++k) {\n"
    "if (t % 2 == k % 2 && t < 63 && s[t] > s[t + 1]) {\n"
    "int v = s[t];\ns[t] = s[t + 1];\ns[t + 1] = v;\n}\n{|__syncthreads();}\n}\nx[i] = s[t];",
    "one value, two warps": "__shared__ int found;\nif (threadIdx.x == 0) found = 0;\n__syncthreads();\n"
    "if (a[threadIdx.x] > -100) {found = 1|atomicExch(&found, 1)};\n__syncthreads();\n"
    "x[blockIdx.x * 64 + threadIdx.x] = found;",
    "two values, one warp": "__shared__ int s[2];\n"
    "if (threadIdx.x < 32) s[{0|threadIdx.x / 31}] = threadIdx.x / 31;\n"
    "__syncthreads();\nx[blockIdx.x * 64 + threadIdx.x] = s[0];",
    "blocks at one cell": "if (threadIdx.x == 0) {cells[0] = blockIdx.x|cells[blockIdx.x] = blockIdx.x};",
    "block after block": "int i = blockIdx.x * 64 + threadIdx.x;\nx[i] = i;\n"
    "if (blockIdx.x > 0) cells[8 + i] = x[i {- 64|}];",
    "barrier across blocks": "x[blockIdx.x * 64 + threadIdx.x] = 1;\n__syncthreads();\n"
    "if (threadIdx.x == 0) cells[blockIdx.x] = x[{(blockIdx.x + 1) % 3|blockIdx.x} * 64];",
    "vectors": "int i = blockIdx.x * 64 + threadIdx.x;\n"
    "if (4 * i + 3 < n) ((int4 *)x)[{i / 2|i}] = make_int4(i, i, i, i);",
    "scan of a warp": SHARED + "s[t] = a[i];\n__syncwarp();\nfor (int step = 1; step < 32; step *= 2) {\n"
    "int v = t % 32 >= step ? s[t - step] : 0;\n{|__syncwarp();}\ns[t] += v;\n__syncwarp();\n}\n"
    "x[i] = s[t];",
}


@dataclass(frozen=True)
class Labeled:
    """A kernel and whether it has a race; `source` is the whole function."""

    title: str
    is_racy: bool
    source: str
    kernel: str


def suite() -> tuple[Labeled, ...]:
    """All kernels: for each case the racy one, then the clean one."""
    bodies = (
        {
            f"{name}, {form}": around.replace("BODY", body)
            for name, body in EACH.items()
            for form, around in FORMS.items()
        }
        | WHOLE
        | SYNCHRONIZATION_KERNELS
    )
    return tuple(
        labeled(number, title, body, is_racy)
        for number, (title, body) in enumerate(bodies.items())
        for is_racy in (True, False)
    )


def labeled(number: int, title: str, body: str, is_racy: bool) -> Labeled:
    """One of the two kernels of a case."""
    kernel = f"case_{number}_{'racy' if is_racy else 'clean'}"
    return Labeled(
        title, is_racy, f"__global__ void {kernel}({PARAMETERS})\n{{\n{variant(body, is_racy)}\n}}\n", kernel
    )


def variant(body: str, is_racy: bool) -> str:
    """The text with one side of each `{racy|clean}`; other braces stay, and `\\|` is a bar of C++'s."""
    chosen = re.sub(
        r"\{((?:[^{}|\\]|\\\|)*)\|((?:[^{}|]|\\\|)*)\}", lambda match: match[1 if is_racy else 2], body
    )
    return chosen.replace("\\|", "|")
