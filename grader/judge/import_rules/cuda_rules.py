"""Reads submitted kernels without running them, and reports each place where they leave CUDA C++.

On the emulator a kernel is native code in the same process as the code that detects errors and counts.
The emulator stops an access far from every array before it happens, and checks what compiled kernels call.
Reading must only prevent ways to make the compiler omit these checks: assembly, attributes, pragmas, the
compiler's own functions, and the emulator's names. Names are read as the preprocessor reads them, with
continued lines joined. Macros may join names with ##, because a submission is read again with its macros
expanded. Any other way to build a name out of pieces is refused.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator

from grader.judge.import_rules.cuda_source import (
    CONTROL,
    DIRECTIVE,
    code_of,
    join_lines,
    macros_for_numbers,
    names_in_condition,
    quote,
    text_of,
)

INCLUDES = frozenset(
    (
        "cuda_runtime.h", "cuda.h", "cuda_fp16.h", "device_launch_parameters.h", "math_constants.h",
        "cmath", "cstddef", "cstdint", "cstdio", "cfloat", "climits", "cassert",
        "math.h", "stddef.h", "stdint.h", "stdio.h", "float.h", "limits.h", "assert.h",
        "cuda_runtime_api.h", "cuda_bf16.h", "cooperative_groups.h", "cooperative_groups/reduce.h",
        "cuda/atomic", "cuda/std/atomic", "cuda/barrier", "cuda/pipeline", "cuda_pipeline.h",
        "mma.h", "algorithm", "limits", "utility",
    )
)  # fmt: skip
# Headers that device code has and a submission may not include: docs/cuda.md says why.
NOT_FOR_SUBMISSIONS = re.compile(r"cub/.*|curand\w*\.h|cooperative_groups/.*|cuda/.*|thrust/.*")
TYPE = r"(?:const\s+|volatile\s+|unsigned\s+|signed\s+|struct\s+|class\s+)*[A-Za-z_][\w:]*(?:\s*<[^<>;{}]*>)?"
EMULATOR = "is a name of the emulator, which a kernel may not use; choose another name"
AROUND = "gets around the checks of memory accesses; write plain CUDA C++"
C_LIBRARY = "is a name of the C library, whose functions no check sees; write a loop or choose another name"
DEDUCED = "could be a pointer that no check sees; write the type"
PRAGMA = "could change what is checked; delete it. `#pragma unroll`, `once` and `region` may stay"
POINTER = "makes a pointer from something else; use an index, or the address of a variable or an element"
TIME = "gives a kernel the time; a result must not depend on it"
PIECES = "builds a name out of pieces, which cannot be checked; write the name"
VARIES = "can change each time a file is read; do not use it in a file that joins names with ##"
# The preprocessor's counters: a name made of them could differ when the file is compiled.
VARYING = re.compile(r"\b__(?:COUNTER|LINE|INCLUDE_LEVEL|FILE|BASE_FILE|DATE|TIME|TIMESTAMP)__\b")
# Pattern in the code without comments and strings: why. Unbounded repetition in a pattern stops at the
# character with which the pattern begins, so each stretch of the code is read a bounded number of times.
REFUSED = {
    r"\b(?:asm|__asm|__asm__)\b": AROUND,
    r"\b(?:__attribute__|__attribute|__declspec)\b": AROUND,
    # These change no code. `noreturn` and `assume` would let the compiler leave code out.
    r"\[\s*\[(?!\s*(?:nodiscard|maybe_unused|fallthrough|likely|unlikely)\s*\]\s*\])": AROUND,
    r"\b(?:_Pragma|__pragma)\b": AROUND,
    r"\b__(?:builtin_|sync_|atomic_|tsan|ubsan|sanitizer|cxa|libc|dso_handle)\w*": AROUND,
    r"(?i:emulator)\w*": EMULATOR,
    r"\bgoto\s*\*": "jumps to an address that is computed; name a label",
    r"\b(?:clock|clock64|globaltimer|__nanosleep)\b": TIME,
    r"\b(?:reinterpret_cast|const_cast|bit_cast|__bit_cast)\b": POINTER,
    r"\bunion\b": POINTER,
    r"\b(?:intptr_t|uintptr_t|__UINTPTR_TYPE__|__INTPTR_TYPE__)\b": POINTER,
    r"\b(?:memcpy|memmove|memset|memcmp|alloca|dlopen|dlsym|syscall|system|mmap|mprotect)\b": C_LIBRARY,
    rf"(?<!\bsizeof)\(\s*{TYPE}\s*(?:const\s*)?[*&](?:[\s*&]|const\b|__restrict__\b)*\)"
    r"\s*[\w(+\-~!&*]": POINTER,
    rf"\(\s*{TYPE}\s*\(\s*(?:\w+\s*::\s*)*+[*&](?:[\s*&]|const\b|volatile\b|__restrict__\b)*\)": POINTER,
    r"\b(?:decltype|typeof|__typeof|__typeof__|__decltype)\b": DEDUCED,
    rf"\bstatic_cast\s*<\s*{TYPE}\s*[*&]": POINTER,
    r"/\*": "found a comment that never ends",
    r"\b(?:u8|u|U|L)?R\"": f"a raw text {PIECES}",
    r"##|%:|<:|:>|<%|%>": PIECES,
    r"\?\?[=/'()!<>-]": PIECES,
    r"\\": PIECES,  # outside of strings, with continued lines joined: \u0061 is a letter
    r"\ufffd": "is in place of bytes that are not UTF-8, expected plain ASCII outside of comments",
    r"[^\x00-\x7f]": "found a letter that no name of CUDA has, expected plain ASCII outside of comments",
    r"\b(?:setjmp|longjmp|co_await|co_yield|co_return|thread_local|__thread)\b": AROUND,
}
EXTERN = re.compile(r"\bextern\b\s*(?:\"[^\"]*\"\s*(?:void\s+(?=__)|(?=(\{))|))?(\w+)?")
EXTERN_FOLLOWED_BY = (
    "__global__", "__device__", "__shared__", "__constant__", "__host__", "__launch_bounds__"
)  # fmt: skip
KEYWORDS = frozenset(
    (
        "alignas", "alignof", "auto", "bool", "break", "case", "char", "class", "const", "consteval",
        "constexpr", "constinit", "const_cast", "continue", "default", "delete", "do", "double", "else",
        "enum", "explicit", "extern", "false", "float", "for", "friend", "goto", "if", "inline", "int",
        "long", "mutable", "namespace", "new", "nullptr", "operator", "private", "protected", "public",
        "register", "return", "short", "signed", "sizeof", "static", "static_assert", "static_cast",
        "struct", "switch", "template", "this", "true", "typedef", "typename", "union", "unsigned", "using",
        "virtual", "void", "volatile", "while", "defined",
    )
)  # fmt: skip
# The compiler's own macros depend on how it is called: a condition on them could show one source here and
# another to the compiler. These are the same wherever a kernel is read or compiled for the emulator.
SAME_EVERYWHERE = frozenset(("__CUDA_ARCH__", "__CUDACC__", "__NVCC__", "defined"))
ALWAYS_DEFINED = "__cplusplus"  # its value tells one compiler from another
OWN_GUARD = re.compile(r"_[A-Z]\w*_CUH?_*")  # no header of CUDA or C++ has such a name
ALIAS = re.compile(r"\btypedef\b|\busing\s+\w+\s*+=|[{}\[\];*&]")
DIRECTIVES = frozenset(
    ("define", "undef", "if", "ifdef", "ifndef", "elif", "else", "endif", "error", "warning", "")
)
# Editors fold regions, and the others are for NVIDIA's compiler alone.
HARMLESS_PRAGMA = re.compile(r"\s*(?:unroll\b[\s\w()]*|once\s*|(?:end)?region\b.*|(?:nv|hd)_\w+[\s\w=,]*)")
# Names that only editors and compilers of other systems define.
ELSEWHERE = frozenset(("__INTELLISENSE__", "__JETBRAINS_IDE__", "_MSC_VER", "_WIN32", "_WIN64", "_OPENMP"))


def problem_of(content: bytes) -> tuple[int, str]:
    """The line and the reason of the first forbidden thing in CUDA C; (0, "") if there is none."""
    source = text_of(content)
    if control := CONTROL.search(source):
        return 1 + source.count("\n", 0, control.start()), _problem_of_control(control.group())
    text, lines = join_lines(source)
    problem = min(_problems(code_of(text), text), default=None)
    if problem is None:
        return 0, ""
    position, why = problem
    return bisect_right(lines, position), why


def _problem_of_control(character: str) -> str:
    if character == "\0":
        return "found a character without a name (NUL), expected text: save the file as UTF-8"
    return f"found the control character 0x{ord(character):02x}, which no editor shows: delete it"


def _problems(code: str, text: str) -> Iterator[tuple[int, str]]:
    directives = list(DIRECTIVE.finditer(code))
    pasting = {at for one in directives if one[1] == "define" for at in _pastes(one)}
    for pattern, why in REFUSED.items():
        for match in re.finditer(pattern, code):
            if match.start() not in pasting:
                yield match.start(), f"{quote(match.group())} {why}"
    for match in VARYING.finditer(code) if pasting else ():
        yield match.start(), f"{quote(match.group())} {VARIES}"
    for match in EXTERN.finditer(code):
        if not match[1] and match[2] not in EXTERN_FOLLOWED_BY:
            yield match.start(), "`extern` names something that is defined elsewhere; define it in this file"
    for start, end in _aliases_of_pointers(code):
        yield start, f"{quote(code[start:end])} {POINTER}"
    numbers = macros_for_numbers(code)
    for match in directives:
        why = _problem_of_directive(match[1], match[2], text[match.start(2) : match.end(2)], numbers)
        if why:
            yield match.start(), why


def _aliases_of_pointers(code: str) -> Iterator[tuple[int, int]]:
    """Where each name for a pointer or a reference begins, and where the mark behind its `*` or `&` ends.

    The members of a struct are not part of its name, and neither are the lengths of an array.
    """
    outside: list[int] = []  # for each open brace, where the alias around it begins; -1: there is none
    start, brackets = -1, 0
    for match in ALIAS.finditer(code):
        mark = match.group()
        if mark == "{":
            outside.append(start)
            start, brackets = -1, 0
        elif mark in ";}":
            start, brackets = outside.pop() if mark == "}" and outside else -1, 0
        elif mark in "[]":
            brackets = max(0, brackets + (1 if mark == "[" else -1))
        elif mark not in "*&":
            start, brackets = match.start() if start < 0 else start, 0
        elif start >= 0 and not brackets:
            yield start, match.end()
            start = -1


def _pastes(define: re.Match[str]) -> Iterator[int]:
    """The places where a macro joins names with ##. The results are read after macros are expanded."""
    return (define.start(2) + match.start() for match in re.finditer("##", define[2]))


def _problem_of_directive(name: str, code: str, text: str, numbers: frozenset[str]) -> str:
    """The reason to refuse a directive, or ""; `code` and `text` are what follows its name, `text` whole."""
    if name == "include" and (header := re.match(r"\s*(?:<([^>]*)>|\"([^\"]*)\")", text)):
        path = header[1] or header[2] or ""
        if path in INCLUDES:
            return ""
        is_of_cuda = NOT_FOR_SUBMISSIONS.fullmatch(path) is not None
        why = "a submission may not include it" if is_of_cuda else "device code has no such header"
        return f"`#include <{path[:60]}>`: {why}"
    if name == "pragma" and HARMLESS_PRAGMA.fullmatch(code):
        return ""
    if name == "pragma":
        return f"{quote(f'#pragma {code.strip()}')} {PRAGMA}"
    if name not in DIRECTIVES:
        return f"`#{name[:60]}` {AROUND}"
    if name in ("define", "undef"):
        match = re.search(r"\w+", code)
        return _problem_of_name(name, match.group() if match else "")
    if name in ("if", "elif", "ifdef", "ifndef"):
        return _problem_of_condition(name, code, numbers)
    return ""


def _problem_of_name(directive: str, name: str) -> str:
    if directive == "define" and name == "__CUDACC__":  # for an editor: the compiler has defined it before
        return ""
    if name in KEYWORDS or name.startswith("__"):
        return f"`#{directive} {name[:60]}`: the name is the language's own"
    return ""


def _problem_of_condition(directive: str, code: str, numbers: frozenset[str]) -> str:
    """Allows conditions on numbers, and on the source's own macros that stand for numbers."""
    names, asked_for = names_in_condition(code)
    for name in names:
        is_asked_for = directive.endswith("def") or name in asked_for
        is_own = not name.startswith("_") or OWN_GUARD.fullmatch(name) is not None
        if name in SAME_EVERYWHERE or name in ELSEWHERE or (is_own and (name in numbers or is_asked_for)):
            continue
        if name == ALWAYS_DEFINED and directive.endswith("def"):
            continue
        return (
            f"`#{directive} ... {name[:60]}`: a condition may test only numbers, your macros for numbers, "
            "and whether a macro is defined; its name begins with a letter or is a guard such as _KERNELS_CU_"
        )
    return ""
