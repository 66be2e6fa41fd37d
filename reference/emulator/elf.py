"""Reads a shared library's sections, and the names that it imports."""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass

NO_BITS, WRITE, OBJECT, THREAD_LOCAL = 8, 1, 1, 6
# Sections that are written only while a library is loaded; names with which every library begins.
SETTLED = re.compile(r"\.(?:dynamic|got|data\.rel\.ro|init_array|fini_array).*")
OF_THE_LOADER = re.compile(r"completed(?:\.\d+)?|__dso_handle")
LENGTH = re.compile(r"\d+")
EMULATORS = "emulator_"  # no name of a submission begins with it
LENGTH_BEFORE = re.compile(r"E(\d+)$")  # of the name of a function's own variable

# The names that a kernel's library may import: the runtime, mathematical functions, and functions that
# compilers call.
ALLOWED_CALLS = re.compile(
    r"emulator_\w+|__tsan_\w+|__ubsan_handle_\w+|__sanitizer_cov\w+|(thread|block)(Idx|Dim)|gridDim"
    r"|mem(cpy|move|set|cmp)|abs"
    r"|(a?(sin|cos|tan)h?|atan2|sincos|sqrt|cbrt|exp(2|m1|10)?|log(2|10|1p|b)?|floor|ceil|trunc|round|rint|nearbyint"
    r"|fabs|erfc?|[lt]gamma|pow|fmod|fmin|fmax|hypot|copysign|fdim|remainder|fma|ldexp|scalbn|nextafter|logb|ilogb|lround"
    r"|lrint)f?"
    r"|__(extend|trunc|float|fix|mul|div|udiv|umod|mod|popcount|clz|ctz|ffs|bswap|gnu_[fh]2[fh])\w*"
    r"|__cxa_finalize|__gmon_start__|_ITM_\w+|_?_?_dso_handle|__stack_chk_fail"
)

# Functions of the C library that a compiler would otherwise write in line, where no check sees what they
# access. As calls they are names that a library imports, and none of ALLOWED_CALLS.
IN_LINE = (
    "strcpy", "strncpy", "strcat", "strncat", "strcmp", "strncmp", "strlen", "strchr", "strrchr", "strstr",
    "strspn", "strcspn", "strpbrk", "memchr", "sprintf", "snprintf", "vsprintf", "vsnprintf",
)  # fmt: skip


@dataclass(frozen=True)
class Section:
    """A section of an ELF file: its bytes, and whether they are writable once loaded."""

    name: str
    is_writable: bool
    content: bytes


def sections(library: bytes) -> list[Section]:
    """The sections of an ELF file in file order; none if it is not an ELF file."""
    if library[:5] != b"\x7fELF\x02":
        return []
    (table,) = struct.unpack_from("<Q", library, 0x28)
    size, count, names = struct.unpack_from("<HHH", library, 0x3A)
    headers = [struct.unpack_from("<IIQQQQ", library, table + i * size) for i in range(count)]
    text = headers[names][4]
    return [
        Section(
            library[text + name_at :].split(b"\0", 1)[0].decode(),
            flags & WRITE != 0,
            b"" if kind == NO_BITS else library[start : start + length],
        )
        for name_at, kind, flags, _, start, length in headers
    ]


def section(library: bytes, name: str) -> bytes:
    """The contents of a section of an ELF file; empty if there is none."""
    return next((one.content for one in sections(library) if one.name == name), b"")


def runs_on_loading(library: bytes) -> bool:
    """True if code that runs when the library is loaded gives a variable its value."""
    named = b"_GLOBAL__sub_I_" in section(library, ".strtab")  # so do GCC and Clang call that code
    # What every library begins with are the C library's address and, checked, the sanitizer's.
    return named or len(section(library, ".init_array")) > 16


def unknown_names(library: bytes) -> list[str]:
    """The functions and variables that a kernel's library imports but must not use."""
    symbols, names = section(library, ".dynsym"), section(library, ".dynstr")
    unknown = []
    for at in range(0, len(symbols), 24):
        name_at, _, _, home, _, _ = struct.unpack_from("<IBBHQQ", symbols, at)
        name = names[name_at:].split(b"\0", 1)[0].decode()
        if home == 0 and name and not ALLOWED_CALLS.fullmatch(name):  # 0: it is defined elsewhere
            unknown.append(name)
    return sorted(unknown)


@dataclass(frozen=True)
class Variable:
    """A variable outside of functions: its name in the source, its address in the file's terms, its bytes."""

    name: str
    start: int
    size: int
    stays_writable: bool


def variables(library: bytes) -> list[Variable]:
    """The variables of an ELF file that are its source's own."""
    by_name = sections(library)
    contents = {one.name: one.content for one in by_name}
    symbols, names = contents.get(".symtab", b""), contents.get(".strtab", b"")
    own = []
    for at in range(0, len(symbols), 24):
        name_at, info, _, home, start, size = struct.unpack_from("<IBBHQQ", symbols, at)
        name = names[name_at:].split(b"\0", 1)[0].decode(errors="replace")
        is_variable = info & 15 in (OBJECT, THREAD_LOCAL) and size > 0 and 0 < home < len(by_name)
        if is_variable and not is_of_the_emulator(name) and not OF_THE_LOADER.fullmatch(name):
            own.append(Variable(written_name(name), start, size, _stays_writable(by_name[home])))
    return own


def is_of_the_emulator(symbol: str) -> bool:
    """True if a variable's own name is the emulator's. A type among its template's arguments may be, too."""
    before, name, after = symbol.rpartition(EMULATORS)
    if not symbol.startswith("_Z"):
        return symbol.startswith(EMULATORS)
    length = LENGTH_BEFORE.search(before)
    name += after
    return length is not None and re.fullmatch(r"(?:_\d+|__\d+_)?", name[int(length[1]) :]) is not None


def variable_at(library: bytes, address: int) -> Variable | None:
    """The variable that holds a byte, by its address relative to the start of the file's code in memory."""
    return next((one for one in variables(library) if 0 <= address - one.start < one.size), None)


def lasting_variables(library: bytes) -> list[str]:
    """The variables of a kernel's library that kernels can write and that outlive a launch."""
    return sorted(one.name for one in variables(library) if one.stays_writable)


def _stays_writable(home: Section) -> bool:
    return home.is_writable and not SETTLED.fullmatch(home.name)


def written_name(symbol: str) -> str:
    """The name of a variable as in its source; a C++ compiler prefixes it with its scope."""
    if not symbol.startswith("_Z"):
        return symbol.partition(".")[0]
    symbol = re.sub(r"L[a-z]n?\d+E", "", symbol)  # a number among the arguments of a template
    names, at = [], 2
    while number := LENGTH.search(symbol, at):
        at = number.end() + int(number.group())
        names.append(symbol[number.end() : at])
    return names[-1] if names else symbol
