"""The devices that submissions are graded on: what is missing of one, and what of the machine it must see."""

import importlib.util
from collections.abc import Sequence
from pathlib import Path

from grader.model.assignment import Device

# The first GPU's node, and the driver's own two; its libraries lie with the system's.
GPU, DRIVER, MEMORY = "/dev/nvidia0", "/dev/nvidiactl", "/dev/nvidia-uvm"
PACKAGES = ("cupy", "cupy_backends", "cupyx", "fastrlock", "nvidia")  # CuPy and what it brings along
TOOLKIT = "/usr/local/cuda"


def missing(device: Device, root: Path = Path("/")) -> str:
    """Why a device is not available on this machine, or ""; looks at files alone and starts nothing."""
    if device is not Device.CUDA:
        return ""  # where a compiler is needed, `grader.judge.kernels.builder` misses it
    absent = [node for node in (DRIVER, GPU) if not (root / node[1:]).exists()]
    if absent:
        return f"no NVIDIA GPU is available, {' and '.join(absent)} missing: grade on a machine that has one"
    if importlib.util.find_spec("cupy") is None:
        return "CuPy is not installed: pip install 'backflip[gpu]'"
    return ""


def first_available(devices: Sequence[Device]) -> Device:
    """The first of an assignment's devices that this machine has; its first where it has none."""
    return next((device for device in devices if not missing(device)), devices[0])


def binds(device: Device, packages: Path, shown: str) -> list[str]:
    """What bubblewrap must show for a device beside what it always does: nothing for the CPU.

    `packages` is the folder where CuPy is installed, `shown` where packages lie in the sandbox. Of devices
    there are the nodes of one GPU and no other.
    """
    if device is not Device.CUDA:
        return []
    words = ["--dev-bind", GPU, GPU, "--dev-bind", DRIVER, DRIVER, "--dev-bind-try", MEMORY, MEMORY]
    for name in PACKAGES:
        words += ["--ro-bind-try", str(packages / name), f"{shown}/{name}"]
    return [*words, "--ro-bind-try", TOOLKIT, TOOLKIT]
