"""Stands in for standard output, so that no terminal, pipe or disk it goes to can end a command.

Three things can be wrong with where output goes, and each is met here once, for every command:

- It has no sign for a character (an encoding other than UTF-8, a file name that is no text): the character
  is replaced by the nearest ASCII, a block of a bar by `#`.
- Its reader has left (`grader report ... | head -1`): the rest is dropped and the command runs to its end, so
  that files are written, grades recorded, and the exit status is the command's own.
- It takes no more (a full disk): as much as possible was written, the rest is counted in lines, and at the
  end one line on standard error says so.
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
    """Python's codec error handler: the nearest ASCII for what an encoding lacks, `?` where none is near."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(map(_ascii, error.object[error.start : error.end])), error.end


def _ascii(character: str) -> str:
    if character in LOOK_ALIKE:
        return LOOK_ALIKE[character]
    return unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode() or "?"


codecs.register_error(NEAREST, nearest)


class Output:
    """While it is entered, `sys.stdout` and `sys.stderr` take everything that is written to them.

    Only the process's own streams are replaced; where something else captures output, that is left alone.
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
        """What could not be written and why, or ""; to be asked once everything is."""
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
    """Writes to a stream's own descriptor, and takes what that refuses."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__()
        with contextlib.suppress(OSError):
            stream.flush()
        buffer: Any = stream.buffer
        self._raw = getattr(buffer, "raw", buffer)  # without a buffer of its own where Python has none
        self._is_left = False
        self.error: OSError | None = None
        self.lost = bytearray()

    @property
    def name(self) -> str:
        """As the stream is called."""
        return str(self._raw.name)

    def writable(self) -> bool:
        """Always."""
        return True

    def isatty(self) -> bool:
        """Whether it is a terminal."""
        return bool(self._raw.isatty())

    def fileno(self) -> int:
        """The stream's own descriptor."""
        return int(self._raw.fileno())

    def write(self, data: Any) -> int:
        """Takes all of `data`, however much of it can be written."""
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
        """A pipe that its reader made non-blocking is full: waits until it takes some more."""
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
