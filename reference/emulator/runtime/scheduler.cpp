// Runs a grid: one block after another, and in a block one thread after another until each waits or is done.
//
// Threads are fibers, but a thread that never waits needs none of its own. A fiber runs one thread after the
// other. Only when a thread waits, at a barrier or for its warp, do the next threads get another fiber. So a
// kernel without barriers is a plain loop. Threads go in rounds: each that can run gets a turn, and one that
// waits gives way to the next of the round by itself. The scheduler runs between two rounds alone.

#include "fibers.h"
#include "state.h"

#include <algorithm>
#include <csignal>
#include <cmath>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <sys/mman.h>
#include <sys/time.h>
#include <ucontext.h>
#ifdef __APPLE__
#include <dlfcn.h>
#else
#include <link.h>
#endif

// Variables that kernels read. There they are const: they never change during a thread's life.
INTERFACE emulator::Index threadIdx, blockIdx, blockDim, gridDim;
emulator::Index threadIdx, blockIdx, blockDim, gridDim;
INTERFACE int emulator_poison;
int emulator_poison;
INTERFACE unsigned emulator_launch_number;
unsigned emulator_launch_number;
INTERFACE std::uint64_t emulator_arithmetic;  // counted by the kernels themselves
std::uint64_t emulator_arithmetic;

namespace emulator {

Launch launch;
Counters counters;
std::vector<Array> arrays;
std::int64_t block = -1;
int thread = -1;
std::uint32_t now = 1, launch_start, block_start, last_barrier;
std::uint32_t ordered_until[MAX_THREADS][WARP];
bool orders_some;
std::uint32_t steps, stores, waits;
std::uint64_t last_place;

namespace {

const std::size_t STACK = 64 << 10, GUARD = 16 << 10, MAX_OUTPUT = 1 << 20;  // GUARD: a page of any processor
const int LATE_AGAIN = 1000;  // microseconds
const int MAX_IDLE = 20000;   // turns in which threads only looked for a change and found none
const int IDLE_A_WHILE = 128;
const int COLORS = 8;  // places in a page where stacks begin: otherwise all would use the same lines of the cache
const std::size_t COLOR = 256;
const std::size_t LOOK_AHEAD = 320;  // bytes of a stack that a thread needs at once when it goes on

enum State : unsigned char { WAITING_TO_START, READY, AT_BARRIER, AT_WARP, AT_GRID, DONE };

struct Request {  // the reason a thread waits
    int line;
    int operation;
    unsigned mask;  // of lanes; of a barrier: the predicate
    std::uint64_t value, result;
    int argument, width;
};

struct Thread {  // the part that each turn needs; the rest is elsewhere
    int fiber;
    std::uint32_t waits;
    Index index;
    int barrier_line;  // at which it waits, or waited last
    std::uint64_t last_store;  // when it had stored something and gave way: numbered by turns
};

struct Fiber {
    void *place;
    bool fresh;
};

Thread threads[MAX_THREADS];
Request requests[MAX_THREADS];
State states[MAX_THREADS];
Fiber fibers[MAX_THREADS];
char *all_stacks, *stacks;  // stacks: of the block that runs
int stack_count;
int stacks_used;  // by a launch: those from the first on
std::vector<int> free_fibers;
int fiber;  // that runs
void *scheduler;
bool stopped;
int idle;         // turns
int asking;       // threads that ask which lanes run together
int meeting;      // threads that wait for their warp
std::uint64_t ticks;
std::uint64_t turns;
int size;  // threads of a block
int done;  // of them
int at_grid;  // of them wait for the whole grid
int at;    // in `order`
struct Barrier {  // that threads of the block have reached
    int count, line, predicates, result;
    bool is_one;  // all at one line
    int lanes[MAX_THREADS / WARP];  // of each warp
} barrier;
int order[MAX_THREADS];
std::uint64_t random_state;
void (*entry)(void **);
std::vector<void (*)(void **)> of_some_lanes;  // kernels with a barrier of some lanes
void **arguments;
std::size_t shared_end, shared_used;
char output[MAX_OUTPUT + 1];
std::size_t output_size;
struct Start {
    std::uint32_t moment;
    std::int64_t block;
};
std::vector<Start> starts;  // of blocks, in the order of time
std::uintptr_t program_start, program_end;

std::uint64_t draw(std::uint64_t below)
{
    random_state += 0x9e3779b97f4a7c15;  // splitmix64
    std::uint64_t z = random_state;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return below <= UINT32_MAX ? (z >> 32) * below >> 32 : (z ^ z >> 31) % below;
}

template <typename T> void shuffle(T *numbers, std::int64_t n)
{
    for (std::int64_t i = n - 1; i > 0; --i)
        std::swap(numbers[i], numbers[draw(std::uint64_t(i) + 1)]);
}

// The threads' order in the next round.
void arrange()
{
    if (launch.thread_order == RANDOM)
        return shuffle(order, size);
    if (launch.thread_order == FORWARD || launch.thread_order == REVERSE)
        return;  // as it was
    bool is_first = launch.thread_order == LAST_WRITER_FIRST;
    std::stable_sort(order, order + size, [is_first](int one, int other) {
        std::uint64_t a = threads[one].last_store, b = threads[other].last_store;
        return is_first ? a > b : a < b;
    });
}

Index index_of(std::int64_t number, const std::uint32_t *sizes)
{
    return {std::uint32_t(number % sizes[0]), std::uint32_t(number / sizes[0] % sizes[1]),
        std::uint32_t(number / sizes[0] / sizes[1])};
}

inline void take(int number)
{
    thread = number;
    threadIdx = threads[number].index;
    steps = stores = 0;
    waits = threads[number].waits;
}

unsigned alive(int warp)
{
    unsigned mask = 0;
    for (int lane = 0; lane < WARP && warp * WARP + lane < size; ++lane)
        if (states[warp * WARP + lane] != DONE)
            mask |= 1u << lane;
    return mask;
}

// Where a thread waits.
int line_of(int number)
{
    return states[number] == AT_BARRIER ? threads[number].barrier_line : requests[number].line;
}

void complain(int number, const char *what, int other = -1)
{
    Finding finding = {};
    finding.kind = DIVERGENT_BARRIER;
    finding.line = line_of(number);
    finding.thread = number;
    finding.other_thread = other;
    finding.other_line = other >= 0 && states[other] != DONE ? line_of(other) : 0;
    finding.block = finding.other_block = block;
    finding.region = -2;
    finding.name = what;
    report(finding);
}

enum Operation { SYNC, SHUFFLE, SHUFFLE_UP, SHUFFLE_DOWN, SHUFFLE_XOR, BALLOT, MATCH, ADD, MIN, MAX, AND, OR, XOR, ACTIVE };

// The lane that a lane gets its value from, as in PTX's `shfl`.
int source_of(const Request &request, int lane)
{
    int width = request.width, first = lane & ~(width - 1), last = first + width - 1, from = lane;
    if (request.operation == SHUFFLE)
        return first + (request.argument & (width - 1));
    if (request.operation == SHUFFLE_UP)
        from = lane - request.argument;
    else if (request.operation == SHUFFLE_DOWN)
        from = lane + request.argument;
    else
        from = lane ^ request.argument;
    bool inside = request.operation == SHUFFLE_UP ? from >= first : from <= last;
    return inside ? from : lane;
}

std::uint64_t reduce(int operation, std::uint64_t a, std::uint64_t b, bool is_signed)
{
    bool less = is_signed ? std::int32_t(a) < std::int32_t(b) : a < b;
    switch (operation) {
    case ADD: return std::uint32_t(a + b);
    case MIN: return less ? a : b;
    case MAX: return less ? b : a;
    case AND: return a & b;
    case OR: return a | b;
    default: return a ^ b;
    }
}

void answer(int warp, unsigned lanes)
{
    Request *first = requests + warp * WARP;
    for (int lane = 0; lane < WARP; ++lane) {
        if (!(lanes >> lane & 1))
            continue;
        Request &request = first[lane];
        request.result = 0;
        if (request.operation >= SHUFFLE && request.operation <= SHUFFLE_XOR) {
            int from = source_of(request, lane);
            if (lanes >> from & 1) {
                request.result = first[from].value;
            } else {
                Finding finding = {};
                finding.kind = UNINITIALIZED_READ;
                finding.line = request.line;
                finding.thread = warp * WARP + lane;
                finding.other_thread = warp * WARP + from;
                finding.block = finding.other_block = block;
                finding.region = -2;
                finding.name = finding.other_thread < size
                    ? "takes a value from {other}, which does not take part"
                    : "takes a value from a lane that has no thread: the size of the block is no multiple of 32";
                report(finding);
            }
        } else if (request.operation != SYNC) {
            bool begun = false;
            for (int other = 0; other < WARP; ++other) {
                if (!(lanes >> other & 1))
                    continue;
                std::uint64_t value = first[other].value;
                if (request.operation == BALLOT)
                    request.result |= std::uint64_t(value != 0) << other;
                else if (request.operation == MATCH)
                    request.result |= std::uint64_t(value == request.value) << other;
                else
                    request.result = begun ? reduce(request.operation, request.result, value, request.argument)
                                           : value;
                begun = true;
            }
        }
    }
}

// Everything that each of these lanes did comes before everything that any of them does from now on. So does
// everything that came before it for any of them. Of all operations of a warp __syncwarp alone orders memory:
// CUDA C++ Programming Guide, "Warp Shuffle Functions".
void put_in_order(int warp, unsigned lanes)
{
    ++now;
    int all = std::min(size - warp * WARP, WARP);  // a lane that is done is not ordered either
    if (__builtin_popcount(lanes) != all && !orders_some) {
        orders_some = true;
        of_some_lanes.push_back(entry);
    }
    std::uint32_t until[WARP] = {};
    for (int lane = 0; lane < WARP; ++lane)
        for (int other = 0; other < WARP && lanes >> lane & 1; ++other)
            until[other] = lanes >> other & 1 ? now : std::max(until[other], ordered_until[warp * WARP + lane][other]);
    for (int lane = 0; lane < WARP; ++lane)
        if (lanes >> lane & 1)
            std::memcpy(ordered_until[warp * WARP + lane], until, sizeof until);
}

// The hardware chooses which lanes run together: here, all that reach one line before any has to wait.
void answer_active(int warp, unsigned asked, bool is_idle)
{
    Request *first = requests + warp * WARP;
    int line = first[__builtin_ctz(asked)].line;
    unsigned together = 0;
    for (int lane = 0; lane < WARP && warp * WARP + lane < size; ++lane) {
        State state = states[warp * WARP + lane];
        if (!is_idle && (state == READY || state == WAITING_TO_START))
            return;
        if (asked >> lane & 1 && first[lane].line == line)
            together |= 1u << lane;
    }
    for (int lane = 0; lane < WARP; ++lane)
        if (together >> lane & 1) {
            first[lane].result = together;
            states[warp * WARP + lane] = READY;
            --asking;
            --meeting;
        }
}

// Releases the lanes that wait for each other, once all of them have arrived.
void meet(int warp, bool is_idle = false)
{
    unsigned waiting = 0, present = alive(warp);
    Request *first = requests + warp * WARP;
    for (int lane = 0; lane < WARP && warp * WARP + lane < size; ++lane)
        if (states[warp * WARP + lane] == AT_WARP)
            waiting |= 1u << lane;
    unsigned active = 0;
    for (int lane = 0; lane < WARP && asking; ++lane)
        if (waiting >> lane & 1 && first[lane].operation == ACTIVE)
            active |= 1u << lane;
    waiting &= ~active;
    for (int lane = 0; lane < WARP; ++lane) {
        if (!(waiting >> lane & 1))
            continue;
        const Request &request = first[lane];
        unsigned wanted = request.mask & present;
        bool together = (wanted & ~waiting) == 0;
        for (int other = 0; together && other < WARP; ++other)
            if (wanted >> other & 1)
                together = first[other].mask == request.mask
                    && first[other].operation == request.operation;
        if (!together)
            continue;
        answer(warp, wanted);
        if (first[lane].operation == SYNC)
            put_in_order(warp, wanted);
        for (int other = 0; other < WARP; ++other)
            if (wanted >> other & 1)
                states[warp * WARP + other] = READY;
        meeting -= __builtin_popcount(wanted);
        waiting &= ~wanted;
        if (launch.thread_order == LAST_WRITER_FIRST)
            at = 0;  // these go on as far as they can before another warp does
    }
    if (active)
        answer_active(warp, active, is_idle);
}

// The next thread of the round that can run; -1: none.
inline __attribute__((always_inline)) int next()
{
    while (at < size && states[order[at]] != READY && states[order[at]] != WAITING_TO_START)
        ++at;
    return at < size ? order[at] : -1;
}

void body();

// While a thread runs, the top of the next one's stack comes into the cache.
inline void look_ahead()
{
    if (at >= size)
        return;
    const char *top = static_cast<const char *>(fibers[threads[order[at]].fiber].place);
    for (std::size_t line = 0; line < LOOK_AHEAD; line += 64)
        __builtin_prefetch(top + line);
}

// Switches to a thread, on its fiber, or to the scheduler if there is none. Returns when switched back.
inline __attribute__((always_inline)) void give_way(void **here, int number)
{
    if (number < 0) {
        emulator_switch(here, scheduler);
        return;
    }
    if (states[number] == WAITING_TO_START) {  // the fiber takes it out of the round
        fiber = free_fibers.back();
        free_fibers.pop_back();
        stacks_used = std::max(stacks_used, fiber + 1);
    } else {
        ++at;
        take(number);
        fiber = threads[number].fiber;
        look_ahead();
    }
    if (fibers[fiber].fresh) {
        fibers[fiber].fresh = false;
        fibers[fiber].place = fresh(stacks + (fiber + 1) * STACK - fiber % COLORS * COLOR, body);
    }
    emulator_switch(here, fibers[fiber].place);
}

void body()
{
    for (;;) {
        int number = next();
        if (number < 0 || states[number] != WAITING_TO_START) {
            int mine = fiber;
            free_fibers.push_back(mine);
            give_way(&fibers[mine].place, number);
            continue;
        }
        ++at;
        take(number);
        states[number] = READY;
        threads[number].fiber = fiber;
        entry(arguments);
        settle();
        idle = 0;
        states[thread] = DONE;
        ++done;
        if (meeting)
            meet(thread / WARP);
    }
}

inline __attribute__((always_inline)) void wait(State state)
{
    settle();
    waits = ++threads[thread].waits;
    ++turns;
    if (stores)
        threads[thread].last_store = turns;
    steps = stores = 0;
    states[thread] = state;
    meeting += state == AT_WARP;
    if (state != READY)
        idle = 0;
    if (state == AT_WARP || ((state == AT_BARRIER || state == AT_GRID) && asking)) {
        meet(thread / WARP);
        if (states[thread] == READY && launch.thread_order < LAST_WRITER_FIRST)
            return;  // it was the last to arrive
    }
    int number = next();
    if (number == thread) {  // it goes on itself, as the first of a new round
        ++at;
        take(number);
        return;
    }
    give_way(&fibers[fiber].place, number);
}

// All threads have reached one barrier: by far the most frequent end of a round.
bool release_all()
{
    if (barrier.count != size || !barrier.is_one)
        return false;
    std::memset(states, READY, std::size_t(size));
    return true;
}

// Every thread has reached a barrier or has left; or they wait for something that never happens.
bool release_some()
{
    int waiting = -1, gone = -1, stuck = -1, of_the_grid = -1;
    for (int number = 0; number < size; ++number) {
        if (states[number] == AT_GRID)
            of_the_grid = number;
        else if (states[number] == DONE)
            gone = gone < 0 ? number : gone;
        else if (states[number] == AT_WARP)
            stuck = stuck < 0 ? number : stuck;
        else if (waiting < 0)
            waiting = number;
    }
    if (stuck >= 0) {
        complain(stuck,
            waiting < 0 ? "waits for lanes of its warp that never come"
                        : "waits for lanes of its warp that never come: {other} waits at {line}",
            waiting);
        return false;
    }
    if (of_the_grid >= 0) {
        complain(waiting, "waits at a barrier while {other} waits for the whole grid at {line}", of_the_grid);
        return false;
    }
    if (gone >= 0)
        complain(waiting, "waits at a barrier that {other} never reaches", gone);
    for (int number = 0; number < size; ++number)
        if (states[number] == AT_BARRIER && line_of(number) != line_of(waiting))
            complain(waiting, "waits at a barrier while {other} waits at the one in {line}", number);
    for (int number = 0; number < size; ++number)
        if (states[number] == AT_BARRIER)
            states[number] = READY;
    return true;
}

bool release()
{
    if (!release_all() && !release_some())
        return false;
    barrier.result = barrier.predicates;
    barrier.count = barrier.predicates = 0;
    std::memset(barrier.lanes, 0, sizeof barrier.lanes);
    ++counters.barriers;
    last_barrier = ++now;
    if (launch.counting)
        count_warps();
    return true;
}

// A block begins, or goes on after a barrier of the whole grid.
void enter_block(std::int64_t number)
{
    block = number;
    blockIdx = index_of(number, launch.grid);
    block_start = last_barrier = ++now;
    starts.push_back({now, number});
    for (int i = 0; i < size; ++i)
        order[i] = launch.thread_order == REVERSE ? size - 1 - i : i;
    idle = 0;
}

void begin_block(std::int64_t number)
{
    enter_block(number);
    for (const Array &array : arrays)
        forget(array);
    for (int i = 0; i < size; ++i) {
        states[i] = WAITING_TO_START;
        threads[i].waits = 0;
        threads[i].last_store = 0;
    }
    asking = meeting = done = at_grid = 0;
    barrier = {};
}

// Runs a block until all of its threads are done, or those that are not wait for the whole grid.
void go_on()
{
    while (done + at_grid < size && !stopped) {
        arrange();
        at = 0;
        int first = next();
        if (first >= 0)
            give_way(&scheduler, first);
        else if (!release())
            stopped = true;
    }
    if (launch.counting)
        count_warps();
}

void run_block(std::int64_t number)
{
    begin_block(number);
    go_on();
}

// A block that waits for the whole grid, while others run. Its stacks are its own.
struct Resident {
    std::vector<Thread> threads;
    std::vector<Request> requests;
    std::vector<State> states;
    std::vector<Fiber> fibers;
    std::vector<int> free_fibers;
    int done;
    std::vector<std::vector<unsigned char>> shared, shared_state;  // of each array
    bool is_done;
};

void leave_block(Resident &one)
{
    one.threads.assign(threads, threads + size);
    one.requests.assign(requests, requests + size);
    one.states.assign(states, states + size);
    one.fibers.assign(fibers, fibers + size);
    one.free_fibers = free_fibers;
    one.done = done;
    one.shared.clear();
    one.shared_state.clear();
    for (const Array &array : arrays) {
        one.shared.emplace_back(arena + array.start, arena + array.start + array.size);
        one.shared_state.emplace_back(state + array.start / 4, state + (array.start + array.size + 3) / 4);
    }
}

void return_to_block(const Resident &one, std::int64_t number)
{
    std::copy(one.threads.begin(), one.threads.end(), threads);
    std::copy(one.requests.begin(), one.requests.end(), requests);
    std::copy(one.states.begin(), one.states.end(), states);
    std::replace(states, states + size, AT_GRID, READY);
    std::copy(one.fibers.begin(), one.fibers.end(), fibers);
    free_fibers = one.free_fibers;
    done = one.done;
    at_grid = asking = meeting = 0;
    barrier = {};
    for (std::size_t i = 0; i < arrays.size(); ++i) {
        forget(arrays[i]);
        if (i >= one.shared.size())
            continue;  // another block has declared it since
        std::copy(one.shared[i].begin(), one.shared[i].end(), arena + arrays[i].start);
        std::copy(one.shared_state[i].begin(), one.shared_state[i].end(), state + arrays[i].start / 4);
    }
    enter_block(number);
}

void renew_fibers()
{
    free_fibers.clear();
    for (int i = size - 1; i >= 0; --i) {
        fibers[i].fresh = true;
        free_fibers.push_back(i);
    }
}

// Runs all blocks of a cooperative launch up to each barrier of the grid, one block after another. Everything
// before such a barrier comes before everything after it.
void run_together(const std::vector<std::int64_t> &numbers)
{
    std::vector<Resident> residents(numbers.size());
    for (bool is_first = true; !stopped; is_first = false) {
        std::int64_t waiting = -1, gone = -1;
        for (std::int64_t number : numbers) {
            Resident &one = residents[std::size_t(number)];
            if (one.is_done) {
                gone = number;
                continue;
            }
            stacks = all_stacks + std::size_t(number) * std::size_t(size) * STACK;
            if (is_first) {
                renew_fibers();
                begin_block(number);
            } else {
                return_to_block(one, number);
            }
            go_on();
            if (stopped)
                return;
            one.is_done = done == size;
            (one.is_done ? gone : waiting) = number;
            int left = int(std::find(states, states + size, DONE) - states);
            if (!one.is_done && left < size) {
                complain(int(std::find(states, states + size, AT_GRID) - states),
                    "waits for the whole grid, but {other} never does", left);
                stopped = true;
                return;
            }
            leave_block(one);
        }
        if (waiting < 0)
            return;
        if (gone >= 0) {
            return_to_block(residents[std::size_t(waiting)], waiting);
            int first = int(std::find(states, states + size, READY) - states);
            complain(first, "waits for the whole grid, but another block has ended");
            stopped = true;
        }
        launch_start = ++now;
    }
}

// Clears the threads' stacks, so that a kernel finds nothing there from an earlier launch.
void clear_stacks()
{
    for (int i = 0; i < stacks_used; ++i) {
        char *stack = all_stacks + i * STACK;
#ifdef __linux__  // a page that is given back comes again as zeros; to clear the one that most threads use is cheaper
        const std::size_t cleared = 4096;
        madvise(stack + GUARD, STACK - GUARD - cleared, MADV_DONTNEED);
#else
        const std::size_t cleared = STACK - GUARD;
#endif
        std::memset(stack + STACK - cleared, 0, cleared);
    }
    stacks_used = 0;
}

void give_stacks_back()
{
    if (all_stacks)
        munmap(all_stacks, std::size_t(stack_count) * STACK + GUARD);
    stack_count = stacks_used = 0;
    all_stacks = nullptr;
}

// Stacks for this many threads, and fibers that have not begun.
bool prepare(int count)
{
    if (all_stacks)
        clear_stacks();
    if (stack_count < count) {
        give_stacks_back();
        void *memory = mmap(nullptr, std::size_t(count) * STACK + GUARD, PROT_READ | PROT_WRITE,
            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (memory == MAP_FAILED)
            return false;
        all_stacks = static_cast<char *>(memory);
        stack_count = count;
        // a stack that grows too far ends in a fault, and so does a store far above its top
        for (int i = 0; i <= count; ++i)
            mprotect(all_stacks + std::size_t(i) * STACK, GUARD, PROT_NONE);
    }
    stacks = all_stacks;
    renew_fibers();
    return true;
}

#ifdef __APPLE__
void find_program()
{
    Dl_info info = {};
    dladdr(reinterpret_cast<void *>(entry), &info);
    program_start = reinterpret_cast<std::uintptr_t>(info.dli_fbase);
    program_end = program_start + (16 << 20);  // more than any kernel's library has
}
#else
int look_at_library(dl_phdr_info *info, std::size_t, void *)
{
    std::uintptr_t low = UINTPTR_MAX, high = 0, address = reinterpret_cast<std::uintptr_t>(entry);
    for (int i = 0; i < info->dlpi_phnum; ++i) {
        const ElfW(Phdr) &part = info->dlpi_phdr[i];
        if (part.p_type != PT_LOAD)
            continue;
        std::uintptr_t start = info->dlpi_addr + part.p_vaddr, end = start + part.p_memsz;
        low = start < low ? start : low;
        high = end > high ? end : high;
    }
    if (address < low || address >= high)
        return 0;
    program_start = low;
    program_end = high;
    return 1;
}

void find_program() { dl_iterate_phdr(look_at_library, nullptr); }
#endif

}  // namespace

// True for an address in a thread's own stack; other threads' stacks are not shared memory.
bool in_a_stack(std::uintptr_t address)
{
    return address - reinterpret_cast<std::uintptr_t>(stacks + fiber * STACK) < STACK;
}

bool in_the_program(std::uintptr_t address)
{
    if (address >= program_start && address < program_end)
        return true;
    for (const Index *index : {&threadIdx, &blockIdx, &blockDim, &gridDim})
        if (address - reinterpret_cast<std::uintptr_t>(index) < sizeof *index)
            return true;
    return address - reinterpret_cast<std::uintptr_t>(&emulator_poison) < sizeof emulator_poison;
}

std::int64_t block_at(std::uint32_t moment)
{
    std::size_t low = 0, high = starts.size();  // the last that started until then lies between
    while (low < high) {
        std::size_t middle = (low + high) / 2;
        if (starts[middle].moment <= moment)
            low = middle + 1;
        else
            high = middle;
    }
    return low ? starts[low - 1].block : -1;
}

// Another thread may hold what this one waits for. If none does anything for long, none ever will.
void spin()
{
    idle = stores ? 0 : idle + 1;
    if (idle > MAX_IDLE) {
        Finding finding = {};
        finding.kind = DEADLOCK;
        finding.place = last_place;
        finding.line = std::int32_t(last_place >> 48);
        finding.thread = thread;
        finding.other_thread = -1;
        finding.block = finding.other_block = block;
        finding.region = -2;
        finding.name = "waits for a change that never comes: every thread of its block waits";
        report(finding);
        stop();
    }
    if (idle % IDLE_A_WHILE == IDLE_A_WHILE - 1 && asking)
        for (int warp = 0; warp * WARP < size; ++warp)
            meet(warp, true);
    wait(READY);
}

static void start_timer()
{
    if (launch.seconds <= 0)
        return;
    double whole = std::floor(launch.seconds);
    itimerval timer = {{0, LATE_AGAIN}, {time_t(whole), suseconds_t((launch.seconds - whole) * 1e6)}};
    timer.it_value.tv_usec += whole == 0 && timer.it_value.tv_usec == 0;  // 0 would be never
    setitimer(ITIMER_PROF, &timer, nullptr);
}

void stop()
{
    settle();
    stopped = true;
    void *nowhere;
    emulator_switch(&nowhere, scheduler);
    __builtin_unreachable();
}

namespace {

// A kernel may crash the emulator: then the launch ends, and its last known line is reported.
const int FATAL[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP};
const int FATAL_COUNT = sizeof FATAL / sizeof *FATAL;
struct sigaction earlier[FATAL_COUNT], earlier_profiler;
alignas(16) char handler_stack[64 << 10];
stack_t earlier_stack;

const char *reason_of(int signal, std::uintptr_t address)
{
    if (signal == SIGFPE)
        return "divides an integer by zero, or the least integer by -1";
    std::uintptr_t at = address - reinterpret_cast<std::uintptr_t>(stacks);
    if (signal != SIGILL && at < std::uintptr_t(stack_count) * STACK && at % STACK < GUARD)
        return "uses more memory for its own variables and calls than a stack of 48 KiB has";
    return "ran into what is no code or no memory: it may have written over its own variables' stack";
}

// Where the machine stopped: the addresses in its code and on its stack; 0 if unknown.
struct Registers {
    std::uintptr_t code = 0, stack = 0;
};

Registers registers_in(void *context)
{
#if defined(__linux__) && defined(__x86_64__)
    const auto &values = static_cast<ucontext_t *>(context)->uc_mcontext.gregs;
    return {std::uintptr_t(values[REG_RIP]), std::uintptr_t(values[REG_RSP])};
#elif defined(__linux__) && defined(__aarch64__)
    const auto &values = static_cast<ucontext_t *>(context)->uc_mcontext;
    return {std::uintptr_t(values.pc), std::uintptr_t(values.sp)};
#else
    (void)context;
    return {};
#endif
}

// Ends the launch with a finding about this thread, at an address in the program or at its last known place.
void end_with(std::int32_t kind, const char *name, std::uintptr_t code)
{
    Finding finding = {};
    finding.kind = kind;
    finding.place = last_place;
    finding.line = std::int32_t(last_place >> 48);
    if (in_the_program(code)) {
        finding.place = code + 1;
        finding.line = 0;
    }
    finding.thread = thread;
    finding.other_thread = -1;
    finding.block = finding.other_block = block;
    finding.region = -2;
    finding.name = name;
    report(finding);
    stop();
}

// The launch's time is over. It ends where a thread runs a kernel's own code: there the runtime's state is whole.
// Elsewhere, or in another thread of the host's, the next signal will find it there.
void late(int, siginfo_t *, void *context)
{
    Registers at = registers_in(context);
    if (thread >= 0 && in_the_program(at.code) && in_a_stack(at.stack))
        end_with(TIMEOUT, "was still running when the time of the launch was over: --seconds sets it", at.code);
}

void crashed(int signal, siginfo_t *info, void *context)
{
    if (thread < 0) {  // not a kernel's fault
        for (int i = 0; i < FATAL_COUNT; ++i)
            sigaction(FATAL[i], &earlier[i], nullptr);
        return;
    }
    end_with(CRASHED, reason_of(signal, reinterpret_cast<std::uintptr_t>(info->si_addr)), registers_in(context).code);
}

void watch()
{
    stack_t mine = {};
    mine.ss_sp = handler_stack;
    mine.ss_size = sizeof handler_stack;
    sigaltstack(&mine, &earlier_stack);
    struct sigaction action = {};
    action.sa_sigaction = crashed;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
    for (int i = 0; i < FATAL_COUNT; ++i)
        sigaction(FATAL[i], &action, &earlier[i]);
    if (launch.seconds > 0) {
        action.sa_sigaction = late;
        action.sa_flags |= SA_RESTART;
        sigaction(SIGPROF, &action, &earlier_profiler);
        start_timer();
    }
}

void unwatch()
{
    for (int i = 0; i < FATAL_COUNT; ++i)
        sigaction(FATAL[i], &earlier[i], nullptr);
    if (launch.seconds > 0) {
        itimerval never = {};
        setitimer(ITIMER_PROF, &never, nullptr);
        sigaction(SIGPROF, &earlier_profiler, nullptr);
    }
    sigaltstack(&earlier_stack, nullptr);
}

template <typename T> void put(const char *format, T value)
{
    std::size_t room = sizeof output - output_size;  // what is beyond is lost, as in a GPU's buffer
    int length = std::snprintf(output + output_size, room, format, value);
    if (length > 0)
        output_size += std::size_t(length) < room ? std::size_t(length) : room - 1;
}

// A text that a kernel may have: its own, or one in an array.
bool readable(const char *text)
{
    std::uintptr_t address = reinterpret_cast<std::uintptr_t>(text);
    return address - reinterpret_cast<std::uintptr_t>(arena) < arena_size || in_a_stack(address)
        || in_the_program(address);
}

// printf, one conversion at a time: the C library's would write to %n's address, and read from %s's.
void print(const char *format, va_list values)
{
    if (!readable(format))
        return;
    while (*format) {
        if (*format != '%' || format[1] == '%' || !format[1]) {
            put("%c", *format);
            format += *format == '%' && format[1] ? 2 : 1;
            continue;
        }
        char one[64] = "%";
        std::size_t size = 1;
        bool is_long = false;
        for (++format; *format && std::strchr("-+ #0123456789.*hlLjzt", *format) && size < 40; ++format) {
            if (*format == '*')
                size += std::size_t(std::snprintf(one + size, 12, "%d", va_arg(values, int)));
            else if (std::strchr("ljzt", *format))
                is_long = true;
            else if (*format != 'L')
                one[size++] = *format;
        }
        char conversion = *format;
        format += conversion != 0;
        if (conversion && std::strchr("diouxXc", conversion)) {
            std::snprintf(one + size, 4, is_long ? "ll%c" : "%c", conversion);
            is_long ? put(one, va_arg(values, long long)) : put(one, va_arg(values, int));
        } else if (conversion && std::strchr("aAeEfFgG", conversion)) {
            one[size] = conversion;
            put(one, va_arg(values, double));
        } else if (conversion == 's') {
            const char *text = va_arg(values, const char *);
            one[size] = 's';
            put(one, readable(text) ? text : "(none)");
        } else if (conversion == 'p') {
            put("%p", va_arg(values, void *));
        } else if (conversion == 'n') {
            va_arg(values, void *);
        }
    }
}

}  // namespace

}  // namespace emulator

using namespace emulator;

INTERFACE void emulator_wait_for_copies(unsigned count);
INTERFACE void emulator_trap(const char *what, int line);

INTERFACE void emulator_allocate(
    const char *name, std::size_t bytes, int line, const std::uint32_t *shape, void **pointer, unsigned *number)
{
    *number = emulator_launch_number;
    *pointer = arena + shared_end;
    shared_used += bytes;
    std::size_t next = shared_end + (bytes + 127) / 128 * 128 + GAP;
    if (shared_used > launch.shared_limit || next > SHARED_ZONE) {
        Finding finding = {};
        finding.kind = BAD_LAUNCH;
        finding.line = line;
        finding.thread = finding.other_thread = -1;
        finding.block = finding.other_block = -1;
        finding.region = -2;
        finding.name = "too much shared memory";
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

INTERFACE int emulator_barrier(int predicate, int line)
{
    threads[thread].barrier_line = line;
    barrier.is_one = barrier.count ? barrier.is_one && line == barrier.line : true;
    barrier.line = line;
    int warp = thread / WARP;
    if (launch.counting && ++barrier.lanes[warp] == std::min(size - warp * WARP, WARP))
        count_warp(warp);  // while what its lanes did is still in the cache
    barrier.predicates += predicate != 0;
    ++barrier.count;
    wait(AT_BARRIER);
    return barrier.result;
}

INTERFACE std::uint64_t emulator_meet(
    int operation, unsigned mask, std::uint64_t value, int argument, int width, int line)
{
    requests[thread] = {line, operation, mask, value, 0, argument, width};
    if (!(mask >> thread % WARP & 1))
        complain(thread, "names other lanes in its mask, but not its own");
    requests[thread].mask |= 1u << thread % WARP;
    wait(AT_WARP);
    return requests[thread].result;
}

// A thread waits for all threads of the grid.
INTERFACE void emulator_grid_barrier(int line)
{
    if (!launch.cooperative)
        emulator_trap("waits for the whole grid, which only cudaLaunchCooperativeKernel allows", line);
    emulator_wait_for_copies(0);
    requests[thread] = {line, SYNC, 0, 0, 0, 0, WARP};
    ++at_grid;
    wait(AT_GRID);
}

INTERFACE int emulator_is_cooperative() { return launch.cooperative; }

INTERFACE void emulator_yield()
{
    spin();
}

INTERFACE unsigned emulator_active(int line)
{
    requests[thread] = {line, ACTIVE, 1u << thread % WARP, 0, 0, 0, WARP};
    ++asking;
    wait(AT_WARP);
    return unsigned(requests[thread].result);
}

// An imitation of time: it advances with each query and each access.
INTERFACE long long emulator_clock()
{
    count_plain_reads();
    const Counters &seen = counters;
    return (long long)(++ticks + seen.global_reads + seen.global_writes + seen.shared_reads + seen.shared_writes);
}

// A lane shows its fragments of two matrices to its warp. They stay until the lanes have met twice.
INTERFACE const void **emulator_fragments(const void *a, const void *b)
{
    static const void *given[MAX_THREADS / WARP][2 * WARP];
    const void **mine = given[thread / WARP];
    mine[thread % WARP] = a;
    mine[WARP + thread % WARP] = b;
    return mine;
}

INTERFACE void emulator_incomplete(int line)
{
    requests[thread].line = line;
    complain(thread, "works on a matrix without all 32 lanes of its warp");
    stop();
}

// A thread ends the whole launch.
INTERFACE void emulator_trap(const char *what, int line)
{
    Finding finding = {};
    finding.kind = TRAP;
    finding.line = line;
    finding.thread = thread;
    finding.other_thread = -1;
    finding.block = finding.other_block = block;
    finding.region = -2;
    finding.name = what;
    report(finding);
    stop();
}

INTERFACE int emulator_vprintf(const char *format, va_list values)
{
    std::size_t before = output_size;
    print(format, values);
    return int(output_size - before);
}

INTERFACE int emulator_printf(const char *format, ...)
{
    va_list values;
    va_start(values, format);
    int count = emulator_vprintf(format, values);
    va_end(values);
    return count;
}

namespace {

// Prepares the launch's blocks. False if there is no memory for stacks.
bool begin()
{
    int blocks = launch.cooperative ? int(launch.grid[0] * launch.grid[1] * launch.grid[2]) : 1;
    if (!prepare(size * blocks))
        return false;
    ++emulator_launch_number;
    counters = {};
    emulator_arithmetic = 0;
    findings.clear();
    starts.clear();
    output_size = 0;
    output[0] = 0;
    stopped = false;
    arrays.assign(1, {"dynamic shared memory", GAP, launch.dynamic_shared, 0, nullptr});
    shared_used = launch.dynamic_shared;
    shared_end = GAP + (launch.dynamic_shared + 127) / 128 * 128 + GAP;
    launch_start = ++now;
    ticks = last_place = 0;
    if (launch.counting)
        begin_notes();
    return true;
}

std::vector<std::int64_t> drawn;  // the order of blocks, where it is random

// The block that comes at this place of the order.
std::int64_t number_of(std::int64_t i, std::int64_t count)
{
    return launch.block_order == FORWARD ? i : launch.block_order == REVERSE ? count - 1 - i : drawn[std::size_t(i)];
}

// Runs it. False if it stopped.
bool run_next(std::int64_t i)
{
    run_block(number_of(i, std::int64_t(launch.grid[0]) * launch.grid[1] * launch.grid[2]));
    return !stopped;
}

double seconds()
{
    timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return double(time.tv_sec) + 1e-9 * double(time.tv_nsec);
}

}  // namespace

// 0: every thread finished. 1: it stopped, and the findings say why. 2: no memory for stacks. Where its blocks take
// long, several `cores` run them, as far as their arrays are `given_arrays` and nothing else connects them.
INTERFACE int emulator_run_on(void (*kernel)(void **), void **given, const Launch *how, int cores,
    const SharedArray *given_arrays, std::size_t array_count)
{
    const double WORTH_IT = 0.01;  // seconds; to share the blocks out takes one or two thousandths
    launch = *how;
    entry = kernel;
    emulator_poison = launch.poison;
    orders_some = std::find(of_some_lanes.begin(), of_some_lanes.end(), kernel) != of_some_lanes.end();
    arguments = given;
    random_state = launch.seed;
    size = launch.block[0] * launch.block[1] * launch.block[2];
    for (int i = 0; i < size; ++i)
        threads[i].index = index_of(i, launch.block);
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

INTERFACE int emulator_run(void (*kernel)(void **), void **given, const Launch *how)
{
    return emulator_run_on(kernel, given, how, 1, nullptr, 0);
}

// Grows where a run teaches something about its kernel that later runs use.
INTERFACE std::size_t emulator_learned() { return of_some_lanes.size(); }

INTERFACE const char *emulator_output() { return output; }
INTERFACE const Counters *emulator_counters() { return &counters; }
