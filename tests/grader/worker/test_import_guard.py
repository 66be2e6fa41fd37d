"""At run time the import rules apply to the submission's own code, and to nothing else."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

Run = Callable[..., str]

START = """
import sys
sys.path[:0] = [{given!r}, {own!r}]
import numpy
import numpy as trusted_numpy
import given
from grader.worker.import_guard import ImportGuard
guard = ImportGuard(["collections", "conv", "dataclasses", "given", "helper", "math", "numpy", "os", "time"],
                ["numpy.flip", "numpy.lib.stride_tricks.sliding_window_view", "numpy.matmul", "numpy.gone"])
guard.install()
guard.hold({own!r})
"""
PROVIDED = """
import numpy
import numpy as np

def flip(a):
    import json, ctypes, decimal
    return numpy.flip(a)

def in_a_thread(function, *arguments):
    from concurrent.futures import ThreadPoolExecutor
    with ThreadPoolExecutor() as threads:
        return threads.submit(function, *arguments).result()

def shown_dataclass(made):
    import dataclasses
    dataclasses.dataclass(init=False, eq=False)(made)
    return repr(made())

def late():
    import fractions
    return fractions.Fraction(1, 2)
"""


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """The output of a program that imports a submission of the given source under the import rules."""

    def run(source: str, helper: str = "", after: str = "") -> str:
        own, provided = tmp_path / "own", tmp_path / "given"
        for folder in (own, provided):
            folder.mkdir(exist_ok=True)
        (own / "conv.py").write_text(dedent(source))
        (own / "helper.py").write_text(dedent(helper))
        (provided / "given.py").write_text(PROVIDED)
        program = START.format(own=str(own), given=str(provided)) + dedent(
            """
            try:
                import conv
            except BaseException as error:
                print(f"{type(error).__name__}: {error}")
            """
        )
        process = subprocess.run(
            [sys.executable, "-c", program + dedent(after)], capture_output=True, text=True, check=False
        )
        return (process.stdout + process.stderr).strip()

    return run


# @dataclass writes `__repr__` around the names of the fields: this one ends its text and goes on as code.
CODE_IN_A_FIELD = """
import dataclasses, numpy
Made = type("Made", (), {{"np": numpy, "__annotations__": {{'q" + {} #': int}}}})
dataclasses.dataclass(init=False, eq=False)(Made)
raise SystemExit(repr(Made()))
"""
OF_A_FIELD = "RuntimeError: the name of a dataclass's field must be an identifier"
HELD_UP = {
    "a_module_not_listed": ("import json", "ImportError: json may not be imported"),
    "one_that_is_not_there": ("import scipy_or_so", "ImportError: scipy_or_so may not be imported"),
    "what_may_be_is_said": (
        "import json",
        "allows collections, conv, dataclasses, given, helper, math, numpy, os, time",
    ),
    "from": ("from json import loads", "ImportError: json may not"),
    "a_submodule": ("import json.decoder as d", "ImportError: json.decoder may not"),
    "in_a_function": ("def f():\n    import json\nf()", "ImportError: json may not"),
    "one_that_is_loaded_already": ("import sys", "ImportError: sys may not"),
    "dunder_import": ("__import__('json')", "ImportError: json may not"),
    "another_module_from_a_listed_one": ("from os import sys", "ImportError: sys may not"),
    "in_a_second_file": ("import helper", "ImportError: json may not"),
    "a_forbidden_function": ("import numpy\nnumpy.flip([1])", "RuntimeError: numpy.flip is what this"),
    "imported_by_name": ("from numpy import flip\nflip([1])", "RuntimeError: numpy.flip"),
    "by_a_computed_name": (
        "import numpy\nvars(numpy)[''.join(['f', 'lip'])]([1])",
        "RuntimeError: numpy.flip",
    ),
    "by_map": ("import numpy\nlist(map(numpy.flip, [[1]]))", "RuntimeError: numpy.flip"),
    "through_what_is_provided": ("import given\ngiven.np.flip([1])", "RuntimeError: numpy.flip"),
    "under_its_other_name": (
        "import numpy.lib as l\nl.stride_tricks.sliding_window_view([1, 2], 1)",
        "RuntimeError: numpy.lib.stride_tricks.sliding_window_view",
    ),
    "code_in_the_name_of_a_field": (CODE_IN_A_FIELD.format("str(eval)"), OF_A_FIELD),
    "an_import_in_the_name_of_a_field": (CODE_IN_A_FIELD.format("str(__import__)"), OF_A_FIELD),
    "a_lookup_in_the_name_of_a_field": (CODE_IN_A_FIELD.format("str(hash.__self__)"), OF_A_FIELD),
    "a_call_in_the_name_of_a_field": (
        CODE_IN_A_FIELD.format("self.__class__.np.flip([1]).dumps()"),
        "RuntimeError: numpy.flip is what this",
    ),
    "code_in_the_name_of_an_inherited_field": (
        """
        import dataclasses
        field = dataclasses.field()
        field.name, field.type, field._field_type = 'q" + str(eval) #', int, dataclasses._FIELD
        class A:
            __dataclass_fields__, __dataclass_params__ = {1: field}, type("P", (), {"frozen": False})
        @dataclasses.dataclass(init=False, eq=False)
        class B(A): ...
        raise SystemExit(repr(B()))
        """,
        OF_A_FIELD,
    ),
    "a_field_of_a_thread_of_its_own": (
        """
        import given
        Made = type("Made", (), {"__annotations__": {'q" + str(eval) #': int}})
        raise SystemExit(given.in_a_thread(given.shown_dataclass, Made))
        """,
        OF_A_FIELD,
    ),
    "in_the_module_that_defines_it": (
        "import numpy\nnumpy.lib._function_base_impl.flip([1])",
        "RuntimeError: numpy.flip",
    ),
}


@pytest.mark.parametrize(("source", "phrase"), HELD_UP.values(), ids=HELD_UP)
def test_a_submission_that_breaks_the_rules_is_held_up(run: Run, source: str, phrase: str) -> None:
    assert phrase in run(source, helper="import json")


LEFT_ALONE = {
    "what_is_listed": "import math, os.path as p, collections.abc\nfrom collections import OrderedDict, abc",
    "a_submodule": "from numpy import linalg, flip\nimport numpy.linalg as la\nla.norm([1])",
    "a_second_file": "from helper import *\nimport helper",
    "what_numpy_imports_late": """
        import numpy as np
        np.testing.assert_allclose(1, 1)
        np.array([1.0, 2.0]).mean(); np.array([3.0]).std(); repr(np.arange(3)); str(np.float32(1))
        np.linalg.svd(np.eye(2)); np.random.default_rng(0).normal(); np.fft.fft([1.0]); np.rot90(np.eye(2))
        np.datetime64("2020-01-01").astype(object)
        """,
    "what_the_standard_library_imports_late": """
        import time
        time.strptime("2020", "%Y")
        open(__file__, encoding="utf-8").read()
        "{:n}".format(1)
        """,
    "what_is_provided_may_do_anything": "import given\nassert given.flip([1, 2])[0] == 2\ngiven.late()",
    "numpys_own_use_of_it": "import numpy as np\nassert np.rot90([[1, 2]]).tolist() == [[2], [1]]",
    "a_dataclass_of_any_sort": """
        import dataclasses as d
        @d.dataclass(order=True, unsafe_hash=True)
        class A:
            self: int
            id: int = 1
            hash: list = d.field(default_factory=list, compare=False, kw_only=True)
            type: "str" = d.field(default="t", init=False)
            start: d.InitVar[int] = 2
            def __post_init__(self, start): self.type *= start
        @d.dataclass(frozen=True, slots=True)
        class B:
            x: int = 1
            y: dict = d.field(default_factory=dict, repr=False)
        @d.dataclass
        class C(A):
            more: int = 3
        assert A(1) < A(2) and hash(A(1)) == hash(A(1)) and A(1, hash=[1]) == A(1)
        assert repr(A(1, 5)) == "A(self=1, id=5, hash=[], type='tt')" and C(1).more == 3
        assert d.replace(B(), x=2) == B(2) and d.asdict(B()) == {"x": 1, "y": {}} and d.astuple(B())[0] == 1
        assert [f.name for f in d.fields(C)] == ["self", "id", "hash", "type", "more"]
        try:
            B().x = 3
        except d.FrozenInstanceError:
            pass
        else:
            raise AssertionError
        """,
    "a_ufunc": "import numpy as np\nassert np.matmul(np.eye(2), np.eye(2)).sum() == 2",
    "mere_mention": "import numpy as np\nx = np.flip.__name__\nassert x == 'flip'",
}


@pytest.mark.parametrize("source", LEFT_ALONE.values(), ids=LEFT_ALONE)
def test_allowed_code_works_under_the_rules(run: Run, source: str) -> None:
    assert run(source) == ""


def test_what_a_dataclass_runs_shows_the_submissions_own_line(run: Run) -> None:
    source = """
    import dataclasses, numpy

    @dataclasses.dataclass
    class A:
        a: numpy.ndarray
    """
    after = """
    import traceback
    try:
        conv.A(numpy.ones(2)) == conv.A(numpy.ones(2))
    except ValueError as error:
        print(traceback.extract_tb(error.__traceback__)[-1].line)
    """
    assert run(source, after=after) == "@dataclasses.dataclass"


def test_the_code_around_a_submission_is_held_to_nothing(run: Run) -> None:
    after = "import json, conv\nfrom os import sys\nprint(numpy.flip([1, 2]), trusted_numpy.flip([3, 4]))"
    assert run("x = 1", after=after) == "[2 1] [4 3]"
