"""Replaces standard output, so that no terminal, pipe or disk can end a command.

Three things can go wrong with the destination of output. This module handles them for every command:

- It cannot represent a character (an encoding other than UTF-8, a file name that is not text). The nearest
  ASCII replaces the character, and `#` replaces a block of a bar.
- Its reader has left (`grader report ... | head -1`). The rest is dropped and the command runs to its end, so
  that it writes files, records grades, and returns its own exit status.
- It is full (a disk). As much as possible was written; the remaining lines are counted, and one line on
  standard error reports them at the end.
"""

import codecs
import contextlib
import io
import os
import sys
import unicodedata
from types import TracebackType
from typing import Any, Self, TextIO

NEAREST = "backflip-nearest"  # the name under which `nearest` is registered with Python's codecs
LOOK_ALIKE = {
    **dict.fromkeys("█▉▊▇▓", "#"),
    **dict.fromkeys("▋▌▆▅▒", "="),
    **dict.fromkeys("▍▎▏▄▃▂▁─━╌╴╶╸╺╼╾═‐‑‒–—−", "-"),
    **dict.fromkeys("░·•", "."),
    **dict.fromkeys("│┃║╎╵╷", "|"),
    **dict.fromkeys("┌┐└┘├┤┬┴┼┏┓┗┛┣┫┳┻╋╭╮╯╰╔╗╚╝╠╣╦╩╬╞╡╪┡┩┢┪╇", "+"),
    **{"×": "x", "≤": "<=", "≥": ">=", "≠": "!=", "→": "->", "←": "<-", "⟨": "<", "⟩": ">", "✓": "v"},
    **{"‘": "'", "’": "'", "“": '"', "”": '"', "ß": "ss", "ø": "o", "Ø": "O", "æ": "ae", "Æ": "Ae"},
}


def nearest(error: UnicodeError) -> tuple[str, int]:
    """A codec error handler: the nearest ASCII for a character that an encoding lacks, else `?`."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(map(_ascii, error.object[error.start : error.end])), error.end


def _ascii(character: str) -> str:
    if character in LOOK_ALIKE:
        return LOOK_ALIKE[character]
    return unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode() or "?"


codecs.register_error(NEAREST, nearest)


def open_closed_streams() -> None:
    """Opens the null device in place of each standard stream without which the process was started.

    Otherwise the next file or pipe would get its descriptor, and what a library prints would end up there.
    """
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:
        os.set_inheritable(descriptor, True)
    os.close(descriptor)
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115  (as long as the process)


class Output:
    """A context manager in which `sys.stdout` and `sys.stderr` accept everything that is written to them.

    It replaces only the process's own streams; if something else captures output, it leaves that alone.
    """

    def __init__(self) -> None:
        self._before = sys.stdout, sys.stderr
        self._out: _Sink | None = None

    def __enter__(self) -> Self:
        streams: tuple[TextIO | None, ...] = (sys.__stdout__, sys.__stderr__)
        out, error = self._before
        if out is not None and any(out is each for each in streams):
            self._out = _Sink(out)
            sys.stdout = _text(self._out, out)
        if error is not None and any(error is each for each in streams):
            sys.stderr = _text(_Sink(error), error)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for stream in (sys.stdout, sys.stderr):
            if stream is not None and stream not in self._before:
                stream.flush()
        sys.stdout, sys.stderr = self._before

    def complaint(self) -> str:
        """A message on what could not be written and why, or ""; call it after all output is written."""
        if self._out is None or self._out.error is None:
            return ""
        lines = self._out.lost.count(b"\n") or 1
        missing = "1 line is missing" if lines == 1 else f"{lines} lines are missing"
        reason = self._out.error.strerror
        return (
            f"standard output cannot be written ({reason}): {missing} there. "
            "Make room or choose another place, then run the command again"
        )


class _Sink(io.RawIOBase):
    """Writes to a stream's own descriptor, and accepts the data that it refuses."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__()
        with contextlib.suppress(OSError):
            stream.flush()
        buffer: Any = stream.buffer
        self._raw = getattr(buffer, "raw", buffer)  # unbuffered if Python's stream is
        self._is_left = False
        self.error: OSError | None = None
        self.lost = bytearray()

    @property
    def name(self) -> str:
        """The stream's name."""
        return str(self._raw.name)

    def writable(self) -> bool:
        """Always."""
        return True

    def isatty(self) -> bool:
        """True if it is a terminal."""
        return bool(self._raw.isatty())

    def fileno(self) -> int:
        """The stream's own descriptor."""
        return int(self._raw.fileno())

    def write(self, data: Any) -> int:
        """Accepts all of `data`, even if only part of it can be written."""
        if self.error is None and not self._is_left:
            try:
                return int(self._raw.write(data) or 0) or self._wait(data)
            except BrokenPipeError:
                self._is_left = True
            except OSError as error:
                self.error = error
        if self.error is not None:
            self.lost += data
        return len(data)

    def _wait(self, data: Any) -> int:
        """Waits until a full pipe, which its reader made non-blocking, has room."""
        os.set_blocking(self.fileno(), True)
        return int(self._raw.write(data) or 0)


def _text(sink: _Sink, like: TextIO) -> io.TextIOWrapper:
    return io.TextIOWrapper(
        io.BufferedWriter(sink),
        encoding=like.encoding,
        errors=NEAREST,
        line_buffering=getattr(like, "line_buffering", False),
        write_through=getattr(like, "write_through", False),
    )
