"""Lists ready-made ways around any rule: functions that run strings, import by name, or reach other code.

The lists name such functions of NumPy and the standard library. Even if an assignment allows the import of
their module, these functions are refused, because nothing after them could be checked.
"""

from collections.abc import Iterable, Iterator

BEHIND = "gives access to other code. Your file is not graded until you remove it"
UNCHECKED = "cannot be checked before it runs; write the code itself"
NO_KEYBOARD = (
    "needs a keyboard, and there is none while code is graded; remove it, and in a handout "
    "run `make debug CASE=` with the name of a case"
)
ELSEWHERE = "starts another program. Your file is not graded until you remove it"

# By module, the functions and classes that run or import what a string says.
RUN_TEXTS = {
    "builtins": ("breakpoint", "compile", "eval", "exec", "globals"),
    "annotationlib": ("ForwardRef", "call_annotate_function", "call_evaluate_function", "get_annotations"),
    "asyncio": ("create_subprocess_exec", "create_subprocess_shell"),
    "cProfile": ("Profile", "run", "runctx"),
    "codecs": ("register",),  # Python would read a file through it that the rules read in another way
    # @dataclass writes code around the names of fields: `grader.worker.import_guard` holds it to the rules
    "dataclasses": ("_FuncBuilder", "_create_fn", "exec", "make_dataclass"),
    "functools": ("singledispatch", "singledispatchmethod"),
    "inspect": ("get_annotations",),
    "numpy": ("test",),
    "numpy.testing": ("measure", "rundocs", "run_module_suite", "runstring"),
    "profile": ("Profile", "run", "runctx"),
    "string": ("Formatter",),
    "timeit": ("Timer", "main", "repeat", "timeit"),
    "types": ("CodeType", "FunctionType", "LambdaType"),
    "typing": ("ForwardRef", "_eval_type", "evaluate_forward_ref", "get_type_hints"),
    "warnings": ("_getcategory",),
}
# By module, functions that give access to the names or frames of other code, or to all objects.
LEAD_BEHIND = {
    "builtins": ("__builtins__", "__loader__", "__spec__"),
    "inspect": (
        "currentframe", "getattr_static", "getclosurevars", "getinnerframes", "getmembers",
        "getmembers_static", "getmodule", "getouterframes", "stack", "trace", "unwrap",
    ),
    "sys": (
        "_current_exceptions", "_current_frames", "_getframe", "_getframemodulename", "breakpointhook",
        "call_tracing", "meta_path", "modules", "monitoring", "path_hooks", "path_importer_cache",
        "setprofile", "settrace",
    ),
    "threading": ("setprofile", "setprofile_all_threads", "settrace", "settrace_all_threads"),
}  # fmt: skip
# Submodules that are nothing but ways around: everything in them is refused.
WHOLE = {
    **dict.fromkeys(("numpy._pytesttester", "numpy.ctypeslib", "numpy.distutils", "numpy.f2py"), UNCHECKED),
    **dict.fromkeys(("logging.config", "numpy.testing._private"), UNCHECKED),
    "asyncio.subprocess": ELSEWHERE,
}
# NumPy may run what it reads if an argument of this name, or the third one of these functions, allows it.
UNPICKLES = "allow_pickle"
UNPICKLE_AS_THIRD = "numpy.load"
STARTERS = ("os.exec", "os.popen", "os.posix_spawn", "os.spawn", "os.startfile", "os.system")


def _table() -> Iterator[tuple[str, str]]:
    for table, why in ((RUN_TEXTS, UNCHECKED), (LEAD_BEHIND, BEHIND)):
        for module, names in table.items():
            yield from ((f"{module}.{name}", why) for name in names)
    yield "builtins.__import__", "cannot be checked before it runs; write an import statement"
    yield "builtins.breakpoint", NO_KEYBOARD


_WHY = {**WHOLE, **dict(_table())}


def ways_around() -> Iterable[str]:
    """The dotted names of all of them except those that start programs."""
    return _WHY.keys()


def way_around(name: str) -> str:
    """The reason why a dotted name, or a parent of it, is a way around any rule; "" if neither is."""
    if name.startswith(STARTERS):
        return f"{name} {ELSEWHERE}"
    above = name
    while above:
        if above in _WHY:
            return f"{above.removeprefix('builtins.')} {_WHY[above]}"
        above = above.rpartition(".")[0]
    return ""
