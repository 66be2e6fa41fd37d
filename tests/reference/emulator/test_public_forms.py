"""Forms of public kernels run unchanged, and their results are right; docs/cuda-forms.md lists them."""

import os
import subprocess

import pytest

from reference.emulator import CompileError
from reference.emulator.kernel_source import kernels_of
from reference.emulator.programs import Program, program_into, read_records, runtime_into
from tests.reference.emulator.public_forms import PAGE, forms, page, refused_forms

SAMPLE = ("needleman_wunsch", "virtual_functions")  # which `make test` runs; `make test-slow` runs all
FORMS = [
    pytest.param(one, id=one.path.stem, marks=[] if one.path.stem in SAMPLE else [pytest.mark.slow])
    for one in forms()
]
REFUSED = [pytest.param(one, id=one.path.stem) for one in refused_forms()]
EMPTIED = "FORMS_EMPTIED"  # the variable that names the kernel to be empty, by its number
SECONDS = 300


@pytest.fixture(scope="module")
def folder(add_program_runtime, tmp_path_factory):
    return add_program_runtime(tmp_path_factory.mktemp("forms")).parent


def run(folder, source, file):
    """Compiles a program; returns a function that runs it and returns its exit status and what was found."""
    program = Program(source, file)
    path = folder / file.removesuffix(".cu")
    program_into(program, runtime_into(folder), path)

    def once(**environment):
        with open(folder / "records", "w+") as records:
            process = subprocess.run(
                [path],
                env=os.environ | {"EMULATOR_FINDINGS": str(records.fileno())} | environment,
                pass_fds=[records.fileno()],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=SECONDS,
                check=False,
            )
            records.seek(0)
            return process.returncode, read_records(records.read(), program, path.read_bytes())

    return once


@pytest.mark.parametrize("form", FORMS)
def test_a_form_runs_unchanged_and_its_results_are_right(folder, form):
    status, report = run(folder, form.source, form.path.name)()
    assert (status, sorted(form.findings)) == (0, sorted({finding.kind for finding in report.findings}))


@pytest.mark.slow
@pytest.mark.parametrize("form", forms(), ids=lambda form: form.path.stem)
def test_a_form_notices_if_one_of_its_kernels_does_nothing(folder, form):
    """Without this, a form whose program compares nothing would count as right."""
    source = form.source
    kernels = [kernel for kernel in kernels_of(source) if kernel.body[0] < kernel.body[1]]
    for number, kernel in reversed(list(enumerate(kernels))):
        at = kernel.body[0] + 1
        source = f"{source[:at]} if (forms_emptied == {number}) return; {source[at:]}"
    choice = f'getenv("{EMPTIED}") ? atoi(getenv("{EMPTIED}")) : -1'
    once = run(folder, f"static const int forms_emptied = {choice};\n{source}", f"emptied_{form.path.name}")
    assert once()[0] == 0
    for number, kernel in enumerate(kernels):
        status, _ = once(**{EMPTIED: str(number), "EMULATOR_SCHEDULES": "1"})
        assert status != 0, kernel.name


@pytest.mark.parametrize("form", REFUSED)
def test_a_form_that_does_not_run_is_refused_in_words(form):
    with pytest.raises(CompileError) as error:
        Program(form.source, form.path.name).text()
    assert form.refused in str(error.value)


def test_the_page_lists_every_form():
    """If it does not: `make docs`."""
    assert page() == PAGE.read_text(encoding="utf-8")
