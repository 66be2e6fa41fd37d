"""A file's own headers: which of them become part of its text, and where its lines come from."""

import subprocess
import sys
from pathlib import Path

import pytest

from reference.emulator import CompileError
from reference.emulator.compile import preprocess
from reference.emulator.programs import Program, with_own_headers

ROOT = Path(__file__).parents[3]
FILES = {
    "guarded.h": "// a comment\n#ifndef G\n#define G\nint guarded;\n#endif\n",
    "once.h": "#pragma once\nint once;\n",
    "each.inc": "int EACH;",
    "deep/one.h": '#pragma once\n#include "two.h"\n#include "once.h"\n',
    "deep/two.h": "#pragma once\nint two;\n",
    "round.h": '#include "round.h"\n',
    "self.h": '#ifndef S\n#define S\n#include "self.h"\nint self;\n#endif\n',
    "cuda_utils.h": "int of_cuda;\n",
    "cublas_check.h": "int of_cublas;\n",
    "string.h": "int of_string;\n",
    "marked.h": "\ufeffint marked;\n",
    "type.inc": "T NAME;\n",
    "most.h": '#if !defined(MOST)\n# define MOST\n#include "guarded.h"\nint most;\n#endif // MOST\n',
    "roster.csv": "int roster;\n",
}
# name: the lines of the file, and the lines of its text that declare something
INCLUDES = {
    "with_a_guard_once": ('#include "guarded.h"\n#include "guarded.h"', ["int guarded;"]),
    "with_a_guard_that_holds_itself": ('#include "self.h"', ["int self;"]),
    "with_a_pragma_once": ('#include "once.h"\n # include "./once.h" // again', ["int once;"]),
    "without_either_each_time": ('#include "each.inc"\n#include "each.inc"', ["int EACH;", "int EACH;"]),
    "beside_the_header_or_the_file": ('#include "deep/one.h"', ["int two;", "int once;"]),
    "not_in_a_comment": ('// #include "once.h"\n/*\n#include "once.h"\n*/\nconst char *s = "#include";', []),
    "not_between_angles": ("#include <once.h>", []),
    "not_in_a_raw_string": ('const char *s = R"x(\n#include "once.h"\n)" )x";', []),
    "named_like_one_of_cuda": (
        '#include "cuda_utils.h"\n#include "cublas_check.h"',
        ["int of_cuda;", "int of_cublas;"],
    ),
    "named_like_one_of_c": ('#include "string.h"', ["int of_string;"]),
    "with_comments_around_it": (
        '/* a */ #include /* b */ "once.h" /* c\n*/\n/*\n*/ #include "each.inc" // d',
        ["int once;", "int EACH;"],
    ),
    "with_a_byte_order_mark": ('#include "marked.h"', ["int marked;"]),
}
# The same, for what the preprocessor leaves of the text.
BY_CONDITION = {
    "in_the_second_of_two_branches": (
        '#ifdef NO\n#include "once.h"\n#else\n#include "once.h"\n#endif',
        ["int once;"],
    ),
    "behind_a_branch_that_is_left_out": (
        '#ifdef NO\n#include "once.h"\n#include "guarded.h"\n#endif\n#include "once.h"\n#include "guarded.h"',
        ["int once;", "int guarded;"],
    ),
    "behind_a_branch_that_is_taken": (
        '#ifndef NO\n#include "once.h"\n#include "guarded.h"\n#endif\n'
        '#include "once.h"\n#include "guarded.h"',
        ["int once;", "int guarded;"],
    ),
    "held_by_one_that_a_branch_leaves_out": (
        '#ifdef NO\n#include "most.h"\n#endif\n#include "guarded.h"\n#include "most.h"',
        ["int guarded;", "int most;"],
    ),
    "again_where_its_guard_is_undefined": (
        '#include "guarded.h"\n#undef G\n#include "guarded.h"',
        ["int guarded;", "int guarded;"],
    ),
    "for_each_definition_of_a_macro": (
        '#define T int\n#define NAME a\n#include "type.inc"\n#undef NAME\n'
        '#define NAME b\n#include "type.inc"',
        ["int a;", "int b;"],
    ),
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
def test_a_header_in_the_files_folder_is_part_of_its_text(folder, lines, declared):
    text = whole(folder, f"{lines}\nint last;\n").text
    assert [line for line in text.split("\n") if line.startswith("int ")] == [*declared, "int last;"]


@pytest.mark.parametrize(("lines", "declared"), BY_CONDITION.values(), ids=BY_CONDITION)
def test_the_preprocessor_decides_which_header_counts(folder, lines, declared):
    left = preprocess(whole(folder, f"{lines}\nint last;\n").text, 1 << 20)
    assert [line for line in left.split("\n") if line.startswith("int ")] == [*declared, "int last;"]


def test_many_headers_that_include_each_other_come_once_each(folder):
    """Every header includes all that come before it: 2 to the power of 40 ways lead to the first."""
    for n in range(40):
        before = "".join(f'#include "h{i}.h"\n' for i in range(n))
        (folder / f"h{n}.h").write_text(f"#pragma once\n{before}int h{n};\n")
    text = whole(folder, '#include "h39.h"\n').text
    assert [line for line in text.split("\n") if line.startswith("int ")] == [f"int h{n};" for n in range(40)]


@pytest.mark.parametrize(
    "name",
    ["loop.h", "nul\0.h", "latin.h", "roster.csv", "linked.inc", f"{'long' * 99}.h"],
    ids=["a_circle_of_links", "no_name", "latin_1", "a_table", "a_link_to_a_table", "too_long"],
)
def test_an_unreadable_header_is_named_with_its_line(folder, name):
    (folder / "loop.h").symlink_to(folder / "loop.h")
    (folder / "latin.h").write_bytes("// größer\n".encode("latin-1"))
    (folder / "linked.inc").symlink_to(folder / "roster.csv")
    (folder / "deep" / "holds.h").write_text(f'\n#include "{name}"\n')
    with pytest.raises(CompileError, match=r"(?:deep/holds\.h|program\.cu):2: `#include"):
        Program(whole(folder, '#include "deep/holds.h"\nint main() {}\n').text).text()


def test_quotes_around_a_header_of_c_are_as_good_as_angles(folder):
    text = whole(folder, '#include "stdio.h" // of C\n#include "vector"\nint main() {}\n').text
    assert text == "#include <stdio.h> // of C\n#include <vector>\nint main() {}\n"
    assert "#if __has_include(<vector>)" in Program(text).text()


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


def test_words_that_a_program_quotes_stay_its_own(folder):
    source = whole(folder, '#include "guarded.h"\nint b;\n')
    said = 'the assertion `i < 5 && "see line 3"` does not hold; "a \\" line 3" is as line 3 says'
    header = str(folder / "guarded.h")
    assert source.in_words(said) == said.removesuffix("line 3 says") + f"line 3 of {header} says"


def test_a_mistake_and_a_finding_in_a_header_name_the_header(add_kernel_runtime, folder):
    (folder / "backflip" / "emulator").mkdir(parents=True)
    add_kernel_runtime(folder / "backflip" / "emulator")
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
