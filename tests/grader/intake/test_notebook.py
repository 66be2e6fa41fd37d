"""Laws of notebooks that students submit; nbformat itself writes the good ones."""

import json
import time

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from grader.intake import notebook as reader
from grader.intake.notebook import TOO_LONG, module_of, tagged_sources


def notebook(*cells: object) -> bytes:
    text: str = nbformat.writes(new_notebook(cells=list(cells)))  # type: ignore[no-untyped-call]
    return text.encode()


def code(source: str, *tags: str) -> object:
    return new_code_cell(source, metadata={"tags": list(tags)})  # type: ignore[no-untyped-call]


def module(content: bytes, name: str = "conv.py") -> bytes | str | None:
    cells = tagged_sources(content)
    assert not isinstance(cells, str), cells
    return module_of(cells, name)


TAGGED = notebook(
    code("import numpy as np\n", "conv.py"),
    new_markdown_cell("# conv.py", metadata={"tags": ["conv.py"]}),  # type: ignore[no-untyped-call]
    code("%matplotlib inline"),
    code("def dense(): ...", "dense.py"),
    code("def conv():\n    return 1", "mine", "conv.py"),
)


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "byte order mark"])
def test_the_tagged_cells_are_taken_in_order_and_nothing_else(mark: bytes) -> None:
    assert module(mark + TAGGED) == b"import numpy as np\n\n\ndef conv():\n    return 1\n"
    assert module(mark + TAGGED, "dense.py") == b"def dense(): ...\n"
    assert module(mark + TAGGED, "other.py") is None


CELL = {"cell_type": "code", "metadata": {"tags": ["conv.py"]}, "source": ["x = 1\n", "y = 2"]}
ODD_BUT_READ: dict[str, object] = {
    "a version that is no whole number": {"nbformat": 4.0, "nbformat_minor": None, "cells": [CELL]},
    "version 3": {"nbformat": 3, "worksheets": [{"cells": [{**CELL, "input": CELL["source"]}]}]},
    "50,000 equal cell ids": {"nbformat": 4, "cells": [CELL, *[{"cell_type": "raw", "id": "a"}] * 50_000]},
    "300,000 empty outputs": {"nbformat": 4, "cells": [{**CELL, "outputs": [{}] * 300_000}]},
    "tags that are none": {"nbformat": 4, "cells": [CELL, {"cell_type": "code", "metadata": {"tags": 1}}]},
    "a huge picture": {"nbformat": 4, "cells": [{**CELL, "outputs": ["x" * (4 << 20)]}]},
}


@pytest.mark.parametrize("name", ODD_BUT_READ)
def test_a_notebook_that_no_validator_accepts_is_still_read(name: str) -> None:
    assert module(json.dumps(ODD_BUT_READ[name]).encode()) == b"x = 1\ny = 2\n"


@pytest.mark.parametrize(
    "content",
    [
        *(b"", b"\xff", b"[]", b"{}", b'{"nbformat": 4}', b"null", b"[" * 100_000, b"[" * (2 << 20)),
        json.dumps({"nbformat": 4, "cells": [{"cell_type": "code", "source": 3}]}).encode(),
        json.dumps({"nbformat": 3, "worksheets": [3]}).encode(),
    ],
    ids=lambda content: content[:20].decode(errors="replace"),
)
def test_an_invalid_notebook_is_explained_in_one_line(content: bytes) -> None:
    output = tagged_sources(content)
    assert isinstance(output, str)
    assert 0 < len(output) < 100 and "\n" not in output


def test_half_of_a_character_is_refused_with_what_to_do() -> None:
    cells = {"nbformat": 4, "cells": [{**CELL, "source": 'x = "\ud800"'}]}
    output = module(json.dumps(cells).encode())
    assert isinstance(output, str)
    assert r"'\ud800'" in output and "delete it" in output


def test_a_large_notebook_gets_no_more_memory_than_its_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(reader.LIMITS, "memory_bytes", 256 << 20)
    cells = {"nbformat": 4, "cells": [{**CELL, "outputs": [{"a": {}}] * 2_000_000}]}
    assert tagged_sources(json.dumps(cells).encode()) == "it is too large or too deeply nested to read"


def test_one_that_ends_its_reader_costs_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """The next one is still read, in a separate process, and also one after another in the same process."""
    good, before = module(TAGGED), reader._child()._process
    assert reader._child()._process is before
    with monkeypatch.context() as patch:
        patch.setitem(reader.LIMITS, "memory_bytes", 1 << 20)
        assert tagged_sources(b'{"nbformat":4,"cells":[' + b"{}," * 300_000 + b"{}]}") == TOO_LONG
    assert module(TAGGED) == good
    assert reader._child()._process is not before


MOST_CPU_SECONDS = 5  # CPU seconds of this process, and many times what reading takes
BOMBS = {  # what is repeated among a notebook's cells
    "empty_outputs": ('{"cell_type": "code", "source": "", "outputs": [%s{}]}', "{},"),
    "empty_cells": ("%s{}", '{"cell_type":"code"},'),
    "tagged_cells": ("%s{}", '{"cell_type":"code","metadata":{"tags":["conv.py"]},"source":""},'),
    "empty_tags": ('{"cell_type":"code","metadata":{"tags":[%s""]}}', '"",'),
    "lines": ('{"cell_type":"code","metadata":{"tags":["conv.py"]},"source":[%s""]}', '"",'),
    "brackets": ("%s", "["),
    "digits": ("%s", "1"),
}


@pytest.mark.parametrize("size", [(1 << 20) - 500, 8 << 20], ids=["small", "large"])
@pytest.mark.parametrize(("around", "piece"), BOMBS.values(), ids=BOMBS)
def test_a_bomb_of_cells_costs_this_process_little(around: str, piece: str, size: int) -> None:
    content = ('{"nbformat":4,"cells":[' + around % (piece * (size // len(piece))) + "]}").encode()
    start = time.process_time()
    cells = tagged_sources(content)
    assert time.process_time() - start < MOST_CPU_SECONDS
    assert isinstance(cells, str) or len(cells) <= reader.MAX_TAGGED_CELLS


def test_333_000_empty_outputs_are_read_at_once() -> None:
    outputs = '{"cell_type":"code","source":"x","metadata":{"tags":["conv.py"]},"outputs":[' + "{}," * 333_000
    start = time.process_time()
    assert module(('{"nbformat":4,"cells":[' + outputs + "{}]}]}").encode()) == b"x\n"
    assert time.process_time() - start < MOST_CPU_SECONDS
