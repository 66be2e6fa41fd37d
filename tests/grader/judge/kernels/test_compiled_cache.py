"""Laws of the cache of compiled kernels: bounded, the longest unused go first, others may be at work."""

import os
import threading
import time
from pathlib import Path

import pytest

from grader.judge.kernels.compiled_cache import LEAST_SECONDS, Cache

KILOBYTE = b"x" * 1024
HOUR = 3600.0


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    """Room for four kilobytes."""
    return Cache(tmp_path / "cache", 4 * 1024)


def unused(folder: Path, **hours: float) -> None:
    for name, since in hours.items():
        os.utime(folder / "cache" / name, (time.time() - since * HOUR,) * 2)


def names(folder: Path) -> set[str]:
    return {path.name for path in (folder / "cache").iterdir()}


def test_what_is_kept_is_found_under_its_name_and_nothing_else(cache: Cache) -> None:
    assert (cache.get("a"), cache.find("*")) == (None, {})
    cache.keep("a", b"1")
    cache.keep("b", b"2")
    assert (cache.get("a"), cache.get("c"), cache.find("[b-z]")) == (b"1", None, {"b": b"2"})


def test_the_longest_unused_make_room_for_what_is_new(cache: Cache, tmp_path: Path) -> None:
    for name in "abcd":
        cache.keep(name, KILOBYTE)
    unused(tmp_path, a=4, b=3, c=2, d=1)
    assert cache.get("a") == KILOBYTE  # now it is the last that was used
    cache.keep("e", KILOBYTE)
    cache.keep("f", KILOBYTE)
    assert names(tmp_path) == {"a", "d", "e", "f"}


def test_what_was_used_lately_stays_however_much_it_is(cache: Cache, tmp_path: Path) -> None:
    """Another process may be about to load it."""
    for name in "abcdef":
        cache.keep(name, KILOBYTE)
    assert len(names(tmp_path)) == 6
    unused(tmp_path, **dict.fromkeys("abcdef", (LEAST_SECONDS + 60) / HOUR))
    cache.keep("g", KILOBYTE)
    assert len(names(tmp_path)) == 4


def test_what_a_killed_process_left_half_written_goes_too(cache: Cache, tmp_path: Path) -> None:
    cache.keep("a", KILOBYTE)
    (tmp_path / "cache" / "tmp12345").write_bytes(KILOBYTE * 4)
    unused(tmp_path, tmp12345=2, a=1)
    cache.keep("b", KILOBYTE)
    assert names(tmp_path) == {"a", "b"}


def test_many_may_keep_find_and_make_room_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grader.judge.kernels.compiled_cache.LEAST_SECONDS", 0.2)
    failures: list[BaseException] = []

    def work(number: int) -> None:
        cache = Cache(tmp_path / "cache", 4 * 1024)
        try:
            for turn in range(60):
                cache.keep(f"{number}-{turn}", KILOBYTE)
                assert set(cache.find("*-*").values()) <= {KILOBYTE}
        except BaseException as failure:
            failures.append(failure)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    for path in (tmp_path / "cache").iterdir():
        os.utime(path, (0, 0))  # used long ago
    Cache(tmp_path / "cache", 4 * 1024).keep("last", KILOBYTE)
    assert len(names(tmp_path)) <= 4
