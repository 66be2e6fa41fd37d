"""Laws of notebooks that are handed in."""

import json

import nbformat
import pytest
from grader.batch.notebook import module_of
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook


def notebook(*cells: object) -> bytes:
    return nbformat.writes(new_notebook(cells=list(cells))).encode()  # type: ignore[no-untyped-call]


def code(source: str, *tags: str) -> object:
    return new_code_cell(source, metadata={"tags": list(tags)})  # type: ignore[no-untyped-call]


def test_the_tagged_cells_are_taken_in_order_and_nothing_else() -> None:
    content = notebook(
        code("import numpy as np\n", "conv.py"),
        new_markdown_cell("# conv.py", metadata={"tags": ["conv.py"]}),  # type: ignore[no-untyped-call]
        code("%matplotlib inline"),
        code("def dense(): ...", "dense.py"),
        code("def conv():\n    return 1", "mine", "conv.py"),
    )
    assert module_of(content, "hw.ipynb", "conv.py") == b"import numpy as np\n\n\ndef conv():\n    return 1\n"
    assert module_of(content, "hw.ipynb", "dense.py") == b"def dense(): ...\n"


def test_a_notebook_without_a_tagged_cell_says_what_to_tag() -> None:
    said = module_of(notebook(code("x = 1")), "hw.ipynb", "conv.py")
    assert said == "conv.py is missing, and no code cell of hw.ipynb is tagged conv.py"


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff", b"[]", b"{}", b'{"nbformat": 4}', b"null", b"[" * 100_000,
     json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{"cell_type": 3}]}).encode()],
)  # fmt: skip
def test_what_is_no_notebook_is_said_in_one_line(content: bytes) -> None:
    said = module_of(content, "hw.ipynb", "conv.py")
    assert isinstance(said, str)
    assert "hw.ipynb" in said
    assert "\n" not in said
