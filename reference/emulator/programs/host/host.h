// Declarations that the parts of the host's side share: blocks of memory, errors, and records.
#pragma once

#include "state.h"

#include <initializer_list>
#include <map>
#include <string>
#include <sys/mman.h>

#pragma GCC visibility push(hidden)
namespace host {

using namespace emulator;

enum Error {
    SUCCESS = 0, INVALID_VALUE = 1, NO_MEMORY = 2, INVALID_CONFIGURATION = 9, INVALID_SYMBOL = 13,
    INVALID_DIRECTION = 21, INVALID_DEVICE = 101, INVALID_HANDLE = 400, ILLEGAL_ADDRESS = 700,
    LAUNCH_TIMEOUT = 702, ASSERTED = 710, MISALIGNED_ADDRESS = 716, LAUNCH_FAILURE = 719,
    COOPERATIVE_LAUNCH_TOO_LARGE = 720
};
enum Where { ON_DEVICE, MANAGED, PINNED };

const std::uint32_t SHARED = 48 << 10, MOST_SHARED = 163 << 10;  // of compute capability 8.0

struct Allocation {
    std::size_t start, size, element;
    Where where;
    int line, freed_at;
    bool is_used_in_parts;  // a copy began behind its start
};

// device_memory.cpp
extern std::vector<Allocation> &allocations;  // one for each of the runtime's regions, with the same numbers
// the arena's size, and where the part begins that the host may use
extern std::size_t memory, shared_memory_from;
extern std::size_t next_start, next_shared;     // where the next blocks begin
extern bool is_open;        // true while the arena may be used, so no host code runs
extern bool is_unfinished;  // a kernel was launched, and the host has not waited since
extern Error last_error, lasting_error, coming_error;
Error fail(Error error);
Error finish();
bool prepare_memory();
bool place(std::size_t bytes, bool is_shared, std::size_t &start);
long find(std::size_t offset);
std::size_t offset_of(const void *pointer);
bool in_arena(const void *pointer);
void mark(std::size_t start, std::size_t size, unsigned bits);

// records.cpp
void open_records();
void write_record(const std::string &line);
std::string columns(std::initializer_list<long long> numbers);
bool is_news(const std::string &record);
void tell_host(const char *kind, int line, std::uint64_t place, const char *format, ...);
void tell(const Finding &found, const char *kernel, int line);
void tell_the_end();
void tell_short_copies();  // copies.cpp
extern std::uint64_t host_place;  // of a call of the host's that does not know its line

// device_heap.cpp
typedef std::map<std::size_t, std::size_t> HeapBlocks;  // the start and the size of each block in use
extern std::size_t heap_start;                          // 0 before the first launch
bool make_heap();
void begin_launch_on_heap();
void begin_order_on_heap();
HeapBlocks &heap_blocks();

// program.cpp
extern int most_orders;
extern std::uint64_t seed;
extern double most_seconds;  // a limit on CPU time; 0: no limit
extern std::uintptr_t code_start, code_end, program_base;
extern char *image_start;  // the program's own variables
extern std::size_t image_size;
extern bool has_told_crash;

// While one of these exists, the arena may be used.
struct Open {
    bool was_open = is_open;
    Open()
    {
        if (!was_open && memory) {
            mprotect(arena + SHARED_ZONE, shared_memory_from - SHARED_ZONE, PROT_READ | PROT_WRITE);
            is_open = true;
        }
    }
    ~Open()
    {
        if (!was_open && memory) {
            mprotect(arena + SHARED_ZONE, shared_memory_from - SHARED_ZONE, PROT_NONE);
            is_open = false;
        }
    }
};

}  // namespace host
#pragma GCC visibility pop
