// The device, its streams and events, and the names of errors. To a program it appears as one of compute
// capability 8.0.

#include "host.h"

#include <ctime>

using namespace host;

namespace {

struct Stamp {
    timespec time;
    bool is_set;
};

}  // namespace

INTERFACE int emulator_event(Stamp **event, int operation)
{
    if (operation == 0)
        *event = new Stamp();
    if (!*event)
        return fail(INVALID_HANDLE);
    if (operation == 1) {
        clock_gettime(CLOCK_MONOTONIC, &(*event)->time);
        (*event)->is_set = true;
    }
    if (operation == 2)
        delete *event;
    return fail(lasting_error);
}

INTERFACE int cudaEventElapsedTime(float *milliseconds, const Stamp *from, const Stamp *to)
{
    if (!from || !to || !from->is_set || !to->is_set)
        return fail(INVALID_HANDLE);
    double seconds = double(to->time.tv_sec - from->time.tv_sec);
    *milliseconds = float(seconds * 1e3 + double(to->time.tv_nsec - from->time.tv_nsec) * 1e-6);
    return SUCCESS;
}

INTERFACE int emulator_stream_handle(void **stream, int operation)
{
    if (operation == 0)
        *stream = new char();
    else if (*stream)
        delete static_cast<char *>(*stream);
    else
        return fail(INVALID_HANDLE);
    return fail(lasting_error);
}

struct cudaDeviceProp {
    char name[256];
    std::size_t totalGlobalMem, sharedMemPerBlock, sharedMemPerMultiprocessor, sharedMemPerBlockOptin,
        totalConstMem, memPitch;
    std::size_t textureAlignment;
    int regsPerBlock, regsPerMultiprocessor, warpSize, maxThreadsPerBlock, maxThreadsDim[3], maxGridSize[3];
    int clockRate, memoryClockRate, memoryBusWidth, l2CacheSize, major, minor, multiProcessorCount;
    int maxThreadsPerMultiProcessor, maxBlocksPerMultiProcessor, asyncEngineCount, deviceOverlap,
        concurrentKernels;
    int kernelExecTimeoutEnabled, integrated, canMapHostMemory, computeMode, ECCEnabled, unifiedAddressing;
    int managedMemory, concurrentManagedAccess, cooperativeLaunch, pciBusID, pciDeviceID, pciDomainID;
};

INTERFACE int cudaGetDeviceProperties(cudaDeviceProp *properties, int device)
{
    if (device != 0 || !prepare_memory())
        return fail(INVALID_DEVICE);
    *properties = {"Emulated device (compute capability 8.0)", shared_memory_from, SHARED, 164 << 10,
        MOST_SHARED, 64 << 10, INT32_MAX, 512, 65536, 65536, WARP, MAX_THREADS, {1024, 1024, 64},
        {INT32_MAX, 65535, 65535}, 1410000, 1215000, 5120, 40 << 20, 8, 0, 108, 2048, 32, 3, 1, 1, 0, 0, 1, 0,
        1, 1, 1, 1, 1, 0, 0, 0};
    return SUCCESS;
}

INTERFACE int cudaDeviceGetAttribute(int *value, int attribute, int device)
{
    const std::map<int, int> values = {{1, MAX_THREADS}, {8, int(SHARED)}, {10, WARP}, {13, 1410000},
        {16, 108}, {39, 2048}, {75, 8}, {76, 0}, {95, 1}, {97, int(MOST_SHARED)}};
    auto found = values.find(attribute);
    if (device != 0 || found == values.end())
        return fail(device != 0 ? INVALID_DEVICE : INVALID_VALUE);
    *value = found->second;
    return SUCCESS;
}

INTERFACE int cudaSetDevice(int device) { return fail(device == 0 ? lasting_error : INVALID_DEVICE); }

namespace {

const struct {
    int number;
    const char *name, *text;
} ERRORS[] = {{0, "cudaSuccess", "no error"}, {1, "cudaErrorInvalidValue", "invalid argument"},
    {2, "cudaErrorMemoryAllocation", "out of memory"},
    {3, "cudaErrorInitializationError", "initialization error"},
    {9, "cudaErrorInvalidConfiguration", "invalid configuration argument"},
    {12, "cudaErrorInvalidPitchValue", "invalid pitch argument"},
    {13, "cudaErrorInvalidSymbol", "invalid device symbol"},
    {17, "cudaErrorInvalidDevicePointer", "invalid device pointer"},
    {21, "cudaErrorInvalidMemcpyDirection", "invalid copy direction for memcpy"},
    {98, "cudaErrorInvalidDeviceFunction", "invalid device function"},
    {100, "cudaErrorNoDevice", "no CUDA-capable device is detected"},
    {101, "cudaErrorInvalidDevice", "invalid device ordinal"},
    {400, "cudaErrorInvalidResourceHandle", "invalid resource handle"},
    {600, "cudaErrorNotReady", "device not ready"},
    {700, "cudaErrorIllegalAddress", "an illegal memory access was encountered"},
    {701, "cudaErrorLaunchOutOfResources", "too many resources requested for launch"},
    {702, "cudaErrorLaunchTimeout", "the launch timed out and was terminated"},
    {710, "cudaErrorAssert", "device-side assert triggered"},
    {716, "cudaErrorMisalignedAddress", "misaligned address"},
    {719, "cudaErrorLaunchFailure", "unspecified launch failure"},
    {720, "cudaErrorCooperativeLaunchTooLarge", "too many blocks in cooperative launch"},
    {801, "cudaErrorNotSupported", "operation not supported"}};

}  // namespace

INTERFACE const char *cudaGetErrorString(int error)
{
    for (const auto &one : ERRORS)
        if (one.number == error)
            return one.text;
    return "unrecognized error code";
}

INTERFACE const char *cudaGetErrorName(int error)
{
    for (const auto &one : ERRORS)
        if (one.number == error)
            return one.name;
    return "unrecognized error code";
}
