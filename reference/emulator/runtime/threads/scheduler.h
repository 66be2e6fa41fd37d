// What the parts of the scheduler share: the threads of the block that runs, and what each of them waits for.
#pragma once

#include "state.h"

#include <vector>

INTERFACE emulator::Index threadIdx, blockIdx, blockDim, gridDim;  // kernels read them, too
INTERFACE int emulator_poison;

#pragma GCC visibility push(hidden)
namespace emulator {

const std::size_t STACK = 64 << 10, GUARD = 16 << 10;  // GUARD: a page of any processor

enum State : unsigned char { WAITING_TO_START, READY, AT_BARRIER, AT_WARP, AT_GRID, DONE };
enum Operation { SYNC, SHUFFLE, SHUFFLE_UP, SHUFFLE_DOWN, SHUFFLE_XOR, BALLOT, MATCH, ADD, MIN, MAX, AND, OR, XOR, ACTIVE };

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

struct Barrier {  // that threads of the block have reached
    int count, line, predicates, result;
    bool is_one;  // all at one line
    int lanes[MAX_THREADS / WARP];  // of each warp
};

extern Thread threads[MAX_THREADS];
extern Request requests[MAX_THREADS];
extern State states[MAX_THREADS];
extern int size;     // threads of a block
extern int done;     // of them
extern int at_grid;  // of them wait for the whole grid
extern Barrier barrier;
extern int at;       // the place of the next thread in the order of the round
extern int asking;   // threads that ask which lanes run together
extern int meeting;  // threads that wait for their warp
extern bool stopped;

// Of the launch.
extern void (*entry)(void **);
extern void **arguments;
extern std::vector<void (*)(void **)> of_some_lanes;  // kernels with a barrier of some lanes
extern std::uint64_t random_state;

// Stacks and the fibers that run on them: stacks.cpp.
extern char *all_stacks, *stacks;  // stacks: of the block that runs
extern int stack_count;
extern int stacks_used;  // by a launch: those from the first on
extern Fiber fibers[MAX_THREADS];
extern std::vector<int> free_fibers;
extern int fiber;  // that runs
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
