"""Speaks the protocol for an attack: it finds the nonce in a caller's frame."""

import json
import os
import sys

REPLIES = 4


def nonce():
    frame = sys._getframe()
    while not hasattr(frame.f_locals.get("frame"), "header"):
        frame = frame.f_back
    return frame.f_locals["frame"].header["nonce"]


def pack(header, data=b""):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return len(text).to_bytes(4, "little") + text + data


def send(header, data=b""):
    os.write(REPLIES, pack(header, data))


def reply(number, arrays=(), **changed):
    return {"nonce": number, "status": "ok", "error": None, "arrays": list(arrays), **changed}


def call(number, function, text=b'{"tuple":[0]}'):
    send({"nonce": number, "function": function, "arrays": [{"dtype": "data", "shape": [len(text)]}]}, text)
