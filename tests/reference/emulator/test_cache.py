"""Laws of the folder of compiled kernels: it is bounded, the least recently used go, loaded ones work."""

import os
import time

import numpy as np
import pytest

from reference.emulator import Module, cache
from reference.emulator.cache import make_room

SOURCE = "__global__ void set(float *out) { out[threadIdx.x] = 7; }"
HOUR = 3600


@pytest.fixture
def folder(tmp_path):
    """Six files of a kilobyte, each unused for an hour longer than the one before; the last in a folder."""
    (tmp_path / "f").mkdir()
    (tmp_path / "f" / "half").write_bytes(b"x" * 1024)
    for hours, name in enumerate("abcdef", 1):
        if name != "f":
            (tmp_path / name).write_bytes(b"x" * 1024)
        os.utime(tmp_path / name, (time.time() - HOUR * hours,) * 2)
    return tmp_path


def test_the_longest_unused_go_first_and_what_was_left_half_done_with_them(folder):
    make_room(folder, 3 * 1024)
    assert {path.name for path in folder.iterdir()} == {"a", "b", "c"}


def test_recently_used_files_stay_however_large_they_are(folder):
    os.utime(folder / "e")
    make_room(folder, 0)
    assert {path.name for path in folder.iterdir()} == {"e"}


def test_kernels_are_compiled_once_and_run_without_their_files(add_kernel_runtime, tmp_path, monkeypatch):
    add_kernel_runtime(tmp_path)
    module = Module(SOURCE, folder=tmp_path)
    old = time.time() - HOUR
    for path in tmp_path.iterdir():
        os.utime(path, (old, old))
    Module(SOURCE, folder=tmp_path)
    assert all(path.stat().st_mtime > old + 60 for path in tmp_path.iterdir())  # it was used

    monkeypatch.setattr(cache, "LEAST_SECONDS", -1)
    make_room(tmp_path, 0)
    assert list(tmp_path.iterdir()) == []
    out = np.zeros(4, "float32")
    module.launch("set", 1, 4, [out])
    assert out.tolist() == [7] * 4
    findings = module.launch("set", 1, 4, [np.zeros(3, "float32")]).findings
    assert findings[0].line == 1
    assert Module(SOURCE, folder=tmp_path).kernels == ("set",)
