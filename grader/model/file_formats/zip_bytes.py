"""Packs files as a zip with bytes that depend only on the files."""

import io
import zipfile
from collections.abc import Collection, Mapping

TIMELESS = (1980, 1, 1, 0, 0, 0)  # of each file: the same files give the same bytes on any day
RUNS, READS = 0o755 << 16, 0o644 << 16


def zipped(files: Mapping[str, bytes], programs: Collection[str] = ()) -> bytes:
    """Packs the files by their paths, compressed; those in `programs` are executable."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, TIMELESS)
            entry.external_attr = RUNS if name in programs else READS
            archive.writestr(entry, content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()
