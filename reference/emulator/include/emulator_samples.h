// What NVIDIA's samples take from their own helper_cuda.h and helper_functions.h, and the marks of NVTX,
// which do nothing here. A file of such a name in the program's own folder comes first.
#pragma once

#ifdef EMULATOR_PROGRAM
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>

static inline void emulator_check(cudaError_t error, const char *what, const char *file, int line)
{
    if (error == cudaSuccess)
        return;
    fprintf(stderr, "CUDA error at %s:%d code=%d(%s) \"%s\" \n", file, line, (int)error,
        cudaGetErrorName(error), what);
    exit(EXIT_FAILURE);
}
#define checkCudaErrors(call) emulator_check((call), #call, __FILE__, __LINE__)
#define getLastCudaError(message) emulator_check(cudaGetLastError(), message, __FILE__, __LINE__)
#define EXIT_WAIVED 2

static inline int gpuGetMaxGflopsDeviceId() { return 0; }
static inline int findCudaDevice(int, const char **) { return 0; }
static inline int findCudaDevice(int, char **) { return 0; }
static inline int gpuDeviceInit(int) { return 0; }
static inline bool checkCudaCapabilities(int major, int minor) { return 10 * major + minor <= 80; }
static inline int _ConvertSMVer2Cores(int, int) { return 64; }

// Options such as -n=100 or --width=32.
static inline const char *emulator_option(int count, const char **words, const char *name)
{
    for (int i = 1; i < count; ++i) {
        const char *word = words[i] + strspn(words[i], "-");
        size_t length = strlen(name);
        bool is_whole = !word[length] || word[length] == '=' || name[length - 1] == '=';
        if (word != words[i] && !strncmp(word, name, length) && is_whole)
            return word + length + (word[length] == '=');
    }
    return nullptr;
}
static inline bool checkCmdLineFlag(int count, const char **words, const char *name)
{
    return emulator_option(count, words, name);
}
static inline int getCmdLineArgumentInt(int count, const char **words, const char *name)
{
    const char *value = emulator_option(count, words, name);
    return value ? atoi(value) : 0;
}
static inline float getCmdLineArgumentFloat(int count, const char **words, const char *name)
{
    const char *value = emulator_option(count, words, name);
    return value ? (float)atof(value) : 0;
}
static inline bool getCmdLineArgumentString(int count, const char **words, const char *name, char **value)
{
    *value = (char *)emulator_option(count, words, name);
    return *value;
}

struct StopWatchInterface {
    std::chrono::steady_clock::time_point start;
    float milliseconds;
};
static inline bool sdkCreateTimer(StopWatchInterface **watch) { return *watch = new StopWatchInterface{}; }
static inline bool sdkDeleteTimer(StopWatchInterface **watch)
{
    return delete *watch, *watch = nullptr, true;
}
static inline bool sdkStartTimer(StopWatchInterface **watch)
{
    return (*watch)->start = std::chrono::steady_clock::now(), true;
}
static inline bool sdkResetTimer(StopWatchInterface **watch)
{
    return (*watch)->milliseconds = 0, sdkStartTimer(watch);
}
static inline bool sdkStopTimer(StopWatchInterface **watch)
{
    (*watch)->milliseconds
        += std::chrono::duration<float, std::milli>(std::chrono::steady_clock::now() - (*watch)->start)
               .count();
    return true;
}
static inline float sdkGetTimerValue(StopWatchInterface **watch) { return (*watch)->milliseconds; }

static inline bool sdkCompareL2fe(const float *expected, const float *data, unsigned count, float epsilon)
{
    double error = 0, all = 0;
    for (unsigned i = 0; i < count; ++i) {
        error += (expected[i] - data[i]) * (expected[i] - data[i]);
        all += expected[i] * expected[i];
    }
    return all > 0 && std::sqrt(error / all) < epsilon;
}

static inline int nvtxRangePushA(const char *) { return 0; }
static inline int nvtxRangePop() { return 0; }
static inline void nvtxMarkA(const char *) {}
#define nvtxRangePush nvtxRangePushA
#define nvtxMark nvtxMarkA
#endif
