"""Packs files as a zip of which the bytes depend on the files alone."""

import io
import zipfile
from collections.abc import Collection, Mapping

TIMELESS = (1980, 1, 1, 0, 0, 0)  # of each file: the same files give the same bytes on every day
RUNS, READS = 0o755 << 16, 0o644 << 16


def zipped(files: Mapping[str, bytes], programs: Collection[str] = ()) -> bytes:
    """The files by their paths, compressed; those among `programs` may be run."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, TIMELESS)
            entry.external_attr = RUNS if name in programs else READS
            archive.writestr(entry, content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()
