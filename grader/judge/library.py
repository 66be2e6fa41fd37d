"""Looks at a compiled library of kernels, without loading it: what it calls, what would run on loading.

The format is that of the "System V Application Binary Interface", "Object Files", for 64 bits.
"""

import re
import struct

# What a kernel may call beside the emulator: the mathematics of the C library, copies and fills of memory
# that a compiler writes for an assignment of a struct, and what every library has for the loader.
MATHEMATICS = (
    *("acos", "acosh", "asin", "asinh", "atan", "atan2", "atanh", "cbrt", "ceil", "copysign", "cos", "cosh"),
    *("erf", "erfc", "exp", "exp2", "expm1", "fabs", "fdim", "floor", "fma", "fmax", "fmin", "fmod", "hypot"),
    *("ldexp", "lgamma", "log", "log10", "log1p", "log2", "nearbyint", "pow", "remainder", "rint", "round"),
    *("sin", "sincos", "sinh", "sqrt", "tan", "tanh", "tgamma", "trunc"),
)
ALLOWED = frozenset(
    (
        *MATHEMATICS,
        *(f"{name}f" for name in MATHEMATICS),
        *("abs", "memcpy", "memmove", "memset", "memcmp", "bcmp"),
        *("__cxa_finalize", "__gmon_start__", "_ITM_registerTMCloneTable", "_ITM_deregisterTMCloneTable"),
        *("threadIdx", "blockIdx", "blockDim", "gridDim"),
    )
)
OWN = re.compile(r"(emulator_\w+|__tsan_\w+)")  # a submission cannot say these names: see `cuda_policy`
HALF = re.compile(r"__(extend|trunc|fix|float)\w+")  # the compiler's own, for 16-bit floats and wide integers
POINTER_BYTES, SYMBOL_BYTES = 8, 24
# By section, how many bytes of pointers to what runs when a library is loaded or left are not the
# submission's: one is the C library's own, and one starts the sanitizer.
ON_LOADING = {
    ".init_array": 2 * POINTER_BYTES,
    ".fini_array": 2 * POINTER_BYTES,
    ".preinit_array": 0,
    ".ctors": 0,
    ".dtors": 0,
}


def problem_of(library: bytes, is_linux: bool = True) -> str:
    """Why a library may not be loaded, or "". Elsewhere than on Linux libraries are of another format."""
    if not is_linux:
        return ""
    try:
        sections = _sections(library)
        for name, most in ON_LOADING.items():
            if len(sections.get(name, b"")) > most:
                return (
                    "a variable outside of the kernels gets its value from code that runs before any kernel: "
                    "give it a constant"
                )
        called = sorted(_undefined(sections[".dynsym"], sections[".dynstr"]))
    except (struct.error, KeyError, IndexError, OverflowError, ValueError):
        return "the compiled library cannot be read"
    foreign = [n for n in called if n not in ALLOWED and not OWN.fullmatch(n) and not HALF.fullmatch(n)]
    if foreign:
        return f"it calls {foreign[0]!r}, which is defined nowhere in it and is none of CUDA's functions"
    return ""


def _sections(library: bytes) -> dict[str, bytes]:
    if library[:6] != b"\x7fELF\x02\x01":
        raise ValueError("no 64-bit ELF file")
    (table,) = struct.unpack_from("<Q", library, 0x28)
    size, count, names = struct.unpack_from("<HHH", library, 0x3A)
    headers = [struct.unpack_from("<IIQQQQ", library, table + i * size) for i in range(count)]
    text = headers[names][4]
    found = {}
    for name_at, _, _, _, start, length in headers:
        name = library[text + name_at : library.index(b"\0", text + name_at)]
        found[name.decode("ascii", errors="replace")] = library[start : start + length]
    return found


def _undefined(symbols: bytes, names: bytes) -> set[str]:
    found = set()
    for at in range(SYMBOL_BYTES, len(symbols), SYMBOL_BYTES):  # the first is none
        name_at, _, _, section = struct.unpack_from("<IBBH", symbols, at)
        if section == 0:
            found.add(names[name_at : names.index(b"\0", name_at)].decode("ascii", errors="replace"))
    return found
