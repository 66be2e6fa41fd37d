"""Reads CUDA C++: finds kernels, features that are not emulated, and declarations of shared memory."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass


class CompileError(ValueError):
    """A source that does not compile: one line for each mistake, with file and line."""


@dataclass(frozen=True)
class Kernel:
    """A `__global__` function as written in the source."""

    name: str
    parameters: tuple[str, ...]  # their names
    is_template: bool
    defaults: int = 0  # how many of the last parameters may be left out
    start: int = 0  # of its `__global__`, in the source
    body: tuple[int, int] = (0, 0)  # from { to behind }; empty where it is only declared


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
REFUSED = {
    r"<<<": "a kernel is launched by the host, which is not written in this file",
    r"\b(?:cudaGraph|cudaStream(?:Begin|End)Capture)\w*": "graphs of launches are not emulated",
    r"\b(?:__cluster_dims__|this_cluster|cluster_group)\b": "clusters of blocks need compute capability 9.0",
    r"\b(asm|__asm__|__asm)\b": "inline assembly runs only on a GPU",
    r"\bcuda[A-Z]\w*": "the host's functions have no place in a kernel's file",
    r"\btex[12]D\w*|\bcuda\w*(?:Texture|Array)\w*": "textures are for whole programs, with a main",
    r"\b(?:tex3D|surf[123]D)\w*|\btexture\s*<": "of textures, objects of one and two axes are emulated",
    r"\bcuda\w*(?:3D|Mipmap|Surface|BindTexture)\w*": "of textures, objects of one and two axes are emulated",
    r"\bcudaLaunchCooperativeKernelMultiDevice\b": "there is one device",
    r"\b(new|delete|malloc|free)\b": "only whole programs, with a main, have memory from the device's heap",
    r"\b__(shfl(?:_up|_down|_xor)?|ballot|any|all)\b": "no longer in CUDA; write it with _sync and a mask",
    r"\bcub\s*::\s*(?!(?:Block|Warp|Device)(?:Reduce|Scan)\b|Device(?:RadixSort|Select)\b|BLOCK_(?:REDUCE|SCAN)_"
    r"|(?:DoubleBuffer|Sum|(?:Arg)?M(?:ax|in)|KeyValuePair)\b)\w+": "of CUB, reductions and scans are "
    "emulated, and for the whole device DeviceRadixSort and DeviceSelect",
    r"\b__nv_fp8\w*": "this type is not emulated; use half or float",
    r"\b__vavgs[24]\b": "how it rounds is not emulated; __vavgu rounds up, and __vhaddu down",
    r"\b(__cvta_\w+|__is(Global|Shared|Constant|Local))\b": "this is not emulated",
    r"\b__[fd](add|sub|mul|div|rcp|sqrt|maf?)_r[zud]\b": "only rounding to the nearest is emulated: _rn",
    r"\b__managed__": "managed memory is for whole programs, with a main",
    r"\b(thread_local|typeid|dynamic_cast|throw|try|catch|virtual)\b": "device code cannot use it here",
    r"\bemulator\w*": "this name is the emulator's own",
}
# The exceptions: what a whole program may use anywhere, and what it may use outside of device code.
AT_THE_HOST = ("<<<", r"\bcuda[A-Z]", r"\btex[12]D", r"\b(thread_local", r"\b(new|delete", r"\b__managed__")
OF_HOSTS = frozenset(pattern for pattern in REFUSED if pattern.startswith(AT_THE_HOST))
OF_DEVICES = frozenset(pattern for pattern in REFUSED if pattern.startswith((r"\b(asm", r"\b__(shfl")))
LIBRARY = re.compile(r"cut.*/.*|cu(?:rand(?!(_kernel)?\.h)|blas(?!_v2)|fft|sparse|solver|dnn).*|nccl.*")
OF_CUDA = re.compile(
    r"cuda.*|(?:thrust|cub)/.*|device_launch_parameters\.h|math_constants\.h|cooperative_groups.*|mma\.h|curand_kernel\.h"
    r"|curand\.h|cublas_v2\.h|helper_(?:cuda|functions|string|timer)\.h|(?:nvtx3/)?nvToolsExt\.h"
)
# A comment or text without an end takes the rest, so no character is read twice. Quotes in a number, 1'000,
# begin no text. In a raw text, nothing is special but its end.
COMMENT_OR_TEXT = re.compile(
    r"//(?:\\\n|[^\n])*+|/\*(?:[^*]|\*(?!/))*+(?:\*/)?"
    r"|(?<![\w'\"$])(?:u8|[uUL])?R\"([^()\\\s]{0,16})\([\s\S]*?(?:\)\1\"|\Z)"
    r"|\"(?:\\[\s\S]|[^\"\\\n])*+\"?|'(?:\\[\s\S]|[^'\\\n])*+'?"
    r"|(?<!\w)[0-9](?:[eEpP][+-]|'?\w|\.)*+"
)
DIRECTIVE = re.compile(r"^[ \t]*#(?:\\\n|[^\n])*", re.MULTILINE)
BOUNDS = r"__launch_bounds__\s*\((?:[^()]|\([^()]*\))*\)"
KERNEL = re.compile(rf"__global__((?:[^(){{}};]|{BOUNDS})*?)\b(?!__launch_bounds__)(\w+)\s*\(")
DEVICE_FUNCTION = re.compile(
    rf"__(?:global|device)__(?:[^(){{}};=]|{BOUNDS})*?\b(?!__launch_bounds__)\w+\s*\("
)
# A declaration of local arrays without values: `float a[4], b[N][2];`
DECLARATOR = r"\w+(?:\s*\[[^\[\];{}]*\])*"
LOCAL_ARRAYS = re.compile(
    r"(?<=[;{}])\s*(?:(?:volatile|unsigned|signed|long|short|struct)\s+)*"
    r"(?!(?:return|delete|new|goto|else|case|throw|typedef|using|extern|static|const|constexpr|thread_local"
    r"|public|private|protected|friend|operator|do|union|template|not|compl|sizeof|co_\w+|__\w+__)\b)"
    r"[A-Za-z_]\w*(?:\s*::\s*\w+)*(?:\s*<[^;{}()]*>)?\s+"
    rf"({DECLARATOR}(?:\s*,\s*{DECLARATOR})*)\s*;"
)
# What precedes the members of a class, without what stands in parentheses: `struct ALIGN() V<T> : Base`
OF_A_CLASS = re.compile(
    r"\b(?:struct|class|union|enum)\b(?:\s*\w+\s*\(\))*(?:\s+[\w:]+(?:\s*<[^=;{}]*>)?)?(?:\s+final)?\s*(?::[^=]*)?$"
)
LONGEST_HEAD = 1000
SCOPE = re.compile(r"(?:\bnamespace\b[^;{}()]*|\bextern\s*\"\s*\"\s*)$")


def without_comments(source: str) -> str:
    """The source with spaces in place of comments and quoted text; everything else keeps its position."""

    def blank(match: re.Match[str]) -> str:
        text = match.group()
        if text[0].isdigit():
            return text
        quote = text[0] if text[0] in "\"'" else ""
        closing = quote if len(text) > 1 and text.endswith(quote) else ""
        inner = re.sub(r"[^\n]", " ", text[len(quote) : len(text) - len(closing)])
        return f"{quote}{inner}{closing}"

    return COMMENT_OR_TEXT.sub(blank, source)


def kernels_of(source: str) -> tuple[Kernel, ...]:
    """The kernels of a source, in source order."""
    text = without_comments(source)
    kernels = []
    for match in KERNEL.finditer(text):
        start = 1 + max(text.rfind(mark, 0, match.start()) for mark in ";}{")
        end = closing(text, match.end() - 1)
        parameters = [p for p in split(text[match.end() : end]) if p.strip() not in ("", "void")]
        kernels.append(
            Kernel(
                match.group(2),
                tuple(map(parameter_name, parameters)),
                re.search(r"\btemplate\b", text[start : match.start()]) is not None,
                sum("=" in parameter for parameter in parameters),
                match.start(),
                body_of(text, end),
            )
        )
    return tuple(kernels)


def parameter_name(text: str) -> str:
    """The name in `const float *a = nullptr` or `int n[3]`; "" if there is none."""
    words = re.findall(r"\w+", re.sub(r"\[[^\]]*\]", "", text.partition("=")[0]))
    return words[-1] if words else ""


def body_of(text: str, end: int) -> tuple[int, int]:
    """The span of the body of the function with parameters that end at `end`; empty if it has none."""
    body = re.compile(r"[^;{]*\{").match(text, end)
    return (body.end() - 1, closing(text, body.end() - 1) + 1) if body else (end, end)


def with_bodies(source: str, bodies: Mapping[str, str]) -> str:
    """The source with new bodies for the kernels of these names, each with as many lines as before."""
    for kernel in reversed(kernels_of(source)):
        start, end = kernel.body
        if kernel.name in bodies and end > start:
            lines = "\n" * source.count("\n", start, end)
            source = f"{source[:start]}{{ {bodies[kernel.name]}{lines} }}{source[end:]}"
    return source


def kernel_at(source: str, line: int) -> str:
    """The kernel (not a template) that has this line (from 1) in its body; "" if there is none."""
    for kernel in kernels_of(source):
        first, last = (1 + source.count("\n", 0, at) for at in kernel.body)
        if first <= line <= last and not kernel.is_template:
            return kernel.name
    return ""


def device_code(text: str) -> str:
    """A source without comments, with spaces for everything but the bodies of device functions.

    A constructor's initializers belong to its body.
    """
    characters = [" " if character != "\n" else character for character in text]
    for match in DEVICE_FUNCTION.finditer(text):
        parameters_end = closing(text, match.end() - 1)
        start, end = body_of(text, parameters_end)
        if start < end:
            characters[parameters_end:end] = text[parameters_end:end]
    return "".join(characters)


def extensions_of(source: str) -> list[str]:
    """The emulator's headers that a source needs in addition to the common one."""
    return [name for name, pattern in EXTENSIONS.items() if pattern.search(source)]


def closing(text: str, start: int) -> int:
    """The position where the bracket at `start`, ( or {, is closed; the end of the text if it is not."""
    change = {"(": 1, ")": -1} if text[start] == "(" else {"{": 1, "}": -1}
    depth = 0
    for at in range(start, len(text)):
        depth += change.get(text[at], 0)
        if depth == 0:
            return at
    return len(text)


def split(text: str) -> list[str]:
    """The parts between commas that are not inside brackets."""
    parts, depth, start = [], 0, 0
    for at, character in enumerate(text):
        depth += {"(": 1, "[": 1, "<": 1, "{": 1, ")": -1, "]": -1, ">": -1, "}": -1}.get(character, 0)
        if character == "," and depth == 0:
            parts.append(text[start:at])
            start = at + 1
    return [*parts, text[start:]]


def prepare(source: str, file: str, is_program: bool = False) -> str:
    """The source as C++ for the emulator's header, line by line. CompileError if it is refused.

    In a program, host code may use what only device code may not, and any header in <>.
    """
    text = without_comments(source)
    mistakes: list[tuple[int, str]] = []

    def refuse(at: int, what: str) -> None:
        mistakes.append((1 + text.count("\n", 0, at), what))

    for match, why in _forbidden(text, is_program):
        refuse(match.start(), f"`{match.group()}`: {why}")
    edits: list[tuple[int, int, str]] = []  # start, end, replacement
    for match in DIRECTIVE.finditer(text):
        complaint, is_removed = _judge_directive(source[match.start() : match.end()], match[0], is_program)
        if complaint:
            refuse(match.start(), complaint)
        elif is_removed:
            edits.append((match.start(), match.end(), ""))
    bare = DIRECTIVE.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), text)
    for match in re.finditer(r"\b__shared__\b", bare):
        start = 1 + max(bare.rfind(mark, 0, match.start()) for mark in ";{}")
        own_type = re.compile(r"[^;{]*\{").match(bare, match.start())
        end = bare.find(";", closing(bare, own_type.end() - 1) if own_type else match.start())
        written = bare[start:end]
        line = 1 + text.count("\n", 0, match.start())
        try:
            if not inside_a_function(bare[:start]):
                raise ValueError("declare shared memory inside the kernel")
            declared = declaration(written, line)
        except ValueError as error:
            refuse(match.start(), f"`{' '.join(written.split())}`: {error}")
            continue
        # The macros and line breaks in front of it stay.
        edits.append((end - len(written.lstrip()), end + 1, declared + "\n" * written.lstrip().count("\n")))
    if mistakes:
        raise CompileError("\n".join(f"{file}:{line}: {what}" for line, what in sorted(set(mistakes))))
    for start, end, instead in sorted(edits, reverse=True):
        source = source[:start] + instead + source[end:]
    return source


def _forbidden(text: str, is_program: bool) -> Iterator[tuple[re.Match[str], str]]:
    """What the emulator refuses, and why; in a program, some of it only in device code."""
    on_device = device_code(text) if is_program else text
    for pattern in REFUSED if not is_program else REFUSED.keys() - OF_HOSTS:
        for match in re.finditer(pattern, on_device if pattern in OF_DEVICES else text):
            yield match, REFUSED[pattern]
    for match in re.finditer("<<<", on_device if is_program else ""):
        yield match, "a kernel cannot launch another one: launch it from the host"


def _judge_directive(written: str, uncommented: str, is_program: bool) -> tuple[str, bool]:
    """The complaint about a directive, or "", and whether the emulator's own headers replace it."""
    include = re.match(r"[ \t]*#\s*include\s*[<\"]([^>\"]*)[>\"]", written)
    if include is None:
        if re.match(r"[ \t]*#\s*(include|line)", written):
            return f"`{written.strip()}`: it is not emulated", False
        in_a_macro = "`__shared__` in a macro: declare shared memory where it is used"
        return in_a_macro if "__shared__" in uncommented else "", False
    if LIBRARY.fullmatch(include[1]):
        return f"`#include <{include[1]}>`: its library is not emulated", False
    if OF_CUDA.fullmatch(include[1]) if is_program else include[1] in INCLUDES:
        return "", True
    if not is_program:
        return f"`#include <{include[1]}>`: device code has no such header", False
    missing = f'`#include "{include[1]}"`: the folder of this file has no such header'
    return "" if "<" in written else missing, False  # one in <> is before the program, and here once more


def inside_a_function(before: str) -> bool:
    """True if what follows this text is inside braces other than a namespace's."""
    open_braces: list[bool] = []
    for brace in re.finditer(r"[{}]", before):
        if brace.group() == "{":
            open_braces.append(SCOPE.search(before, 0, brace.start()) is None)
        elif open_braces:
            open_braces.pop()
    return any(open_braces)


def local_arrays(source: str, is_program: bool = False) -> list[tuple[int, int, tuple[str, ...]]]:
    """Local arrays without values, in a program those of device code: (end of declaration, line, names)."""
    text = device_code(without_comments(source)) if is_program else without_comments(source)
    bare = DIRECTIVE.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), text)
    marks = re.finditer(r"[;{}]", bare)
    open_braces: list[str] = []
    functions = last = line = counted = 0  # functions: open braces of neither a namespace nor a class
    declared = []
    for match in LOCAL_ARRAYS.finditer(bare):
        while last < match.start():
            mark = next(marks)
            if mark.group() == "{":
                open_braces.append(
                    kind_of_braces(bare[max(last, mark.start() - LONGEST_HEAD) : mark.start()])
                )
                functions += open_braces[-1] == ""
            elif mark.group() == "}" and open_braces:
                functions -= open_braces.pop() == ""
            last = mark.end()
        names = tuple(part.split("[")[0].strip() for part in split(match[1]) if "[" in part)
        if names and functions and open_braces[-1] == "":
            line += bare.count("\n", counted, match.start(1))
            counted = match.start(1)
            declared.append((match.end(), 1 + line, names))
    return declared


def kind_of_braces(head: str) -> str:
    """What the braces behind this text (since the last `;`, `{` or `}`) hold: a namespace, a class, or ""."""
    if SCOPE.search(head):
        return "namespace"
    depth, outside = 0, []
    for character in head:
        if character == ")" and depth:
            depth -= 1
        if depth == 0:
            outside.append(character)
        if character == "(":
            depth += 1
    return "class" if OF_A_CLASS.search("".join(outside)) else ""


def with_wrong_values(prepared: str, is_program: bool = False) -> tuple[str, list[tuple[int, str]]]:
    """A prepared source in which local arrays without values begin with wrong ones; its lines stay.

    Also the arrays, each as (line, name); their numbers in the calls begin with 1.
    """
    arrays: list[tuple[int, str]] = []
    parts, start = [], 0
    for end, line, names in local_arrays(prepared, is_program):
        parts.append(prepared[start:end])
        for name in names:
            arrays.append((line, name))
            parts.append(f" emulator_unset({name}, {len(arrays)});")
        start = end
    return "".join([*parts, prepared[start:]]), arrays


def declaration(text: str, line: int) -> str:
    """`__shared__ float a[8][8], b` as memory from the runtime; ValueError if it is not a declaration."""
    head, *own_type = re.split(r"(?=\b(?:struct|union)\b[^{]*\{)", text, maxsplit=1)  # union { ... } t
    words = re.sub(r"\b(?:__align__|alignas)\s*\([^()]*\)", " ", head) + "".join(own_type)
    words = " ".join(re.sub(r"\b(?:__shared__|extern|static)\b", " ", words).split())
    first, *others = split(words)
    match = re.fullmatch(r"([^=]*?)([A-Za-z_]\w*)\s*((?:\[[^\]]*\]\s*)*)", first)
    if match is None or not (base := match.group(1).strip()):
        raise ValueError("a declaration of shared memory is `__shared__ type name[size];`, without a value")
    declarators = [(match.group(2), match.group(3).replace(" ", ""))]
    for other in others:
        match = re.fullmatch(r"\s*(\w+)\s*((?:\[[^\]]*\]\s*)*)", other)
        if match is None:
            raise ValueError("shared memory has no value to start with")
        declarators.append((match.group(1), match.group(2)))
    name_of_type = f"emulator_type_of_{declarators[0][0]}" if own_type else base
    parts, base = [f"typedef {base} {name_of_type};"] if own_type else [], name_of_type
    for name, sizes in declarators:
        if re.search(r"\bextern\b", head):
            if sizes != "[]":
                raise ValueError("dynamic shared memory is `extern __shared__ type name[];`")
            parts.append(f"{base} *const {name} = ({base} *)emulator_dynamic_shared();")
            continue
        if sizes.startswith("[]"):
            raise ValueError("it has no size; dynamic shared memory is declared with `extern`")
        slot = f"emulator_shared_{name}"
        axes = re.findall(r"\[([^\]]*)\]", sizes)
        shape = ", ".join(f"unsigned({one})" for one in (f"sizeof({base})", *(axes if len(axes) < 4 else [])))
        reference = f"{base} (&{name}){sizes}" if sizes else f"{base} &{name}"
        pointer = f"{base} (*){sizes}" if sizes else f"{base} *"
        parts.append(
            f'static emulator_shared {slot} = {{"{name}", sizeof({base}{sizes}), {line}, {{{shape}}}, 0, 0}};'
            f" {reference} = *({pointer}){slot}.get();"
        )
    return " ".join(parts)
