"""Devices that submissions are graded on: whether one is available, and what its sandbox must show."""

import importlib.util
from collections.abc import Sequence
from pathlib import Path

from grader.model.surroundings import Device

# The first GPU's node, and the driver's own two; its libraries are among the system's.
GPU, DRIVER, MEMORY = "/dev/nvidia0", "/dev/nvidiactl", "/dev/nvidia-uvm"
PACKAGES = ("cupy", "cupy_backends", "cupyx", "fastrlock", "nvidia")  # CuPy and its dependencies
TOOLKIT = "/usr/local/cuda"


def why_unavailable(device: Device, root: Path = Path("/")) -> str:
    """The reason why a device is not available here, or ""; looks only at files and starts nothing."""
    if device is not Device.CUDA:
        return ""  # if a compiler is needed and missing, `grader.judge.kernels.builder` reports it
    absent = [node for node in (DRIVER, GPU) if not (root / node[1:]).exists()]
    if absent:
        return f"no NVIDIA GPU is available, {' and '.join(absent)} missing: grade on a machine that has one"
    if importlib.util.find_spec("cupy") is None:
        return "CuPy is not installed: pip install 'backflip[gpu]'"
    return ""


def first_available(devices: Sequence[Device]) -> Device:
    """The first of an assignment's devices that this machine has; the first of all if it has none."""
    return next((device for device in devices if not why_unavailable(device)), devices[0])


def binds(device: Device, packages: Path, packages_in_sandbox: str) -> list[str]:
    """Arguments with which bubblewrap shows a device to the sandbox: none for the CPU.

    `packages` is the folder where CuPy is installed, `packages_in_sandbox` that folder in the sandbox. Only
    the nodes of one GPU are shown.
    """
    if device is not Device.CUDA:
        return []
    words = ["--dev-bind", GPU, GPU, "--dev-bind", DRIVER, DRIVER, "--dev-bind-try", MEMORY, MEMORY]
    for name in PACKAGES:
        words += ["--ro-bind-try", str(packages / name), f"{packages_in_sandbox}/{name}"]
    return [*words, "--ro-bind-try", TOOLKIT, TOOLKIT]
