// Launches from the host: each runs in several orders, all from the same memory, and results that differ are
// a finding.

#include "host.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>

INTERFACE int emulator_run(void (*kernel)(void **), void **given, const emulator::Launch *configuration);
INTERFACE const char *emulator_output();
// the program's: those without a value, each as "line name;"
extern "C" __attribute__((weak)) const char emulator_local_arrays[];

namespace host {

namespace {

// this many launches of one kernel and size run in every order, later ones in one
const int ORDERLY = 2;
const double LEAST_SECONDS = 0.1;  // every launch may take this long
// threads of a cooperative launch: each has a stack of two mappings
const std::uint64_t MOST_AT_ONCE = 108 * 256;

bool is_cooperative;  // true if the next launch is cooperative
const char *parameters_start;
std::size_t parameters_size;
// Never destroyed, because they are used after main has ended.
std::map<std::string, int> &launches = *new std::map<std::string, int>;
std::map<std::string, std::uint32_t> &shared_limits = *new std::map<std::string, std::uint32_t>;

bool is_an_argument(std::uintptr_t address)
{
    return address - reinterpret_cast<std::uintptr_t>(parameters_start) < parameters_size;
}

// The state that a launch may change: blocks of memory, their shadow, and the program's own variables.
struct Snapshot {
    std::vector<unsigned char> device, shared, device_state, shared_state, image;
    HeapBlocks blocks_on_heap;

    void take()
    {
        device.assign(arena + SHARED_ZONE, arena + next_start);
        shared.assign(arena + shared_memory_from, arena + next_shared);
        device_state.assign(state + SHARED_ZONE / 4, state + next_start / 4);
        shared_state.assign(state + shared_memory_from / 4, state + next_shared / 4);
        image.assign(image_start, image_start + image_size);
        blocks_on_heap = heap_blocks();
    }
    void put_back() const
    {
        std::copy(device.begin(), device.end(), arena + SHARED_ZONE);
        std::copy(shared.begin(), shared.end(), arena + shared_memory_from);
        std::copy(device_state.begin(), device_state.end(), state + SHARED_ZONE / 4);
        std::copy(shared_state.begin(), shared_state.end(), state + shared_memory_from / 4);
        std::copy(image.begin(), image.end(), image_start);
        heap_blocks() = blocks_on_heap;
    }
};

struct Difference {
    std::size_t allocation, element;
};

// The first element of a block at which memory is not as it was after the first order.
bool differs(const Snapshot &first, Difference &found)
{
    for (std::size_t i = 0; i < allocations.size(); ++i) {
        const Allocation &one = allocations[i];
        if (one.freed_at || !one.size || one.start == heap_start)
            continue;  // on the heap, positions may depend on the order
        bool is_shared = one.where != ON_DEVICE;
        const unsigned char *was = is_shared ? &first.shared[one.start - shared_memory_from]
                                             : &first.device[one.start - SHARED_ZONE];
        const unsigned char *is = arena + one.start;
        std::size_t at = std::size_t(std::mismatch(was, was + one.size, is).first - was);
        if (at == one.size)
            continue;
        found = {i, at / (one.element ? one.element : 4)};
        return true;
    }
    return false;
}

void look_for_difference(const Snapshot &first, const char *kernel, int line)
{
    Difference found;
    if (differs(first, found)
        && is_news("difference" + columns({(long long)found.allocation, line}) + kernel))
        tell_host("schedule_dependent", line, 0,
            "element %zu of {%zu} depends on the order in which the threads of %s run", found.element,
            found.allocation, kernel);
}

// As in module.py: the first order again, with other wrong values in local arrays without values. A result
// that changes with nothing changed depends on a variable that outlives a launch, and says nothing; twice, as
// it may change back.
template <typename F> void look_for_local_arrays(const Snapshot &first, const char *kernel, F run)
{
    Difference found;
    auto depends_on = [&](int number) { return run(number) && differs(first, found); };
    if (!depends_on(-1) || depends_on(0) || depends_on(0))
        return;
    int number = 0;
    for (const char *at = emulator_local_arrays; at && *at; at = std::strchr(at, ';'), at += at != nullptr) {
        std::string name = std::strchr(at, ' ') + 1;
        if (depends_on(++number))
            tell_host("uninitialized_read", std::atoi(at), 0,
                "%s is read before it has a value: element %zu of {%zu} depends on what it held in %s",
                name.substr(0, name.find(';')).c_str(), found.element, found.allocation, kernel);
    }
}

Error error_of(const Finding &found)
{
    switch (found.kind) {
    case MISALIGNED: return MISALIGNED_ADDRESS;
    case TRAP: return found.name && std::strstr(found.name, "assertion") ? ASSERTED : LAUNCH_FAILURE;
    case DEADLOCK: case DIVERGENT_BARRIER: case TIMEOUT: return LAUNCH_TIMEOUT;
    case BAD_LAUNCH: return INVALID_VALUE;
    case OUT_OF_BOUNDS: return ILLEGAL_ADDRESS;
    default: return LAUNCH_FAILURE;
    }
}

std::string base_name(const char *kernel)
{
    std::string name = kernel;
    name = name.substr(0, name.find_first_of("<,"));
    std::size_t end = name.find_last_not_of(" \t&");
    name = end == std::string::npos ? "" : name.substr(0, end + 1);
    std::size_t start = name.find_last_of(" \t&:().>");
    return start == std::string::npos ? name : name.substr(start + 1);
}

// The reason a GPU refuses a launch; "" if it does not.
std::string mistake_of(
    const std::uint32_t *grid, const std::uint32_t *block_size, std::size_t shared, std::uint32_t limit)
{
    const std::uint32_t most_grid[] = {INT32_MAX, 65535, 65535}, most_block[] = {1024, 1024, 64};
    char text[200] = "";
    for (int axis = 0; axis < 3; ++axis) {
        if (!grid[axis] || grid[axis] > most_grid[axis])
            std::snprintf(text, sizeof text, "a grid of (%u, %u, %u) blocks", grid[0], grid[1], grid[2]);
        if (!block_size[axis] || block_size[axis] > most_block[axis])
            std::snprintf(text, sizeof text, "a block of (%u, %u, %u) threads", block_size[0], block_size[1],
                block_size[2]);
    }
    std::uint64_t threads = std::uint64_t(block_size[0]) * block_size[1] * block_size[2];
    if (!*text && threads > MAX_THREADS)
        std::snprintf(text, sizeof text, "a block of %llu threads: at most %d", (unsigned long long)threads,
            MAX_THREADS);
    if (!*text && shared > limit)
        std::snprintf(text, sizeof text, "%zu bytes of dynamic shared memory: at most %u", shared, limit);
    return text;
}

}  // namespace

}  // namespace host

using namespace host;

INTERFACE int emulator_set_shared(const char *kernel, int bytes)
{
    if (bytes < 0 || std::uint32_t(bytes) > MOST_SHARED)
        return fail(INVALID_VALUE);
    shared_limits[base_name(kernel)] = std::max(SHARED, std::uint32_t(bytes));
    return SUCCESS;
}

struct emulator_configuration {
    std::uint32_t grid[3], block[3];
    std::size_t shared;
    void *stream;
};

// Makes the next launch cooperative: all of its blocks exist at the same time.
INTERFACE void emulator_next_is_cooperative() { is_cooperative = true; }

INTERFACE void emulator_launch_task(int line, const char *kernel, const emulator_configuration *configuration,
    void (*enter)(void **), void *task, std::size_t task_size)
{
    bool cooperative = is_cooperative;
    is_cooperative = false;
    if (lasting_error != SUCCESS) {
        fail(lasting_error);
        return;
    }
    if (!prepare_memory()) {
        fail(NO_MEMORY);
        return;
    }
    auto limit = shared_limits.find(base_name(kernel));
    Launch one = {};
    std::copy(configuration->grid, configuration->grid + 3, one.grid);
    std::copy(configuration->block, configuration->block + 3, one.block);
    one.dynamic_shared = std::uint32_t(std::min<std::size_t>(configuration->shared, UINT32_MAX));
    one.shared_limit = limit == shared_limits.end() ? SHARED : limit->second;
    std::string mistake = mistake_of(one.grid, one.block, configuration->shared, one.shared_limit);
    if (!mistake.empty()) {
        tell_host(
            "bad_launch", line, 0, "%s is launched with %s, which no GPU takes", kernel, mistake.c_str());
        fail(INVALID_CONFIGURATION);
        return;
    }
    one.cooperative = cooperative;
    std::uint64_t all
        = std::uint64_t(one.grid[0]) * one.grid[1] * one.grid[2] * one.block[0] * one.block[1] * one.block[2];
    if (cooperative && all > MOST_AT_ONCE) {
        tell_host("bad_launch", line, 0,
            "%s is launched cooperatively with %llu threads; at most %llu can be there at once", kernel,
            (unsigned long long)all, (unsigned long long)MOST_AT_ONCE);
        fail(COOPERATIVE_LAUNCH_TOO_LARGE);
        return;
    }
    std::fflush(stdout);
    if (!make_heap()) {
        fail(NO_MEMORY);
        return;
    }
    Open open;
    arena_size = memory;
    begin_launch_on_heap();
    is_parameter = is_an_argument;
    parameters_start = static_cast<char *>(task);
    parameters_size = task_size;
    std::string size
        = columns({one.grid[0], one.grid[1], one.grid[2], one.block[0], one.block[1], one.block[2]});
    int orders = all > 1 && launches[kernel + size]++ < ORDERLY ? most_orders : 1;
    Snapshot before, after;
    if (orders > 1)
        before.take();
    // As thread_orders.py: a random order, forward, reverse, the last writer first and last, then random
    // ones.
    const std::int32_t pairs[][2] = {{RANDOM, RANDOM}, {FORWARD, FORWARD}, {REVERSE, REVERSE},
        {RANDOM, LAST_WRITER_FIRST}, {RANDOM, LAST_WRITER_LAST}};
    bool is_stopped = false;
    for (int order = 0; order < orders && !is_stopped; ++order) {
        if (order)
            before.put_back();
        one.block_order = order < 5 ? pairs[order][0] : std::int32_t(RANDOM);
        one.thread_order = order < 5 ? pairs[order][1] : std::int32_t(RANDOM);
        one.seed = seed + std::uint64_t(order);
        begin_order_on_heap();
        if (most_seconds > 0)
            one.seconds = std::max(LEAST_SECONDS, most_seconds - double(std::clock()) / CLOCKS_PER_SEC);
        is_stopped = emulator_run(enter, static_cast<void **>(task), &one) != 0;
        for (const Finding &found : findings)
            tell(found, kernel, line);
        if (is_stopped && !findings.empty())
            (findings.back().kind == BAD_LAUNCH ? last_error : coming_error) = error_of(findings.back());
        if (!order) {
            std::fputs(emulator_output(), stdout);
            if (orders > 1)
                after.take();
        } else if (!is_stopped) {
            look_for_difference(after, kernel, line);
        }
    }
    if (orders > 1 && !is_stopped && emulator_local_arrays)
        look_for_local_arrays(after, kernel, [&](int number) {
            before.put_back();
            one.block_order = one.thread_order = RANDOM;
            one.seed = seed;
            one.poison = number;
            begin_order_on_heap();
            return emulator_run(enter, static_cast<void **>(task), &one) == 0;
        });
    if (orders > 1)
        after.put_back();
    arena_size = 0;
    parameters_size = 0;
    is_unfinished = true;
}
