"""The import rules refuse forbidden code before it runs, with file and line, and never an innocent name."""

import dis
import importlib
import inspect
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from textwrap import dedent
from types import ModuleType
from typing import Any

import pytest

from grader.author.load import load
from grader.author.render import Views
from grader.judge.import_rules.rules import Rules, find
from grader.judge.import_rules.terms import MAX_SOURCE_BYTES, Terms
from grader.judge.session import Session
from grader.model.assignment import DEFAULT_IMPORTS, Assignment, ImportRules
from grader.model.grade import Status
from grader.model.surroundings import Sandbox
from grader.prove.assignment_checks import submissions
from grader.prove.read_mutants import read_mutants
from tests.course_names import NAMES, ROOT
from tests.folders import in_folder

FORBIDDEN = ("numpy.flip", "numpy.pad", "numpy.lib.stride_tricks.sliding_window_view", "numpy.matmul")
POLICY = ImportRules(
    ("numpy", "collections", "dataclasses", "functools", "math", "operator", "os", "string", "sys", "typing"),
    FORBIDDEN,
)


@pytest.fixture(scope="module")
def assignment() -> Assignment:
    assignment = load(ROOT / "assignments" / "conv_backward")
    return replace(assignment, import_rules=POLICY, provided={"ndarray/__init__.py": b"", "given.py": b""})


@pytest.fixture(scope="module")
def rules(assignment: Assignment) -> Rules:
    return Rules(Terms.of(assignment, POLICY))


RUNNERS = {"eval", "exec", "compile", "__import__"}


def functions_that_use(names: set[str], module: ModuleType) -> set[str]:
    """The functions and classes of a module whose code reads one of these global names."""

    def uses(value: object) -> bool:
        if isinstance(value, type):
            return any(map(uses, vars(value).values()))
        function: Any = getattr(value, "__func__", value)
        code = getattr(inspect.unwrap(function), "__code__", None)
        steps = dis.get_instructions(code) if code is not None else ()
        return any(one.opname in ("LOAD_GLOBAL", "LOAD_NAME") and one.argval in names for one in steps)

    return {
        f"{module.__name__}.{name}"
        for name, value in vars(module).items()
        if callable(value) and getattr(value, "__module__", "") == module.__name__ and uses(value)
    }


def refusal(rules: Rules, source: str) -> str:
    return rules.refusal({"conv.py": dedent(source).encode()})


# name: (source, line, what the message names)
REFUSED = {
    # imports
    "a_module_not_listed": ("import scipy", 1, "scipy may not be imported"),
    "a_submodule": ("import math\nimport scipy.signal as math2", 2, "scipy.signal may not be imported"),
    "from_a_module_not_listed": ("from scipy.signal import convolve2d", 1, "scipy.signal"),
    "the_standard_library_wholesale": ("import subprocess", 1, "subprocess may not be imported"),
    "everything_from_a_module_not_listed": ("from scipy.ndimage import *", 1, "scipy.ndimage"),
    "in_a_function": ("def f():\n    import torch\n", 2, "torch"),
    "in_a_try": ("try:\n    import cupy as np\nexcept ImportError:\n    import numpy as np", 2, "cupy"),
    "the_second_of_a_line": ("import math, ctypes", 1, "ctypes"),
    "importlib": ("import importlib\nimportlib.import_module('os')", 1, "importlib"),
    "builtins": ("import builtins", 1, "builtins"),
    "a_list_of_what_may_be": ("import scipy", 1, "sys, typing, given and ndarray"),
    "dunder_import": ("np = __import__('numpy')", 1, "__import__"),
    "another_module_as_attribute": ("import typing\ntyping.types.CodeType", 2, "types may not be"),
    "another_module_by_from": ("from typing import types", 1, "types may not be"),
    # the exercise itself
    "by_its_name": ("import numpy\n\nnumpy.flip(1)", 3, "numpy.flip is what this exercise asks"),
    "by_an_alias": ("import numpy as np\ndef f(a):\n    return np.flip(a)", 3, "numpy.flip"),
    "by_from": ("from numpy import flip", 1, "numpy.flip"),
    "by_from_as": ("from numpy import (\n    zeros,\n    flip as turned,\n)", 1, "numpy.flip"),
    "by_a_star": ("from numpy import *\nflip(1)", 2, "numpy.flip"),
    "by_a_star_after_a_definition": ("def flip(a): ...\nfrom numpy import *\nflip(1)", 3, "numpy.flip"),
    "mentioned_and_not_called": ("import numpy as np\nflip = np.flip", 2, "numpy.flip"),
    "as_an_argument": ("import numpy as np\nlist(map(np.flip, []))", 2, "numpy.flip"),
    "as_a_decorator": ("import numpy as np\n@np.vectorize\n@np.flip\ndef f(): ...", 3, "numpy.flip"),
    "as_a_default": ("import numpy as np\ndef f(a, turn=np.flip): ...", 2, "numpy.flip"),
    "by_another_alias": ("import numpy as np\nn = np\nm = n\nm.flip", 4, "numpy.flip"),
    "by_a_chain_of_targets": ("import numpy as np\na = b = np\nb.flip", 3, "numpy.flip"),
    "by_a_pair": ("import numpy as np\na, b = 1, np\nb.flip", 3, "numpy.flip"),
    "by_a_walrus": ("import numpy as np\nif (n := np):\n    n.flip", 3, "numpy.flip"),
    "by_an_annotated_name": ("import numpy as np\nn: object = np\nn.flip", 3, "numpy.flip"),
    "by_a_default_argument": ("import numpy as np\ndef f(a, n=np):\n    return n.flip(a)", 3, "numpy.flip"),
    "by_a_keyword_default": ("import numpy as np\nf = lambda *, n=np: n.flip", 2, "numpy.flip"),
    "by_a_loop": ("import numpy as np\nfor n in (np,):\n    n.flip", 3, "numpy.flip"),
    "by_a_comprehension": ("import numpy as np\n[n.flip for n in [np]]", 2, "numpy.flip"),
    "by_a_choice": ("import numpy as np\n(np if 1 else 0).flip", 2, "numpy.flip"),
    "by_or": ("import numpy as np\n(0 or np).flip", 2, "numpy.flip"),
    "by_a_global": ("import numpy\ndef f():\n    global n\n    n = numpy\ndef g(): n.flip", 5, "numpy.flip"),
    "by_a_nonlocal": (
        "import numpy\ndef f():\n    n = 0\n    def g():\n        nonlocal n\n        n = numpy\n    n.flip",
        7,
        "numpy.flip",
    ),
    "by_an_import_in_a_function": ("def f(a):\n    import numpy as n\n    n.flip(a)", 3, "numpy.flip"),
    "by_a_class": ("import numpy as np\nclass A:\n    flip = np.flip", 3, "numpy.flip"),
    "under_a_longer_name": (
        "import numpy as np\nnp.lib.stride_tricks.sliding_window_view(1, 2)",
        2,
        "numpy.lib.stride_tricks.sliding_window_view",
    ),
    "from_a_longer_name": (
        "from numpy.lib.stride_tricks import sliding_window_view as w",
        1,
        "numpy.lib.stride_tricks.sliding_window_view",
    ),
    "from_a_submodule_by_name": (
        "from numpy.lib import stride_tricks as s\ns.sliding_window_view",
        2,
        "numpy.lib.stride_tricks.sliding_window_view",
    ),
    "an_import_of_the_submodule": ("import numpy.lib.stride_tricks\nnumpy.flip", 2, "numpy.flip"),
    "a_ufunc_and_its_methods": ("import numpy as np\nnp.matmul.reduce", 2, "numpy.matmul"),
    "beyond_a_star_in_a_function": ("from numpy import *\ndef f(a):\n    return flip(a)", 3, "numpy.flip"),
    "in_identifiers_that_look_alike": ("import numpy as np\nnp.ﬂip(1)", 2, "numpy.flip"),
    # names put together
    "getattr": ("import numpy as np\ngetattr(np, 'flip')(1)", 2, "numpy.flip"),
    "getattr_with_a_default": ("import numpy as np\ngetattr(np, 'flip', None)", 2, "numpy.flip"),
    "getattr_of_a_sum": ("import numpy as np\ngetattr(np, 'fl' + 'ip')", 2, "numpy.flip"),
    "getattr_of_adjacent_texts": ("import numpy as np\ngetattr(np, 'fl' 'ip')", 2, "numpy.flip"),
    "getattr_of_an_f_string": ("import numpy as np\ngetattr(np, f'fl{\"ip\"}')", 2, "numpy.flip"),
    "getattr_of_joined_texts": ("import numpy as np\ngetattr(np, ''.join(['fl', 'ip']))", 2, "numpy.flip"),
    "getattr_backwards": ("import numpy as np\ngetattr(np, 'pilf'[::-1])", 2, "numpy.flip"),
    "getattr_by_a_name": ("import numpy as np\na = 'fl'\nb = a + 'ip'\ngetattr(np, b)", 4, "numpy.flip"),
    "getattr_by_a_loop": ("import numpy as np\nfor n in ('pad', 'flip'): getattr(np, n)", 2, "numpy."),
    "getattr_by_another_name": ("import numpy as np\ng = getattr\ng(np, 'flip')", 3, "numpy.flip"),
    "getattr_on_a_submodule": (
        "import numpy as np\ngetattr(getattr(np.lib, 'stride_tricks'), 'sliding_window_view')",
        2,
        "sliding_window_view",
    ),
    "vars": ("import numpy as np\nvars(np)['flip']", 2, "numpy.flip"),
    "vars_get": ("import numpy as np\nvars(np).get('flip')", 2, "numpy.flip"),
    "dunder_dict": ("import numpy as np\nnp.__dict__['fl' + 'ip']", 2, "numpy.flip"),
    "locals": ("import numpy as np\nlocals()['np'].flip", 2, "numpy.flip"),
    # ways around
    "eval": ("x = 1\neval('__import__(\"os\")')", 2, "eval cannot be checked"),
    "exec": ("exec('x = 1')", 1, "exec cannot be checked"),
    "compile": ("compile('1', '', 'eval')", 1, "compile cannot be checked"),
    "eval_by_another_name": ("run = eval", 1, "eval"),
    "globals": ("globals()['np']", 1, "globals"),
    "dunder_builtins": ("__builtins__['eval']", 1, "__builtins__"),
    "dunder_builtins_as_an_attribute": ("__builtins__.eval", 1, "__builtins__"),
    "dunder_loader": ("__loader__.load_module('scipy')", 1, "__loader__"),
    "dunder_spec": ("__spec__.loader", 1, "__spec__"),
    "locals_of_builtins": ("locals()['__builtins__']", 1, "__builtins__"),
    "sys_modules": ("import sys\nsys.modules['numpy']", 2, "sys.modules gives access to other code"),
    "sys_modules_by_from": ("from sys import modules", 1, "sys.modules"),
    "sys_modules_by_another_module": ("import os\nos.sys.modules", 2, "sys.modules"),
    "sys_modules_by_getattr": ("import sys\ngetattr(sys, 'mod' + 'ules')", 2, "sys.modules"),
    "frames": ("import sys\nsys._getframe(1)", 2, "sys._getframe"),
    "globals_of_a_function": ("def f(): ...\nf.__globals__", 2, "__globals__"),
    "globals_of_a_function_by_getattr": ("getattr(print, '__glob' + 'als__')", 1, "__globals__"),
    "subclasses": ("object.__subclasses__()", 1, "__subclasses__"),
    "another_program": ("import os\nos.system('python')", 2, "os.system starts another program"),
    "another_program_instead": ("from os import execv", 1, "os.execv starts another program"),
    # ready-made evaluators
    "type_hints": ("import typing\ndef f(a: 'np.flip'): ...\ntyping.get_type_hints(f)", 3, "get_type_hints"),
    "type_hints_by_from": ("from typing import get_type_hints as g", 1, "typing.get_type_hints cannot be"),
    "a_forward_reference": ("from typing import ForwardRef", 1, "typing.ForwardRef cannot be checked"),
    "single_dispatch": ("import functools\n@functools.singledispatch\ndef f(a): ...", 2, "singledispatch"),
    "single_dispatch_of_methods": ("from functools import singledispatchmethod", 1, "singledispatchmethod"),
    "a_formatter": ("import string\nstring.Formatter().get_field('0.flip', (1,), {})", 2, "string.Formatter"),
    "make_dataclass": ("from dataclasses import make_dataclass", 1, "dataclasses.make_dataclass cannot be"),
    "a_function_of_dataclasses": (
        "import dataclasses as d\nd._create_fn",
        2,
        "dataclasses._create_fn",
    ),
    "the_hook_of_dataclasses": ("import dataclasses\ndel dataclasses.exec", 2, "dataclasses.exec cannot be"),
    "a_module_of_dataclasses": ("import dataclasses\ndataclasses.inspect", 2, "inspect may not be imported"),
    "a_function_of_types_by_dataclasses": (
        "from dataclasses import FunctionType",
        1,
        "types.LambdaType cannot be",
    ),
    "runstring": ("import numpy as np\nnp.testing.runstring('x = 1', {})", 2, "runstring cannot be"),
    "measure": ("from numpy.testing import measure", 1, "numpy.testing.measure cannot be"),
    "measure_where_it_lives": (
        "import numpy as np\nnp.testing._private.utils.measure('1')",
        2,
        "numpy.testing._private cannot be",
    ),
    "f2py": ("import numpy.f2py", 1, "numpy.f2py cannot be checked"),
    "f2py_by_from": ("from numpy import f2py", 1, "numpy.f2py cannot be checked"),
    "f2py_as_an_attribute": ("import numpy as np\nnp.f2py.crackfortran", 2, "numpy.f2py cannot be"),
    "ctypeslib": ("import numpy as np\nnp.ctypeslib.ctypes.pythonapi", 2, "numpy.ctypeslib cannot be"),
    "ctypes_of_an_array": (
        "import numpy as np\nnp.zeros(1).ctypes._ctypes",
        2,
        "_ctypes gives access to other code",
    ),
    "a_pickle": ("import numpy as np\nnp.load('/tmp/a.npy', allow_pickle=True)", 2, "allow_pickle may run"),
    "a_pickle_as_an_object": ("import numpy as np\nnp.load('/tmp/a', None, 1)", 2, "allow_pickle may run"),
    "the_tests_of_numpy": ("import numpy as np\nnp.test()", 2, "numpy.test cannot be"),
    "breakpoint": ("breakpoint()", 1, "breakpoint needs a keyboard"),
    "the_module_of_a_builtin": ("print.__self__.eval('1')", 1, "__self__ gives access to other code"),
    "dunder_getattribute": ("import numpy as np\nnp.__getattribute__('flip')", 2, "__getattribute__"),
    "the_frame_of_a_generator": ("(x for x in ()).gi_frame", 1, "gi_frame gives access to other code"),
    "attrgetter": ("import numpy as np, operator\noperator.attrgetter('flip')(np)", 2, "numpy.flip"),
    "attrgetter_by_a_name": (
        "import numpy as np\nfrom operator import attrgetter as g\nf = g('lib.stride_tricks')\n"
        "f(np).sliding_window_view",
        4,
        "sliding_window_view",
    ),
    "attrgetter_of_several": (
        "import numpy, operator as o\no.attrgetter('pi', 'pad')(numpy)",
        2,
        "numpy.pad",
    ),
    "attrgetter_behind": (
        "import operator\noperator.attrgetter('a.__globals__')",
        2,
        "__globals__ gives access",
    ),
    "methodcaller": ("import numpy, operator\noperator.methodcaller('flip', 1)(numpy)", 2, "numpy.flip"),
    "a_class_pattern": ("import numpy as np\nmatch np:\n case object(flip=f): f(1)", 3, "numpy.flip"),
    "a_class_pattern_deep": (
        "import numpy as np\nmatch np:\n case object(lib=object(stride_tricks=s)): s.sliding_window_view",
        3,
        "sliding_window_view",
    ),
    "a_class_pattern_behind": (
        "match print:\n case object(__self__=b): ...",
        2,
        "__self__ gives access to other code",
    ),
    "a_pattern_as_a_name": ("import numpy as np\nmatch np:\n case object() as n: n.flip", 3, "numpy.flip"),
    "a_pattern_of_a_pair": ("import numpy as np\nmatch (1, np):\n case (_, n): n.flip", 3, "numpy.flip"),
    "a_pattern_of_a_mapping": ("import numpy as n\nmatch vars(n):\n case {'flip': f}: ...", 3, "numpy.flip"),
    # neither parser nor reader is misled
    "the_first_of_several": ("import math\nimport torch\nimport scipy", 2, "torch"),
    "in_another_encoding": ("# -*- coding: latin-1 -*-\nimport scipy", 2, "scipy"),
    "a_name_bound_to_itself": ("import numpy as np\na = a\nb = c\nc = b\nb = np\nb.flip", 6, "numpy.flip"),
    "a_name_that_went_down": (
        "import numpy as np\nm = np\nm = m.lib\nm = m.stride_tricks\nm.sliding_window_view",
        5,
        "sliding_window_view",
    ),
    "a_match": ("import numpy as np\nmatch np:\n    case _ if np.flip: ...", 3, "numpy.flip"),
    "an_f_string": ("import numpy as np\nf'{np.flip}'", 2, "numpy.flip"),
    "a_lambda": ("import numpy as np\nlambda a: np.flip(a)", 2, "numpy.flip"),
}


@pytest.mark.parametrize(("source", "line", "phrase"), REFUSED.values(), ids=REFUSED)
def test_forbidden_code_is_refused_with_file_and_line(
    rules: Rules, source: str, line: int, phrase: str
) -> None:
    message = refusal(rules, source)

    assert message.startswith(f"conv.py:{line}: ")
    assert phrase in message
    assert "\n" not in message


def test_a_refused_module_is_named_even_if_it_is_already_loaded(rules: Rules) -> None:
    importlib.import_module("numpy.ctypeslib")

    assert "numpy.ctypeslib cannot be" in refusal(rules, "import numpy as np\nnp.ctypeslib.ctypes.pythonapi")


INNOCENT = {
    "nothing": "",
    "what_is_listed": "import math, numpy as np\nfrom collections.abc import Sequence\nimport os.path as p",
    "what_is_provided": "import given\nfrom ndarray import NDArray\nimport ndarray.backends.numpy as b",
    "itself": "import conv",
    "the_future": "from __future__ import annotations",
    "a_submodule_of_what_is_listed": "import numpy.linalg as la\nla.norm\nfrom numpy.typing import NDArray",
    "a_path": "import os\nfrom os import path\nos.path.join('a', path.sep)",
    "an_import_for_types_only": "import typing\nif typing.TYPE_CHECKING: from numpy.typing import NDArray",
    "a_relative_import": "from .numpy import flip\nfrom . import scipy",
    "a_method": "def f(a):\n    return a.flip((0, 1)).pad(1)",
    "a_method_of_its_own": "class A:\n    def flip(self): return self.flip()\nA().flip()",
    "a_local_variable": "def f(a):\n    flip = a[::-1]\n    pad = 1\n    return flip + pad",
    "a_function_of_its_own": "import numpy as np\ndef flip(a): return a[::-1]\nflip(np.zeros(3))",
    "a_function_over_a_star": "from numpy import *\ndef flip(a): return a[::-1]\nflip(zeros(3))",
    "a_function_over_a_star_used_before": "from numpy import *\ndef g(a): return flip(a)\ndef flip(a): ...",
    "a_star_and_other_names": "from numpy import *\nzeros(3)",
    "a_star_of_what_is_provided": "from ndarray import *\nflip(1)",
    "a_name_from_what_is_provided": "from ndarray import flip, pad\nflip(pad(1))",
    "a_docstring": '"""Do not use numpy.flip or eval."""\ndef f():\n    """import scipy; np.flip(a)"""',
    "a_comment": "# import scipy\nx = 1  # np.flip(x)",
    "a_text": "x = 'import scipy; numpy.flip; eval(1)'",
    "a_text_in_an_annotation": "def f(a: 'numpy.flip'): ...",
    "a_module_name_taken_by_an_argument": "import numpy as np\ndef f(np):\n    return np.flip()",
    "a_module_name_taken_by_a_local": "import numpy as np\ndef f(a):\n    np = a\n    return np.flip()",
    "a_module_name_taken_by_a_loop": "import numpy as np\ndef f(a):\n    for np in a: np.flip()",
    "a_module_name_taken_by_a_comprehension": "import numpy as np\ndef f(a): return [np.flip() for np in a]",
    "a_module_name_taken_by_a_with": "import numpy as np\ndef f(a):\n    with a as np: np.flip()",
    "a_module_name_taken_by_an_except": (
        "import numpy as np\ndef f():\n    try: ...\n    except E as np: np.flip()"
    ),
    "a_module_name_taken_by_a_match": "import numpy as np\ndef f(a):\n match a:\n  case [np]: np.flip()",
    "a_module_name_in_a_class": "class A:\n    import numpy as np\n    def f(self, np): return np.flip()",
    "a_class_body_is_no_scope_of_its_methods": (
        "from given import np\nclass A:\n    import numpy as np\n    def f(self): return np.flip()"
    ),
    "the_result_of_a_call": "import numpy as np\nnp.zeros(3).flip()",
    "another_name_that_begins_alike": "import numpy as np\nnp.flipped\nnp.padding",
    "a_keyword": "f = dict(flip=1, pad=2, eval=3)",
    "a_getattr_of_something_else": "import numpy as np\ngetattr(np, 'float32')\ngetattr('', 'flip')",
    "a_getattr_that_cannot_be_told": "import numpy as np\ndef f(name): return getattr(np, name)",
    "a_getattr_of_its_own": "import numpy as np\ndef getattr(a, b): ...\ngetattr(np, 'flip')",
    "a_method_named_eval": "import functools as re\nre.compile\ndef f(model): model.eval(); model.exec()",
    "a_function_named_compile": "def compile(a): ...\ncompile(1)\ndef eval(): ...\neval()",
    "a_get_of_a_dictionary": "d = {'flip': 1}\nd.get('flip')\nd['flip']",
    "vars_of_something_else": "vars(object())['flip']",
    "what_os_and_sys_are_for": "import os, sys\nos._exit(0)\nos.environ.get('X')\nsys.stderr.write('')",
    "dunder_names": "if __name__ == '__main__':\n    print(__file__, [].__class__.__name__)\n",
    "a_match_on_values": (
        "import numpy as np\nmatch np.zeros(3).shape:\n case (n,) | [n, *_]: n\n case {'flip': a, **b}: a\n"
        " case object(flip=a, ndim=2): a.pad"
    ),
    "an_attrgetter_of_something_else": "from operator import attrgetter\nsorted([], key=attrgetter('flip'))",
    "a_load_without_pickles": "import numpy as np\nnp.load('a', None, False)\nnp.load('a', allow_pickle=0)",
    "numpys_own_checks": "import numpy as np\nnp.testing.assert_allclose(1, 1)",
    "a_loop_over_pairs": "for a, b in ((1, 2), (3, 4), 5): a.flip",
    "an_empty_loop": "for np in (): np.flip()",
    "a_starred_target": "import numpy as np\na, *b = np, np\nb.flip",
}


@pytest.mark.parametrize("source", INNOCENT.values(), ids=INNOCENT)
def test_an_innocent_name_is_never_refused(rules: Rules, source: str) -> None:
    assert refusal(rules, source) == ""


IN_A_NEW_PROCESS = """
import json, sys
from grader.judge.import_rules.rules import Rules
from grader.judge.import_rules.terms import Terms

terms, sources = json.load(sys.stdin)
rules = Rules(Terms(**terms), names_numpy=False)
refusals = {name: rules.refusal({"conv.py": source.encode()}) for name, source in sources.items()}
print(json.dumps([refusals, "numpy" in sys.modules]))
"""


def in_a_new_process(assignment: Assignment, sources: Mapping[str, str]) -> tuple[dict[str, str], bool]:
    """The refusals by a process that has not loaded NumPy, and whether it has loaded it at the end."""
    request = json.dumps([asdict(Terms.of(assignment, POLICY)), sources])
    words = (sys.executable, "-P", "-c", IN_A_NEW_PROCESS)
    reply = subprocess.run(words, input=request, capture_output=True, text=True, check=True).stdout
    refusals, has_numpy = json.loads(reply)
    return refusals, has_numpy


def test_a_source_that_does_not_name_numpy_is_read_without_it(assignment: Assignment, rules: Rules) -> None:
    every = {name: source for name, (source, _, _) in REFUSED.items()} | INNOCENT
    sources = {name: dedent(source) for name, source in every.items() if "numpy" not in source}
    refusals, has_numpy = in_a_new_process(assignment, sources)

    assert {name: refusal(rules, source) for name, source in sources.items()} == refusals
    assert len(set(refusals.values())) > 10
    assert not has_numpy


@pytest.mark.parametrize(
    "source",
    ["import ｎｕｍｐｙ as np\nnp.flip", "# coding: utf-7\nimport n+AHU-mpy as np\nnp.flip"],
    ids=["in_wide_letters", "in_another_encoding"],
)
def test_numpy_is_recognized_however_a_source_spells_it(assignment: Assignment, source: str) -> None:
    refusals, has_numpy = in_a_new_process(assignment, {"disguised": source})

    assert "numpy.flip is what this exercise asks you to write" in refusals["disguised"]
    assert has_numpy


DOES_NOT_PARSE = {
    "an_open_bracket": b"import scipy\nx = (",
    "a_null_byte": b"import scipy\n\0",
    "no_utf_8": b"import scipy\nx = '\xff'",
    "tabs_and_spaces": b"if 1:\n        import scipy\n\timport torch\n",
}


@pytest.mark.parametrize("source", DOES_NOT_PARSE.values(), ids=DOES_NOT_PARSE)
def test_a_file_that_does_not_parse_is_left_to_its_own_error(rules: Rules, source: bytes) -> None:
    assert rules.refusal({"conv.py": source}) == ""


@pytest.mark.parametrize(
    "source",
    [b"# coding: no-such\nimport scipy", b"#!/usr/bin/python\n# vim: set fileencoding=mine :\nimport scipy"],
    ids=["first_line", "second_line"],
)
def test_a_file_in_an_encoding_that_python_does_not_know_is_refused(rules: Rules, source: bytes) -> None:
    """Another file could register that codec, and Python would then read code that no rule has read."""
    assert "found an encoding that Python does not know" in rules.refusal({"conv.py": source})


@pytest.mark.parametrize(
    "source",
    ["a" + ".b" * 50_000, "-" * 50_000 + "1", "not " * 5000 + "1", "lambda:" * 5000 + "1"],
    ids=["attributes", "signs", "words", "lambdas"],
)
def test_code_too_deep_to_be_read_is_refused_and_breaks_nothing(rules: Rules, source: str) -> None:
    assert "too deep or too tangled" in refusal(rules, source)


@pytest.mark.parametrize(
    "source",
    [
        "import numpy as a\n" + "a = a.b\na = a.c\n" * 2000,
        "import numpy as a\na" + ".get('x')" * 150,
        "import numpy\na0 = 'x'\n"
        + "".join(f"a{i + 1} = a{i} + a{i}\n" for i in range(200))
        + "getattr(numpy, a200)",
        "import numpy as a0\n" + "".join(f"a{i + 1} = a{i} or a{i}\n" for i in range(150)) + "a150.x",
        "import numpy as a\n" + ("a" + ".b" * 150 + "\n") * 500,
    ],
    ids=["names_that_multiply", "calls_of_calls", "texts_that_double", "choices_that_double", "long_chains"],
)
def test_code_made_to_be_slow_to_read_is_read_in_seconds(rules: Rules, source: str) -> None:
    start = time.process_time()
    refusal(rules, source)
    assert time.process_time() - start < 5


def test_a_file_too_large_to_be_read_is_refused(rules: Rules) -> None:
    assert "expected at most" in rules.refusal({"conv.py": b"#" * (MAX_SOURCE_BYTES + 1)})


def test_a_file_that_is_no_python_is_not_read(rules: Rules) -> None:
    assert rules.refusal({"kernels.cu": b"import scipy"}) == ""


def test_an_unusual_escape_is_no_fault(rules: Rules) -> None:
    assert refusal(rules, r"x = '\d'") == ""


def test_nothing_that_a_submission_names_is_imported_to_read_it(
    rules: Rules, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "given.py").write_text("raise SystemExit('it ran')\n")
    monkeypatch.syspath_prepend(tmp_path)

    assert refusal(rules, "import given, numpy.nothing_there\ngiven.flip\nfrom given import *") == ""


def test_without_rules_of_its_own_an_assignment_has_safe_ones(course: Path) -> None:
    rules = load(course / "assignments" / "tiny").import_rules

    assert rules == ImportRules(DEFAULT_IMPORTS, ())
    assert not {"scipy", "importlib", "subprocess", "ctypes", "builtins", "inspect", "gc", "pickle"} & {
        *DEFAULT_IMPORTS
    }


def test_no_default_import_offers_a_function_that_runs_a_text() -> None:
    """`namedtuple` checks the names that it puts into its text. `dataclass` leaves it to `_create_fn`."""
    rules = Rules(Terms(DEFAULT_IMPORTS, (), (), ()))
    runs = {
        name
        for module in sorted({*DEFAULT_IMPORTS} - {"numpy"})
        for name in functions_that_use(RUNNERS, importlib.import_module(module))
    }

    assert runs >= {"collections.namedtuple", "dataclasses._create_fn", "typing.ForwardRef"}
    assert {name for name in runs if not rules.problem_of(name)} == {"collections.namedtuple"}


def test_a_forbidden_function_is_one_that_exists() -> None:
    assert find("numpy.flip") is not None
    assert find("numpy.filp") is None
    assert find("numpy.nothing.there") is None
    assert find("numpy.pi") is None


QUICK = ("dense", "cuda_kernels")  # one in each language; the others have hundreds of mutants


@pytest.mark.parametrize(
    "name", [name if name in QUICK else pytest.param(name, marks=pytest.mark.slow) for name in NAMES]
)
def test_handout_solution_and_every_mutant_of_the_course_keep_to_its_rules(name: str) -> None:
    assignment = Views(load(ROOT / "assignments" / name)).assignment
    assert assignment.import_rules is not None
    rules = Rules(Terms.of(assignment, assignment.import_rules))
    refused = {
        submission: rules.refusal({file: text.encode() for file, text in files.items()})
        for submission, files in submissions(Views(assignment), read_mutants(Views(assignment))[0]).items()
    }

    assert {submission: why for submission, why in refused.items() if why} == {}


def test_the_sample_class_keeps_to_the_rules_of_its_assignment(sample_class: Path) -> None:
    assignment = Views(load(ROOT / "assignments" / "conv_backward")).assignment
    assert assignment.import_rules is not None
    rules = Rules(Terms.of(assignment, assignment.import_rules))
    files = sorted(sample_class.glob("*/conv.py"))

    assert len(files) == len(list(sample_class.iterdir())) - 1  # one has another file alone
    assert [rules.refusal({"conv.py": file.read_bytes()}) for file in files] == [""] * len(files)


RIGHT = """\
import numpy as np
from ndarray import NDArray, normalize_axes, zeros


def flip(a, axes):
    axes = normalize_axes(axes, a.ndim)
    return a[tuple(slice(None, None, -1 if axis in axes else 1) for axis in range(a.ndim))]


def dilate(a, axes, dilation):
    axes = normalize_axes(axes, a.ndim)
    step = [dilation + 1 if axis in axes else 1 for axis in range(a.ndim)]
    out = zeros([n * k for n, k in zip(a.shape, step)], a.device, a.dtype)
    out[tuple(slice(None, None, k) for k in step)] = a
    return out
"""


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory, make_course: Callable[..., Path]) -> Iterator[Session]:
    """The course `tiny` with numpy.flip forbidden, in the sandbox."""
    root = make_course(tmp_path_factory.mktemp("course"))
    assignment = load(root / "assignments" / "tiny")
    assignment = replace(
        assignment,
        provided=Views(assignment).assignment.provided,
        import_rules=ImportRules(("numpy", "os"), ("numpy.flip",)),
    )
    with Session(assignment, sandbox=Sandbox.BUBBLEWRAP) as session:
        yield session


def grade(session: Session, tmp_path: Path, source: str) -> tuple[int, set[Status], str]:
    (tmp_path / "conv.py").write_text(source)
    grade = session.grade(in_folder(tmp_path), "one")
    results = [result for criterion in grade.criteria for result in criterion.results]
    failed = [r.rationale for r in results if r.status is not Status.OK]
    return int(grade.score), {r.status for r in results}, (failed or [""])[0]


def test_a_submission_that_breaks_the_rules_is_refused_and_never_runs(
    session: Session, tmp_path: Path
) -> None:
    source = f"import os\nos._exit(0)\n{RIGHT}\nnp.flip\n"
    score, statuses, reason = grade(session, tmp_path, source)

    assert (score, statuses) == (0, {Status.REFUSED})
    assert reason.startswith("conv.py:19: numpy.flip is what this exercise asks you to write")


def test_an_honest_submission_is_graded_under_rules_as_without(session: Session, tmp_path: Path) -> None:
    assert grade(session, tmp_path, RIGHT) == (10, {Status.OK}, "")


def test_calls_that_the_rules_cannot_see_are_stopped_at_run_time(session: Session, tmp_path: Path) -> None:
    source = RIGHT.replace(
        "    axes = normalize_axes(axes, a.ndim)\n    return a[",
        "    name = bytes((102, 108, 105, 112)).decode()\n    getattr(np, name)(a.numpy())\n    return a[",
    )
    score, statuses, reason = grade(session, tmp_path, source)

    assert (score, statuses) == (0, {Status.ERROR, Status.NOT_RUN})
    assert reason.startswith("conv.py:7: RuntimeError: numpy.flip is what this exercise asks you to write")


def test_a_name_with_many_values_is_refused_for_that_reason(rules: Rules) -> None:
    modules = "numpy, functools, operator, typing, collections, math, ndarray"
    below = "numpy.linalg, numpy.lib, numpy.random, numpy.ma, numpy.fft, numpy.testing, numpy.polynomial"
    loop = f"for m in ({modules}, {below}): print(m)"
    found = refusal(rules, f"import {modules}\n{loop}\n")

    assert "found one name for more than 8 modules or functions" in found
