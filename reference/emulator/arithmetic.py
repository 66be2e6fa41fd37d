"""Reads the compiler's assembly: counts floating-point operations, and finds calls through pointers.

With -fsanitize-coverage=trace-pc each basic block begins with a call. This module replaces that call with an
addition of the block's number of operations, or removes it.
"""

from __future__ import annotations

import re

BLOCK = re.compile(r"^\s+(?:callq?|bl)\s+_?__sanitizer_cov_trace_pc\b.*$")
# (pattern of one instruction, operations of it): scalar and packed SSE and AVX, then arm64's, then functions.
OPERATIONS = [
    (re.compile(r"^\s+v?(?:add|sub|mul|div|min|max|sqrt)s[sd]\s"), 1),
    (re.compile(r"^\s+v?(?:add|sub|mul|div|min|max|sqrt)ps\s"), 4),
    (re.compile(r"^\s+v?(?:add|sub|mul|div|min|max|sqrt)pd\s"), 2),
    (re.compile(r"^\s+f(?:add|sub|mul|div|sqrt|nmul|minnm|maxnm)\s+[hsd]\d"), 1),
    (re.compile(r"^\s+fn?m(?:add|sub)\s+[hsd]\d"), 2),
    (re.compile(r"^\s+(?:callq?|jmp|bl?)\s+fmaf?\b"), 2),
    (
        re.compile(
            r"^\s+(?:callq?|jmp|bl?)\s+(?:sqrt|cbrt|exp|exp2|expm1|log|log2|log10|log1p|sin|cos|tan|asin|acos"
            r"|atan|sinh|cosh|tanh|asinh|acosh|atanh|erf|erfc|lgamma|tgamma|pow|atan2|fmod|fmin|fmax|hypot)f?\b"
        ),
        1,
    ),
]
# Through a register or memory; a name's own slot, where the loader puts its address, is as good as the name.
BY_A_POINTER = re.compile(r"^\s+(?:notrack\s+)?(?:callq?|jmpq?)\s+\*(?!\w+@GOTPCREL\(%rip\))|^\s+bl?r\s+x\d")
LINE = re.compile(r"^\s+\.loc\s+\d+\s+(\d+)")
ADD = {
    "x86-64": "\tmovq\temulator_arithmetic@GOTPCREL(%rip), %rax\n\taddq\t${n}, (%rax)",
    "arm64": "\tadrp\tx16, :got:emulator_arithmetic\n\tldr\tx16, [x16, :got_lo12:emulator_arithmetic]\n"
    "\tldr\tx17, [x16]\n\tadd\tx17, x17, #{n}\n\tstr\tx17, [x16]",
}


def with_counts(assembly: str) -> str:
    """The same program, which adds its counts to the runtime's `emulator_arithmetic`."""
    lines = assembly.split("\n")
    add = ADD["x86-64" if "%rsp" in assembly else "arm64"]
    operations = 0
    for number in range(len(lines) - 1, -1, -1):  # backwards: a block's operations are known at its call
        if BLOCK.match(lines[number]):
            lines[number] = add.format(n=operations) if operations else ""
            operations = 0
        else:
            operations += next((n for pattern, n in OPERATIONS if pattern.match(lines[number])), 0)
    return "\n".join(lines)


def with_text(name: str, text: str) -> str:
    """Assembly for a text (letters, digits, spaces, commas and line ends) that a library exports."""
    written = text.replace("\n", "\\n")
    return f'\t.section\t.rodata\n\t.globl\t{name}\n{name}:\n\t.string\t"{written}"\n'


def call_by_a_pointer(assembly: str) -> int:
    """The source line at which code calls, or jumps to, a computed address; 0 if there is none.

    The target of such a call is unknown before it runs, so it could bypass every check.
    """
    last = 0
    for line in assembly.split("\n"):
        if match := LINE.match(line):
            last = int(match[1])
        elif BY_A_POINTER.match(line):
            return max(last, 1)
    return 0
