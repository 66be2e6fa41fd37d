// The CUDA functions for the host: memory, streams, events, errors, and launches. The names and their meaning
// are those of NVIDIA's "CUDA Runtime API". Everything is done at once and in order, which is one of the
// orders that a GPU may take. Each function passes the line that calls it to the runtime.
#pragma once

#include <string>
#include <tuple>
#include <type_traits>

enum cudaError {
    cudaSuccess = 0, cudaErrorInvalidValue = 1, cudaErrorMemoryAllocation = 2,
    cudaErrorInitializationError = 3, cudaErrorInvalidConfiguration = 9, cudaErrorInvalidPitchValue = 12,
    cudaErrorInvalidSymbol = 13, cudaErrorInvalidDevicePointer = 17, cudaErrorInvalidMemcpyDirection = 21,
    cudaErrorInvalidDeviceFunction = 98, cudaErrorNoDevice = 100, cudaErrorInvalidDevice = 101,
    cudaErrorInvalidResourceHandle = 400, cudaErrorNotReady = 600, cudaErrorIllegalAddress = 700,
    cudaErrorLaunchOutOfResources = 701, cudaErrorLaunchTimeout = 702, cudaErrorAssert = 710,
    cudaErrorMisalignedAddress = 716, cudaErrorLaunchFailure = 719, cudaErrorCooperativeLaunchTooLarge = 720,
    cudaErrorNotSupported = 801, cudaErrorUnknown = 999
};
typedef enum cudaError cudaError_t;
enum cudaMemcpyKind {
    cudaMemcpyHostToHost, cudaMemcpyHostToDevice, cudaMemcpyDeviceToHost, cudaMemcpyDeviceToDevice,
    cudaMemcpyDefault
};
enum cudaFuncAttribute {
    cudaFuncAttributeMaxDynamicSharedMemorySize = 8, cudaFuncAttributePreferredSharedMemoryCarveout = 9
};
enum cudaMemoryAdvise {
    cudaMemAdviseSetReadMostly = 1, cudaMemAdviseUnsetReadMostly, cudaMemAdviseSetPreferredLocation,
    cudaMemAdviseUnsetPreferredLocation, cudaMemAdviseSetAccessedBy, cudaMemAdviseUnsetAccessedBy
};
enum cudaSharedMemConfig {
    cudaSharedMemBankSizeDefault, cudaSharedMemBankSizeFourByte, cudaSharedMemBankSizeEightByte
};
enum cudaLimit { cudaLimitStackSize, cudaLimitPrintfFifoSize, cudaLimitMallocHeapSize };
enum cudaFuncCache {
    cudaFuncCachePreferNone, cudaFuncCachePreferShared, cudaFuncCachePreferL1, cudaFuncCachePreferEqual
};
enum cudaDeviceAttr {
    cudaDevAttrMaxThreadsPerBlock = 1, cudaDevAttrMaxSharedMemoryPerBlock = 8, cudaDevAttrWarpSize = 10,
    cudaDevAttrClockRate = 13, cudaDevAttrMultiProcessorCount = 16,
    cudaDevAttrMaxThreadsPerMultiProcessor = 39, cudaDevAttrComputeCapabilityMajor = 75,
    cudaDevAttrComputeCapabilityMinor = 76, cudaDevAttrCooperativeLaunch = 95,
    cudaDevAttrMaxSharedMemoryPerBlockOptin = 97
};
enum { cudaStreamDefault = 0, cudaStreamNonBlocking = 1, cudaEventDefault = 0, cudaEventBlockingSync = 1,
    cudaEventDisableTiming = 2, cudaMemAttachGlobal = 1, cudaMemAttachHost = 2, cudaHostAllocDefault = 0,
    cudaHostAllocPortable = 1, cudaHostAllocMapped = 2, cudaCpuDeviceId = -1 };

struct cudaDeviceProp {
    char name[256];
    size_t totalGlobalMem, sharedMemPerBlock, sharedMemPerMultiprocessor, sharedMemPerBlockOptin,
        totalConstMem, memPitch;
    size_t textureAlignment;
    int regsPerBlock, regsPerMultiprocessor, warpSize, maxThreadsPerBlock, maxThreadsDim[3], maxGridSize[3];
    int clockRate, memoryClockRate, memoryBusWidth, l2CacheSize, major, minor, multiProcessorCount;
    int maxThreadsPerMultiProcessor, maxBlocksPerMultiProcessor, asyncEngineCount, deviceOverlap,
        concurrentKernels;
    int kernelExecTimeoutEnabled, integrated, canMapHostMemory, computeMode, ECCEnabled, unifiedAddressing;
    int managedMemory, concurrentManagedAccess, cooperativeLaunch, pciBusID, pciDeviceID, pciDomainID;
};

#define __managed__
#define CUDART_CB
typedef struct emulator_stream *cudaStream_t;
typedef void (*cudaHostFn_t)(void *);
typedef struct emulator_event *cudaEvent_t;

struct emulator_configuration {
    dim3 grid, block;
    size_t shared;
    cudaStream_t stream;
};
static inline emulator_configuration emulator_configure(
    dim3 grid, dim3 block, size_t shared = 0, cudaStream_t stream = nullptr)
{
    return {grid, block, shared, stream};
}

extern "C" {
void emulator_next_is_cooperative();
cudaError_t emulator_malloc(void **pointer, size_t bytes, size_t element, int where, int line);
cudaError_t emulator_free(void *pointer, int line);
void emulator_element(const void *pointer, size_t element);
cudaError_t emulator_copy(void *to, const void *from, size_t bytes, int kind, int waits, int line);
void emulator_copy_element(void *to, const void *from, size_t bytes, int kind, const void *place);
cudaError_t emulator_copy_rows(void *to, size_t to_pitch, const void *from, size_t from_pitch, size_t width,
    size_t height, int kind, int line);
cudaError_t emulator_fill(void *to, int value, size_t bytes, int line);
cudaError_t emulator_symbol(
    const void *symbol, size_t size, size_t bytes, size_t offset, const void *host, int to_host, int line);
cudaError_t emulator_symbol_address(const void *symbol, size_t size);
cudaError_t emulator_finish(int line);
cudaError_t emulator_last_error(int forget);
cudaError_t emulator_set_shared(const char *kernel, int bytes);
cudaError_t emulator_set_heap(size_t bytes);
cudaError_t emulator_event(cudaEvent_t *event, int operation);
cudaError_t emulator_stream_handle(cudaStream_t *stream, int operation);
void emulator_launch_task(int line, const char *kernel, const emulator_configuration *configuration,
    void (*enter)(void **), void *task, size_t size);
cudaError_t cudaEventElapsedTime(float *milliseconds, cudaEvent_t from, cudaEvent_t to);
cudaError_t cudaGetDeviceProperties(cudaDeviceProp *properties, int device);
cudaError_t cudaDeviceGetAttribute(int *value, cudaDeviceAttr attribute, int device);
cudaError_t cudaMemGetInfo(size_t *available, size_t *total);
cudaError_t cudaSetDevice(int device);
cudaError_t emulator_reset(int line);
const char *cudaGetErrorString(cudaError_t error);
const char *cudaGetErrorName(cudaError_t error);
}

// A launch: `k<<<grid, block>>>(a, b)` becomes
//     emulator_launch(__LINE__, "k", [&](const auto &...) { k(...); }, emulator_configure(grid, block))(a, b)
// so that overloads, templates and default arguments work as in a call. Arguments are evaluated once, on the
// host, which copies them once and destroys the copies after the launch. Each thread gets their bytes, and
// constructs and destroys none.

extern "C" {
void emulator_bytes();
[[noreturn]] void emulator_end_thread();
}
template <typename T> constexpr bool emulator_goes_through_memory = !std::is_trivially_destructible_v<T>
    || (std::is_copy_constructible_v<T> && !std::is_trivially_copy_constructible_v<T>);
template <typename T> EMULATOR_QUIET static inline T emulator_passed(const T &value)
{
    // a function that returns such a class gets the place of the result as a hidden argument, and fills it
    // with bytes here
    if constexpr (emulator_goes_through_memory<T>)
        return reinterpret_cast<T (*)(const void *, size_t)>(emulator_bytes)(&value, sizeof value);
    else
        return value;
}
// The caller of a kernel would destroy its arguments: a thread that has them ends before.
template <typename... A> EMULATOR_QUIET static inline void emulator_done(const A &...)
{
    if constexpr (!(std::is_trivially_destructible_v<A> && ...))
        emulator_end_thread();
}

template <typename F, typename... A> struct emulator_task {
    F call;
    std::tuple<A...> arguments;

    EMULATOR_QUIET static void enter(void **task)
    {
        const auto &mine = *reinterpret_cast<emulator_task *>(task);
        std::apply(mine.call, mine.arguments);
    }
};

template <typename F> struct emulator_launcher {
    int line;
    const char *kernel;
    F call;
    emulator_configuration configuration;

    template <typename... A> void operator()(A &&...arguments) const
    {
        using Task = emulator_task<F, std::decay_t<A>...>;
        Task task = {call, {static_cast<A &&>(arguments)...}};
        emulator_launch_task(line, kernel, &configuration, &Task::enter, &task, sizeof task);
    }
};

template <typename F> static inline emulator_launcher<F> emulator_launch(
    int line, const char *kernel, F call, emulator_configuration configuration)
{
    return {line, kernel, call, configuration};
}

// The type of a kernel's parameter, for an argument that is only braces: k<<<1, 1>>>({1, 2}).
template <size_t N, typename K> struct emulator_parameter_of;
template <size_t N, typename... P> struct emulator_parameter_of<N, void (*)(P...)> {
    using type = std::decay_t<std::tuple_element_t<N, std::tuple<P...>>>;
};
template <size_t N, typename... P>
struct emulator_parameter_of<N, void (**)(P...)> : emulator_parameter_of<N, void (*)(P...)> {
};

// A library's function that works on the device: one thread does it all, so its accesses are checked as a
// kernel's are.
template <typename F> static inline void emulator_on_device(int line, const char *name, F body)
{
    emulator_launch(line, name, [body]() {
        F mine(body);
        mine();
    }, emulator_configure(1, 1))();
}

// A launch that passes the arguments by their addresses: cudaLaunchKernel(k, grid, block, addresses).
template <typename... P, size_t... I>
static inline void emulator_launch_by_addresses(int line, const char *name, void (*kernel)(P...),
    const emulator_configuration &configuration, void **addresses, std::index_sequence<I...>)
{
    (void)addresses;
    emulator_launch(line, name, [=](const auto &...given) EMULATOR_QUIET {
        kernel(emulator_passed(given)...), emulator_done(given...);
    }, configuration)(*static_cast<std::decay_t<P> *>(addresses[I])...);
}
template <typename... P> static inline cudaError_t emulator_launch_kernel(const char *kernel_name,
    void (*kernel)(P...), dim3 grid, dim3 block, void **addresses, size_t shared = 0,
    cudaStream_t stream = nullptr, EMULATOR_LINE)
{
    std::string name(kernel_name);
    emulator_launch_by_addresses(line, name.substr(0, name.find(',')).c_str(), kernel,
        emulator_configure(grid, block, shared, stream), addresses, std::index_sequence_for<P...>());
    return emulator_last_error(0);
}
#define cudaLaunchKernel(...) emulator_launch_kernel(#__VA_ARGS__, __VA_ARGS__)
#define cudaLaunchCooperativeKernel(...)                                                                     \
    (emulator_next_is_cooperative(), emulator_launch_kernel(#__VA_ARGS__, __VA_ARGS__))

#include "emulator_host_memory.h"

// Waiting, streams and events: all requested work is already done.

static inline cudaError_t cudaDeviceSynchronize(EMULATOR_LINE) { return emulator_finish(line); }
static inline cudaError_t cudaStreamSynchronize(cudaStream_t, EMULATOR_LINE) { return emulator_finish(line); }
static inline cudaError_t cudaThreadSynchronize(EMULATOR_LINE) { return emulator_finish(line); }
static inline cudaError_t cudaThreadExit(EMULATOR_LINE) { return emulator_reset(line); }
static inline cudaError_t cudaStreamCreate(cudaStream_t *stream) { return emulator_stream_handle(stream, 0); }
static inline cudaError_t cudaStreamCreateWithFlags(cudaStream_t *stream, unsigned)
{
    return emulator_stream_handle(stream, 0);
}
static inline cudaError_t cudaStreamCreateWithPriority(cudaStream_t *stream, unsigned, int)
{
    return cudaStreamCreate(stream);
}
static inline cudaError_t cudaDeviceGetStreamPriorityRange(int *least, int *greatest)
{
    return *least = 0, *greatest = -5, cudaSuccess;
}
static inline cudaError_t cudaLaunchHostFunc(cudaStream_t, cudaHostFn_t f, void *of, EMULATOR_LINE)
{
    cudaError_t error = emulator_finish(line);
    if (error == cudaSuccess)
        f(of);
    return error;
}
static inline cudaError_t cudaStreamDestroy(cudaStream_t stream)
{
    return emulator_stream_handle(&stream, 1);
}
static inline cudaError_t cudaStreamWaitEvent(cudaStream_t, cudaEvent_t, unsigned = 0)
{
    return emulator_last_error(0);
}
static inline cudaError_t cudaStreamQuery(cudaStream_t, EMULATOR_LINE) { return emulator_finish(line); }
static inline cudaError_t cudaEventCreate(cudaEvent_t *event, unsigned = 0)
{
    return emulator_event(event, 0);
}
static inline cudaError_t cudaEventCreateWithFlags(cudaEvent_t *event, unsigned)
{
    return emulator_event(event, 0);
}
static inline cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t = nullptr)
{
    return emulator_event(&event, 1);
}
static inline cudaError_t cudaEventDestroy(cudaEvent_t event) { return emulator_event(&event, 2); }
static inline cudaError_t cudaEventSynchronize(cudaEvent_t, EMULATOR_LINE) { return emulator_finish(line); }
static inline cudaError_t cudaEventQuery(cudaEvent_t, EMULATOR_LINE) { return emulator_finish(line); }

// Errors and devices. There is one device.

static inline cudaError_t cudaGetLastError() { return emulator_last_error(1); }
static inline cudaError_t cudaPeekAtLastError() { return emulator_last_error(0); }
static inline cudaError_t cudaGetDeviceCount(int *count) { return *count = 1, cudaSuccess; }
static inline cudaError_t cudaGetDevice(int *device) { return *device = 0, cudaSuccess; }
static inline cudaError_t cudaDeviceReset(EMULATOR_LINE) { return emulator_reset(line); }
static inline cudaError_t cudaDeviceSetCacheConfig(cudaFuncCache) { return cudaSuccess; }
static inline cudaError_t cudaDeviceSetSharedMemConfig(cudaSharedMemConfig) { return cudaSuccess; }
static inline cudaError_t cudaProfilerStart() { return cudaSuccess; }
static inline cudaError_t cudaProfilerStop() { return cudaSuccess; }
static inline cudaError_t cudaSetDeviceFlags(unsigned) { return cudaSuccess; }
static inline cudaError_t cudaDeviceSetLimit(cudaLimit limit, size_t value)
{
    return limit == cudaLimitMallocHeapSize ? emulator_set_heap(value) : cudaSuccess;
}
static inline cudaError_t cudaDeviceGetLimit(size_t *value, cudaLimit limit)
{
    return *value = limit == cudaLimitStackSize   ? 1024
               : limit == cudaLimitPrintfFifoSize ? 1 << 20
                                                  : 8 << 20,
           cudaSuccess;
}
static inline cudaError_t cudaRuntimeGetVersion(int *version) { return *version = 12000, cudaSuccess; }
static inline cudaError_t cudaDriverGetVersion(int *version) { return *version = 12000, cudaSuccess; }
template <typename F> static inline cudaError_t emulator_set_attribute(
    const char *kernel_name, F &&, cudaFuncAttribute attribute, int value)
{
    return attribute == cudaFuncAttributeMaxDynamicSharedMemorySize ? emulator_set_shared(kernel_name, value)
                                                                    : cudaSuccess;
}
template <typename F> static inline cudaError_t cudaFuncSetCacheConfig(F &&, cudaFuncCache)
{
    return cudaSuccess;
}

// Sizes of launches. A kernel's registers are unknown, so these are upper bounds: 64 warps and 32 blocks a
// multiprocessor, and the shared memory that the launch asks for.
struct cudaFuncAttributes {
    size_t sharedSizeBytes, constSizeBytes, localSizeBytes;
    int maxThreadsPerBlock, numRegs, ptxVersion, binaryVersion, maxDynamicSharedSizeBytes;
};
template <typename F> static inline cudaError_t cudaFuncGetAttributes(cudaFuncAttributes *attributes, F &&)
{
    *attributes = {0, 0, 0, 1024, 0, 80, 80, 48 << 10};
    return cudaSuccess;
}
static inline int emulator_blocks(int threads, size_t shared)
{
    int by_warps = 64 / ((threads + 31) / 32), most = by_warps < 32 ? by_warps : 32;
    int by_memory = shared ? (int)((164 << 10) / (shared + 1024)) : most;
    return by_memory < most ? by_memory : most;
}
template <typename F> static inline cudaError_t cudaOccupancyMaxActiveBlocksPerMultiprocessor(
    int *blocks, F &&, int threads, size_t shared)
{
    if (threads < 1 || threads > 1024)
        return cudaErrorInvalidValue;
    return *blocks = emulator_blocks(threads, shared), cudaSuccess;
}
template <typename F>
static inline cudaError_t cudaOccupancyMaxPotentialBlockSize(
    int *grid, int *block, F &&, size_t shared = 0, int limit = 0)
{
    int most = limit > 0 && limit < 1024 ? limit : 1024, best = 0;
    for (int aligned = (most + 31) / 32 * 32; aligned > 0; aligned -= 32) {
        int threads = aligned < most ? aligned : most;
        if (emulator_blocks(threads, shared) * threads > best) {
            best = emulator_blocks(threads, shared) * threads;
            *block = threads;
            *grid = emulator_blocks(threads, shared) * 108;
        }
    }
    return best ? cudaSuccess : cudaErrorInvalidValue;
}
#define cudaFuncSetAttribute(...) emulator_set_attribute(#__VA_ARGS__, __VA_ARGS__)
