"""A file's own headers: which of them become part of its text, and where its lines come from."""

import subprocess
import sys
from pathlib import Path

import pytest

from reference.emulator import CompileError
from reference.emulator.programs import Program, with_own_headers

ROOT = Path(__file__).parents[3]
FILES = {
    "guarded.h": "// a comment\n#ifndef G\n#define G\nint guarded;\n#endif\n",
    "once.h": "#pragma once\nint once;\n",
    "each.inc": "int EACH;",
    "deep/one.h": '#pragma once\n#include "two.h"\n#include "once.h"\n',
    "deep/two.h": "#pragma once\nint two;\n",
    "round.h": '#include "round.h"\n',
}
# name: the lines of the file, and the lines of its text that declare something
INCLUDES = {
    "with_a_guard_once": ('#include "guarded.h"\n#include "guarded.h"', ["int guarded;"]),
    "with_a_pragma_once": ('#include "once.h"\n # include "./once.h" // again', ["int once;"]),
    "without_either_each_time": ('#include "each.inc"\n#include "each.inc"', ["int EACH;", "int EACH;"]),
    "beside_the_header_or_the_file": ('#include "deep/one.h"', ["int two;", "int once;"]),
    "not_in_a_comment": ('// #include "once.h"\n/*\n#include "once.h"\n*/\nconst char *s = "#include";', []),
    "not_between_angles": ("#include <once.h>", []),
}


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "secret.h").write_text("int secret;")
    root = tmp_path / "own"
    (root / "deep").mkdir(parents=True)
    for name, text in FILES.items():
        (root / name).write_text(text)
    (root / "linked.h").symlink_to(tmp_path / "secret.h")
    return root


def whole(folder, text):
    (folder / "a.cu").write_text(text)
    return with_own_headers(folder / "a.cu")


@pytest.mark.parametrize(("lines", "declared"), INCLUDES.values(), ids=INCLUDES)
def test_a_header_beside_the_file_is_a_part_of_its_text(folder, lines, declared):
    text = whole(folder, f"{lines}\nint last;\n").text
    assert [line for line in text.split("\n") if line.startswith("int ")] == [*declared, "int last;"]


@pytest.mark.parametrize("name", ["../secret.h", "linked.h", "missing.h", "deep", "{folder}/../secret.h"])
def test_no_file_outside_of_the_folder_is_read(folder, name):
    include = f'#include "{name.format(folder=folder)}"'
    text = whole(folder, f"{include}\nint main() {{}}\n").text
    assert text == f"{include}\nint main() {{}}\n"
    with pytest.raises(CompileError, match="the folder of this file has no such header"):
        Program(text).text()


def test_headers_without_end_are_refused(folder):
    with pytest.raises(CompileError, match=r"round\.h:1: its headers include each other without end"):
        whole(folder, '#include "round.h"\n')


def test_a_text_without_headers_is_the_files_own(folder):
    for text in ("int a;\n", 'int a;\n#include "cuda_runtime.h"\n'):
        assert whole(folder, text).text == text


def test_each_line_is_found_in_its_file(folder):
    source = whole(folder, 'int a;\n#include "guarded.h"\nint b;\n')
    header = str(folder / "guarded.h")
    assert source.text.split("\n")[4] == "int guarded;"
    assert [source.place(n) for n in (1, 5, 7, 9)] == [
        (source.file, 1),
        (header, 4),
        (source.file, 3),
        (source.file, 9),
    ]
    assert (
        source.in_words(f"{source.file}:7: as line 5 says") == f"{source.file}:3: as line 4 of {header} says"
    )


def test_a_mistake_and_a_finding_in_a_header_name_the_header(folder):
    (folder / "kernel.h").write_text(
        "#pragma once\n\n__global__ void k(int *out) { out[1 + threadIdx.x] = BAD; }\n"
    )
    (folder / "a.cu").write_text('#define A\n#include "kernel.h"\n')
    words = ["a.cu", "--kernel", "k", "--grid", "1", "--block", "4", "--result", "out=int32:4", "--check"]
    environment = {"PYTHONPATH": str(ROOT), "XDG_CACHE_HOME": str(folder), "PATH": "/usr/bin:/bin"}

    def run(*defines):
        command = [sys.executable, "-m", "reference.emulator", *words, *defines]
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, check=False
        )
        return done.stdout + done.stderr

    assert "kernel.h:3: out_of_bounds in k: thread (3, 0, 0)" in run("--define=BAD=1")
    assert "kernel.h:3:54: error: " in run()
