"""Compiles the modules that an assignment provides, once for all processes that import them.

Each process that runs a submission, or compiles one, has its own folder of provided files, and would compile
them again.
"""

import hashlib
import importlib.util
import marshal
from collections.abc import Iterator, Mapping

from grader.judge.process.user_cache import UserCache

UNCHECKED = (1).to_bytes(4, "little")  # PEP 552: named by a hash of the source, which is not looked at again


def bytecode_of(provided: Mapping[str, bytes], cache: UserCache) -> Iterator[tuple[str, bytes]]:
    """The file of bytecode of each provided module, as path and content, for this version of Python."""
    for path, source in provided.items():
        if not path.endswith(".py"):
            continue
        head = importlib.util.MAGIC_NUMBER + UNCHECKED + importlib.util.source_hash(source)
        key = f"{hashlib.sha256(head + source).hexdigest()}.pyc"
        content = cache.get(key)
        if content is None:
            try:
                code = compile(source, path, "exec", dont_inherit=True, optimize=0)
            except (SyntaxError, ValueError):  # the process that imports it says so
                continue
            content = head + marshal.dumps(code)
            cache.keep(key, content)
        yield importlib.util.cache_from_source(path, optimization=""), content
