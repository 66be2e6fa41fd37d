"""A thread reads the judge's questions instead of the worker and answers each with zeros."""

import os
import threading

from grader.model.wire_format import FrameReader


def serve():
    reader = FrameReader(1 << 20)
    while data := os.read(3, 1 << 16):
        for frame in reader.feed(data):
            send(reply(frame.header["nonce"], [{"dtype": "<f4", "shape": [1]}]), bytes(4))


def attack(a, *rest, **named):
    send(reply(nonce()))
    serve()
