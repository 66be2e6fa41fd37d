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
guard = ImportGuard(["collections", "conv", "given", "helper", "math", "numpy", "os", "time"],
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


HELD_UP = {
    "a_module_not_listed": ("import json", "ImportError: json may not be imported"),
    "one_that_is_not_there": ("import scipy_or_so", "ImportError: scipy_or_so may not be imported"),
    "what_may_be_is_said": ("import json", "allows collections, conv, given, helper, math, numpy, os, time"),
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
    "a_ufunc": "import numpy as np\nassert np.matmul(np.eye(2), np.eye(2)).sum() == 2",
    "mere_mention": "import numpy as np\nx = np.flip.__name__\nassert x == 'flip'",
}


@pytest.mark.parametrize("source", LEFT_ALONE.values(), ids=LEFT_ALONE)
def test_allowed_code_works_under_the_rules(run: Run, source: str) -> None:
    assert run(source) == ""


def test_the_code_around_a_submission_is_held_to_nothing(run: Run) -> None:
    after = "import json, conv\nfrom os import sys\nprint(numpy.flip([1, 2]), trusted_numpy.flip([3, 4]))"
    assert run("x = 1", after=after) == "[2 1] [4 3]"
