// State shared by the parts of the runtime: the running thread, the memory, and the findings.
//
// The runtime is a library that every compiled kernel is linked to. The files of threads/ run blocks and
// threads. The files of memory/ check every access to memory. counters.cpp counts transactions. All of it
// runs on one thread of the machine; cores.cpp runs it in several processes. The files of a folder are one
// unit of compilation.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#define INTERFACE extern "C" __attribute__((visibility("default")))

#pragma GCC visibility push(hidden)
namespace emulator {

const int MAX_THREADS = 1024, WARP = 32;
const std::size_t SHARED_ZONE = 1 << 20;  // the arena's first bytes, for shared memory
// offsets from here on: the program's variables outside of functions
const std::size_t VARIABLES = std::size_t(1) << 40;
// between shared arrays, so that a step too far meets no other array
const std::size_t GAP = 4096;

struct Index {
    std::uint32_t x, y, z;
};

enum Kind {
    OUT_OF_BOUNDS, UNINITIALIZED_READ, RACE, DIVERGENT_BARRIER, BAD_LAUNCH, MISALIGNED, CRASHED, TRAP,
    DEADLOCK, SAME_VALUE, TIMEOUT, UNWRITTEN_PART
};
// ATOMIC_OF_BLOCK is an atomic operation of a block's scope: for other blocks it is a plain access. A finding
// says ATOMIC.
enum Mode { READ, WRITE, ATOMIC, ATOMIC_OF_BLOCK };
enum Scope { OF_DEVICE, OF_BLOCK, OF_THREAD };  // the scope of an atomic operation, as in emulator_cuda.h
// Blocks have one of the first three orders. Threads have any of the five in each round. The last two are
// made to reveal results that depend on an order: the thread that stored last runs ahead of all others, or
// falls behind.
enum Order { FORWARD, REVERSE, RANDOM, LAST_WRITER_FIRST, LAST_WRITER_LAST };

// runtime_interface.py reads Finding, Counters, PlaceCounts, Launch and SharedArray by their fields' order
// and sizes.
struct Finding {
    std::int32_t kind, mode;
    std::int32_t line, other_line;  // line: 0 if `place`, an address in the code, gives it
    std::int32_t thread, other_thread;  // -1: no thread
    std::int64_t block, other_block;
    // a number from 0: a region of global memory; -1: shared memory; -3: a variable outside of functions; -2:
    // no memory of these kinds
    std::int64_t region;
    std::int64_t offset;  // in bytes, from the start of the region; for a variable, its address
    std::int64_t size;    // the bytes of the access
    std::int64_t count;   // how often it was found
    std::uint64_t place;
    const char *name;  // the name of the array in shared memory, or the text of the finding
    std::int64_t room;  // the bytes of that array
    const char *type;   // the type that the access uses, if an address or an index does not fit it
    // the bytes of an element of that array, then the lengths of its axes; 0 if unknown
    std::uint32_t shape[4];
};

struct Counters {
    std::uint64_t global_reads, global_writes, shared_reads, shared_writes, atomics;
    std::uint64_t global_bytes, shared_bytes, barriers, arithmetic;
    std::uint64_t global_requests, global_transactions;  // requests of warps; transactions of 32 bytes
    // requests of warps; each takes one pass without bank conflicts
    std::uint64_t shared_requests, shared_passes;
    std::uint64_t shared_memory;                         // the bytes of a block
    std::uint64_t busiest_thread;  // the accesses to global memory of the thread that makes most
};

struct PlaceCounts {  // the counts of one place in the code
    std::uint64_t place;
    std::uint64_t global_requests, global_transactions, least_transactions;
    std::uint64_t shared_requests, shared_passes;
    std::uint64_t lanes, threads;  // the lanes that took part in its requests, and the threads of their warps
    // the request that wasted most, if one did
    std::uint64_t worst_units, worst_best, worst_lanes, worst_size;
    // that request's offset in the arena for each lane
    std::uint64_t worst[32];
};

struct Launch {
    std::uint32_t grid[3], block[3];
    std::uint32_t dynamic_shared, shared_limit;
    std::int32_t block_order, thread_order;
    std::int32_t count_transactions;
    std::uint64_t seed;
    std::int32_t cooperative;  // all blocks are there at once, and may wait for each other
    // the number of the local array that begins with the second wrong value; -1: every array
    std::int32_t poison;
    std::int32_t is_split;     // the kernel itself loops over the threads of a block
    double seconds;            // the CPU time that it may take; 0: no limit
};

struct SharedArray {  // an array of a launch whose blocks run in several processes
    void **pointer;           // the kernel's argument
    std::size_t size, start;  // in bytes; `start` is its place in the common memory
    std::int32_t is_const;
};

constexpr bool is_atomic(Mode mode) { return mode == ATOMIC || mode == ATOMIC_OF_BLOCK; }

// The bytes of one instruction of a GPU: it reads and writes vectors of 2, 4, 8 or 16 bytes at once (CUDA C++
// Programming Guide, "Device Memory Accesses").
const int WIDEST = 16;
inline int instructions(int size, int width) { return int((std::int64_t(size) + width - 1) / width); }

// The size of a struct as an int. A struct may have any size; one of 2 GiB does not fit into any array.
inline int bounded(std::size_t n) { return n < INT32_MAX ? int(n) : INT32_MAX; }

// A place in the code is an address. For a call of a function of the headers, it is the line that the
// function got.
inline std::uint64_t place_of_line(int line) { return std::uint64_t(line) << 48 | 1; }
inline std::int32_t line_in(std::uint64_t place) { return std::int32_t(place >> 48); }  // 0: it is an address

struct Array {  // an array in shared memory
    const char *name;
    std::size_t start, size;
    int line;
    const std::uint32_t *shape;  // four numbers, as in a finding; null if unknown
};

struct Region {  // an array in global memory
    std::size_t start, size;
};

// The launch that is running.
extern Launch launch;
extern Counters counters;
extern std::vector<Finding> findings;
extern std::vector<Array> arrays;
extern std::vector<Region> regions;
extern std::int64_t block;  // `block` and `thread` are -1 if no thread runs
extern int thread;

// Time is counted in moments of synchronization. Events of one moment have no order, except within a thread.
// An access whose moment is before `launch_start`, `block_start` or `last_barrier` is ordered before
// everything that the launch, the block, or the block since its last barrier does.
extern std::uint32_t now, launch_start, block_start, last_barrier;
// For two lanes of a warp: everything that the second did until this moment is ordered before what the first
// does now.
extern std::uint32_t ordered_until[MAX_THREADS][WARP];

// True once a barrier has ordered only some lanes of a warp, in this launch or in an earlier launch of its
// kernel, such as one in another order.
extern bool orders_some;

// The running thread's accesses since it last waited, the stores among them, and how often it has waited.
extern std::uint32_t steps, stores, waits;
extern std::uint64_t last_place;  // the place in the code of its last access

extern std::uintptr_t data_start, data_end;  // the program's variables outside of functions
extern unsigned char *arena;
extern std::size_t arena_size;
// for each word, 4 bits for the bytes that exist and 4 for the bytes that were written
extern unsigned char *state;

// For a whole program, the callbacks for the host's accesses and for memory that holds arguments; otherwise
// null.
extern void (*host_access)(Mode, std::uintptr_t address, int size, std::uint64_t place);
extern bool (*is_parameter)(std::uintptr_t address);

// Calls `run` for the blocks from `first` on; `run` returns false if a block stops. Returns true if all
// blocks ended; otherwise the arrays are as before.
bool run_on_cores(int cores, const SharedArray *given, std::size_t arrays, std::int64_t first,
    std::int64_t count, bool (*run)(std::int64_t));
// about a thread and no array; -1: no thread either
Finding finding_about(Kind kind, int number, const char *what);
Finding finding_at(Kind kind, Mode mode, std::uint64_t place, std::size_t offset, int size);
bool in_a_stack(std::uintptr_t address);
bool in_the_program(std::uintptr_t address);
std::int64_t block_at(std::uint32_t moment);
[[noreturn]] void stop();
void judge_pending_store();
void spin();
void report(Finding finding);
void forget(const Array &array);
void hand_on_to_lanes(int warp, unsigned lanes);
void make_room_for_variables();
void note(std::uint64_t place, std::size_t offset, int size, int width);
void count_plain_reads();
void forget_output();
void begin_notes();
void begin_accesses_of_block();
void count_warp(int warp);
void count_warps();

}  // namespace emulator
#pragma GCC visibility pop
