"""Whole programs: host code and kernels in one file, launches, and what is found on the host's side."""

import os
import re
import subprocess

import pytest

from reference.emulator import CompileError
from reference.emulator.compile import compiler, poison_options
from reference.emulator.programs import Program, is_program, program_into, read_records
from reference.emulator.programs.launches import with_calls
from tests.tables import by_name

HEAD = """\
#include <cstdio>
#include <iostream>
#include <vector>
#include <string.h>
#include "cuda_runtime.h"
#include <cooperative_groups.h>
#define CHECK(call)                                                                            \\
    do {                                                                                       \\
        cudaError_t error = (call);                                                            \\
        if (error != cudaSuccess) {                                                            \\
            fprintf(stdout, "%s at line %d\\n", cudaGetErrorString(error), __LINE__);           \\
            exit(7);                                                                           \\
        }                                                                                      \\
    } while (0)
#define LAUNCH(kernel, n, ...) kernel<<<(n + 31) / 32,  \\
    32>>>(__VA_ARGS__)
#define LAUNCH_OF(name, ...) name##ll<float, 1><<<2, 32>>>(d, __VA_ARGS__)
__constant__ float coefficients[4];
__device__ int counter;
struct Scaled { float factor; Scaled(float factor) : factor(factor) {} };
template <typename T, int N> __global__ void fill(T *out, T value, int n = 64)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n)
        out[i] = value * N;
}
template <typename T> __global__ void copy(T *out, const T *in)
{
    out[threadIdx.x] = in ? in[threadIdx.x] : 5;
}
struct Handle { float *start; operator float *() const { return start; } };
__global__ void scale(float *out, Scaled by) { out[threadIdx.x] *= by.factor; }
__global__ void racy(int *out) { out[threadIdx.x / 2] = threadIdx.x; } // racy
__global__ void counts_badly() { counter += 1; } // miscounted
__global__ void smash(int *out, int n)
{
    int a[4];
    for (int i = 0; i < n; ++i)
        a[i] = i; // smashed
    *out = a[n & 3];
}
int copied, ended;
struct Deep {
    float *start;
    Deep() { CHECK(cudaMalloc(&start, 128)); CHECK(cudaMemset(start, 0, 128)); }
    Deep(const Deep &from)
    {
        ++copied;
        CHECK(cudaMalloc(&start, 128));
        CHECK(cudaMemcpy(start, from.start, 128, cudaMemcpyDeviceToDevice));
    }
    ~Deep() { ++ended; CHECK(cudaFree(start)); }
};
struct Shallow {
    float *start;
    Shallow() { CHECK(cudaMalloc(&start, 128)); }
    ~Shallow() { cudaFree(start); } // freed with each copy
};
template <typename T> __global__ void takes(T of, float *out) { out[threadIdx.x] = of.start[threadIdx.x]; }
__global__ void sets(Shallow given) { given.start[threadIdx.x] = 1; }
__global__ void part_of_an_array(int *out, int n)
{
    int best[4]; // best
    for (int i = 0; i < n; ++i)
        best[i] = i;
    for (int i = 0; i < 4; ++i)
        out[threadIdx.x] += best[i];
}
__device__ float named[4];
__managed__ int both = 5;
__global__ void doubles(float *of) { of[threadIdx.x] *= 2; if (threadIdx.x == 1) ++both; }
__global__ void weigh(float *out)
{
    out[threadIdx.x] = coefficients[threadIdx.x % 4];
    atomicAdd(&counter, 1);
}
// Each block hands a number on to the next but one, by way of two barriers of the grid and its shared memory.
__global__ void passes_on(int *out, int mistake)
{
    __shared__ int kept;
    auto grid = cooperative_groups::this_grid();
    int me = blockIdx.x, n = gridDim.x;
    if ((mistake == 1 && me == 1) || (mistake == 2 && threadIdx.x == 1))
        return;
    if (threadIdx.x == 0)
        out[me] = kept = 10 * me;
    if (mistake == 3 && threadIdx.x == 1)
        __syncthreads(); // one stays
    if (mistake != 4)
        grid.sync(); // the grid meets
    if (threadIdx.x == 0)
        out[n + me] = out[(me + 1) % n] + kept / 10; // takes
    cooperative_groups::sync(grid);
    if (threadIdx.x == 0)
        out[me] = out[n + (me + 1) % n];
}
__global__ void samples(float *out, cudaTextureObject_t texture, float x, float y)
{
    out[0] = tex2D<float>(texture, x, y); // texel
}
__global__ void samples_a_row(float *out, cudaTextureObject_t texture, float x)
{
    out[0] = tex1D<float>(texture, x);
}
__global__ void fetches(float *out, cudaTextureObject_t texture, int at)
{
    out[0] = tex1Dfetch<float>(texture, at); // fetched
}
__global__ void takes_integers(float *out, cudaTextureObject_t texture)
{
    out[0] = tex2D<int>(texture, 0.5f, 0.5f); // of another type
}
// An image of three rows, 0 to 3, 10 to 13 and 20 to 23, and the texel or the mean of texels at a place.
struct Image {
    cudaArray_t array;
    cudaResourceDesc from = {};
    cudaTextureDesc how = {};
    cudaTextureObject_t object = 0;
    Image(bool is_written = true)
    {
        float rows[12];
        for (int i = 0; i < 12; ++i)
            rows[i] = i / 4 * 10 + i % 4;
        cudaChannelFormatDesc format = cudaCreateChannelDesc<float>();
        CHECK(cudaMallocArray(&array, &format, 4, 3));
        if (is_written)
            CHECK(cudaMemcpy2DToArray(array, 0, 0, rows, 16, 16, 3, cudaMemcpyHostToDevice));
        from.resType = cudaResourceTypeArray;
        from.res.array.array = array;
    }
    Image &set(cudaTextureAddressMode mode, cudaTextureFilterMode filter, bool is_normalized = false)
    {
        how.addressMode[0] = how.addressMode[1] = mode;
        how.filterMode = filter;
        how.normalizedCoords = is_normalized;
        CHECK(cudaDestroyTextureObject(object) == cudaSuccess || !object ? cudaSuccess : cudaErrorUnknown);
        CHECK(cudaCreateTextureObject(&object, &from, &how, nullptr));
        return *this;
    }
    float at(float x, float y, bool is_flat = false)
    {
        float *out, value;
        CHECK(cudaMalloc(&out, sizeof value));
        if (is_flat)
            samples_a_row<<<1, 1>>>(out, object, x);
        else
            samples<<<1, 1>>>(out, object, x, y);
        CHECK(cudaMemcpy(&value, out, sizeof value, cudaMemcpyDeviceToHost));
        CHECK(cudaFree(out));
        return value;
    }
    ~Image() { cudaDestroyTextureObject(object), cudaFreeArray(array); }
};
__global__ void asserts(float *out) { assert(threadIdx.x < 3); out[threadIdx.x] = 0; } // asserts
__global__ void reverse(float *out)
{
    extern __shared__ float dynamic[];
    dynamic[threadIdx.x] = out[threadIdx.x];
    __syncthreads();
    out[threadIdx.x] = dynamic[blockDim.x - 1 - threadIdx.x];
}
__global__ void allocates(int *out)
{
    int *mine = (int *)malloc(4 * sizeof(int)), *more = new int[3](), *one = new int(threadIdx.x);
    mine[2] = more[1] + *one;
    out[threadIdx.x] = mine[2];
    delete one;
    delete[] more;
    free(mine);
}
__global__ void misuses(int *out)
{
    int *mine = new int[3];
    out[0] = mine[1]; // heap unwritten
    mine[4] = 1; // heap beyond
    free(mine);
    free(mine); // heap twice
}
__global__ void fills(int *out)
{
    for (*out = 0; malloc(65536);)
        ++*out;
}
__global__ void says() { if (threadIdx.x % 16 == 0) printf("thread %d\\n", threadIdx.x); }
namespace deep {
template <typename T> struct Host { static void launch(T *out) { fill<T, (2 > 1)><<<2, 32>>>(out, T(3)); } };
}
const int N = 64;
float h[N];
"""
ALLOCATED = "float *d; CHECK(cudaMalloc((void **)&d, sizeof h)); CHECK(cudaMemset(d, 0, sizeof h));\n"
BACK = "CHECK(cudaMemcpy(h, d, sizeof h, cudaMemcpyDeviceToHost)); CHECK(cudaFree(d));\n"


def passed_on(mistake: int = 0, blocks: int = 4, threads: int = 2, comment: str = "") -> str:
    """The lines that launch `passes_on` cooperatively."""
    return (
        f"int *d, mistake = {mistake}; CHECK(cudaMalloc(&d, 32)); CHECK(cudaMemset(d, 0, 32));\n"
        f"void *addresses[] = {{&d, &mistake}}; cudaError_t made = cudaLaunchCooperativeKernel("
        f"(void *)passes_on, dim3({blocks}), dim3({threads}), addresses); {comment}\nCHECK(made);\n"
    )


# name: the lines of a function of the host; what it prints (it returns 0, and nothing is found)
RIGHT = {
    "templates_and_defaults": (
        f"{ALLOCATED}fill<float, 2><<<dim3(N / 32), 32>>>(d, 1.5f); CHECK(cudaGetLastError());\n{BACK}"
        'printf("%g %g", h[0], h[63]);',
        "3 3",
    ),
    "a_launch_in_a_template": (f'{ALLOCATED}deep::Host<float>::launch(d);\n{BACK}printf("%g", h[33]);', "3"),
    "a_launch_in_a_macro": (
        f'{ALLOCATED}LAUNCH((fill<float, 1>), N, d, 2.f, N);\n{BACK}printf("%g", h[63]);',
        "2",
    ),
    "a_launch_of_a_name_that_a_macro_puts_together": (
        f'{ALLOCATED}LAUNCH_OF(fi, 2.f);\n{BACK}printf("%g", h[63]);',
        "2",
    ),
    "deduced_and_null": (f'{ALLOCATED}copy<<<1, N>>>(d, (float *)NULL);\n{BACK}printf("%g", h[1]);', "5"),
    "a_value_with_a_constructor": (
        f"{ALLOCATED}fill<float, 1><<<2, 32>>>(d, 1); scale<<<1, N>>>(d, Scaled(4));\n{BACK}"
        'printf("%g", h[5]);',
        "4",
    ),
    "an_argument_in_braces": (
        f"{ALLOCATED}fill<float, 1><<<2, 32>>>(d, {{1}}); scale<<<1, {{N}}>>>(d, {{4}});\n"
        f'void (*k)(float *, Scaled) = scale; k<<<1, N>>>(d, {{2}});\n{BACK}printf("%g", h[5]);',
        "8",
    ),
    "arguments_are_evaluated_once": (
        f'int n = 0;\n{ALLOCATED}fill<float, 1><<<2, 32>>>(d, ++n);\n{BACK}printf("%d %g", n, h[7]);',
        "1 1",
    ),
    "a_pointer_to_a_kernel": (
        f'void (*kernel)(float *) = weigh;\n{ALLOCATED}kernel<<<1, N>>>(d);\n{BACK}printf("%g", h[0]);',
        "0",
    ),
    "symbols": (
        f"float c[] = {{1, 2, 3, 4}}; CHECK(cudaMemcpyToSymbol(coefficients, c, sizeof c));\n{ALLOCATED}"
        f"weigh<<<1, N>>>(d);\n{BACK}int n; CHECK(cudaMemcpyFromSymbol(&n, counter, sizeof n));\n"
        'printf("%g %d", h[2], n);',
        "3 64",
    ),
    "dynamic_shared_memory_and_streams": (
        f"{ALLOCATED}for (int i = 0; i < N; ++i) h[i] = i;\ncudaStream_t s; CHECK(cudaStreamCreate(&s));\n"
        "CHECK(cudaMemcpyAsync(d, h, sizeof h, cudaMemcpyHostToDevice, s));\n"
        "reverse<<<1, N, N * sizeof(float), s>>>(d); CHECK(cudaStreamSynchronize(s));\n"
        f'CHECK(cudaStreamDestroy(s));\n{BACK}printf("%g", h[0]);',
        "63",
    ),
    "much_shared_memory_if_asked_for": (
        f"CHECK(cudaFuncSetAttribute(reverse, cudaFuncAttributeMaxDynamicSharedMemorySize, 96 * 1024));\n"
        f'{ALLOCATED}reverse<<<1, N, 96 * 1024>>>(d); CHECK(cudaDeviceSynchronize());\n{BACK}puts("ok");',
        "ok",
    ),
    "a_class_that_converts_to_a_pointer": (
        f"{ALLOCATED}Handle handle = {{d}}; scale<<<1, N>>>(handle.start, 0.f);\n"
        "CHECK(cudaMemcpy(h, handle, sizeof h, cudaMemcpyDeviceToHost)); CHECK(cudaMemset(handle, 0, 4));\n"
        'printf("%g", h[5]); CHECK(cudaFree(handle));',
        "0",
    ),
    "copies_of_rows_and_symbols_in_streams": (
        f"float c[] = {{1, 2, 3, 4}}, back[4];\n{ALLOCATED}"
        "CHECK(cudaMemcpyToSymbolAsync(coefficients, c, sizeof c, 0, cudaMemcpyHostToDevice, 0));\n"
        "CHECK(cudaMemcpyFromSymbolAsync(back, coefficients, 16, 0, cudaMemcpyDeviceToHost));\n"
        "CHECK(cudaMemset2D(d, 16, -1, 8, 2)); CHECK(cudaThreadSynchronize());\n"
        "CHECK(cudaMemcpy2DAsync(h, 8, d, 16, 8, 3, cudaMemcpyDeviceToHost)); CHECK(cudaFree(d));\n"
        'printf("%g %d %g", back[2], h[3] != h[3], h[4]); CHECK(cudaThreadExit());',
        "3 1 0",
    ),
    "events": (
        "cudaEvent_t a, b; CHECK(cudaEventCreate(&a)); CHECK(cudaEventCreate(&b));\n"
        "CHECK(cudaEventRecord(a)); says<<<1, 1>>>(); CHECK(cudaEventRecord(b));\n"
        "CHECK(cudaEventSynchronize(b)); float t;\n"
        'CHECK(cudaEventElapsedTime(&t, a, b)); printf("%d", t > 0);',
        "thread 0\n1",
    ),
    "printf_of_kernels_comes_once": (
        'says<<<1, 32>>>(); CHECK(cudaDeviceSynchronize()); puts("end");',
        "thread 16\nthread 0\nend",
    ),
    "managed_memory": (
        "float *m; CHECK(cudaMallocManaged(&m, sizeof h)); m[1] = 2; scale<<<1, N>>>(m, Scaled(3));\n"
        'CHECK(cudaDeviceSynchronize()); printf("%g", m[1]); CHECK(cudaFree(m));',
        "6",
    ),
    "the_standard_library": (
        "std::vector<float> v(N, 1); float *d; CHECK(cudaMalloc(&d, N * sizeof(float)));\n"
        "CHECK(cudaMemcpy(d, v.data(), N * sizeof(float), cudaMemcpyDefault));\n"
        "scale<<<1, N>>>(d, 2.f); CHECK(cudaMemcpy(v.data(), d, N * 4, cudaMemcpyDeviceToHost));\n"
        "try { throw v[3]; } catch (float x) { std::cout << x; } CHECK(cudaFree(d));",
        "2",
    ),
    "the_devices_heap": (
        f"CHECK(cudaDeviceSetLimit(cudaLimitMallocHeapSize, 1 << 20));\n{ALLOCATED}"
        "for (int i = 0; i < 40; ++i) allocates<<<1, N>>>((int *)d);\n"
        f'{BACK}printf("%d", ((int *)h)[5]);',
        "5",
    ),
    "a_full_heap": (
        f"CHECK(cudaDeviceSetLimit(cudaLimitMallocHeapSize, 1 << 20));\n{ALLOCATED}"
        f'fills<<<1, 1>>>((int *)d);\n{BACK}printf("%d", ((int *)h)[0]);',
        "15",
    ),
    "a_launch_by_addresses": (
        f"{ALLOCATED}float value = 1.5f; int n = 40; void *addresses[] = {{&d, &value, &n}};\n"
        "CHECK(cudaLaunchKernel((void *)fill<float, 2>, dim3(2), dim3(32), addresses));\n"
        f'{BACK}printf("%g %g", h[39], h[40]);',
        "3 0",
    ),
    "a_barrier_of_the_grid": (
        f"{passed_on()}int numbers[4]; CHECK(cudaMemcpy(numbers, d, 16, cudaMemcpyDeviceToHost));\n"
        'CHECK(cudaFree(d)); printf("%d %d %d %d", numbers[0], numbers[1], numbers[2], numbers[3]);',
        "21 32 3 10",
    ),
    "texels_by_place": (
        "Image image; image.set(cudaAddressModeClamp, cudaFilterModePoint);\n"
        'printf("%g %g %g ", image.at(2.9f, 1.1f), image.at(-5, 9), image.at(3.5f, 0, true));\n'
        "image.set(cudaAddressModeBorder, cudaFilterModePoint);\n"
        'printf("%g %g", image.at(4, 0), image.at(3.5f, 2.5f));',
        "12 20 3 0 23",
    ),
    "means_of_texels": (
        "Image image; image.set(cudaAddressModeClamp, cudaFilterModeLinear);\n"
        'printf("%g %g %g ", image.at(1.5f, 0.5f), image.at(2, 1), image.at(0, 2.75f));\n'
        'printf("%g ", image.at(1.25f, 0, true)); /* a quarter of the way */\n'
        "image.set(cudaAddressModeBorder, cudaFilterModeLinear);\n"
        'printf("%g", image.at(0, 2.5f)); /* half of it is the border */',
        "1 6.5 20 0.75 10",
    ),
    "places_beyond_the_image": (
        "Image image; image.set(cudaAddressModeWrap, cudaFilterModePoint, true);\n"
        'printf("%g %g ", image.at(1.3f, 0.5f), image.at(-0.1f, -0.1f));\n'
        "image.set(cudaAddressModeMirror, cudaFilterModePoint, true);\n"
        'printf("%g %g", image.at(1.3f, 0.5f), image.at(-0.1f, -0.1f));',
        "11 23 12 0",
    ),
    "linear_memory_as_a_texture": (
        f"{ALLOCATED}for (int i = 0; i < N; ++i) h[i] = 3 * i;\n"
        "CHECK(cudaMemcpy(d, h, sizeof h, cudaMemcpyHostToDevice));\n"
        "cudaResourceDesc from = {}; from.resType = cudaResourceTypeLinear; from.res.linear.devPtr = d;\n"
        "from.res.linear.desc = cudaCreateChannelDesc<float>(); from.res.linear.sizeInBytes = sizeof h;\n"
        "cudaTextureDesc how = {}; cudaTextureObject_t t; float *out; CHECK(cudaMalloc(&out, 4));\n"
        "CHECK(cudaCreateTextureObject(&t, &from, &how, nullptr));\n"
        "for (int at : {0, 63, 64, -1}) {\n"
        "fetches<<<1, 1>>>(out, t, at); CHECK(cudaMemcpy(h, out, 4, cudaMemcpyDeviceToHost));\n"
        'printf("%g ", h[0]); }\n'
        "CHECK(cudaDestroyTextureObject(t)); CHECK(cudaFree(d)); CHECK(cudaFree(out));",
        "0 189 0 0",
    ),
    "pitched_memory_as_a_texture": (
        "float rows[2][3] = {{1, 2, 3}, {4, 5, 6}}, *r; size_t pitch;\n"
        "CHECK(cudaMallocPitch(&r, &pitch, 12, 2));\n"
        "CHECK(cudaMemcpy2D(r, pitch, rows, 12, 12, 2, cudaMemcpyHostToDevice)); Image image;\n"
        "image.from.resType = cudaResourceTypePitch2D; image.from.res.pitch2D.devPtr = r;\n"
        "image.from.res.pitch2D.desc = cudaCreateChannelDesc<float>(); image.from.res.pitch2D.width = 3;\n"
        "image.from.res.pitch2D.height = 2; image.from.res.pitch2D.pitchInBytes = pitch;\n"
        "image.set(cudaAddressModeClamp, cudaFilterModePoint);\n"
        'printf("%g", image.at(2.5f, 1.5f)); CHECK(cudaFree(r));',
        "6",
    ),
    "textures_that_cannot_be": (
        "cudaChannelFormatDesc d = cudaCreateChannelDesc<int>(); cudaArray_t a; "
        "CHECK(cudaMallocArray(&a, &d, 4)); int some[5];\n"
        "cudaResourceDesc from = {}; from.resType = cudaResourceTypeArray; from.res.array.array = a;\n"
        "cudaTextureDesc how = {}; how.filterMode = cudaFilterModeLinear; cudaTextureObject_t t;\n"
        'printf("%d ", cudaCreateTextureObject(&t, &from, &how, nullptr)); /* no means of integers */\n'
        'printf("%d", cudaMemcpyToArray(a, 0, 0, some, sizeof some, cudaMemcpyHostToDevice)); /* five */\n'
        "CHECK(cudaFreeArray(a));",
        "1 1",
    ),
    "sizes_of_launches": (
        "int grid, block, blocks; cudaFuncAttributes a; CHECK(cudaFuncGetAttributes(&a, weigh));\n"
        "CHECK(cudaFuncSetCacheConfig(weigh, cudaFuncCachePreferShared));\n"
        "CHECK(cudaOccupancyMaxPotentialBlockSize(&grid, &block, weigh, 0, 200));\n"
        "CHECK(cudaOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, weigh, 256, 0));\n"
        'printf("%d %d %d", block, blocks, a.maxThreadsPerBlock);',
        "128 8 1024",
    ),
    "memory_of_all_kinds": (
        "float *p, *q, *a, *r; size_t pitch, left, all; cudaStream_t s; CHECK(cudaStreamCreateWithFlags(&s, "
        "cudaStreamNonBlocking));\n"
        "CHECK(cudaMallocHost(&p, sizeof h)); CHECK(cudaHostAlloc(&q, sizeof h, 0));\n"
        "CHECK(cudaMallocAsync(&a, sizeof h, s)); CHECK(cudaMallocPitch(&r, &pitch, 40, 5));\n"
        "CHECK(cudaMemsetAsync(a, 0, sizeof h, s)); CHECK(cudaMemPrefetchAsync(a, 4, 0, s));\n"
        "for (int i = 0; i < 50; ++i) p[i] = i; CHECK(cudaMemcpy2D(r, pitch, p, 40, 40, 5, "
        "cudaMemcpyHostToDevice));\nCHECK(cudaMemcpy2D(q, 40, r, pitch, 40, 5, cudaMemcpyDeviceToHost));\n"
        "CHECK(cudaMemGetInfo(&left, &all)); CHECK(cudaFreeAsync(a, s)); CHECK(cudaFree(r));\n"
        'printf("%g %d %d", q[37], pitch >= 40, left < all); CHECK(cudaFreeHost(p)); CHECK(cudaFreeHost(q));',
        "37 1 1",
    ),
    "streams_and_events": (
        "cudaStream_t s; cudaEvent_t e; CHECK(cudaStreamCreate(&s)); CHECK(cudaEventCreateWithFlags(&e, "
        "cudaEventDisableTiming));\nCHECK(cudaEventRecord(e, s)); CHECK(cudaStreamWaitEvent(s, e, 0));\n"
        'printf("%d %d", cudaStreamQuery(s), cudaEventQuery(e)); CHECK(cudaEventDestroy(e));\n'
        "CHECK(cudaStreamDestroy(s));",
        "0 0",
    ),
    "attributes_and_a_reset": (
        "int n, device; CHECK(cudaGetDevice(&device)); CHECK(cudaDeviceGetAttribute(&n, "
        'cudaDevAttrMultiProcessorCount, device)); CHECK(cudaDeviceReset()); printf("%d", n);',
        "108",
    ),
    "the_device": (
        "int n; CHECK(cudaGetDeviceCount(&n)); cudaDeviceProp p; CHECK(cudaGetDeviceProperties(&p, 0));\n"
        'CHECK(cudaSetDevice(0)); printf("%d %d %d.%d", n, p.warpSize, p.major, p.minor);',
        "1 32 8.0",
    ),
    "an_argument_is_copied_and_destroyed_once_and_on_the_host": (
        "float *d; CHECK(cudaMalloc(&d, 128));\n"
        "{ Deep all; takes<<<1, 32>>>(all, d); CHECK(cudaDeviceSynchronize()); "
        'printf("%d %d, ", copied, ended); }\n'
        "CHECK(cudaMemcpy(h, d, 128, cudaMemcpyDeviceToHost)); CHECK(cudaFree(d));\n"
        'printf("%d %d %g", copied, ended, h[31]);',
        "1 1, 1 2 0",
    ),
    "an_argument_by_its_address": (
        "float *d; CHECK(cudaMalloc(&d, 128));\n"
        "{ Deep all; void *given[] = {&all, &d};\n"
        "CHECK(cudaLaunchKernel((void *)takes<Deep>, dim3(1), dim3(32), given, 0, 0)); }\n"
        'CHECK(cudaDeviceSynchronize()); printf("%d %d", copied, ended); CHECK(cudaFree(d));',
        "1 2",
    ),
    "an_array_whose_elements_all_have_a_value": (
        "int *d; CHECK(cudaMalloc(&d, 128)); CHECK(cudaMemset(d, 0, 128));\n"
        "part_of_an_array<<<1, 32>>>(d, 4); CHECK(cudaFree(d));",
        "",
    ),
    "variables_by_their_addresses": (
        "float some[4] = {1, 2, 3, 4}; void *p; size_t size; CHECK(cudaGetSymbolAddress(&p, named));\n"
        "CHECK(cudaGetSymbolSize(&size, named)); CHECK(cudaMemcpy(p, some, size, cudaMemcpyHostToDevice));\n"
        "doubles<<<1, 4>>>((float *)p); CHECK(cudaMemcpy(some, p, size, cudaMemcpyDeviceToHost));\n"
        'printf("%zu %g %d", size, some[3], both); CHECK(cudaMemset(p, 0, size));',
        "16 8 6",
    ),
    "a_copy_in_as_many_parts_as_an_element_has_bytes": (
        f"{ALLOCATED}for (int i = 0; i < 4; ++i)\n"
        "CHECK(cudaMemcpy(d + 16 * i, h + 16 * i, 64, cudaMemcpyHostToDevice)); CHECK(cudaFree(d));",
        "",
    ),
    "functions_that_change_nothing_here": (
        "int least, greatest, called = 0; cudaStream_t s; float *p, *q; CHECK(cudaProfilerStart());\n"
        "CHECK(cudaDeviceGetStreamPriorityRange(&least, &greatest));\n"
        "CHECK(cudaStreamCreateWithPriority(&s, cudaStreamNonBlocking, greatest));\n"
        "CHECK(cudaLaunchHostFunc(s, [](void *to) { *(int *)to = 3; }, &called));\n"
        "CHECK(cudaHostAlloc(&p, 128, cudaHostAllocMapped)); CHECK(cudaHostGetDevicePointer(&q, p, 0));\n"
        "CHECK(cudaMemAdvise(p, 128, cudaMemAdviseSetReadMostly, 0)); CHECK(cudaStreamDestroy(s));\n"
        "CHECK(cudaDeviceSetSharedMemConfig(cudaSharedMemBankSizeEightByte)); CHECK(cudaFreeHost(p));\n"
        "size_t n; CHECK(cudaDeviceGetLimit(&n, cudaLimitStackSize));\n"
        "CHECK(cudaDeviceSetCacheConfig(cudaFuncCachePreferL1)); CHECK(cudaProfilerStop());\n"
        'printf("%d %d", called, p == q);',
        "3 1",
    ),
    "an_error_is_told_once": (
        "fill<float, 1><<<1, 2000>>>(nullptr, 1.f); // bad_launch\n"
        'printf("%s, ", cudaGetErrorName(cudaGetLastError())); printf("%d", cudaPeekAtLastError());',
        "cudaErrorInvalidConfiguration, 0",
    ),
}
# name: the same, with `// kind` in each line at which something is found; what it prints, how it ends
WRONG = {
    "a_race": (
        "int *d; CHECK(cudaMalloc(&d, 128));\nracy<<<1, 64>>>(d); // schedule_dependent\nCHECK(cudaFree(d));",
        "",
        0,
        {"// racy": "race"},
    ),
    "beyond_a_block": (
        f"{ALLOCATED}copy<<<1, 96>>>(d, d); CHECK(cudaFree(d));",
        "",
        0,
        {"in ? in[": "out_of_bounds"},
    ),
    "freed": (
        f"{ALLOCATED}CHECK(cudaFree(d)); scale<<<1, N>>>(d, 1.f);",
        "",
        0,
        {"out[threadIdx.x] *=": "use_after_free"},
    ),
    "freed_twice": (f"{ALLOCATED}CHECK(cudaFree(d)); cudaFree(d); // bad_free", "", 0, {}),
    "a_copy_of_too_much": (
        f'{ALLOCATED}printf("%d", cudaMemcpy(h, d, 1000, cudaMemcpyDeviceToHost)); // out_of_bounds\n'
        "cudaFree(d);",
        "1",
        0,
        {},
    ),
    "a_copy_the_other_way": (
        f"{ALLOCATED}cudaMemcpy(d, h, 4, cudaMemcpyDeviceToHost); // bad_copy\ncudaFree(d);",
        "",
        0,
        {},
    ),
    "a_size_in_elements": (
        "float *d; cudaMalloc(&d, 256);\ncudaMemset(d, 1, 64); // short_copy\ncudaFree(d);",
        "",
        0,
        {},
    ),
    "a_size_in_elements_of_memory_from_a_void_pointer": (
        "float *d; cudaMalloc((void **)&d, sizeof h);\n"
        "cudaMemcpy(d, h, sizeof h / 4, cudaMemcpyHostToDevice); // short_copy\ncudaFree(d);",
        "",
        0,
        {},
    ),
    "a_copy_of_an_argument_frees_its_memory": (
        "Shallow one; sets<<<1, 32>>>(one); CHECK(cudaDeviceSynchronize());",
        "",
        0,
        {"// freed with each copy": "bad_free"},
    ),
    "part_of_a_local_array_without_a_value": (
        "int *d; CHECK(cudaMalloc(&d, 128)); CHECK(cudaMemset(d, 0, 128));\n"
        "part_of_an_array<<<1, 32>>>(d, 3); CHECK(cudaFree(d));",
        "",
        0,
        {"// best": "uninitialized_read"} if poison_options() else {},
    ),
    "a_copy_beyond_a_variable": (
        "void *p; CHECK(cudaGetSymbolAddress(&p, named));\n"
        'printf("%d", cudaMemset((float *)p + 2, 0, 12)); // out_of_bounds',
        "1",
        0,
        {},
    ),
    "a_race_on_a_variable_of_the_device": (
        "counts_badly<<<2, 32>>>(); CHECK(cudaDeviceSynchronize());",
        "",
        0,
        {"// miscounted": "race"},
    ),
    "a_store_far_above_its_own_stack": (
        "int *d; CHECK(cudaMalloc(&d, 4)); smash<<<1, 1>>>(d, 40000); cudaFree(d);",
        "",
        0,
        {"// smashed": "out_of_bounds" if poison_options() else "out_of_bounds crashed"},
    ),
    "never_written": (
        "float *d; CHECK(cudaMalloc(&d, sizeof h)); fill<float, 1><<<1, 32>>>(d, 1);\n"
        "cudaMemcpy(h, d, sizeof h, cudaMemcpyDeviceToHost); cudaFree(d); // never_written",
        "",
        0,
        {},
    ),
    "read_before_it_is_written": (
        "float *d; CHECK(cudaMalloc(&d, sizeof h)); scale<<<1, N>>>(d, 1.f); cudaFree(d);",
        "",
        0,
        {"out[threadIdx.x] *=": "uninitialized_read"},
    ),
    "a_pointer_of_the_host": (
        "float mine[N] = {}; scale<<<1, N>>>(mine, 1.f); CHECK(cudaDeviceSynchronize());",
        "an illegal memory access was encountered at line",
        7,
        {"out[threadIdx.x] *=": "out_of_bounds"},
    ),
    "the_host_writes_device_memory": (f"{ALLOCATED}d[0] = 1; // host_access", "", -11, {}),
    "a_function_reads_device_memory": (f"{ALLOCATED}memmove(h, d, N); // host_access", "", -11, {}),
    "managed_too_early": (
        "float *m; CHECK(cudaMallocManaged(&m, sizeof h)); scale<<<1, N>>>(m, 3.f);\n"
        "h[0] = m[1]; // unsynchronized\nCHECK(cudaFree(m));",
        "",
        0,
        {},
    ),
    "the_devices_heap_misused": (
        f"{ALLOCATED}misuses<<<1, 1>>>((int *)d); cudaFree(d);",
        "",
        0,
        {
            "// heap unwritten": "uninitialized_read",
            "// heap beyond": "out_of_bounds",
            "// heap twice": "bad_free",
        },
    ),
    "an_assertion": (
        f"{ALLOCATED}asserts<<<1, N>>>(d); CHECK(cudaGetLastError()); CHECK(cudaDeviceSynchronize());",
        "device-side assert triggered at line",
        7,
        {"asserts(": "trap"},
    ),
    "a_block_that_leaves_the_grid": (
        f"{passed_on(1)}CHECK(cudaDeviceSynchronize());",
        "timed out",
        7,
        {"// the grid meets": "divergent_barrier"},
    ),
    "a_thread_that_leaves_the_grid": (
        f"{passed_on(2)}CHECK(cudaDeviceSynchronize());",
        "timed out",
        7,
        {"// the grid meets": "divergent_barrier"},
    ),
    "a_thread_at_another_barrier": (
        f"{passed_on(3)}CHECK(cudaDeviceSynchronize());",
        "timed out",
        7,
        {"// one stays": "divergent_barrier"},
    ),
    "blocks_that_do_not_meet": (
        f"{passed_on(4, comment='// schedule_dependent')}CHECK(cudaFree(d));",
        "",
        0,
        {"out[me] = kept": "race", "// takes": "race"},
    ),
    "a_barrier_of_the_grid_in_a_plain_launch": (
        "int *d; CHECK(cudaMalloc(&d, 64)); passes_on<<<4, 2>>>(d, 0); CHECK(cudaDeviceSynchronize());",
        "unspecified launch failure",
        7,
        {"// the grid meets": "trap"},
    ),
    "more_blocks_than_can_meet": (
        passed_on(blocks=500, threads=1024, comment="// bad_launch"),
        "too many blocks in cooperative launch",
        7,
        {},
    ),
    "a_texture_that_is_gone": (
        "Image image; image.set(cudaAddressModeClamp, cudaFilterModePoint);\n"
        "cudaTextureObject_t old = image.object; CHECK(cudaDestroyTextureObject(old));\n"
        "image.at(0, 0);",
        "unspecified launch failure",
        7,
        {"// texel": "trap"},
    ),
    "texels_of_another_type": (
        f"{ALLOCATED}Image image; image.set(cudaAddressModeClamp, cudaFilterModePoint);\n"
        "takes_integers<<<1, 1>>>(d, image.object); CHECK(cudaDeviceSynchronize());",
        "unspecified launch failure",
        7,
        {"// of another type": "trap"},
    ),
    "an_array_by_index": (
        f"{ALLOCATED}Image image; image.set(cudaAddressModeClamp, cudaFilterModePoint);\n"
        "fetches<<<1, 1>>>(d, image.object, 0); CHECK(cudaDeviceSynchronize());",
        "unspecified launch failure",
        7,
        {"// fetched": "trap"},
    ),
    "texels_that_nothing_has_written": (
        "Image image(false); image.set(cudaAddressModeClamp, cudaFilterModePoint); image.at(0, 0);",
        "",
        0,
        {"// texel": "uninitialized_read"},
    ),
    "too_large_a_block": (
        "says<<<1, 1025>>>(); CHECK(cudaGetLastError()); // bad_launch",
        "invalid configuration",
        7,
        {},
    ),
    "too_much_shared_memory": (
        f"{ALLOCATED}reverse<<<1, N, 50000>>>(d); // bad_launch\nCHECK(cudaFree(d));",
        "",
        0,
        {},
    ),
    "a_symbol_too_small": ("cudaMemcpyToSymbol(coefficients, h, sizeof h); // out_of_bounds", "", 0, {}),
    "a_leak": ('float *d; CHECK(cudaMalloc(&d, 4)); // leak\nprintf("x");', "x", 0, {}),
    "the_host_crashes": ("volatile int *p = nullptr; *p = 1; // crashed", "", -11, {}),
}


def source() -> str:
    """One program with a function for each case; its argument names the one to call."""
    cases = {name: row[0] for name, row in (*RIGHT.items(), *WRONG.items())}
    functions = "".join(f"void {name}()\n{{\n{lines}\n}}\n" for name, lines in cases.items())
    calls = "".join(f'    if (!strcmp(v[1], "{name}")) {name}();\n' for name in cases)
    return f"{HEAD}{functions}int main(int, char **v)\n{{\n{calls}    return 0;\n}}\n"


@pytest.fixture(scope="module")
def program(add_program_runtime, tmp_path_factory):
    """The program, compiled once for all."""
    folder = tmp_path_factory.mktemp("program")
    written = Program(source(), "cases.cu")
    program_into(written, add_program_runtime(folder), folder / "cases")
    return written, folder / "cases"


def run(program, name):
    """How a case ends, with what it prints, and what its records say."""
    written, path = program
    with open(path.parent / "records", "w+") as records:
        process = subprocess.run(
            [path, name],
            env={**os.environ, "EMULATOR_FINDINGS": str(records.fileno())},
            pass_fds=[records.fileno()],
            capture_output=True,
            text=True,
            check=False,
        )
        records.seek(0)
        return process, read_records(records.read(), written, path.read_bytes())


@pytest.mark.parametrize(("lines", "printed"), by_name(RIGHT))
def test_a_program_does_what_it_does_on_a_gpu(program, request, lines, printed):
    name = request.node.callspec.id
    done, report = run(program, name)
    assert (printed, 0) == (done.stdout.strip(), done.returncode)
    assert marked(name, lines, {}) == {(f.line, f.kind) for f in (*report.findings, *report.notes)}


@pytest.mark.parametrize(("lines", "printed", "status", "in_kernels"), by_name(WRONG))
def test_each_mistake_is_found_at_its_line(program, request, lines, printed, status, in_kernels):
    name = request.node.callspec.id
    done, report = run(program, name)
    findings = {(f.line, f.kind) for f in (*report.findings, *report.notes)}
    expected = marked(name, lines, in_kernels)
    assert expected == {one for one in findings if one[1] != "leak" or one in expected}
    assert (printed in done.stdout, status) == (True, done.returncode)


NAMED = """
struct Pair { int a, b; };
namespace counts { __device__ int table[4]; __device__ Pair pair; }
template <typename T> __device__ T sum;
__global__ void kernel() { counts::table[2] += 1; counts::pair.b += 1; sum<int> += 1; }
int main() { kernel<<<1, 64>>>(); cudaDeviceSynchronize(); }
"""


def test_a_race_on_a_variable_names_it(tmp_path, add_program_runtime):
    written = Program(NAMED, "named.cu")
    program_into(written, add_program_runtime(tmp_path), tmp_path / "cases")
    _, report = run((written, tmp_path / "cases"), "")
    assert {
        f.array: re.sub(r".*(?:reads|writes) |, which thread .*", "", f.message) for f in report.findings
    } == {
        "table": "byte 8 of table, which has 16 bytes",
        "pair": "byte 4 of pair, which has 8 bytes",
        "sum": "sum",
    }


WITHOUT_VALUES = """\
#include <cstdio>
__global__ void in_a_loop(float *out, int n)
{
    float sum;
    for (int i = 0; i < n; ++i)
        sum += i;
    out[0] = sum;
}
__global__ void always(float *out) { float x; out[0] = 2 * x; }
int main()
{
    float *d, h = 0;
    cudaMalloc(&d, 4);
    always<<<1, 1>>>(d);
    in_a_loop<<<1, 1>>>(d, 3);
    cudaMemcpy(&h, d, 4, cudaMemcpyDeviceToHost);
    printf("%d", h == 3);
    return cudaFree(d);
}
"""


def test_a_variable_without_a_value_is_found_in_a_whole_program_and_holds_a_wrong_one(
    add_program_runtime, tmp_path
):
    if compiler()[1] != "gcc":
        pytest.skip("clang decides otherwise which variables are surely without a value")
    written = Program(WITHOUT_VALUES, "sums.cu")
    program_into(written, add_program_runtime(tmp_path), tmp_path / "cases")
    done, report = run((written, tmp_path / "cases"), "")
    assert done.stdout == ("0" if poison_options() else done.stdout)
    assert [str(f) for f in report.findings] == [
        "sums.cu:9: uninitialized_read in always: `x` is used before it has a value"
    ]
    notes = {(f.kind, f.kernel, f.array) for f in report.notes}
    assert notes == {("maybe_uninitialized", "in_a_loop", "sum")}


def marked(name, lines, in_kernels):
    """(line, kind) for what the comments of a case say, and for lines of HEAD that hold a text."""
    first = 2 + source().split("\n").index(f"void {name}()") + 1
    of_the_host = {
        (first + n, line.rpartition("// ")[2]) for n, line in enumerate(lines.split("\n")) if "// " in line
    }
    return of_the_host | {
        (1 + n, kind)
        for part, kinds in in_kernels.items()
        for n, line in enumerate(HEAD.split("\n"))
        if part in line
        for kind in kinds.split()
    }


LAUNCHES = {
    "k<<<1, 2>>>(a)": '"k" emulator_configure(1, 2))(a)',
    "n::k<T, (a > b)><<<dim3(n >> 2), f(1, 2), 0, s>>>(a, b)": (
        '"n::k<T, (a > b)>" (dim3(n >> 2), f(1, 2), 0, s))(a, b)'
    ),
    "x = 1; (k<1>)<<<g, b>>>()": 'x = 1; emulator_launch(__LINE__, "(k<1>)" (g, b))()',
    "k<<<1, 2>>>(a, NULL, NULLS)": "(a, nullptr, NULLS)",
    "// k<<<1, 2>>>(a)": "",
    '"k<<<1, 2>>>(a)"': "",
    "a.operator<<<int>(b)": "",
    "#define L(k, ...) \\\n    k<<<1, 2>>>(__VA_ARGS__)": "__LINE__, #k,",
    "#define L(j, ...) \\\n    k<<<1, 2>>>(__VA_ARGS__)": '__LINE__, "k",',
}


@pytest.mark.parametrize(("text", "parts"), LAUNCHES.items())
def test_a_launch_is_found_where_it_is_one(text, parts):
    program = with_calls(text, "a.cu")
    assert text.count("\n") == program.count("\n")
    assert ("emulator_launch" in program) == bool(parts)
    for part in parts.split('" '):
        assert part in program


@pytest.mark.parametrize(
    "text", ["k<<<1, 2>>>;", "<<<1, 2>>>(a);", "k<<<1, 2(a);", "#define SIZE <<<1, 2>>>"]
)
def test_half_a_launch_is_refused_with_its_line(text):
    with pytest.raises(CompileError, match=r"^a\.cu:2: `<<<`: write a launch in one place"):
        with_calls(f"\n{text}", "a.cu")


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("int main() {}", True),
        ("// int main()", False),
        ("__global__ void domain(float *out) {}", False),
        ("#define main(x) x", False),
    ],
)
def test_a_program_is_a_file_with_main(text, is_one):
    assert is_program(text) == is_one


@pytest.mark.parametrize(
    "records",
    [
        "", "nonsense", "host", "host\tnothing\t1\t2\ttext", "host\tleak\t1\t0\t{9} is lost", "memory\t1\t2",
        "host\tleak\tx\t0\t", "kernel" + "\t0" * 25, "kernel" + "\t9" * 25, "memory\t1\t2\t3\t4\t5\t6",
        "memory\t" + "9" * 40 + "\t1\t1\t1", "kernel" + "\t-1" * 25,
    ],
)  # fmt: skip
def test_records_that_are_none_are_passed_over_and_leave_the_report_unwhole(records):
    report = read_records(f"{records}\nend\t1\n", Program("int main() {}"), b"")
    assert (report.findings, report.notes, report.is_whole) == ((), (), False)


@pytest.mark.parametrize(
    ("records", "is_whole"),
    [
        ("end\t0\n", True),
        ("memory\t0\t8\t4\t1\t0\nend\t1\n", True),
        ("", False),
        ("end\t0", False),
        ("end\t1\n", False),
        ("end\t0\nend\t1\n", False),
        ("memory\t0\t8\t4\t1\t0\n", False),
        ("memory\t0\t8\t4\t1\t0\n" * 400 + "end\t400\n", False),
    ],
)
def test_a_report_is_whole_if_its_last_record_counts_those_before_it(records, is_whole):
    assert is_whole == read_records(records, Program("int main() {}"), b"").is_whole


def test_the_host_may_use_features_that_the_device_may_not():
    statement = 'asm("");'
    Program(f"int main() {{ {statement} }}").text()
    with pytest.raises(CompileError, match=r"program\.cu:1: `asm`"):
        Program(f"__global__ void k() {{ {statement} }}\nint main() {{}}").text()


def test_a_copy_to_constant_memory_of_the_host_is_refused_in_one_line_of_the_file(
    add_program_runtime, tmp_path
):
    text = "int main()\n{\n    const float *d = nullptr;\n    cudaMemcpy(d, d, 4, cudaMemcpyDefault);\n}\n"
    with pytest.raises(CompileError) as error:
        program_into(Program(text, "copies.cu"), add_program_runtime(tmp_path), tmp_path / "copies")
    (line,) = str(error.value).splitlines()
    assert line.startswith("copies.cu:4:") and "const float" in line
