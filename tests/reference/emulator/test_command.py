"""The command `grader emulate` takes arguments by name, prints findings, and reports them in its status."""

import json
import os
import subprocess
import sys
from pathlib import Path

import jsonschema
import numpy as np
import pytest

from reference.emulator.cache import cache_folder

ROOT = Path(__file__).parents[3]
SOURCE = """
__global__ void add(int n, const float *a, const float *b, float *out)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n)
        out[i] = a[i] + b[i];
    if (i == 0)
        printf("n is %d\\n", n);
}
template <int N> __global__ void three(float *out) { out[threadIdx.x] = N; }
"""


@pytest.fixture(scope="module", autouse=True)
def compiled_once(add_kernel_runtime, add_program_runtime, tmp_path_factory):
    """What one command compiles the next one finds."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        cache_folder().mkdir(parents=True)
        add_program_runtime(add_kernel_runtime(cache_folder()))
        yield


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "add.cu").write_text(SOURCE)
    np.savez(tmp_path / "in.npz", a=np.arange(100, dtype="f"), b=np.ones(100, "f"), n=np.int32(100))
    return tmp_path


def emulate(folder, *arguments, command=("-m", "grader", "emulate")):
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, *command, *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


ADD = ("add.cu", "--kernel", "add", "--grid", "4", "--block", "32", "--arrays", "in.npz")
OUT = ("--result", "out=float32:100")


@pytest.mark.parametrize("command", [("-m", "grader", "emulate"), ("-m", "reference.emulator")])
@pytest.mark.parametrize("check", [(), ("--check",)])
def test_a_correct_kernel_runs_and_its_arrays_are_saved(folder, command, check):
    process = emulate(folder, *ADD, *OUT, *check, "--out", "out.npz", command=command)
    assert (process.returncode, process.stderr) == (0, "")
    assert "n is 100" in process.stdout
    assert ("nothing found" in process.stdout) == bool(check)
    with np.load(folder / "out.npz", allow_pickle=False) as saved:
        np.testing.assert_array_equal(np.arange(1, 101), saved["out"])


def test_a_bug_is_printed_with_its_line_and_is_the_exit_status(folder):
    process = emulate(folder, *ADD, "--result", "out=float32:99", "--check")
    assert process.returncode == 1
    assert "add.cu:6: out_of_bounds in add: thread (3, 0, 0) of block (3, 0, 0) writes element 99 of out" in (
        process.stdout
    )


def test_the_occupancy_says_where_registers_are_unknown(folder):
    text = f"#include <cuda_fp16.h>\n{SOURCE}"  # which NVRTC does not compile
    (folder / "half.cu").write_text(text)
    process = emulate(folder, "half.cu", *ADD[1:], *OUT, "--check", "--schedules", "1")
    assert "occupancy of compute capability 8.0: at most 50%" in process.stdout
    assert "registers are unknown: give --registers N" in process.stdout
    process = emulate(folder, *ADD, *OUT, "--check", "--schedules", "1", "--gpu", "7.5", "--registers", "255")
    assert "capability 7.5: 25%, as a multiprocessor holds 8 blocks of 1 warp, limited by registers" in (
        process.stdout
    )


ENDLESS = """
__global__ void endless(int is_endless, float *out)
{
    float x = 1;
    while (is_endless)
        x = x * 1.5f + 1;
    out[threadIdx.x] = x;
}
__global__ void meets(int is_endless, float *out)
{
    do
        __syncthreads();
    while (is_endless);
    out[threadIdx.x] = 1;
}
"""


@pytest.mark.parametrize("check", [(), ("--check",)])
@pytest.mark.parametrize("kernel", ["endless", "meets"])
def test_a_kernel_without_end_is_a_finding(folder, kernel, check):
    (folder / "endless.cu").write_text(ENDLESS)
    size = "--grid", "1", "--block", "32", "--result", "out=float32:32"
    for is_endless in (0, 1):
        how = "--set", f"is_endless={is_endless}", "--seconds", "1", *check
        process = emulate(folder, "endless.cu", "--kernel", kernel, *size, *how)
        assert (process.returncode, f"timeout in {kernel}: thread (" in process.stdout) == (
            is_endless,
            is_endless,
        )


@pytest.fixture(scope="module")
def schema():
    return json.loads((ROOT / "docs" / "commands.schema.json").read_text())


def test_with_json_a_program_reads_the_findings_and_the_counts(folder, schema):
    process = emulate(folder, *ADD, "--result", "out=float32:99", "--check", "--schedules", "1", "--json")
    report = json.loads(process.stdout)
    jsonschema.validate(report, schema)
    assert (process.returncode, report["schema"], report["kernel"]) == (1, "backflip/emulate/1", "add")
    finding = next(one for one in report["findings"] if one["kind"] == "out_of_bounds")
    assert (finding["line"], finding["array"], finding["thread"]) == (6, "out", [3, 0, 0])
    assert report["counts"]["threads"] == 128
    assert report["output"] == "n is 100\n"
    assert "occupancy" in report["occupancy"]


def test_with_json_an_unchecked_run_counts_nothing(folder, schema):
    report = json.loads(emulate(folder, *ADD, *OUT, "--json", command=("-m", "reference.emulator")).stdout)
    jsonschema.validate(report, schema)
    assert (report["counts"], report["occupancy"], report["findings"]) == (None, "", [])
    assert report["seconds"] > 0


PROGRAM = """
#include <cstdio>
__global__ void fill(int *out) { out[threadIdx.x + 1] = 1; }
int main()
{
    int *out;
    cudaMalloc(&out, 4 * sizeof(int));
    fill<<<1, 4>>>(out);
    cudaDeviceSynchronize();
    cudaFree(out);
    puts("done");
    fputs("oh", stderr);
    return 3;
}
"""


def test_with_json_the_output_of_a_whole_program_is_a_part_of_the_report(folder, schema):
    (folder / "fill.cu").write_text(PROGRAM)
    process = emulate(folder, "fill.cu", "--sandbox", "none", "--json")
    report = json.loads(process.stdout)
    jsonschema.validate(report, schema)
    assert (report["schema"], report["status"], process.returncode) == ("backflip/program/1", 3, 1)
    assert (report["output"], report["errors"]) == ("done\n", "oh")
    assert [one["kind"] for one in report["findings"]] == ["out_of_bounds"]


def test_quiet_leaves_the_exit_status(folder):
    process = emulate(folder, *ADD, "--result", "out=float32:99", "--check", "--quiet")
    assert (process.returncode, process.stdout) == (1, "")


def test_counts_are_those_of_the_kernel(folder):
    process = emulate(folder, *ADD, *OUT, "--check")
    assert "128 threads. On average a thread: 2.34 accesses to global memory" in process.stdout
    assert "4.00 transactions of 32 bytes" not in process.stdout  # the last warp has 4 lanes
    assert "0 bank conflicts" in process.stdout


def test_a_template_is_named_by_its_instance(folder):
    launch = ("--grid", "1", "--block", "4")
    process = emulate(
        folder, "add.cu", "--kernel", "three<3>", *launch, "--result", "out=float32:4", "--check"
    )
    assert (process.returncode, "[3. 3. 3. 3.]" in process.stdout) == (0, True)


def test_a_refusal_of_nvidias_compiler_alone_is_shown(folder):
    pytest.importorskip("nvidia.cuda_nvrtc")
    # g++ takes a C library's function that device code does not have
    text = "__global__ void add(float *out)\n{\n    out[0] = __builtin_parity(3);\n}\n"
    (folder / "host.cu").write_text(text)
    launch = ("--kernel", "add", "--grid", "1", "--block", "1")
    process = emulate(folder, "host.cu", *launch, "--result", "out=float32:1")
    assert process.returncode == 1
    assert "NVIDIA's compiler, for an error:" in process.stdout
    assert "host.cu(3)" in process.stdout


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ((*ADD,), "add takes out, which is in none of --arrays, --set and --result"),
        (("add.cu", "--kernel", "ad", *ADD[3:], *OUT), "add.cu has no kernel 'ad'; it has add, three"),
        ((*ADD, "--result", "out=float:x"), "--result out=float:x: expected NAME=DTYPE:SHAPE"),
        ((*ADD, "--set", "n=many", *OUT), "--set n=many: 'many' is not a number"),
        ((*ADD, "--result", "out=float64:100"), "argument 4 of add, out, is an array of float64"),
        (("none.cu", *ADD[1:], *OUT), "none.cu"),
        ((*ADD, *OUT, "--schedules", "0"), "--schedules: found '0', expected a whole number of at least 1"),
        ((*ADD, *OUT, "--seconds", "-1"), "--seconds: found '-1', expected a whole number of at least 1"),
    ],
)
def test_a_mistake_is_one_line_and_exit_status_2(folder, arguments, complaint):
    process = emulate(folder, *arguments)
    assert process.returncode == 2
    assert complaint in process.stderr
    assert process.stderr.count("\n") == 1


def test_a_kernel_that_does_not_compile_leaves_the_others(folder):
    (folder / "add.cu").write_text(SOURCE + "__global__ void broken(float *out) { out[0] = nothing; }\n")
    process = emulate(folder, *ADD, *OUT)
    assert (process.returncode, "out: float32" in process.stdout) == (0, True)
    assert "add.cu:11:" in process.stderr
    assert "left out, as it does not compile: broken" in process.stderr


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "expected an .npz file"),
        (b"PK\3\4 nothing", "expected an .npz file"),
        (None, "found one array without a name"),
    ],
)
def test_a_file_of_arrays_that_cannot_be_read_is_your_mistake(folder, content, complaint):
    if content is None:
        np.save(folder / "in.npy", np.zeros(3))
        (folder / "in.npy").rename(folder / "in.npz")
    else:
        (folder / "in.npz").write_bytes(content)
    process = emulate(folder, *ADD, *OUT)
    assert (process.returncode, process.stderr.count("\n")) == (2, 1)
    assert f"--arrays in.npz: {complaint}" in process.stderr


def test_a_source_that_does_not_compile_is_shown_with_its_line(folder):
    (folder / "add.cu").write_text(SOURCE.replace("a[i] + b[i]", "a[i] + c[i]"))
    process = emulate(folder, *ADD, *OUT)
    assert process.returncode == 2
    assert "add.cu:6:" in process.stderr
