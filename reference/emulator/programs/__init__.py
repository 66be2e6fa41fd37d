"""Compiles whole CUDA programs, with host code and `main`. A sandbox runs them.

program = Program(source, "saxpy.cu")
program_into(program, runtime_into(cache_folder()), target)  # native code, for the sandbox alone
...                                                         # which runs it; it writes records to a file
report = read_records(records, program, target.read_bytes())
"""

from .compile_program import Program, is_program, program_into, runtime_into
from .records import Report, read_records

__all__ = ["Program", "Report", "is_program", "program_into", "read_records", "runtime_into"]
