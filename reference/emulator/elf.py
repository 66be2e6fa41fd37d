"""What stands in a shared library: its sections, and the names that it takes from elsewhere."""

from __future__ import annotations

import re
import struct

# What a kernel's library may take from elsewhere: the runtime, functions of mathematics, what compilers call.
KNOWN = re.compile(
    r"emulator_\w+|__tsan_\w+|__sanitizer_cov\w+|(thread|block)(Idx|Dim)|gridDim"
    r"|mem(cpy|move|set|cmp)|abs"
    r"|(a?(sin|cos|tan)h?|atan2|sincos|sqrt|cbrt|exp(2|m1|10)?|log(2|10|1p|b)?|floor|ceil|trunc|round|rint|nearbyint"
    r"|fabs|erfc?|[lt]gamma|pow|fmod|fmin|fmax|hypot|copysign|fdim|remainder|fma|ldexp|scalbn|nextafter|logb|ilogb|lround"
    r"|lrint)f?"
    r"|__(extend|trunc|float|fix|mul|div|udiv|umod|mod|popcount|clz|ctz|ffs|bswap|gnu_[fh]2[fh])\w*"
    r"|__cxa_finalize|__gmon_start__|_ITM_\w+|_?_?_dso_handle|__stack_chk_fail"
)


def section(library: bytes, name: str) -> bytes:
    """The contents of a section of an ELF file; empty where there is none."""
    if library[:5] != b"\x7fELF\x02":
        return b""
    (table,) = struct.unpack_from("<Q", library, 0x28)
    size, count, names = struct.unpack_from("<HHH", library, 0x3A)
    headers = [struct.unpack_from("<IIQQQQ", library, table + i * size) for i in range(count)]
    text = headers[names][4]
    for name_at, _, _, _, start, length in headers:
        if library[text + name_at :].split(b"\0", 1)[0] == name.encode():
            return library[start : start + length]
    return b""


def runs_on_loading(library: bytes) -> bool:
    """Whether a variable gets its value from code, which would run when the library is loaded."""
    named = b"_GLOBAL__sub_I_" in section(library, ".strtab")  # so do GCC and Clang call that code
    # What every library begins with are the C library's address and, checked, the sanitizer's.
    return named or len(section(library, ".init_array")) > 16


def unknown_names(library: bytes) -> list[str]:
    """The functions and variables that a kernel's library takes from elsewhere and has no business with."""
    symbols, names = section(library, ".dynsym"), section(library, ".dynstr")
    found = []
    for at in range(0, len(symbols), 24):
        name_at, _, _, home, _, _ = struct.unpack_from("<IBBHQQ", symbols, at)
        name = names[name_at:].split(b"\0", 1)[0].decode()
        if home == 0 and name and not KNOWN.fullmatch(name):  # 0: it is defined elsewhere
            found.append(name)
    return sorted(found)
