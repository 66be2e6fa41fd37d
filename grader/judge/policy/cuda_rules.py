"""Reads kernels that were handed in, without running them, and says where they reach past CUDA C++.

On the emulator a kernel is native code in one process with what finds and counts. The emulator stops an
access far from every array before it happens, and looks at what compiled kernels call. What is left to do by
reading is to keep the compiler from leaving that out: assembly, attributes, pragmas, the compiler's own
functions, and the emulator's names. Names are read as the preprocessor reads them, with continued lines put
together; what would build a name out of pieces is refused.
"""

import codecs
import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence

COMMENT_OR_TEXT = re.compile(
    r"//[^\n]*|/\*.*?\*/|R\"[^\"]*\"|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])+'", re.DOTALL
)
INCLUDES = frozenset(
    (
        *("cuda_runtime.h", "cuda.h", "cuda_fp16.h", "device_launch_parameters.h", "math_constants.h"),
        *("cmath", "cstddef", "cstdint", "cstdio", "cfloat", "climits"),
        *("math.h", "stddef.h", "stdint.h", "stdio.h", "float.h", "limits.h"),
    )
)
TYPE = r"(?:const\s+|volatile\s+|unsigned\s+|signed\s+|struct\s+|class\s+)*[A-Za-z_][\w:]*(?:\s*<[^<>;{}]*>)?"
EMULATOR = "is the emulator's: kernels run on it and say nothing of it"
AROUND = "goes around what watches every access; write plain CUDA C++"
POINTER = "makes a pointer of something else; take the address of what you were given, or an index into it"
PIECES = "builds a name out of pieces, which cannot be checked; write the name"
REFUSED = {  # pattern in the code without comments and texts: why
    r"\b(?:asm|__asm|__asm__)\b": AROUND,
    r"\b(?:__attribute__|__attribute|__declspec)\b": AROUND,
    r"\[\s*\[": AROUND,
    r"\b(?:_Pragma|__pragma)\b": AROUND,
    r"\b__(?:builtin_|sync_|atomic_|tsan|sanitizer|cxa|libc|dso_handle)\w*": AROUND,
    r"\b(?i:emulator)\w*": EMULATOR,
    r"\b(?:reinterpret_cast|const_cast|bit_cast|__bit_cast)\b": POINTER,
    r"\bunion\b": POINTER,
    r"\b(?:intptr_t|uintptr_t|__UINTPTR_TYPE__|__INTPTR_TYPE__)\b": POINTER,
    r"\b(?:memcpy|memmove|memset|memcmp|alloca|dlopen|dlsym|syscall|system|mmap|mprotect)\b": AROUND,
    rf"\(\s*{TYPE}\s*(?:const\s*)?[*&](?:[\s*&]|const\b|__restrict__\b)*\)\s*[\w(+\-~!&*]": POINTER,
    rf"\(\s*{TYPE}\s*\(\s*[*&]": POINTER,
    r"\b(?:decltype|typeof|__typeof|__typeof__|__decltype)\b": POINTER,
    rf"\bstatic_cast\s*<\s*{TYPE}\s*[*&]": POINTER,
    r"\btypedef\b[^;]*\*": POINTER,
    r"\busing\s+\w+\s*=[^;]*[*&]": POINTER,
    r"/\*": "found a comment that never ends",
    r"\b(?:u8|u|U|L)?R\"": f"a raw text {PIECES}",
    r"##|%:|<:|:>|<%|%>": PIECES,
    r"\?\?[=/'()!<>-]": PIECES,
    r"\\": PIECES,  # outside of texts, after continued lines were put together: \u0061 is a letter
    r"\x00": "found a character without a name (NUL), expected text: save the file as UTF-8",
    r"\ufffd": "is in place of bytes that are not UTF-8, expected plain ASCII outside of comments",
    r"[^\x00-\x7f]": "found a letter that no name of CUDA has, expected plain ASCII outside of comments",
    r"\b(?:setjmp|longjmp|co_await|co_yield|co_return|thread_local|__thread)\b": AROUND,
}
EXTERN = re.compile(r"\bextern\b\s*(?:\"[^\"]*\"\s*)?(\w+)?")
EXTERN_FOLLOWED_BY = ("__global__", "__device__", "__shared__", "__constant__", "__host__")
KEYWORDS = frozenset(
    (
        *("alignas", "alignof", "auto", "bool", "break", "case", "char", "class", "const", "consteval"),
        *("constexpr", "constinit", "const_cast", "continue", "default", "delete", "do", "double", "else"),
        *("enum", "explicit", "extern", "false", "float", "for", "friend", "goto", "if", "inline", "int"),
        *("long", "mutable", "namespace", "new", "nullptr", "operator", "private", "protected", "public"),
        *("register", "return", "short", "signed", "sizeof", "static", "static_assert", "static_cast"),
        *(
            "struct",
            "switch",
            "template",
            "this",
            "true",
            "typedef",
            "typename",
            "union",
            "unsigned",
            "using",
        ),
        *("virtual", "void", "volatile", "while", "defined"),
    )
)
# What the compiler defines depends on how it is called: a condition on that could show one source here and
# another one where it is compiled.
KNOWN_TO_NOBODY = frozenset(("__CUDA_ARCH__", "__CUDACC__", "__NVCC__", "defined"))
NUMBER = re.compile(r"\s*\(?\s*-?\.?\d[\w.]*\s*\)?\s*")
DIRECTIVE = re.compile(r"^[ \t]*#[ \t]*(\w*)([^\n]*)", re.MULTILINE)
DIRECTIVES = frozenset(("define", "undef", "if", "ifdef", "ifndef", "elif", "else", "endif", "error", ""))


def text_of(content: bytes) -> str:
    """The source that is read here and compiled afterwards, from a file as an editor saved it.

    Without a byte order mark, with plain line ends, and with U+FFFD for each byte that is not UTF-8: in a
    comment that harms nothing, and elsewhere it is refused like any letter that is not ASCII.
    """
    is_utf_16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    text = content.decode("utf-16" if is_utf_16 else "utf-8-sig", errors="replace")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def as_compiled(content: bytes) -> bytes:
    """The same as the bytes that the compiler gets: it sees what the policy saw, and nothing else."""
    return text_of(content).encode("utf-8", errors="replace")


def problem_of(content: bytes) -> tuple[int, str]:
    """(line, why) of the first thing that is refused in CUDA C; (0, "") where nothing is."""
    joined, lines = _joined(text_of(content))
    code = COMMENT_OR_TEXT.sub(_blank, joined)
    found = min(_problems(code, joined), default=None)
    if found is None:
        return 0, ""
    position, why = found
    return bisect_right(lines, position), why


def _joined(text: str) -> tuple[str, list[int]]:
    """The text with continued lines put together, and where in it each line of the source begins."""
    out, starts, length = [], [0], 0
    for line in text.split("\n"):
        is_continued = line.rstrip(" \t\f\v").endswith("\\")  # g++ allows blanks behind it
        piece = line.rstrip(" \t\f\v")[:-1] if is_continued else f"{line}\n"
        out.append(piece)
        length += len(piece)
        starts.append(length)
    return "".join(out), starts[:-1]


def _blank(found: re.Match[str]) -> str:
    """Spaces in place of a comment or a text, whose quotes stay; what a raw text holds is not blanked."""
    text = found.group()
    if text.startswith("R"):
        return text
    quote = text[0] if text[0] in "\"'" else ""
    inner = re.sub(r"[^\n]", " ", text[1:-1] if quote else text)
    return f"{quote}{inner}{quote}"


def _problems(code: str, joined: str) -> Iterator[tuple[int, str]]:
    for pattern, why in REFUSED.items():
        for found in re.finditer(pattern, code):
            yield found.start(), f"`{' '.join(found.group().split())}` {why}"
    for found in EXTERN.finditer(code):
        if found[1] not in EXTERN_FOLLOWED_BY:
            yield found.start(), "`extern` of what is defined elsewhere; a kernel's file has all it needs"
    bodies = _bodies(code)
    for found in DIRECTIVE.finditer(code):
        why = _problem_of_directive(found[1], found[2], joined[found.start(2) : found.end(2)], bodies)
        if why:
            yield found.start(), why


def _bodies(code: str) -> dict[str, list[str]]:
    """What a source's own macros stand for, by their names."""
    bodies: dict[str, list[str]] = {}
    for found in DIRECTIVE.finditer(code):
        if found[1] == "define" and (named := re.match(r"\s*(\w+)(.*)", found[2])):
            bodies.setdefault(named[1], []).append(named[2])
    return bodies


def _problem_of_directive(name: str, code: str, text: str, bodies: Mapping[str, Sequence[str]]) -> str:
    """Why a line of the preprocessor's is refused, or ""; `code` and `text` follow its name, `text` whole."""
    if name == "include" and (header := re.match(r"\s*[<\"]([^>\"]*)[>\"]", text)):
        return "" if header[1] in INCLUDES else f"`#include <{header[1]}>`: device code has no such header"
    if name == "pragma" and re.match(r"\s*(?:unroll\b[\s\w()]*|once\s*)$", code):
        return ""
    if name not in DIRECTIVES:
        return f"`#{name}` {AROUND}"
    if name == "define" and "#" in code:
        return f"`#` in a macro {PIECES}"
    if name in ("define", "undef"):
        return _problem_of_name(name, *re.findall(r"\w+", code)[:1])
    if name in ("if", "elif", "ifdef", "ifndef"):
        return _problem_of_condition(name, code, bodies)
    return ""


def _problem_of_name(directive: str, name: str = "") -> str:
    if name in KEYWORDS or name.startswith("__"):
        return f"`#{directive} {name}`: the name is the language's own"
    return ""


def _problem_of_condition(directive: str, code: str, bodies: Mapping[str, Sequence[str]]) -> str:
    """Conditions are on numbers, and on macros of the source's own that stand for numbers."""
    for name in re.findall(r"\b[A-Za-z_]\w*", re.sub(r"\b\d\w*", "", code)):
        is_a_number = name in bodies and all(map(NUMBER.fullmatch, bodies[name]))
        is_asked_for = directive.endswith("def") or re.search(rf"\bdefined\s*\(?\s*{name}\b", code)
        if name in KNOWN_TO_NOBODY or (not name.startswith("_") and (is_a_number or is_asked_for)):
            continue
        return f"`#{directive} ... {name}`: a condition is on numbers and on your own macros for numbers"
    return ""
