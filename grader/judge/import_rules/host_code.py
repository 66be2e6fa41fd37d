"""Removes host code from a file of kernels: `main`, launches, and everything that only they need.

Students write kernels and the program that calls them in one file. The grader launches the kernels itself,
so the rest is removed, with the functions and variables that nothing else uses: it is neither checked nor
compiled. It is replaced by blanks, so that every line keeps its number. Device code is never removed. Host
code that device code names stays, and the rules refuse it with its line. So only text that was checked is
compiled.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from grader.judge.import_rules.cuda_rules import INCLUDES
from grader.judge.import_rules.cuda_source import code_of

MOST_CHARACTERS = 1 << 18
NAMES_SHOWN = 4
HEADERS = frozenset(
    (
        "iostream", "fstream", "sstream", "iomanip", "ostream", "string", "vector", "array", "map", "set",
        "unordered_map", "memory", "functional", "numeric", "random", "chrono", "ctime", "stdexcept",
        "exception", "thread", "tuple", "cstdlib", "cstring", "stdlib.h", "string.h", "time.h", "sys/time.h",
        "unistd.h", "iterator", "type_traits", "cuda_profiler_api.h", "pybind11/numpy.h",
        "pybind11/pybind11.h", "pybind11/stl.h", "bits/stdc++.h", "cinttypes", "inttypes.h", "omp.h", "mutex",
        "optional", "queue", "deque", "list", "stack", "unordered_set", "helper_cuda.h", "helper_functions.h",
    )
)  # fmt: skip
OF_STD = (
    "vector|string|cout|cerr|cin|endl|chrono|map|set|array|unique_ptr|shared_ptr|function|[io]f?stream|thread"
)
HOST = re.compile(
    rf"<<<|\bcuda[A-Z]\w*|\bmain\s*\(|\bstd\s*::\s*(?:{OF_STD}|runtime_error|mt19937)\b|\b(?:cout|cerr)\b"
    r"|\b(?:malloc|calloc|free|exit|fprintf|fputs|getenv|s?rand|atoi)\s*\(|\b(?:try|catch|throw|py|pybind11)\b"
)
DEVICE = re.compile(r"__(?:global|device|constant|shared|managed)__")
DIRECTIVE = re.compile(r"^[ \t]*+#(?:\\\n|[^\n])*+", re.MULTILINE)
DEFINE = re.compile(r"[ \t]*#[ \t]*define[ \t]+(\w+)")
INCLUDE = re.compile(r"[ \t]*#[ \t]*include[ \t]*[<\"]([^>\"\n]*)[>\"]")
OPENS = re.compile(r"^[ \t]*+#[ \t]*+if", re.MULTILINE)
CLOSES = re.compile(r"^[ \t]*+#[ \t]*+endif", re.MULTILINE)
MARK = re.compile(r"[{}();]")
NAME = re.compile(r"[A-Za-z_]\w*+")
TRANSPARENT = re.compile(r"\s*(?:(?:inline\s+)?namespace\b[\w:\s]*|extern\s*\"[ ]*\"\s*)")
RECORD = re.compile(r"\s*(?:(?:typedef|static|const|constexpr)\s+)*(?:struct|class|union|enum)\b")
NAMED_RECORD = re.compile(r"\b(?:struct|class|union|enum)\s+(?:class\s+)?(\w+)")
VALUE = re.compile(r"\[[^][]*\]|\([^()]*\)|\{.*\}", re.DOTALL)  # a length, arguments, or an initializer
# A function or a variable that can only be used by its own name.
NO_OTHER_USE = re.compile(r"(?!.*\b(?:operator|template|struct|class|union|enum|using|typedef)\b)", re.DOTALL)
CALLED = re.compile(r"\b([A-Za-z_]\w*+)\s*+\(")
NOT_A_LINE_END = re.compile(r"[^\n]")


@dataclass(frozen=True)
class SourceItem:
    """A function, a type, a declaration of variables or a directive at the top of a file.

    `name` is the name that it defines. If it declares several variables, `name` is the first one's.
    """

    start: int
    end: int
    name: str
    more_names: tuple[str, ...] = ()


def host_code_in(content: bytes) -> tuple[SourceItem, ...]:
    """The host code in a file of kernels, in the order of the text; its places count decoded characters.

    Empty if the file is longer than `MOST_CHARACTERS`, its braces do not balance, or a condition of the
    preprocessor crosses an item.
    """
    text = _decoded(content)
    if len(text) > MOST_CHARACTERS:
        return ()
    code = code_of(text)
    directives = [_directive(match, code) for match in DIRECTIVE.finditer(code)]
    bare = DIRECTIVE.sub(lambda match: NOT_A_LINE_END.sub(" ", match.group()), code)
    if not HOST.search(bare) and not any(_is_host_header(text, item) for item in directives):
        return ()
    items = [*_items(bare), *directives]
    numbers = _of_the_host(items, len(items) - len(directives), bare, code, text)
    in_order = sorted((items[number] for number in numbers), key=lambda item: item.start)
    if any(
        len(OPENS.findall(code, i.start, i.end)) != len(CLOSES.findall(code, i.start, i.end))
        for i in in_order
    ):
        return ()
    return tuple(in_order)


def without_items(file: str, content: bytes, items: Sequence[SourceItem]) -> tuple[bytes, str]:
    """A file with the items of `host_code_in` blanked, and a note for the student, or ""."""
    if not items:
        return content, ""
    text = _decoded(content)
    pieces, at = [], 0
    for item in items:
        pieces += [text[at : item.start], NOT_A_LINE_END.sub(" ", text[item.start : item.end])]
        at = item.end
    return "".join([*pieces, text[at:]]).encode(), note_on(file, text, items)


def _decoded(content: bytes) -> str:
    return content.decode("utf-8", errors="replace")


def note_on(file: str, text: str, left_out: Sequence[SourceItem]) -> str:
    """The note to a student about what was removed from a file; "" if nothing was."""
    functions = [item for item in left_out if item.name]
    if not functions:
        return ""
    names = ", ".join(f"`{item.name}`" for item in functions[:NAMES_SHOWN])
    more = f" and {len(functions) - NAMES_SHOWN} more" if len(functions) > NAMES_SHOWN else ""
    first = 1 + text.count("\n", 0, min(item.start for item in functions))
    message = f"the grader leaves out its host code, from line {first} on: {names}{more}"
    return f"{file}: {message}. The grader launches the kernels."


def _directive(match: re.Match[str], code: str) -> SourceItem:
    defined = DEFINE.match(code, match.start())
    return SourceItem(match.start(), match.end(), defined[1] if defined else "")


def _is_host_header(text: str, item: SourceItem) -> bool:
    include = INCLUDE.match(text, item.start)
    return include is not None and include[1] in HEADERS - INCLUDES


def _items(bare: str) -> list[SourceItem]:
    """The top-level items, including those in namespaces; empty if brackets do not pair."""
    items: list[SourceItem] = []
    blocks: list[bool] = []  # for each open brace: whether it is a namespace's
    depth = brackets = start = 0  # depth: of braces that are not a namespace's
    header_end = -1  # where the item's first brace opens, and whether a function's body begins there
    is_function = False
    for match in MARK.finditer(bare):
        mark, at = match.group(), match.start()
        if mark in "()":
            brackets += 1 if mark == "(" else -1
        elif mark == "{":
            is_first = depth == 0 and header_end < 0  # each character of an item is looked at once
            is_namespace = is_first and TRANSPARENT.fullmatch(bare, start, at) is not None
            blocks.append(is_namespace)
            if is_namespace:
                start = at + 1
            else:
                if is_first:
                    header_end, is_function = at, _is_function(bare[start:at])
                depth += 1
        elif mark == "}":
            if not blocks:
                return []
            if blocks.pop():
                start, header_end = at + 1, -1
                continue
            depth -= 1
            if depth == 0 and brackets == 0 and is_function:
                items.append(_item(bare, start, at + 1, header_end))
                start, header_end = at + 1, -1
        elif depth == 0 and brackets == 0:
            items.append(_item(bare, start, at + 1, header_end))
            start, header_end = at + 1, -1
    return [] if blocks or brackets else items


def _is_function(header: str) -> bool:
    return "(" in header and not RECORD.match(header)


def _item(bare: str, start: int, end: int, header_end: int) -> SourceItem:
    header = bare[start : header_end if header_end >= 0 else end]
    start += len(header) - len(header.lstrip())  # directives before it are not part of it
    if RECORD.match(header):
        match = NAMED_RECORD.search(header)
        return SourceItem(start, end, match[1] if match else "")
    # a variable may get its value from a call
    match = CALLED.search(header.partition("=")[0]) or (CALLED.search(header) if header_end >= 0 else None)
    if match:
        return SourceItem(start, end, match[1])
    variables = VALUE.sub(" ", bare[start:end]).split(",")  # as in `float *a = {1, 2}, b[4];`
    names = [words[-1] for one in variables if (words := NAME.findall(one.partition("=")[0]))]
    return SourceItem(start, end, names[0] if names else "", tuple(names[1:]))


def _of_the_host(
    items: Sequence[SourceItem], first_directive: int, bare: str, code: str, text: str
) -> set[int]:
    """The numbers of the items that only host code needs; in `bare` the directives are blank."""
    sources = [bare if number < first_directive else code for number in range(len(items))]
    pairs = list(zip(sources, items, strict=True))
    mentioned = [set(NAME.findall(source, item.start, item.end)) for source, item in pairs]
    is_device = [DEVICE.search(source, item.start, item.end) is not None for source, item in pairs]
    defined: dict[str, list[int]] = defaultdict(list)
    for number, item in enumerate(items):
        for name in (item.name, *item.more_names) if item.name and not is_device[number] else ():
            defined[name].append(number)
    users: dict[str, list[int]] = defaultdict(list)
    for number, names in enumerate(mentioned):
        for name in names & defined.keys():
            if not is_device[number]:
                users[name].append(number)
    headers = {number for number, item in enumerate(items) if _is_host_header(text, item)}
    first = {
        number
        for number, (source, item) in enumerate(pairs)
        if not is_device[number] and item.name and HOST.search(source, item.start, item.end)
    }
    host = _closed(first, users, lambda number: {items[number].name, *items[number].more_names})
    of_devices = {name for number, names in enumerate(mentioned) if is_device[number] for name in names}
    needed_first = {number for name in of_devices & defined.keys() for number in defined[name]}
    needed = _closed(needed_first, defined, lambda number: mentioned[number])
    left_out = (host - needed) | headers
    candidates = {
        number
        for number in _closed(left_out, defined, lambda number: mentioned[number]) - left_out
        if number < first_directive and NO_OTHER_USE.match(bare, items[number].start, items[number].end)
    }
    kept = set(range(len(items))) - left_out - candidates
    return left_out | (candidates - _closed(kept, defined, lambda number: mentioned[number]))


def _closed(
    first: set[int], by_name: Mapping[str, Sequence[int]], names: Callable[[int], set[str]]
) -> set[int]:
    """The numbers of the items that can be reached by name. Each name is followed once."""
    reached, queue, followed = set(first), list(first), set[str]()
    while queue:
        for name in names(queue.pop()) - followed:
            followed.add(name)
            more = set(by_name.get(name, ())) - reached
            reached |= more
            queue += more
    return reached
