// Runs the threads of a block, one after another, until each of them waits or is done.
//
// Threads are fibers, but a thread that never waits needs none of its own. A fiber runs one thread after the
// other. Only when a thread waits, at a barrier or for its warp, do the next threads get another fiber. So a
// kernel without barriers is a plain loop. Threads go in rounds: each that can run gets a turn, and one that
// waits gives way to the next of the round by itself. The scheduler runs between two rounds alone.

#include "scheduler.h"
#include "fibers.h"

#include <algorithm>
#include <cstring>
#include <string>

namespace emulator {

std::int64_t block = -1;
int thread = -1;
std::uint32_t now = 1, launch_start, block_start, last_barrier;
std::uint32_t ordered_until[MAX_THREADS][WARP];
bool orders_some;
std::uint32_t steps, stores, waits;
std::uint64_t last_place;
Thread threads[MAX_THREADS];
Request requests[MAX_THREADS];
State states[MAX_THREADS];
int size, done, at_grid, at, asking, meeting;
Barrier barrier;
bool stopped;

namespace {

const int MAX_IDLE = 20000;   // turns in which threads only wait for a change that does not come
const int IDLE_A_WHILE = 128;
// stacks begin at 8 different places of a page, or all would use the same lines of the cache
const int COLORS = 8;
const std::size_t COLOR = 256;
const std::size_t LOOK_AHEAD = 320;  // the bytes of its stack that a thread needs first when it goes on

void *scheduler;
int idle;  // the number of such turns so far
std::uint64_t turns;
int order[MAX_THREADS];

// The threads' order in the next round.
void arrange()
{
    if (launch.thread_order == RANDOM)
        return shuffle(order, size);
    if (launch.thread_order == FORWARD || launch.thread_order == REVERSE)
        return;  // the order does not change
    bool is_first = launch.thread_order == LAST_WRITER_FIRST;
    std::stable_sort(order, order + size, [is_first](int one, int other) {
        std::uint64_t a = threads[one].last_store, b = threads[other].last_store;
        return is_first ? a > b : a < b;
    });
}

inline void take(int number)
{
    thread = number;
    threadIdx = threads[number].index;
    steps = stores = 0;
    waits = threads[number].waits;
}

// The line at which a thread waits.
int line_of(int number)
{
    return states[number] == AT_BARRIER ? threads[number].barrier_line : requests[number].line;
}

// The next thread of the round that can run; -1: none.
inline __attribute__((always_inline)) int next()
{
    while (at < size && states[order[at]] != READY && states[order[at]] != WAITING_TO_START)
        ++at;
    return at < size ? order[at] : -1;
}

void body();

// Prefetches the top of the next thread's stack into the cache while a thread runs.
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

inline __attribute__((always_inline)) void wait(State state)
{
    if (__builtin_expect(launch.is_split, 0))
        stop();
    judge_pending_store();
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
    if (number == thread) {  // this thread goes on, as the first of a new round
        ++at;
        take(number);
        return;
    }
    give_way(&fibers[fiber].place, number);
}

void leave()
{
    judge_pending_store();
    idle = 0;
    states[thread] = DONE;
    ++done;
    if (meeting)
        meet(thread / WARP);
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
        leave();
    }
}

// All threads have reached one barrier, by far the most frequent end of a round.
bool release_all()
{
    if (barrier.count != size || !barrier.is_one)
        return false;
    std::memset(states, READY, std::size_t(size));
    return true;
}

// The end of a round: every thread has reached a barrier or has ended, or threads wait for something that
// never happens.
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
    if (launch.count_transactions)
        count_warps();
    return true;
}

}  // namespace

void complain(int number, const char *what, int other)
{
    Finding finding = finding_about(DIVERGENT_BARRIER, number, what);
    finding.line = line_of(number);
    finding.other_thread = other;
    finding.other_line = other >= 0 && states[other] != DONE ? line_of(other) : 0;
    report(finding);
}

void wait_for(State state) { wait(state); }

// A block begins, or goes on after a barrier of the whole grid.
void enter_block(std::int64_t number)
{
    block = number;
    blockIdx = index_of(number, launch.grid);
    block_start = last_barrier = ++now;
    remember_start(number);
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
    if (launch.count_transactions)
        begin_accesses_of_block();
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
    if (launch.count_transactions)
        count_warps();
}

// Another thread may hold what this one waits for. If no thread makes progress for a long time, none ever
// will.
void spin()
{
    idle = stores ? 0 : idle + 1;
    if (idle > MAX_IDLE) {
        Finding finding = finding_about(
            DEADLOCK, thread, "waits for a change that never comes: every thread of its block waits");
        finding.place = last_place;
        finding.line = line_in(last_place);
        report(finding);
        stop();
    }
    if (idle % IDLE_A_WHILE == IDLE_A_WHILE - 1 && asking)
        for (int warp = 0; warp * WARP < size; ++warp)
            meet(warp, true);
    wait(READY);
}

void stop()
{
    judge_pending_store();
    stopped = true;
    void *nowhere;
    emulator_switch(&nowhere, scheduler);
    __builtin_unreachable();
}

}  // namespace emulator

using namespace emulator;

INTERFACE int emulator_barrier(int predicate, int line)
{
    threads[thread].barrier_line = line;
    barrier.is_one = barrier.count ? barrier.is_one && line == barrier.line : true;
    barrier.line = line;
    int warp = thread / WARP;
    if (launch.count_transactions && ++barrier.lanes[warp] == std::min(size - warp * WARP, WARP))
        count_warp(warp);  // while its lanes' accesses are still in the cache
    barrier.predicates += predicate != 0;
    ++barrier.count;
    wait(AT_BARRIER);
    return barrier.result;
}

// The thread is done, whatever its callers still have to do; its fiber begins again.
INTERFACE void emulator_end_thread()
{
    leave();
    void *nowhere;
    fibers[fiber].fresh = true;
    free_fibers.push_back(fiber);
    give_way(&nowhere, next());
    __builtin_unreachable();
}

INTERFACE void emulator_yield()
{
    spin();
}

// A thread ends the whole launch.
INTERFACE void emulator_trap(const char *what, int line)
{
    Finding finding = finding_about(TRAP, thread, what);
    finding.line = line;
    report(finding);
    stop();
}

// Stops a launch because a collective of CUB has a template for blocks of another shape.
INTERFACE void emulator_wrong_block(int x, int y, int z, int line)
{
    static std::string text;  // findings keep its address; all blocks of a launch have one shape
    auto shape = [](auto... sizes) {
        std::string all;
        (..., (all += (all.empty() ? "(" : ", ") + std::to_string(sizes)));
        return all + ")";
    };
    text = "uses a collective of CUB for blocks of " + shape(x, y, z) + " threads in a block of "
        + shape(blockDim.x, blockDim.y, blockDim.z)
        + ": the sizes in its template must be those of the block in x, y and z";
    emulator_trap(text.c_str(), line);
}
