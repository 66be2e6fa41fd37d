"""The requests to the process that reads submissions: each is a frame of JSON, then the files."""

import json
import socket
import struct
from collections.abc import Mapping
from typing import Any

LENGTH = struct.Struct("<Q")


class JudgeIsGone(Exception):
    """The judge closed its end of the socket."""


def send(judge: socket.socket, request: Mapping[str, Any], files: Mapping[str, bytes]) -> None:
    """Sends one request: its frame, then the files."""
    sizes = [[name, len(content)] for name, content in files.items()]
    frame = json.dumps({**request, "files": sizes}).encode()
    judge.sendall(b"".join((LENGTH.pack(len(frame)), frame, *files.values())))


def receive(judge: socket.socket) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Receives one request; JudgeIsGone if there is none."""
    request = json.loads(_exactly(judge, LENGTH.unpack(_exactly(judge, LENGTH.size))[0]))
    return request, {name: _exactly(judge, size) for name, size in request["files"]}


def _exactly(end: socket.socket, count: int) -> bytes:
    received = bytearray()
    while len(received) < count:
        try:
            part = end.recv(min(count - len(received), 1 << 20))
        except ConnectionResetError:
            part = b""
        if not part:
            raise JudgeIsGone
        received += part
    return bytes(received)
