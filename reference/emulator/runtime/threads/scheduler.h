// Declarations that the parts of the scheduler share: the threads of the running block, and what each waits
// for.
#pragma once

#include "state.h"

#include <vector>

INTERFACE emulator::Index threadIdx, blockIdx, blockDim, gridDim;  // kernels read them, too
INTERFACE int emulator_poison;

#pragma GCC visibility push(hidden)
namespace emulator {

const std::size_t STACK = 64 << 10, GUARD = 16 << 10;  // GUARD is a multiple of every processor's page size

enum State : unsigned char { WAITING_TO_START, READY, AT_BARRIER, AT_WARP, AT_GRID, DONE };
enum Operation {
    SYNC, SHUFFLE, SHUFFLE_UP, SHUFFLE_DOWN, SHUFFLE_XOR, BALLOT, MATCH, ADD, MIN, MAX, AND, OR, XOR, ACTIVE
};

struct Request {  // the reason a thread waits
    int line;
    int operation;
    unsigned mask;  // the lanes; for a barrier, the predicate
    std::uint64_t value, result;
    int argument, width;
};

struct Thread {  // the part of a thread's state that each turn needs; `requests` and `states` hold the rest
    int fiber;
    std::uint32_t waits;
    Index index;
    int barrier_line;  // the line of the barrier at which it waits, or waited last
    std::uint64_t last_store;  // the number of its last turn that stored something
};

struct Fiber {
    void *place;
    bool fresh;
};

struct Barrier {  // the barrier that threads of the block have reached
    int count, line, predicates, result;
    bool is_one;  // true if all of them are at one line
    int lanes[MAX_THREADS / WARP];  // how many lanes of each warp have reached it
};

extern Thread threads[MAX_THREADS];
extern Request requests[MAX_THREADS];
extern State states[MAX_THREADS];
extern int size;     // the number of threads in a block
extern int done;     // the number of threads that have ended
extern int at_grid;  // the number of threads that wait for the whole grid
extern Barrier barrier;
extern int at;       // the place of the next thread in the order of the round
extern int asking;   // the number of threads that ask which lanes run together
extern int meeting;  // the number of threads that wait for their warp
extern bool stopped;

// The running launch.
extern void (*entry)(void **);
extern void **arguments;
extern std::vector<void (*)(void **)> of_some_lanes;  // the kernels that have a barrier of some lanes
extern std::uint64_t random_state;

// Stacks and the fibers that run on them: stacks.cpp.
extern char *all_stacks, *stacks;  // `stacks` are those of the running block
extern int stack_count;
extern int stacks_used;  // how many stacks, from the first on, the launch has used
extern Fiber fibers[MAX_THREADS];
extern std::vector<int> free_fibers;
extern int fiber;  // the running fiber
bool prepare_stacks(int count);
void give_stacks_back();
void renew_fibers();

// scheduler.cpp
void wait_for(State state);
void complain(int number, const char *what, int other = -1);
void enter_block(std::int64_t number);
void begin_block(std::int64_t number);
void go_on();

// warp_operations.cpp
void meet(int warp, bool is_idle = false);

// grid_barrier.cpp
void run_together(const std::vector<std::int64_t> &numbers);

// crashes.cpp
void find_program();
void watch();
void unwatch();

// launch.cpp
Index index_of(std::int64_t number, const std::uint32_t *sizes);
void remember_start(std::int64_t number);
std::uint64_t draw(std::uint64_t below);  // a random number, from 0 on and less than `below`

template <typename T> void shuffle(T *numbers, std::int64_t n)
{
    for (std::int64_t i = n - 1; i > 0; --i)
        std::swap(numbers[i], numbers[draw(std::uint64_t(i) + 1)]);
}

}  // namespace emulator
#pragma GCC visibility pop
