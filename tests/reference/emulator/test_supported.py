"""Each construct of CUDA C++ that docs/cuda.md lists gives what its documentation says, row by row."""

import re
from pathlib import Path

import numpy as np
import pytest

from reference.emulator import Fresh, Module
from reference.emulator.nvrtc import diagnose
from tests.reference.emulator.supported import ROWS
from tests.reference.emulator.test_libraries import LIBRARIES
from tests.reference.emulator.test_programs import HEAD, RIGHT
from tests.reference.emulator.test_thrust import CALLS

PAGE = Path(__file__).parents[3] / "docs" / "cuda.md"
NAME = re.compile(r"[A-Za-z_]\w*(?:\.\.\.)?")
NAMES = {
    title: [f"row{number}_{n}" for n in range(len(row.snippets))]
    for number, (title, row) in enumerate(ROWS.items())
}


def source(rows):
    """A kernel for each snippet of these rows, in one file: what a row defines ends with it."""
    parts = ["#include <cfloat>\n#include <math.h>\n#include <climits>\n"]
    for title in rows:
        row = ROWS[title]
        parts.append(row.declared)
        for name, snippet in zip(NAMES[title], row.snippets, strict=True):
            line = snippet if snippet.endswith((";", "}")) else f"out[i] = {snippet};"
            parts.append(
                f"__global__ void {name}(const float *f, double *out)\n{{\n"
                f"int i = blockIdx.x * blockDim.x + threadIdx.x;\n{line}\n}}\n"
            )
        parts += [f"#undef {name}\n" for name in re.findall(r"#define (\w+)", row.declared)]
    return "".join(parts)


@pytest.fixture(scope="module")
def module(request):
    """All snippets, compiled once."""
    return Module(source(ROWS), folder=request.config.cache.mkdir("kernels"))


@pytest.mark.parametrize("title", ROWS)
def test_a_row_gives_the_values_that_cuda_documents(module, title):
    f = np.array([0.5, 1.5, 2.5], "float32")
    for name, (snippet, value) in zip(NAMES[title], ROWS[title].snippets.items(), strict=True):
        expected = np.array([value(i) for i in range(64)] if callable(value) else [value], float)
        out = np.zeros(expected.size)
        run = module.check(
            name, *((2, 32) if callable(value) else (1, 1)), [f, Fresh(out)], shared_bytes=64, schedules=4
        )
        assert not run.findings, (snippet, [str(finding) for finding in run.findings])
        np.testing.assert_allclose(out, expected, rtol=1e-6, err_msg=snippet)


def test_nvidias_compiler_takes_the_snippets_without_headers():
    diagnosis = diagnose(source(title for title, row in ROWS.items() if "#include" not in row.declared))
    if diagnosis is not None:
        assert diagnosis.errors == ()


def table(number):
    """The rows of the page's table of this number, from 0: their titles and their texts."""
    text = PAGE.read_text(encoding="utf-8")
    rows = re.split(r"^\| *\| *\|\n\|---\|---\|\n", text, flags=re.MULTILINE)[1 + number].split("\n\n")[0]
    return [tuple(part.strip() for part in row.strip("|").split(" | ")) for row in rows.splitlines()]


def names_in(text):
    """A pattern for each name in backquotes: `make_...` stands for several, `_block` for an end of names."""
    for quoted in re.findall(r"`([^`]+)`", text):
        for name in NAME.findall(quoted):
            is_end = name.startswith("_") and not name.startswith("__")
            yield rf"\w{name}\b" if is_end else rf"(?<!\w){name.replace('...', chr(92) + 'w')}"


@pytest.mark.parametrize(("title", "text"), table(0))
def test_a_row_of_the_page_has_a_snippet_for_each_name(title, text):
    tested = source([title])
    assert [name for name in names_in(text) if not re.search(name, tested)] == []


@pytest.mark.parametrize(("title", "text"), table(1))
def test_a_row_of_the_host_has_a_program_for_each_name(title, text):
    calls = "".join(call for of_one in CALLS.values() for call in of_one)
    tested = HEAD + "".join(lines for lines, _ in RIGHT.values()) + LIBRARIES + calls
    assert [name for name in names_in(text) if not re.search(name, tested)] == []
