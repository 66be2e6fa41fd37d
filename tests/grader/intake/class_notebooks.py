"""Writes notebooks, honest ones and hostile ones."""

import json
from functools import lru_cache
from random import Random
from typing import Any

from tests.grader.intake.class_model import FILE


def code_cell(source: str, *tags: str, **others: Any) -> dict[str, Any]:
    cell = {"cell_type": "code", "id": "c0", "metadata": {"tags": list(tags)}, "source": source}
    return {**cell, "outputs": [], "execution_count": None, **others}


def notebook(source: bytes, tag: str = FILE, **top: Any) -> bytes:
    """A notebook with the source in one code cell."""
    cells = [
        code_cell("%matplotlib inline", id="c1"),
        code_cell(source.decode(), *([tag] if tag else []), id="c2"),
    ]
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells, **top}).encode()


@lru_cache(maxsize=1)
def _equal_cells() -> str:
    return ",".join([json.dumps(code_cell("x = 1"))] * 50_000)


@lru_cache(maxsize=1)
def _empty_outputs() -> str:
    return ",".join(["{}"] * 300_000)


def hostile(rng: Random, source: bytes) -> tuple[str, bytes]:
    """The name of a trouble, and a notebook that causes it."""
    small = {
        "surrogate": notebook(source).replace(b"x", rb"\ud800", 1).replace(b"%matplotlib", rb"\ud800 ", 1),
        "float nbformat": notebook(source, nbformat=4.0),
        "null minor": notebook(source, nbformat_minor=None),
        "text minor": notebook(source, nbformat_minor="5"),
        "infinite minor": notebook(source).replace(b'"nbformat_minor": 5', b'"nbformat_minor": 1e999'),
        "nested": b'{"nbformat": 4, "nbformat_minor": 5, "metadata": '
        + b'{"a":' * 60_000
        + b"1"
        + b"}" * 60_001,
        "cells no list": notebook(source, cells={"a": 1}),
        "cell no object": notebook(source, cells=[None, 3, "x", [[]]]),
        "huge number": notebook(source).replace(b'"nbformat_minor": 5', b'"nbformat_minor": ' + b"9" * 5000),
        "cut short": notebook(source)[:-40],
        "no text": b"\xff\xfe\x00" * 99,
        "empty": b"",
    }
    if rng.random() < 0.08:
        return "50000 cells", notebook(source, cells=[]).replace(
            b'"cells": []', f'"cells": [{_equal_cells()}]'.encode()
        )
    if rng.random() < 0.08:
        cell = json.dumps(code_cell(source.decode(), FILE)).replace(
            '"outputs": []', f'"outputs": [{_empty_outputs()}]'
        )
        return "300000 outputs", notebook(source, cells=[]).replace(
            b'"cells": []', f'"cells": [{cell}]'.encode()
        )
    return rng.choice(sorted(small.items()))
