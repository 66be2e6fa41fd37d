"""The surroundings of a submission during grading: its device and its sandbox."""

from enum import StrEnum


class Device(StrEnum):
    """The device that grades a submission: the CPU, a GPU, or the emulator of one."""

    CPU = "cpu"
    CUDA = "cuda"
    EMULATED = "emulated"


class Sandbox(StrEnum):
    """The sandbox of a submission during grading. Without one, it has all rights of the grader's user."""

    BUBBLEWRAP = "bubblewrap"
    NONE = "none"
