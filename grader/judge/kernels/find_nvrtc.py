"""Finds NVRTC, NVIDIA's own compiler, which also reads kernels if one of its packages is installed.

This module looks only at its files. NVRTC is native code that reads submissions, so it runs only where
submissions are compiled.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDERS = {"nvidia-cuda-nvrtc-cu12": "nvidia/cuda_nvrtc", "nvidia-cuda-nvrtc": "nvidia/cu13"}  # by package


@dataclass(frozen=True)
class Nvrtc:
    """An installed NVRTC: its version, its folder, and the folder's path below site-packages."""

    version: str
    folder: Path
    place: str


@cache
def installed() -> Nvrtc | None:
    """The NVRTC that the emulator also finds; None if there is none."""
    from importlib.metadata import PackageNotFoundError, distribution  # only kernels need it

    for package, place in FOLDERS.items():
        try:
            package_files = distribution(package)
        except PackageNotFoundError:
            continue
        folder = Path(str(package_files.locate_file(place)))
        if any(folder.glob("lib/libnvrtc.so.*")):
            return Nvrtc(package_files.version, folder, place)
    return None


def version() -> str:
    """The version of NVRTC that reads kernels on this machine, for the record of a grade."""
    library = installed()
    return library.version if library else "none"
