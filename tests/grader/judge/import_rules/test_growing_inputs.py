"""Reading a source takes time proportional to its length, even for a hostile source."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.author.load import load
from grader.judge.import_rules import cuda_rules
from grader.judge.import_rules.host_code import host_code_in
from grader.judge.import_rules.rules import Rules
from grader.judge.import_rules.terms import MAX_SOURCE_BYTES, Terms

ROOT = Path(__file__).parents[4]
SMALL, LARGE = 8_000, 32_000  # bytes: four times as much
LEAST, STEEP = 0.02, 9  # linear work takes four times as long, quadratic work sixteen times
MORE_ROUNDS = 9
SECONDS_AT_MOST = 10  # CPU seconds for the largest source that is read, on a slow machine
HEAD = "import numpy as np, operator\n"
MODULES = "".join(
    f"x = np.{name}\n" for name in ("lib", "linalg", "fft", "ma", "random", "dtypes", "polynomial", "rec")
)

CUDA = {  # the repeated piece, the text before all of them, the text after
    "quotes_behind_backslashes": "'\\",
    "double_quotes_behind_backslashes": '"\\',
    "comments_that_never_end": "/* ",
    "comments": "/**/",
    "aliases": "using a=",
    "half_of_aliases": "using a ",
    "typedefs": "typedef ",
    "typedefs_of_a_pointer": "typedef int *a, ",
    "types_of_parameters": "(const ",
    "casts": "(a*",
    "casts_of_templates": "(a<",
    "spaces": " ",
    "spaced_brackets": "[ ",
    "externs": 'extern "',
    "raw_texts": 'R"(',
    "numbers": "1'",
    "exponents": "1e+",
    "continued_lines": "\\\n",
    "empty_lines": "\n",
    "semicolons": ";",
    "conditions": "#if A A A A A A A A\n",
    "conditions_on_one_macro": "#define A 1\n#if A\n#endif\n",
    "macros_of_spaces": "#define A " + 40 * " " + "x\n",
    "static_casts": "static_cast<",
}
BEFORE = {"nothing": "", "a_condition": "#if A", "a_macro": "#define A ", "what_is_defined": "#if defined "}

PYTHON: dict[str, Callable[[int], str]] = {
    "chains_of_150_attributes": lambda n: HEAD + ("np" + ".b" * 150 + "\n") * (n // 303),
    "chains_of_modules": lambda n: HEAD + ("np" + ".lib" * 150 + "\n") * (n // 603),
    "99_names_with_many_attributes": lambda n: (
        HEAD
        + "".join(f"x = np.f{i}\n" for i in range(99))
        + "".join(f"x.f{i}\n" for i in range(n // 8))
    ),
    "modules_with_many_attributes": lambda n: (
        HEAD + MODULES + "".join(f"x.f{i}\n" for i in range(n // 8))
    ),
    "reassignments_of_a_text": lambda n: (
        HEAD + "".join(f"t = 'a{i}'\n" for i in range(n // 12)) + "getattr(np, t)\n"
    ),
    "uses_of_a_reassigned_text": lambda n: (
        HEAD + "".join(f"t = 'a{i}'\ngetattr(np, t)\n" for i in range(n // 26))
    ),
    "a_text_in_many_pieces": lambda n: HEAD + "getattr(np, ''.join([" + "'a'," * (n // 4) + "]))",
    "many_stars": lambda n: "from numpy import *\n" * (n // 40) + "zeros\n" * (n // 12),
    "a_loop_with_many_targets": lambda n: (
        "for " + ",".join(f"a{i}" for i in range(n // 14)) + " in (" + "1," * (n // 4) + "): pass"
    ),
    "a_loop_with_a_long_target": lambda n: (
        "for c, a[" + "b," * (n // 8) + "] in (" + "(1, 2)," * (n // 14) + "): pass"
    ),
    "scopes_in_scopes": lambda n: (
        "".join(" " * i + f"def f{i}():\n" for i in range(80))
        + " " * 80
        + ",".join(f"x{i}" for i in range(n // 7))
    ),
    "a_choice_of_many": lambda n: HEAD + "(" + " or ".join(["np"] * (n // 6)) + ").nothing",
    "a_name_that_goes_down": lambda n: HEAD + "np = np.lib if np else np\n" * (n // 26),
    "names_in_a_chain": lambda n: "".join(f"x{i + 1} = x{i}\n" for i in range(n // 14)),
    "patterns": lambda n: HEAD + "match np:\n" + " case object(a=x, b=object(c=y)): x\n" * (n // 37),
    "powers_of_powers": lambda n: "x = 9**9**9**9\n" * (n // 15),
    "getters": lambda n: HEAD + "operator.attrgetter('lib')(np).a\n" * (n // 33),
    "complaints": lambda n: "eval\n" * (n // 5),
}  # fmt: skip


@pytest.fixture(scope="module")
def rules() -> Rules:
    assignment = load(ROOT / "assignments" / "conv_backward")
    assert assignment.import_rules is not None
    return Rules(Terms.of(assignment, assignment.import_rules))


def seconds(read: Callable[[bytes], object], content: bytes) -> float:
    """CPU time of reading it once."""
    start = time.process_time()
    read(content)
    return time.process_time() - start


def assert_linear(read: Callable[[bytes], object], grown: Callable[[int], str]) -> None:
    """Compares the shortest of some times: another process can slow this one down and never speed it up."""
    small, large = ([seconds(read, grown(size).encode())] for size in (SMALL, LARGE))
    for _ in range(MORE_ROUNDS):
        if min(large) < STEEP * max(min(small), LEAST):
            return
        small.append(seconds(read, grown(SMALL).encode()))
        large.append(seconds(read, grown(LARGE).encode()))
    assert min(large) < STEEP * max(min(small), LEAST)


@pytest.mark.parametrize("before", BEFORE.values(), ids=BEFORE)
@pytest.mark.parametrize("piece", CUDA.values(), ids=CUDA)
def test_cuda_is_read_in_proportion_to_its_length(piece: str, before: str) -> None:
    assert_linear(cuda_rules.problem_of, lambda size: f"{before}{piece * (size // len(piece))}!")


HOST_CODE = {
    "functions_that_call_each_other": "void f(){cudaA;f();}\n",
    "types_without_end": "struct a{}",
    "blocks_behind_a_long_name": "{}",
    "one_long_name": "a",
    "namespaces": "namespace a{",
    "calls_of_main": "main (",
    "macros": "#define A cudaA\n",
    "kernels": "__global__ void f(){f();}\n",
    "conditions": "void f(){cudaA;\n#if A\n}\n",
}


@pytest.mark.parametrize(
    "before", ["", "cudaA;", f"struct {'a' * 8000} ", f"cudaA; namespace {'a' * 8000} ("]
)
@pytest.mark.parametrize("piece", [*HOST_CODE.values(), *CUDA.values()], ids=[*HOST_CODE, *CUDA])
def test_host_code_is_left_out_in_proportion_to_its_length(piece: str, before: str) -> None:
    assert_linear(
        host_code_in,
        lambda size: f"{before}{piece * (size // len(piece))}!",
    )


@pytest.mark.parametrize("grown", PYTHON.values(), ids=PYTHON)
def test_python_is_read_in_proportion_to_its_length(rules: Rules, grown: Callable[[int], str]) -> None:
    assert_linear(lambda content: rules.refusal({"conv.py": content}), grown)


@pytest.mark.slow
@pytest.mark.parametrize("piece", CUDA.values(), ids=CUDA)
def test_the_largest_source_in_cuda_is_read_in_seconds(piece: str) -> None:
    source = (piece * (MAX_SOURCE_BYTES // len(piece))).encode()
    assert seconds(cuda_rules.problem_of, source) < SECONDS_AT_MOST


@pytest.mark.slow
@pytest.mark.parametrize("grown", PYTHON.values(), ids=PYTHON)
def test_the_largest_source_in_python_is_read_in_seconds(rules: Rules, grown: Callable[[int], str]) -> None:
    source = grown(MAX_SOURCE_BYTES * 3 // 4).encode()
    assert len(source) <= MAX_SOURCE_BYTES
    assert seconds(lambda content: rules.refusal({"conv.py": content}), source) < SECONDS_AT_MOST


def test_a_source_in_cuda_has_the_same_limit_as_one_in_python(rules: Rules) -> None:
    assert "expected at most" in rules.refusal({"kernels.cu": b" " * (MAX_SOURCE_BYTES + 1)})
