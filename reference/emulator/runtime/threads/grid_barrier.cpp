// Cooperative launches: all blocks run up to each barrier of the grid, one block after another.
//
// A block that waits keeps its fibers, its stacks and a copy of its shared memory while others run.

#include "scheduler.h"

#include <algorithm>

namespace emulator {

namespace {

// A block that waits for the whole grid, while others run. Its stacks are its own.
struct Resident {
    std::vector<Thread> threads;
    std::vector<Request> requests;
    std::vector<State> states;
    std::vector<Fiber> fibers;
    std::vector<int> free_fibers;
    int done;
    // the content and the state of each shared array
    std::vector<std::vector<unsigned char>> shared, shared_state;
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

}  // namespace

// Runs all blocks of a cooperative launch up to each barrier of the grid, one block after another. Such a
// barrier orders everything before it before everything after it.
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

}  // namespace emulator

using namespace emulator;

INTERFACE void emulator_wait_for_copies(unsigned count);
INTERFACE void emulator_trap(const char *what, int line);

// A thread waits for all threads of the grid.
INTERFACE void emulator_grid_barrier(int line)
{
    if (!launch.cooperative)
        emulator_trap("waits for the whole grid, which only cudaLaunchCooperativeKernel allows", line);
    emulator_wait_for_copies(0);
    requests[thread] = {line, SYNC, 0, 0, 0, 0, WARP};
    ++at_grid;
    wait_for(AT_GRID);
}

INTERFACE int emulator_is_cooperative() { return launch.cooperative; }
