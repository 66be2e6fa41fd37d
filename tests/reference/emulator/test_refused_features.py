"""What the emulator does not run ends in words: the line, the name, the reason, and what to write instead."""

import re

import pytest

from reference.emulator import CompileError
from reference.emulator.kernel_source import prepare
from reference.emulator.programs import Program, program_into

OF_THE_DEVICE = {  # a line of a kernel: a part of the reason, and of what to write instead
    "n = __shfl(n, 0);": ("compute capability 7.0", "__shfl_sync(0xffffffff"),
    "n += __shfl_down(n, 16);": ("compute capability 7.0", "__shfl_down_sync(0xffffffff"),
    "n += __shfl_up(n, 1), n += __shfl_xor(n, 1);": ("compute capability 7.0", "__shfl_up_sync(0xffffffff"),
    "n = __ballot(1);": ("compute capability 7.0", "__activemask()"),
    "n = __any(n) + __all(n);": ("compute capability 7.0", "__any_sync(0xffffffff"),
    'asm volatile("membar.gl;");': ("only on a GPU", "function of CUDA C++"),
    "auto c = cooperative_groups::this_cluster();": ("compute capability 9.0", "global memory"),
    "cuda::ptx::fence_proxy_async();": ("compute capability 9.0", "cuda::memcpy_async"),
    "float x = tex3D<float>(t, 0, 0, 0);": ("one and two axes", "compute its index"),
    "float x = tex2DLayered<float>(t, 0, 0, 0);": ("one and two axes", "compute its index"),
    "float x = texCubemap<float>(t, 0, 0, 0);": ("one and two axes", "compute its index"),
    "float x = tex2DLod<float>(t, 0, 0, 0);": ("one and two axes", "compute its index"),
    "surf2Dwrite(1.f, s, 0, 0);": ("one and two axes", "compute its index"),
    "bool b = __isShared(&n);": ("one kind here", "pass a pointer"),
}
OF_THE_HOST = {  # a line of the host's code in a program
    "cudaStreamBeginCapture(0, cudaStreamCaptureModeGlobal);": ("not emulated", "on a stream"),
    "cudaGraphLaunch(g, 0);": ("not emulated", "on a stream"),
    "cudaLaunchKernelEx(&config, kernel, 1);": ("compute capability 9.0", "one block"),
    "cudaLaunchAttribute attribute[1];": ("compute capability 9.0", "one block"),
    "cudaMalloc3D(&p, make_cudaExtent(1, 2, 3));": ("one and two axes", "compute its index"),
    "cudaMemcpy3D(&parameters);": ("one and two axes", "compute its index"),
    "cudaCreateSurfaceObject(&s, &description);": ("one and two axes", "compute its index"),
    "texture<float, 2> t;": ("one and two axes", "compute its index"),
    "cudaBindTexture(0, t, d);": ("one and two axes", "compute its index"),
    "cudaMallocMipmappedArray(&array, &format, extent, 3);": ("one and two axes", "compute its index"),
    "cudaDeviceEnablePeerAccess(1, 0);": ("one device", "one device"),
    "cuInit(0);": ("driver", "begin with cuda"),
    "CUdevice device;": ("driver", "begin with cuda"),
    "cub::DeviceHistogram h;": ("reductions and scans", "DeviceRadixSort"),
}
BY_KERNELS = {  # launches by a kernel, and what goes with them
    "kernel<<<1, 1>>>(n - 1);": ("cannot launch another one", "from the host"),
    "cudaDeviceSynchronize();": ("cannot call it", "from the host"),
    "cudaStreamCreateWithFlags(&s, cudaStreamNonBlocking);": ("cannot call it", "from the host"),
}


def complaint(source: str) -> str:
    with pytest.raises(CompileError) as error:
        Program(source, "a.cu").text()
    return str(error.value)


@pytest.mark.parametrize(("line", "words"), (OF_THE_DEVICE | BY_KERNELS).items())
def test_a_kernel_of_a_program_is_refused_in_words(line, words):
    message = complaint(f"__global__ void kernel(int n)\n{{\n{line}\n}}\nint main() {{}}\n")
    assert all(one.startswith("a.cu:3: `") for one in message.splitlines())
    assert all(word in message for word in words)


@pytest.mark.parametrize(("line", "words"), OF_THE_HOST.items())
def test_host_code_is_refused_in_words(line, words):
    message = complaint(f"__global__ void kernel(int n) {{}}\nint main()\n{{\n{line}\n}}\n")
    assert all(one.startswith("a.cu:4: `") for one in message.splitlines())
    assert all(word in message for word in words)


@pytest.mark.parametrize(("line", "words"), OF_THE_DEVICE.items())
def test_a_file_of_kernels_is_refused_in_the_same_words(line, words):
    with pytest.raises(CompileError) as error:
        prepare(f"__global__ void kernel(int n)\n{{\n{line}\n}}\n", "k.cu")
    assert all(word in str(error.value) for word in words)
    assert str(error.value).startswith("k.cu:3: `")


@pytest.mark.parametrize("head", ["[] __device__ (int n)", "[=] __host__ __device__ (int n) mutable"])
def test_a_lambda_of_the_device_is_device_code(head):
    message = complaint(f"int main()\n{{\nauto f = {head} {{\nn = __shfl(n, 0);\n}};\n}}\n")
    assert message.startswith("a.cu:4: `__shfl`")


def test_names_of_the_hosts_own_are_not_refused():
    text = Program(
        'struct Mesh { int __any, cuInitial; };\nvoid surface(int texture) { asm(""); }\n'
        "bool __all(int n) { return n; }\nint main() { return __all(0); }\n"
    ).text()
    assert "cuInitial" in text


UNKNOWN = """#include <thrust/device_vector.h>
#include <cooperative_groups.h>
#include <cuda/atomic>
struct Point { float x, y; };
__global__ void kernel(float *f)
{
    f[0] = __nv_fancy(f[1]);
    cooperative_groups::invoke_one(1);
    cuda::latch l(1);
}
int main()
{
    cudaStreamAttachMemAsync(0, 0);
    cudaArrayGetInfo(0, 0, 0, 0);
    thrust::device_vector<int> v(3);
    thrust::set_union_by_key(v.begin(), v.end());
    return 0;
}
"""


def test_a_name_of_cuda_that_the_emulator_lacks_is_named(tmp_path, add_program_runtime):
    with pytest.raises(CompileError) as error:
        program_into(Program(UNKNOWN, "u.cu"), add_program_runtime(tmp_path), tmp_path / "u")
    found = re.findall(
        r"^u\.cu:(\d+):\d+: error: the emulator has no `([\w:]+)`", str(error.value), re.MULTILINE
    )
    assert found == [
        ("7", "__nv_fancy"),
        ("8", "cooperative_groups::invoke_one"),
        ("9", "cuda::latch"),
        ("13", "cudaStreamAttachMemAsync"),
        ("14", "cudaArrayGetInfo"),
        ("16", "thrust::set_union_by_key"),
    ]


MISFIT = """#include <thrust/device_vector.h>
#include <thrust/sort.h>
struct Point { float x, y; };
int main()
{
    thrust::device_vector<Point> points(3);
    thrust::sort(points.begin(), points.end());
}
"""


def test_a_misfit_inside_a_library_is_told_at_the_line_that_uses_it(tmp_path, add_program_runtime):
    with pytest.raises(CompileError) as error:
        program_into(Program(MISFIT, "m.cu"), add_program_runtime(tmp_path), tmp_path / "m")
    lines = str(error.value).splitlines()
    assert len(lines) <= 12
    assert all(line.startswith("m.cu:7:") for line in lines)
    assert "does not fit" in lines[0] and "Point" in lines[0]
