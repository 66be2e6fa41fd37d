"""Holds the table "Who may import whom" of the design: a folder is a trust boundary, this is its argument."""

import ast
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tables import by_name

OURS = ("grader", "reference", "assignments", "tests")
COMPARED = ("comparison", "differences", "reference_answer")
OF_A_CASE = ("inputs", "case_model", "discover_subclasses")
# In a package's name order, the longest first: (who, what of ours it may import, what of others').
# "stdlib" stands for the standard library; everything may import itself.
TABLE: dict[str, tuple[set[str], set[str]]] = {
    "reference": (set(), {"numpy"}),
    "grader.model": (set(), set()),
    "grader.worker": ({"grader.model"}, {"numpy"}),
    "grader.judge.process": ({"grader.model", "grader.judge.inputs"}, {"numpy"}),
    "grader.judge.import_rules": ({"grader.model"}, {"numpy"}),
    "grader.judge.kernels": ({"grader.model", "grader.judge.process", "grader.judge.import_rules"}, set()),
    "grader.judge.kinds": (
        {"grader.model"} | {f"grader.judge.{name}" for name in ("kind", *OF_A_CASE)},
        {"numpy", "pydantic"},
    ),
    "grader.judge.differences": ({"grader.model"}, {"numpy"}),
    "grader.judge.localization": (
        {"grader.model", "grader.judge.case_selection", "grader.judge.process", "grader.judge.inputs"}
        | {f"grader.judge.{name}" for name in ("comparison", "comparisons", "differences")},
        {"numpy"},
    ),
    "grader.judge.comparisons": (
        {"grader.model"}
        | {f"grader.judge.{name}" for name in COMPARED}
        | {f"grader.judge.{name}" for name in ("kind", "formula", *OF_A_CASE)},
        {"numpy", "pydantic"},
    ),
    "grader.judge": ({"grader.model"}, {"numpy", "pydantic", "pydantic_core", "pytest"}),
    "grader.author": (
        {"grader.model", "grader.judge", "grader.draw"},
        {"jinja2", "markdown_it", "numpy", "pydantic", "pydantic_core", "yaml"},
    ),
    "grader.report.tables": ({"grader.model"}, set()),
    "grader.draw": ({"grader.model"}, set()),
    "grader.report": ({"grader.model", "grader.draw"}, {"jinja2", "markupsafe", "rich"}),
    "grader.intake": ({"grader.model"}, {"pydantic", "yaml"}),
    "grader.batch": (
        {"grader.model", "grader.intake", "grader.judge"},
        {"alembic", "copydetect", "distributed", "pydantic", "sqlalchemy"},
    ),
    "grader.desk": ({"grader.model", "grader.batch", "grader.report"}, {"jinja2", "markupsafe", "starlette"}),
    "grader.publish": ({"grader.model", "grader.author", "grader.judge"}, set()),
    "grader.prove": (
        {"grader.model", "grader.judge", "grader.author", "grader.batch", "grader.report"},
        {"numpy"},
    ),
    "grader.plugin": ({"grader"}, {"pytest"}),
    "grader.api": ({"grader"}, set()),
    "grader.cli.handout": ({"grader"}, {"numpy", "rich", "watchfiles"}),
    "grader.cli": ({"grader"}, {"rich", "shtab", "uvicorn"}),
    "grader.__main__": ({"grader"}, set()),
    "grader": ({"grader.api"}, set()),  # the package itself, which lends out the library's names
    "assignments.probes": (set(), {"numpy"}),
    "assignments.kinds": (
        {"grader.model"} | {f"grader.judge.{name}" for name in ("kind", *OF_A_CASE)},
        {"numpy", "pydantic"},
    ),
    "assignments.comparisons": (
        {"grader.model"}
        | {f"grader.judge.{name}" for name in COMPARED}
        | {f"grader.judge.{name}" for name in ("kind", "formula", *OF_A_CASE)},
        {"numpy", "pydantic"},
    ),
    "assignments.functions": (set(), {"numpy"}),
    "assignments.tests": (set(), {"numpy", "pytest", "hypothesis"}),
    "assignments.mutants": ({"grader.model"}, {"numpy", "solution"}),  # solution: the names that it defines
    "assignments.rewrites": ({"grader.model"}, {"ndarray", "numpy", "solution"}),
}
INSIDE_FUNCTIONS = {"reference": {"cupy", "numba"}}
PACKAGE_ITSELF = {"grader"}  # `import grader` for its version and its place; it imports nothing
MOST_MODULES, MOST_LINES = 16, 400  # of a folder, without __init__.py; of a file of our packages
LONGER = {  # and why
    "reference/conv.py": "one algorithm: which products it takes is decided where they are taken",
    "reference/ndarray.py": "one class: the methods of an array",
}
UNPICKLERS = {"pickle", "marshal", "dill", "cloudpickle", "shelve", "joblib", "cPickle", "_pickle"}


def name_of(path: Path, root: Path) -> str:
    """The dotted name of a module; for an assignment's file, its part in the assignment."""
    parts = path.relative_to(root).with_suffix("").parts
    if parts[0] == "assignments":
        return "assignments.tests" if parts[-1].startswith("test_") else f"assignments.{parts[-1]}"
    return ".".join(part for part in parts if part != "__init__")


def imports(tree: ast.Module, module: str, is_package: bool) -> Iterator[tuple[str, int, bool]]:
    """(dotted name, line, whether inside a function) of everything imported, however it is written."""
    inside = {
        id(node)
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for node in ast.walk(function)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node.lineno, id(node) in inside
        elif isinstance(node, ast.ImportFrom):
            start = node.module or ""
            if node.level:
                package = module.split(".") if is_package else module.split(".")[:-1]
                parts = package[: len(package) - (node.level - 1)]
                start = ".".join([*parts, *([node.module] if node.module else [])])
            for alias in node.names:
                yield f"{start}.{alias.name}", node.lineno, id(node) in inside
        elif isinstance(node, ast.Call):
            called = ast.unparse(node.func).rpartition(".")[2]
            first = node.args[0] if node.args else None
            if called in ("__import__", "import_module") and isinstance(first, ast.Constant):
                yield str(first.value), node.lineno, id(node) in inside


def rule_of(module: str) -> str | None:
    names = (who for who in TABLE if module == who or (is_of(module, who) and who not in PACKAGE_ITSELF))
    return next(names, None)


def is_of(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


def violations(path: Path, root: Path) -> list[str]:
    """What a file imports that the table does not allow, one line each."""
    module, is_package = name_of(path, root), path.name == "__init__.py"
    who = rule_of(module)
    tree = ast.parse(path.read_text(encoding="utf-8"))
    problems = []
    for name, line, inside in imports(tree, module, is_package):
        top = name.partition(".")[0]
        ours, others = TABLE[who] if who else (set(), set())
        if top in OURS:
            # `from grader import judge` names grader.judge, `from grader import __version__` only grader
            below = {path.stem for path in (root / top).iterdir()} if (root / top).is_dir() else set()
            is_root = name == top or name.partition(".")[2].partition(".")[0] not in below
            allowed = (
                (who is not None and is_of(name, who))
                or any(is_of(name, package) for package in ours)
                or (is_root and top in PACKAGE_ITSELF and who is not None and who.startswith(top))
            )
        else:
            allowed = (
                top in sys.stdlib_module_names
                or top in others
                or (inside and top in INSIDE_FUNCTIONS.get(who or "", set()))
            )
            if top in UNPICKLERS:
                allowed = False
            if module == "assignments.probes" and top != "numpy":
                allowed = False
        if not allowed:
            problems.append(f"{path}:{line}: {module} imports {name}")
    return problems


def loaders(path: Path) -> list[str]:
    """Where a file could turn bytes into code or objects: eval, exec, compile, pickles, allow_pickle=True."""
    loading = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            if called in ("eval", "exec", "builtins.eval", "builtins.exec", "yaml.load", "yaml.unsafe_load"):
                loading.append(f"{path}:{node.lineno}: calls {called}")
            for keyword in node.keywords:
                if keyword.arg == "allow_pickle" and ast.unparse(keyword.value) != "False":
                    loading.append(f"{path}:{node.lineno}: allow_pickle={ast.unparse(keyword.value)}")
            if called.endswith(("np.load", "numpy.load")) and "allow_pickle" not in {
                k.arg for k in node.keywords
            }:
                loading.append(f"{path}:{node.lineno}: {called} without allow_pickle=False")
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names = [alias.name for alias in node.names]
            if isinstance(node, ast.ImportFrom):
                names.append(node.module or "")
            loading += [
                f"{path}:{node.lineno}: imports {n}" for n in names if n.partition(".")[0] in UNPICKLERS
            ]
    return loading


ROOT = Path(__file__).parents[1]
CORPUS = ROOT / "grader" / "prove" / "corpus"  # attacks, as text: nothing imports them
FILES = [
    *sorted(path for path in (ROOT / "grader").rglob("*.py") if not path.is_relative_to(CORPUS)),
    *sorted((ROOT / "reference").rglob("*.py")),
    *sorted((ROOT / "assignments").glob("*/probes.py")),
    *sorted((ROOT / "assignments").glob("*/functions.py")),
    *sorted((ROOT / "assignments").glob("*/mutants.py")),
    *sorted((ROOT / "assignments").glob("*/rewrites.py")),
    *sorted((ROOT / "assignments").glob("*/test_*.py")),
]


def test_a_module_imports_what_the_table_allows_and_no_more() -> None:
    assert [problem for path in FILES for problem in violations(path, ROOT)] == []


def test_nothing_turns_bytes_into_code_or_objects() -> None:
    assert [call for path in FILES for call in loaders(path)] == []


def test_every_package_of_the_grader_is_in_the_table() -> None:
    without_rule = [name_of(path, ROOT) for path in FILES if rule_of(name_of(path, ROOT)) is None]

    assert without_rule == []


def test_every_package_of_the_grader_says_what_it_may_import() -> None:
    packages = [path for path in FILES if path.name == "__init__.py" and path.is_relative_to(ROOT / "grader")]
    texts = {path: ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "" for path in packages}

    assert [path for path, text in texts.items() if "May import: " not in text] == [
        ROOT / "grader/__init__.py"
    ]


def test_no_folder_holds_more_modules_than_a_reader_takes_in() -> None:
    modules = Counter(path.parent for path in FILES if path.name != "__init__.py")

    assert {str(folder): count for folder, count in modules.items() if count > MOST_MODULES} == {}


def test_no_module_is_longer_than_its_limit_unless_there_is_a_reason() -> None:
    ours = (path for path in FILES if not path.is_relative_to(ROOT / "assignments"))
    lines = {str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines()) for path in ours}

    assert {name for name, count in lines.items() if count > MOST_LINES} == set(LONGER)


FOUND_BY_NAME = {
    "corpus",
    "formats",
    "layouts",
    "targets",
}  # there a module has the name of its platform or attack
ONE_SUBJECT = {  # other basenames that stand twice, and the one thing that both modules of the name are about
    "__main__": "what `python -m` of a package starts",
    "conv": "convolution, in the form to run and in the form to read",
    "conv_nd": "convolution on any number of axes, in both forms",
    "normalization": "batch and layer normalization, in both forms",
    "pooling": "pooling, in both forms",
    "conv_forms": "three ways to convolve: how each is written, and what gives their result",
    "findings": "what the emulator finds, and the comparison that asks for it",
    "grade": "the command, and the value that it shows",
    "redteam": "the command, and the attacks that it grades",
}


def test_no_two_modules_of_one_name_have_different_jobs() -> None:
    ours = [path for path in FILES if path.relative_to(ROOT).parts[0] in ("grader", "reference")]
    modules = [path for path in ours if path.name != "__init__.py" and not FOUND_BY_NAME & set(path.parts)]
    names = Counter(path.stem for path in modules)

    assert {name for name, count in names.items() if count > 1} == set(ONE_SUBJECT)


PLANTED = {
    "a_sibling": ("grader/worker/planted.py", "import grader.judge"),
    "a_sibling_from_the_package": ("grader/worker/planted.py", "from grader import judge"),
    "a_sibling_under_another_name": ("grader/worker/planted.py", "import grader.judge.draw_inputs as model"),
    "a_relative_import": ("grader/worker/planted.py", "from ..judge import draw_inputs"),
    "a_relative_import_of_a_package": ("grader/worker/planted.py", "from .. import judge"),
    "a_relative_import_in_a_package": ("grader/worker/deep/__init__.py", "from ...judge import draw_inputs"),
    "inside_a_function": ("grader/worker/planted.py", "def f():\n    from grader.judge import draw_inputs"),
    "inside_a_method": ("grader/model/planted.py", "class A:\n    def f(self):\n        import numpy"),
    "under_a_condition": ("grader/model/planted.py", "if True:\n    import numpy"),
    "in_a_try": ("grader/model/planted.py", "try:\n    import yaml\nexcept ImportError:\n    pass"),
    "for_types_only": (
        "grader/judge/planted.py",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import grader.author.load",
    ),
    "by_import_module": (
        "grader/judge/planted.py",
        "import importlib\nimportlib.import_module('grader.worker.worker_loop')",
    ),
    "by_dunder_import": ("grader/judge/planted.py", "__import__('reference.conv')"),
    "everything": ("grader/report/planted.py", "from grader.judge import *"),
    "the_judge_imports_a_worker": ("grader/judge/planted.py", "from grader.worker.worker_loop import serve"),
    "the_judge_imports_the_reference": ("grader/judge/planted.py", "import reference"),
    "the_author_imports_the_reference": ("grader/author/planted.py", "from reference.conv import conv"),
    "the_reference_imports_the_grader": ("reference/planted.py", "from grader.model import errors"),
    "the_reference_imports_cupy_at_the_top": ("reference/planted.py", "import cupy"),
    "the_reference_imports_numba_at_the_top": ("reference/planted.py", "import numba"),
    "the_reference_imports_scipy": ("reference/planted.py", "def f():\n    import scipy.signal"),
    "a_report_imports_the_judge": (
        "grader/report/planted.py",
        "from grader.judge.verdict.score import score",
    ),
    "a_batch_imports_a_report": (
        "grader/batch/planted.py",
        "from grader.report.terminal.doubt_kinds import print_doubts",
    ),
    "a_kind_imports_the_process_of_a_submission": (
        "grader/judge/kinds/planted.py",
        "from grader.judge.process.implementation import Implementation",
    ),
    "a_kind_imports_a_comparison": ("grader/judge/kinds/planted.py", "import grader.judge.comparison"),
    "a_comparison_imports_an_oracle": (
        "grader/judge/comparisons/planted.py",
        "from grader.judge.verdict.oracles import ReferenceOracle",
    ),
    "a_probe_imports_the_grader": ("assignments/tiny/probes.py", "import grader"),
    "a_probe_imports_the_reference": ("assignments/tiny/probes.py", "from reference.conv import conv"),
    "a_probe_imports_the_standard_library": ("assignments/tiny/probes.py", "import os"),
    "a_pickle": ("grader/batch/planted.py", "import pickle"),
    "code_imports_tests": ("grader/judge/planted.py", "from tests import conftest"),
}


@pytest.fixture
def planted_root(tmp_path: Path) -> Path:
    for name in ("model", "worker", "intake", "judge", "author", "report", "batch", "prove"):
        (tmp_path / "grader" / name).mkdir(parents=True)
        (tmp_path / "grader" / name / "__init__.py").touch()
    (tmp_path / "grader" / "__init__.py").touch()
    (tmp_path / "reference").mkdir()
    return tmp_path


@pytest.mark.parametrize(("name", "source"), PLANTED.values(), ids=PLANTED)
def test_a_planted_violation_is_caught(planted_root: Path, name: str, source: str) -> None:
    path = planted_root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(source)

    assert violations(path, planted_root) != []


@pytest.mark.parametrize(
    ("name", "source"),
    by_name(
        {
            "a_neighbor": (
                "grader/judge/planted.py",
                "from grader.judge.draw_inputs import draw\nfrom . import draw_inputs",
            ),
            "what_is_allowed": (
                "grader/author/planted.py",
                "from grader.judge import draw_inputs\nimport yaml",
            ),
            "the_version": ("grader/judge/planted.py", "import grader\nfrom grader import __version__"),
            "cupy_in_a_function": ("reference/planted.py", "def cuda():\n    import cupy"),
            "numba_in_a_function": ("reference/planted.py", "def compiled():\n    import numba"),
            "numpy": ("assignments/tiny/probes.py", "import numpy as np\nfrom numpy import linalg"),
            "the_standard_library": ("grader/model/planted.py", "import json\nfrom pathlib import Path"),
            "everything_for_a_command": ("grader/cli/batch.py", "from grader.batch import run\nimport rich"),
        }
    ),
)
def test_imports_that_the_table_allows_are_not_refused(planted_root: Path, name: str, source: str) -> None:
    path = planted_root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(source)

    assert violations(path, planted_root) == []


@pytest.mark.parametrize(
    "source",
    [
        "eval('1')",
        "def f(x):\n    exec(x)",
        "import builtins\nbuiltins.eval('1')",
        "import pickle",
        "def f():\n    from pickle import loads",
        "import marshal as m",
        "import dill",
        "import numpy as np\nnp.load('x', allow_pickle=True)",
        "import numpy as np\nnp.load('x')",
        "import numpy as np\nyes = True\nnp.load('x', allow_pickle=yes)",
        "import yaml\nyaml.load('x', yaml.Loader)",
    ],
)
def test_a_planted_loader_is_caught(tmp_path: Path, source: str) -> None:
    (tmp_path / "planted.py").write_text(source)

    assert len(loaders(tmp_path / "planted.py")) == 1


def test_the_page_on_architecture_states_the_same_table() -> None:
    """Each package has a row there, and the row names exactly the modules of ours that the table allows."""
    page = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8").partition("## Who may import whom\n")[2]
    rows = {}
    for who, may in re.findall(r"^\| (`.*) \| (.*) \|$", page, re.MULTILINE):
        for name in re.findall(r"`([\w.*/]+)`", who):
            rows[name] = {word.rpartition(".")[2] for word in re.findall(r"`([a-z_.]+)`", may)}
    rows["grader.judge.comparisons"] |= rows["grader.judge.kinds"]  # "the same, and ..."
    ours = {who: may for who, (may, _) in TABLE.items() if not who.startswith("assignments.")}
    assert set(ours) == {who for who in rows if who.partition(".")[0] in OURS and "/" not in who}
    for who, may in ours.items():
        assert rows[who] == {name.rpartition(".")[2] for name in may}, who
