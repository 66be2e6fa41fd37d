// Launches a kernel: its shared memory, the order of its blocks, and one block after another.

#include "scheduler.h"

#include <algorithm>
#include <cstddef>
#include <ctime>

// Variables that kernels read. Kernels see them as const, because they never change during a thread's life.
emulator::Index threadIdx, blockIdx, blockDim, gridDim;
int emulator_poison;
INTERFACE unsigned emulator_launch_number;
unsigned emulator_launch_number;
INTERFACE std::uint64_t emulator_arithmetic;  // the kernels themselves count
std::uint64_t emulator_arithmetic;

namespace emulator {

Launch launch;
Counters counters;
std::vector<Array> arrays;
void (*entry)(void **);
void **arguments;
std::vector<void (*)(void **)> of_some_lanes;
std::uint64_t random_state;

namespace {

std::size_t shared_end, shared_used;
std::uint64_t ticks;  // the clock that kernels read
struct Start {
    std::uint32_t moment;
    std::int64_t block;
};
std::vector<Start> starts;  // when each block started, the earliest first
std::vector<std::int64_t> drawn;  // the order of blocks if it is random

// Prepares the launch's blocks. False if there is no memory for stacks.
bool begin()
{
    int blocks = launch.cooperative ? int(launch.grid[0] * launch.grid[1] * launch.grid[2]) : 1;
    if (!prepare_stacks(size * blocks))
        return false;
    ++emulator_launch_number;
    counters = {};
    emulator_arithmetic = 0;
    findings.clear();
    starts.clear();
    forget_output();
    stopped = false;
    arrays.assign(1, {"dynamic shared memory", GAP, launch.dynamic_shared, 0, nullptr});
    shared_used = launch.dynamic_shared;
    shared_end = GAP + (launch.dynamic_shared + 127) / 128 * 128 + GAP;
    launch_start = ++now;
    ticks = last_place = 0;
    if (launch.count_transactions)
        begin_notes();
    return true;
}

// The block at this place of the order.
std::int64_t number_of(std::int64_t i, std::int64_t count)
{
    return launch.block_order == FORWARD ? i
        : launch.block_order == REVERSE  ? count - 1 - i
                                         : drawn[std::size_t(i)];
}

// Runs that block. False if it stopped.
bool run_next(std::int64_t i)
{
    begin_block(number_of(i, std::int64_t(launch.grid[0]) * launch.grid[1] * launch.grid[2]));
    go_on();
    return !stopped;
}

// Of a kernel that itself loops over the threads of a block: those threads, and what each of them keeps.
std::vector<Index> in_turn;
std::vector<std::max_align_t> kept;

void prepare_loops()
{
    in_turn.clear();
    for (int i = 0; i < size; ++i)
        in_turn.push_back(threads[launch.thread_order == REVERSE ? size - 1 - i : i].index);
    size = 1;  // one fiber runs them all
}

double seconds()
{
    timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return double(time.tv_sec) + 1e-9 * double(time.tv_nsec);
}

}  // namespace

void remember_start(std::int64_t number) { starts.push_back({now, number}); }

std::uint64_t draw(std::uint64_t below)
{
    random_state += 0x9e3779b97f4a7c15;  // splitmix64
    std::uint64_t z = random_state;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return below <= UINT32_MAX ? (z >> 32) * below >> 32 : (z ^ z >> 31) % below;
}

Index index_of(std::int64_t number, const std::uint32_t *sizes)
{
    return {std::uint32_t(number % sizes[0]), std::uint32_t(number / sizes[0] % sizes[1]),
        std::uint32_t(number / sizes[0] / sizes[1])};
}

std::int64_t block_at(std::uint32_t moment)
{
    std::size_t low = 0, high = starts.size();  // the last block that started before this moment lies between
    while (low < high) {
        std::size_t middle = (low + high) / 2;
        if (starts[middle].moment <= moment)
            low = middle + 1;
        else
            high = middle;
    }
    return low ? starts[low - 1].block : -1;
}

}  // namespace emulator

using namespace emulator;

INTERFACE void emulator_allocate(const char *name, std::size_t bytes, int line, const std::uint32_t *shape,
    void **pointer, unsigned *number)
{
    *number = emulator_launch_number;
    *pointer = arena + shared_end;
    shared_used += bytes;
    std::size_t next = shared_end + (bytes + 127) / 128 * 128 + GAP;
    if (shared_used > launch.shared_limit || next > SHARED_ZONE) {
        Finding finding = finding_about(BAD_LAUNCH, -1, "too much shared memory");
        finding.line = line;
        finding.size = std::int64_t(shared_used);
        finding.room = launch.shared_limit;
        report(finding);
        stop();
    }
    arrays.push_back({name, shared_end, bytes, line, shape});
    shared_end = next;
    forget(arrays.back());
}

INTERFACE void *emulator_dynamic_shared()
{
    return arena + arrays[0].start;
}

INTERFACE const Index *emulator_threads_in_turn(int *count)
{
    *count = int(in_turn.size());
    return in_turn.data();
}

INTERFACE void *emulator_kept_memory(std::size_t bytes)
{
    kept.resize(std::max(kept.size(), bytes * in_turn.size() / sizeof(std::max_align_t) + 1));
    return kept.data();
}

// Threads disagree whether they come to a barrier: only fibers can tell what happens.
INTERFACE void emulator_disagree() { stop(); }

// An imitation of time: it advances with each query and each access.
INTERFACE long long emulator_clock()
{
    count_plain_reads();
    const Counters &seen = counters;
    return (
        long long)(++ticks + seen.global_reads + seen.global_writes + seen.shared_reads + seen.shared_writes);
}

// 0: every thread finished. 1: it stopped, and the findings say why. 2: no memory for stacks. If the blocks
// take long and only `given_arrays` connect them, up to `cores` processes run them.
INTERFACE int emulator_run_on(void (*kernel)(void **), void **given, const Launch *requested, int cores,
    const SharedArray *given_arrays, std::size_t array_count)
{
    const double WORTH_IT = 0.01;  // seconds; starting the processes takes one or two thousandths
    launch = *requested;
    entry = kernel;
    emulator_poison = launch.poison;
    orders_some = std::find(of_some_lanes.begin(), of_some_lanes.end(), kernel) != of_some_lanes.end();
    arguments = given;
    random_state = launch.seed;
    size = launch.block[0] * launch.block[1] * launch.block[2];
    for (int i = 0; i < size; ++i)
        threads[i].index = index_of(i, launch.block);
    if (launch.is_split)
        prepare_loops();
    find_program();
    blockDim = {launch.block[0], launch.block[1], launch.block[2]};
    gridDim = {launch.grid[0], launch.grid[1], launch.grid[2]};
    if (!begin())
        return 2;
    watch();

    std::int64_t count = std::int64_t(launch.grid[0]) * launch.grid[1] * launch.grid[2];
    drawn.resize(launch.block_order == RANDOM ? std::size_t(count) : 0);
    for (std::size_t i = 0; i < drawn.size(); ++i)
        drawn[i] = std::int64_t(i);
    shuffle(drawn.data(), std::int64_t(drawn.size()));
    if (launch.cooperative) {
        std::vector<std::int64_t> numbers;
        for (std::int64_t i = 0; i < count; ++i)
            numbers.push_back(number_of(i, count));
        run_together(numbers);
        give_stacks_back();
        count = 0;
    }
    double start = cores > 1 ? seconds() : 0;
    for (std::int64_t i = 0; i < count && run_next(i); ++i) {
        std::int64_t left = count - i - 1;
        if (cores == 1 || left < cores || (seconds() - start) / double(i + 1) * double(left) < WORTH_IT)
            continue;
        if (run_on_cores(cores, given_arrays, array_count, i + 1, count, run_next))
            break;
        cores = 1;
        begin();
    }
    block = thread = -1;
    unwatch();
    count_plain_reads();
    counters.arithmetic = emulator_arithmetic;
    counters.shared_memory = shared_used;
    return stopped;
}

INTERFACE int emulator_run(void (*kernel)(void **), void **given, const Launch *requested)
{
    return emulator_run_on(kernel, given, requested, 1, nullptr, 0);
}

// Grows when a run learns something about its kernel that later runs use.
INTERFACE std::size_t emulator_learned() { return of_some_lanes.size(); }

INTERFACE const Counters *emulator_counters() { return &counters; }
