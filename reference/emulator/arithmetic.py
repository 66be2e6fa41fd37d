"""Reads the compiler's assembly: counts floating-point operations, and finds calls through pointers.

With -fsanitize-coverage=trace-pc each basic block begins with a call. This module replaces that call with an
addition of the block's number of operations, or removes it.
"""

from __future__ import annotations

import re

BLOCK = r"(?:callq?|bl)[ \t]+_?__sanitizer_cov_trace_pc\b.*$"
# (pattern of one instruction, operations of it): scalar and packed SSE and AVX, then arm64's, then functions.
OPERATIONS = [
    (r"v?(?:add|sub|mul|div|min|max|sqrt)s[sd]\s", 1),
    (r"v?(?:add|sub|mul|div|min|max|sqrt)ps\s", 4),
    (r"v?(?:add|sub|mul|div|min|max|sqrt)pd\s", 2),
    (r"f(?:add|sub|mul|div|sqrt|nmul|minnm|maxnm)[ \t]+[hsd]\d", 1),
    (r"fn?m(?:add|sub)[ \t]+[hsd]\d", 2),
    (r"(?:callq?|jmp|bl?)[ \t]+fmaf?\b", 2),
    (
        r"(?:callq?|jmp|bl?)[ \t]+(?:sqrt|cbrt|exp|exp2|expm1|log|log2|log10|log1p|sin|cos|tan|asin|acos"
        r"|atan|sinh|cosh|tanh|asinh|acosh|atanh|erf|erfc|lgamma|tgamma|pow|atan2|fmod|fmin|fmax|hypot)f?\b",
        1,
    ),
]
# One pattern for all, as the text of a file of kernels is long. The group says which of them it was.
COUNTED = re.compile(
    rf"^[ \t]+(?:(?P<block>{BLOCK})"
    + "".join(rf"|(?P<operations_{i}>{pattern})" for i, (pattern, _) in enumerate(OPERATIONS))
    + ")",
    re.MULTILINE,
)
COUNT = {f"operations_{i}": count for i, (_, count) in enumerate(OPERATIONS)}
# Through a register or memory; a name's own slot, where the loader puts its address, is as good as the name.
BY_A_POINTER = re.compile(
    r"^[ \t]+(?:(?:notrack[ \t]+)?(?:callq?|jmpq?)[ \t]+\*(?!\w+@GOTPCREL\(%rip\))|bl?r[ \t]+x\d)",
    re.MULTILINE,
)
LINE = re.compile(r"^[ \t]+\.loc[ \t]+\d+[ \t]+(\d+)", re.MULTILINE)
ADD = {
    "x86-64": "\tmovq\temulator_arithmetic@GOTPCREL(%rip), %rax\n\taddq\t${n}, (%rax)",
    "arm64": "\tadrp\tx16, :got:emulator_arithmetic\n\tldr\tx16, [x16, :got_lo12:emulator_arithmetic]\n"
    "\tldr\tx17, [x16]\n\tadd\tx17, x17, #{n}\n\tstr\tx17, [x16]",
}


def with_counts(assembly: str) -> str:
    """The same program, which adds its counts to the runtime's `emulator_arithmetic`."""
    add = ADD["x86-64" if "%rsp" in assembly else "arm64"]
    parts: list[str] = []
    operations, rest = 0, len(assembly)
    for match in reversed(list(COUNTED.finditer(assembly))):  # a block's operations are known at its call
        if match.lastgroup == "block":
            parts += assembly[match.end() : rest], add.format(n=operations) if operations else ""
            operations, rest = 0, match.start()
        else:
            operations += COUNT[str(match.lastgroup)]
    return "".join(reversed([*parts, assembly[:rest]]))


def with_text(name: str, text: str) -> str:
    """Assembly for a text (letters, digits, spaces, commas and line ends) that a library exports."""
    escaped = text.replace("\n", "\\n")
    return f'\t.section\t.rodata\n\t.globl\t{name}\n{name}:\n\t.string\t"{escaped}"\n'


def call_by_a_pointer(assembly: str) -> int:
    """The source line at which code calls, or jumps to, a computed address; 0 if there is none.

    The target of such a call is unknown before it runs, so it could bypass every check.
    """
    call = BY_A_POINTER.search(assembly)
    if call is None:
        return 0
    lines = [int(match[1]) for match in LINE.finditer(assembly, 0, call.start())]
    return max(lines[-1], 1) if lines else 1
