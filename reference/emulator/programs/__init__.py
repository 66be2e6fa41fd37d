"""Compiles whole CUDA programs, with host code and `main`. A sandbox runs them.

whole = with_own_headers(Path("saxpy.cu"))
program = Program(whole.text, "saxpy.cu")
program_into(program, runtime_into(cache_folder()), target)  # native code, for the sandbox alone
...                                                         # which runs it; it sends records
report = read_records(records, program, target.read_bytes())
"""

from .compile_program import Program, is_program, program_into, runtime_into
from .own_headers import WholeText, with_own_headers
from .records import Report, read_records

__all__ = [
    "Program",
    "Report",
    "WholeText",
    "is_program",
    "program_into",
    "read_records",
    "runtime_into",
    "with_own_headers",
]
