"""Fixtures for all tests: the repository's root, the sample class and the tiny course."""

import gc
import os
import shutil
import signal
from collections.abc import Callable, Generator
from pathlib import Path

import pytest
from hypothesis import settings

from grader.author.render import Views
from grader.judge.verdict.misconceptions import Misconceptions
from grader.model.assignment import Assignment
from grader.prove.mutant_answers import misconceptions
from reference.emulator.compile import NoCompiler, compile_library, compiler
from reference.emulator.programs import runtime_into
from tests.sample_class import conv_backward
from tests.sample_class.difference import write_class
from tests.tiny_course import write_course
from tests.waiting import one_at_a_time

# every run tries the same examples, without a deadline: a busy machine fails no test
settings.register_profile("laws", deadline=None, derandomize=True)
settings.load_profile("laws")

# A shell's background job ignores Ctrl-C, and `nohup` the end of a terminal. So would the processes that
# these tests start and then interrupt.
for number, handler in ((signal.SIGINT, signal.default_int_handler), (signal.SIGHUP, signal.SIG_DFL)):
    if signal.getsignal(number) is signal.SIG_IGN:
        signal.signal(number, handler)

# `make test ARGS=...` hands its variables on, and the Makefile of a handout would read them
for name in ("MAKEFLAGS", "MAKEOVERRIDES", "ARGS"):
    os.environ.pop(name, None)

# An environment that a test sets up runs a few modules, and pip would compile all that it installs
os.environ.setdefault("PIP_NO_COMPILE", "1")


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--sample N` keeps every N-th test: the CI runs a part of the slow ones, always the same."""
    parser.addoption("--sample", type=int, default=1, metavar="N", help="run every N-th test alone")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keeps every N-th of the tests that are left once marks and names have chosen."""
    step = config.getoption("sample")
    config.hook.pytest_deselected(items=[item for place, item in enumerate(items) if place % step])
    items[:] = items[::step]


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Looks for no garbage while modules and tests are made, nor later among them: they all stay."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.fixture(scope="session")
def repository() -> Path:
    return Path(__file__).parents[1]


FillOnce = Callable[[str, Callable[[Path], object]], Path]


@pytest.fixture(scope="session")
def fill_once(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> FillOnce:
    """Lets the first worker that needs a folder fill it, for all workers of this run; they only read it."""
    of_worker = tmp_path_factory.getbasetemp()
    of_run = of_worker.parent if "PYTEST_XDIST_WORKER" in os.environ else of_worker

    def fill_once(name: str, fill: Callable[[Path], object]) -> Path:
        folder = of_run / name
        with one_at_a_time(pytestconfig, name):
            if not folder.exists():
                try:
                    fill(folder)
                except BaseException:
                    shutil.rmtree(folder, ignore_errors=True)
                    raise
        return folder

    return fill_once


@pytest.fixture(scope="session")
def sample_class(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample class of conv_backward: a folder of submissions, one for each student."""
    return write_class(tmp_path_factory.mktemp("sample_class"), conv_backward.submissions())


@pytest.fixture(scope="session")
def misconceptions_of(
    pytestconfig: pytest.Config, repository: Path
) -> Callable[[Assignment], Misconceptions]:
    """What the mutants of one of the course's assignments answer; one worker grades them for all."""

    def misconceptions_of(assignment: Assignment) -> Misconceptions:
        with one_at_a_time(pytestconfig, f"mutants_of_{assignment.name}"):
            return misconceptions(repository, Views(assignment), "")

    return misconceptions_of


@pytest.fixture(scope="session")
def make_course() -> Callable[..., Path]:
    """Writes a course of the one assignment `tiny`."""
    return write_course


@pytest.fixture(scope="session")
def shared_kernels(pytestconfig: pytest.Config) -> Path:
    """The folder of compiled kernels that runs and their workers share."""
    try:
        compiler()
    except NoCompiler as error:
        pytest.skip(str(error))
    return Path(pytestconfig.cache.mkdir("kernels"))


@pytest.fixture(scope="session")
def add_kernel_runtime(pytestconfig: pytest.Config, shared_kernels: Path) -> Callable[[Path], Path]:
    """Puts the runtime of kernels, which takes seconds to compile, into a folder, and returns that folder."""
    with one_at_a_time(pytestconfig, "kernel_runtime"):
        source = "__global__ void empty() {}"
        runtime, *_ = compile_library(source, "empty.cu", {}, (), True, shared_kernels)
    return lambda folder: Path(shutil.copy2(runtime, folder)).parent


@pytest.fixture(scope="session")
def add_program_runtime(pytestconfig: pytest.Config, shared_kernels: Path) -> Callable[[Path], Path]:
    """Puts the runtime of programs, which takes seconds to compile, into a folder, and returns the copy."""
    with one_at_a_time(pytestconfig, "program_runtime"):
        runtime = runtime_into(shared_kernels)
    return lambda folder: Path(shutil.copy2(runtime, folder))


@pytest.fixture
def course(tmp_path: Path, make_course: Callable[..., Path]) -> Path:
    """The root of a course with the one assignment `tiny`."""
    return make_course(tmp_path / "course")
