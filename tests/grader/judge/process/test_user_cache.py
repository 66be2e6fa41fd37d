"""Laws of the user's cache: bounded, never trusted blindly, and shared by many processes."""

import os
import threading
import time
from pathlib import Path

import pytest

from grader.judge.process.user_cache import DIGEST_BYTES, LEAST_SECONDS, UserCache

KILOBYTE = b"x" * (1024 - DIGEST_BYTES)  # with the digest before it
HOUR = 3600.0


@pytest.fixture
def cache(tmp_path: Path) -> UserCache:
    """Room for four kilobytes."""
    return UserCache("", tmp_path / "cache", 4 * 1024)


def unused(folder: Path, **hours: float) -> None:
    for name, since in hours.items():
        os.utime(folder / "cache" / name, (time.time() - since * HOUR,) * 2)


def names(folder: Path) -> set[str]:
    return {path.name for path in (folder / "cache").iterdir()}


def test_a_cached_file_is_found_under_its_name_only(cache: UserCache) -> None:
    assert (cache.get("a"), cache.find("*")) == (None, {})
    cache.keep("a", b"1")
    cache.keep("b", b"2")
    assert (cache.get("a"), cache.get("c"), cache.find("[b-z]")) == (b"1", None, {"b": b"2"})


def test_the_longest_unused_make_room_for_what_is_new(cache: UserCache, tmp_path: Path) -> None:
    for name in "abcd":
        cache.keep(name, KILOBYTE)
    unused(tmp_path, a=4, b=3, c=2, d=1)
    assert cache.get("a") == KILOBYTE  # now it is the most recently used
    cache.keep("e", KILOBYTE)
    cache.keep("f", KILOBYTE)
    assert names(tmp_path) == {"a", "d", "e", "f"}


def test_the_number_of_files_is_limited(
    cache: UserCache, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("grader.judge.process.user_cache.MOST_FILES", 2)
    for name in "abc":
        cache.keep(name, b"")
    unused(tmp_path, a=2, b=3, c=1)
    cache.keep("d", b"")
    assert names(tmp_path) == {"c", "d"}


def test_recently_used_files_stay_however_large_they_are(cache: UserCache, tmp_path: Path) -> None:
    """Another process may be about to load it."""
    for name in "abcdef":
        cache.keep(name, KILOBYTE)
    assert len(names(tmp_path)) == 6
    unused(tmp_path, **dict.fromkeys("abcdef", (LEAST_SECONDS + 60) / HOUR))
    cache.keep("g", KILOBYTE)
    assert len(names(tmp_path)) == 4


def test_unfinished_files_of_killed_processes_are_removed(cache: UserCache, tmp_path: Path) -> None:
    cache.keep("a", KILOBYTE)
    (tmp_path / "cache" / "tmp12345").write_bytes(KILOBYTE * 4)
    unused(tmp_path, tmp12345=2, a=1)
    cache.keep("b", KILOBYTE)
    assert names(tmp_path) == {"a", "b"}


def test_many_may_keep_find_and_make_room_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grader.judge.process.user_cache.LEAST_SECONDS", 0.2)
    failures: list[BaseException] = []

    def work(number: int) -> None:
        cache = UserCache("", tmp_path / "cache", 4 * 1024)
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
    UserCache("", tmp_path / "cache", 4 * 1024).keep("last", KILOBYTE)
    assert len(names(tmp_path)) <= 4


def damaged(content: bytes) -> dict[str, bytes]:
    """Possible damage to a cached file."""
    return {
        "cut_short": content[:-1],
        "empty": b"",
        "longer": content + b"x",
        "another_content": content[:-1] + bytes([content[-1] ^ 1]),
        "no_digest": content[DIGEST_BYTES:],
    }


def test_a_file_that_is_not_what_was_kept_counts_as_missing(cache: UserCache, tmp_path: Path) -> None:
    cache.keep("a", b"right")
    whole = (tmp_path / "cache" / "a").read_bytes()
    for trouble, content in damaged(whole).items():
        (tmp_path / "cache" / "a").write_bytes(content)
        assert cache.get("a") is None, trouble
    (tmp_path / "cache" / "b").write_bytes(whole)  # a's, under another name
    assert cache.get("b") is None
    cache.keep("a", b"right")
    assert cache.get("a") == b"right"


def test_only_the_user_can_read_the_cache(cache: UserCache, tmp_path: Path) -> None:
    cache.keep("a", b"hidden")
    assert (tmp_path / "cache").stat().st_mode & 0o077 == 0
    assert (tmp_path / "cache" / "a").stat().st_mode & 0o077 == 0


def test_a_folder_in_which_others_may_write_is_neither_read_nor_written(
    cache: UserCache, tmp_path: Path
) -> None:
    cache.keep("a", b"1")
    for mode in (0o720, 0o702):
        (tmp_path / "cache").chmod(mode)
        cache.keep("b", b"2")
        assert (cache.get("a"), names(tmp_path)) == (None, {"a"})


def test_without_a_writable_folder_nothing_is_cached(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    cache = UserCache("", tmp_path / "file" / "cache")
    cache.keep("a", b"1")
    assert cache.get("a") is None
