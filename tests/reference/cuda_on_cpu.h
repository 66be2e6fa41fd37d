// As much of CUDA as the kernels in reference/kernels/ need to run as C++: a test aid. It runs one block after
// another, so it shows what a kernel computes, and no race between blocks. Threads that meet at barriers are
// real threads; all others take turns.

#include <algorithm>
#include <barrier>
#include <cmath>
#include <cstddef>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#define __global__
#define __device__
#define __shared__ static  // one block at a time: one copy will do

using std::min;

struct Dim {
    unsigned x, y;
};

static Dim blockDim, gridDim;
static thread_local Dim blockIdx, threadIdx;
static std::optional<std::barrier<>> all_threads;

static inline void __syncthreads() { all_threads->arrive_and_wait(); }

template <typename... Parameters, std::size_t... I>
void call(void (*kernel)(Parameters...), void **arguments, std::index_sequence<I...>)
{
    kernel(*static_cast<Parameters *>(arguments[I])...);
}

// Returns 0, or the number of the first argument whose size is not its parameter's, counted from 1.
template <typename... Parameters>
int launch(void (*kernel)(Parameters...), bool has_barriers, unsigned blocks, Dim block, const long long *sizes,
    void **arguments)
{
    const long long expected[] = {sizeof(Parameters)..., 0};  // 0: behind the last
    for (std::size_t i = 0; i <= sizeof...(Parameters); ++i)
        if (sizes[i] != expected[i])
            return static_cast<int>(i) + 1;

    blockDim = block;
    gridDim = {blocks, 1};
    const unsigned threads = block.x * block.y;
    all_threads.emplace(threads);
    auto run_one = [&](unsigned number, unsigned thread) {
        blockIdx = {number, 0};
        threadIdx = {thread % block.x, thread / block.x};
        call(kernel, arguments, std::index_sequence_for<Parameters...>());
    };
    auto run_all = [&](unsigned thread) {
        for (unsigned number = 0; number < blocks; ++number) {
            run_one(number, thread);
            __syncthreads();  // the next block uses the same shared memory
        }
    };
    if (has_barriers) {
        std::vector<std::thread> running;
        for (unsigned thread = 0; thread < threads; ++thread)
            running.emplace_back(run_all, thread);
        for (std::thread &thread : running)
            thread.join();
    } else {
        for (unsigned number = 0; number < blocks; ++number)
            for (unsigned thread = 0; thread < threads; ++thread)
                run_one(number, thread);
    }
    return 0;
}
