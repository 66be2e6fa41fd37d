"""The hints name exactly the syntax that an older Python cannot read; two Pythons decide."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.model.file_formats import python_syntax
from grader.model.file_formats.python_syntax import needs, why_not_read

HERE = sys.version_info[1]
READ_BY_ALL = (  # from 3.11 on
    "x = f\"{d['a']}\"",
    'x = f"""{d["a"]}"""',
    'x = f"{a:{b}}"',
    'x = f"""{\na\n}"""',
    'x = f"{a!r:>{w}}"',
    'x = f"{a:\\x20}"',
    "x = f\"{f'{x}'}\"",
    'x = f"{x!r}" "{" f"{{}}"',
    'x=rf"\\{x}"',
    'x=f"\\N{DIGIT ONE}{x}"',
    "type = 3; type(x)",
    "type == 3",
    's = "def f[T](a): pass"',
    'f"{x:%H:%M}"',
    'f"{x==1}{y!=2}{z=}"',
    'f"{(lambda: 1)()}"',
    'f"{ {1:2}[1] }"',
    "f\"{'#'}\"",
    "f\"{'a' 'b'}\"",
    "f'''{'a'}'''",
    "f\"{x}\" f'{y}'",
    "try: pass\nexcept (A, B): pass",
    "f\"{x:{'a'}}\"",
    "f\"{x:{'a'}>{10}}\"",
    'f"a\\\nb{x}"',
    "f'{a[\"b\"]}'",
    'f"{1:=^9}"',
    'f"{(x:=1)}"',
    "rb'\\'' + f'{x}'",
    'f"{x!r:{w}}}}"',
    'f"{x:{{}}}"',
    'f"{x:}}}"',
    'f\'{x}\' \'\\n\' """{"""',
    'print(f"{x:\t}")',
)
NEW_IN_3_12_OR_3_13 = (  # and no 3.11 reads it
    'x = f"{d["a"]}"',
    "x = f'{\"\\n\".join(a)}'",
    'x = f"{a:{b:{c}}}"',
    'x = f"{a # c\n}"',
    'x = f"""{a # c\n}"""',
    'x = f"{\na\n}"',
    'x = f"{f"{x}"}"',
    "type X = int\n",
    "type X[T] = list[T]",
    "def f[T](a: T): pass",
    "class A[T]: pass",
    "class A[T](B): pass",
    'f"{"#"}"',
    "f'''{'''a'''}'''",
    "f\"{d['a\\'b']}\"",
    "async def f[T](): pass",
    "def f[T=int](): pass",
    'f"{x:{"a"}}"',
    'f"{x\\\n}"',
    "def f[T: (int, str)](a): pass",
    "def f[T: list[int]](a): pass",
    'f"{ f"{ f"{1}" }" }"',
    'match x:\n  case 1: f"{d["a"]}"\n',
    "f\"{'\\\\'}\"",
    "f\"{'''a\nb'''}\"",
    "f'''{\"a\\\nb\"}'''",
)
READ_BY_NONE = (  # or by 3.14 alone, where a text begins with t
    'f"{lambda: 1}"',
    "def f(:",
    'x = f"{x',
    'x = "abc',
    "bf'x'",
    'x = f"{yield}"',
)
NEW_IN_3_14 = ("try: pass\nexcept A, B: pass", 'x = 1\n\nx = t"{x}"', "try: pass\nexcept* A, B: pass")
ASKS = """
import json, sys, warnings
from python_syntax import needs, why_not_read
warnings.simplefilter("ignore")
answers = []
for source in json.load(sys.stdin):
    try:
        compile(source, "<source>", "exec")
        answers.append([True, [str(need) for need in needs(source.encode(), 11)]])
    except SyntaxError:
        answers.append([False, why_not_read(source.encode())])
json.dump(answers, sys.stdout)
"""


def other_python(least: int) -> str:
    """An interpreter of Python 3.`least` or newer, from the PATH or pyenv; "" if there is none."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    for minor in range(14, least - 1, -1):
        name = f"python3.{minor}"
        for candidate in (shutil.which(name), *sorted(map(str, pyenv.glob(f"3.{minor}.*/bin/{name}")))):
            command = [candidate or "", "-c", "import sys; print(sys.version_info[1])"]
            if (
                candidate
                and subprocess.run(command, capture_output=True, check=False).stdout == b"%d\n" % minor
            ):
                return candidate
    return ""


@pytest.fixture(scope="module")
def newer() -> str:
    """A Python that is newer than 3.11."""
    python = sys.executable if HERE > 11 else other_python(12)
    if not python:
        pytest.skip("no Python 3.12 or newer on the PATH, nor among pyenv's")
    return python


def ask(python: str, sources: tuple[str, ...]) -> list[list[object]]:
    """Asks another Python, which needs only the module: True for each source it reads, and its hints."""
    process = subprocess.run(
        [python, "-c", ASKS],
        env={"PYTHONPATH": str(Path(python_syntax.__file__).parent), "PATH": os.environ["PATH"]},
        input=json.dumps(sources),
        capture_output=True,
        text=True,
        check=True,
    )
    return list(json.loads(process.stdout))


def test_a_newer_python_warns_of_all_that_3_11_does_not_read(newer: str) -> None:
    for source, (is_read, notes) in zip(NEW_IN_3_12_OR_3_13, ask(newer, NEW_IN_3_12_OR_3_13), strict=True):
        assert is_read and notes, source


def test_a_newer_python_warns_of_nothing_that_3_11_reads(newer: str) -> None:
    for source, answer in zip(READ_BY_ALL, ask(newer, READ_BY_ALL), strict=True):
        assert answer == [True, []], source


@pytest.mark.skipif(HERE > 11, reason="it reads them")
@pytest.mark.parametrize("source", NEW_IN_3_12_OR_3_13)
def test_an_older_python_names_the_version_that_reads_it(source: str) -> None:
    with pytest.raises(SyntaxError):
        compile(source, "<source>", "exec")
    assert "needs Python 3.12" in why_not_read(source.encode())


@pytest.mark.skipif(HERE > 13, reason="it reads them")
@pytest.mark.parametrize("source", NEW_IN_3_14)
def test_syntax_that_3_14_added_is_named(source: str) -> None:
    assert "needs Python 3.14" in why_not_read(source.encode())


@pytest.mark.parametrize("source", [*READ_BY_NONE, *READ_BY_ALL])
def test_no_version_is_named_for_a_mistake_or_for_what_is_read(source: str) -> None:
    is_new = HERE < 14 and source.startswith("t")
    assert is_new or why_not_read(source.encode()) == ""


@pytest.mark.skipif(HERE > 11, reason="it reads the half that is new")
def test_a_mistake_next_to_new_syntax_is_left_to_python() -> None:
    assert why_not_read(b'x = f"{d["a"]}"\ny = (\n') == ""


@pytest.mark.skipif(HERE > 11, reason="it reads it")
def test_the_line_and_what_to_do_are_named() -> None:
    output = why_not_read(b'"""Text\nof three\nlines."""\nd = {"a": 1}\nprint(f"{d["a"]}")\n')
    assert output == (
        "line 5: an f-string with its own quotes inside needs Python 3.12; use the other quotes inside. "
        f"This is Python 3.{HERE}"
    )


@pytest.mark.parametrize(
    ("content", "phrase"),
    [
        (
            'x = 1\ns = "caf\u00e9"\n'.encode("latin-1"),
            "line 2 holds the byte 0xe9, which is not UTF-8",
        ),
        ("x = 1\n".encode("utf-16"), "save it as UTF-8"),
    ],
    ids=["latin_1", "utf_16"],
)
def test_a_file_that_is_not_utf_8_says_where_and_what_to_do(content: bytes, phrase: str) -> None:
    assert phrase in why_not_read(content)


@pytest.mark.parametrize(
    "content",
    [
        '# coding: latin-1\ns = "caf\u00e9"\n'.encode("latin-1"),
        "# caf\u00e9, in a comment alone\nx = 1\n".encode("latin-1"),
        b"\xef\xbb\xbfx = 1\r\ny = 2\r\n",
    ],
    ids=["declared", "in_a_comment", "byte_order_mark_and_crlf"],
)
def test_syntax_that_python_reads_is_no_complaint(content: bytes) -> None:
    assert why_not_read(content) == ""
    assert needs(content, HERE) == []


@given(
    st.binary(max_size=80)
    | st.text(alphabet="fFrRtb'\"{}[]()#\\\n:!=, xT", max_size=40).map(str.encode)
    | st.integers(1, 3000).map(lambda n: b'f"{' * n)
)
def test_any_bytes_are_read_without_an_exception(content: bytes) -> None:
    assert isinstance(why_not_read(content), str)
