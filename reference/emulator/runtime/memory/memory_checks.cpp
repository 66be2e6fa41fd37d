// Checks every access to memory, and finds bugs that a GPU would silently ignore.
//
// Kernels are compiled with -fsanitize=thread: the compiler then calls a function before every load and
// store. These functions replace the sanitizer's own library. For every 4 bytes of the arena, shadow memory
// records which bytes exist, which were written, and the last threads that accessed them.

#include "race_detector.h"
#include "state.h"

#include <cstring>

namespace emulator {

void (*host_access)(Mode, std::uintptr_t, int, std::uint64_t);
bool (*is_parameter)(std::uintptr_t);

namespace {

const std::uint32_t PATIENCE = 1000;  // a thread that reads an unchanged value this often lets others run

// The bytes of a word that an access uses, a bit each.
inline unsigned bytes_in(std::size_t at, std::size_t offset, int size)
{
    std::size_t last = offset + std::size_t(size) - 1;
    unsigned bytes = at == offset / 4 ? 15u << offset % 4 & 15 : 15;
    return at == last / 4 ? bytes & 15u >> (3 - last % 4) : bytes;
}

template <Mode MODE> inline void meet_word(
    Word &word, unsigned bytes, std::size_t at, std::size_t offset, int size, std::uint64_t place)
{
    Word *by_byte = __builtin_expect(word.parts != 0, 0) ? bytes_of(word, at) : nullptr;
    if (__builtin_expect(bytes != 15 && !by_byte, 0))
        by_byte = (bytes_of(word, at), split(word, at));
    if (__builtin_expect(by_byte != nullptr, 0))
        access_bytes<MODE>(by_byte, bytes, at, offset, size, place);
    else
        access_shadow<MODE>(word, bytes, at, offset, size, place);
}

template <Mode MODE> inline void access_word(std::size_t at, unsigned bytes, std::size_t offset, int size,
    std::uint64_t place, bool needs_values = true)
{
    unsigned before = state[at];
    if (MODE != WRITE && needs_values && (before >> 4 & bytes) != bytes)
        report(finding_at(UNINITIALIZED_READ, MODE, place, offset, size));
    meet_word<MODE>(words[at], bytes, at, offset, size, place);
    if (MODE != READ)
        state[at] = static_cast<unsigned char>(before | bytes << 4);
}

// The last read of the running thread: a loop that only reads one place again and again lets other threads
// run.
std::size_t seen_offset;
std::uint64_t seen_value;
std::uint32_t seen_times;

__attribute__((noinline)) void look_again(std::size_t offset, int size)
{
    std::uint64_t value = 0;
    std::memcpy(&value, memory_at(offset), std::size_t(size < 8 ? size : 8));
    seen_times = offset == seen_offset && value == seen_value ? seen_times + 1 : 0;
    seen_offset = offset;
    seen_value = value;
    if (seen_times == PATIENCE) {
        seen_times = 0;
        spin();
    }
}

inline void step(Mode mode, std::size_t offset, int size, std::uint64_t place)
{
    if (__builtin_expect(pending.is_open, 0))
        judge_pending_store();
    if (__builtin_expect(mode != WRITE && place == last_place, 0))
        look_again(offset, size);
    last_place = place;
    ++steps;
    stores += mode == WRITE;
}

// A variable outside of functions, which every thread of a launch shares. It has a value from the start.
template <Mode MODE> void access_variable(std::size_t offset, int size, std::uint64_t place)
{
    step(MODE, offset, size, place);
    std::size_t last = (offset + std::size_t(size) - 1) / 4;
    for (std::size_t at = offset / 4; at <= last; ++at)
        meet_word<MODE>(variables[at - VARIABLES / 4], bytes_in(at, offset, size), at, offset, size, place);
}

// An access outside of the arena: to the thread's own memory, to constants and the like, or to no memory at
// all. In the last case the thread cannot go on.
template <Mode MODE>
__attribute__((noinline)) void elsewhere(std::uintptr_t address, int size, std::uint64_t place)
{
    std::uintptr_t last = address + std::uintptr_t(size) - 1;
    if (thread < 0 && host_access)
        host_access(MODE, address, size, place);
    if (thread >= 0 && variables && address >= data_start && last < data_end)
        return access_variable<MODE>(address - data_start + VARIABLES, size, place);
    if (thread < 0 || (in_a_stack(address) && in_a_stack(last))
        || (in_the_program(address) && in_the_program(last)))
        return;
    if (is_parameter && is_parameter(address) && is_parameter(last))
        return;
    Finding finding = finding_at(OUT_OF_BOUNDS, MODE, place, arena_size, size);
    finding.region = -2;
    finding.name = address < 4096 ? "a null pointer"
        : is_parameter
        ? "an address far from every array: the index is wrong, or the pointer is one of the host"
        : "an address far from every array";
    report(finding);
    stop();
}

std::uint64_t plain_reads[2];  // the number of reads of 4 bytes, from global and from shared memory

void count(Mode mode, std::size_t offset, int size, int width)
{
    bool shared = offset < SHARED_ZONE;
    auto times = std::uint64_t(instructions(size, width));
    if (is_atomic(mode))
        counters.atomics += times;
    else if (shared)
        (mode == READ ? counters.shared_reads : counters.shared_writes) += times;
    else
        (mode == READ ? counters.global_reads : counters.global_writes) += times;
    (shared ? counters.shared_bytes : counters.global_bytes) += size;
}

std::uint64_t place_of_a_part;  // where a struct was copied last of which a part was not written

int bytes_with_values(std::size_t offset, int size)
{
    int values = 0;
    for (std::size_t i = offset; i < offset + std::size_t(size); ++i)
        values += state[i / 4] >> 4 >> i % 4 & 1;
    return values;
}

// A copy of a struct also copies padding, and members that nobody may use. So it needs no values for them:
// only a struct of which nothing was written is a finding. Of another one, module.py finds out whether a
// result depends on the rest.
template <Mode MODE>
inline void access(const volatile void *pointer, int size, std::uint64_t place, int width = WIDEST,
    bool copies_a_struct = false)
{
    std::uintptr_t address = reinterpret_cast<std::uintptr_t>(pointer);
    std::size_t offset = address - reinterpret_cast<std::uintptr_t>(arena);
    if (__builtin_expect(offset >= arena_size || std::size_t(size) > arena_size - offset, 0)) {
        elsewhere<MODE>(address, size, place);
        return;
    }
    step(MODE, offset, size, place);
    count(MODE, offset, size, width);
    if (launch.count_transactions)
        note(place, offset, size, width);
    std::size_t first = offset / 4, last = (offset + size - 1) / 4;
    for (std::size_t at = first; at <= last; ++at) {
        unsigned bytes = bytes_in(at, offset, size);
        if ((state[at] & bytes) != bytes) {
            report(finding_at(OUT_OF_BOUNDS, MODE, place, offset, size));
            return;
        }
    }
    bool needs_values = true;
    if (copies_a_struct) {
        int values = bytes_with_values(offset, size);
        needs_values = values == 0;
        if (values != 0 && values < size && (place != place_of_a_part || findings.empty())) {
            report(finding_at(UNWRITTEN_PART, MODE, place, offset, size));
            place_of_a_part = place;
        }
    }
    for (std::size_t at = first; at <= last; ++at)
        access_word<MODE>(at, bytes_in(at, offset, size), offset, size, place, needs_values);
}

// By far the most frequent case: 4 bytes that are one word.
template <Mode MODE>
__attribute__((noinline)) void access_4(const volatile void *pointer, std::uint64_t place)
{
    std::size_t offset = reinterpret_cast<std::uintptr_t>(pointer) - reinterpret_cast<std::uintptr_t>(arena);
    if (offset < arena_size && offset % 4 == 0 && (state[offset / 4] & 15) == 15) {
        step(MODE, offset, 4, place);
        count(MODE, offset, 4, 4);
        if (launch.count_transactions)
            note(place, offset, 4, 4);
        access_word<MODE>(offset / 4, 15, offset, 4, place);
    } else {
        access<MODE>(pointer, 4, place);
    }
}

__attribute__((noinline)) void read_word(std::size_t offset, std::uint64_t place)
{
    access_word<READ>(offset / 4, 15, offset, 4, place);
}

// The same, for the most frequent read: 4 bytes that exist, and nothing to find.
inline void read_4(const volatile void *pointer, std::uint64_t place)
{
    std::size_t offset = reinterpret_cast<std::uintptr_t>(pointer) - reinterpret_cast<std::uintptr_t>(arena);
    bool is_plain = offset < arena_size && offset % 4 == 0 && state[offset / 4] == 255;
    if (__builtin_expect(!is_plain || pending.is_open || place == last_place, 0))
        return access_4<READ>(pointer, place);
    bool is_shared = offset < SHARED_ZONE;
    last_place = place;
    ++steps;
    ++plain_reads[is_shared];
    bool is_news = !tells_nothing(words[offset / 4], is_shared);
    if (__builtin_expect(launch.count_transactions, 0))
        return is_news ? (note(place, offset, 4, 4), read_word(offset, place)) : note(place, offset, 4, 4);
    if (is_news)
        read_word(offset, place);
}

}  // namespace

// The verdict on a suspected store: it changed nothing, or it is a race.
void judge_pending_store()
{
    if (!pending.is_open)
        return;
    pending.is_open = false;
    if (!std::memcmp(pending.memory, pending.before, std::size_t(pending.size)))
        pending.race.kind = SAME_VALUE;
    report(pending.race);
}

void count_plain_reads()
{
    counters.global_reads += plain_reads[0];
    counters.global_bytes += 4 * plain_reads[0];
    counters.shared_reads += plain_reads[1];
    counters.shared_bytes += 4 * plain_reads[1];
    plain_reads[0] = plain_reads[1] = 0;
}

}  // namespace emulator

using namespace emulator;

#define HERE reinterpret_cast<std::uint64_t>(__builtin_return_address(0))

INTERFACE void emulator_touch(const volatile void *pointer, int size, int is_store, int line);

// Atomic operations are functions of the headers; they pass the line that calls them. With a memory order of
// cuda::atomic a store reads nothing, and a relaxed operation orders nothing by itself. `releases` is a
// Release.
INTERFACE void emulator_atomic_in_order(
    const volatile void *pointer, int size, int is_store, int acquires, int releases, int scope, int line)
{
    bool writes = is_store || releases;
    if (scope == OF_THREAD) {  // to other threads, these are plain accesses
        if (!is_store)
            emulator_touch(pointer, size, 0, line);
        if (writes)
            emulator_touch(pointer, size, 1, line);
        return;
    }
    std::size_t offset = reinterpret_cast<std::uintptr_t>(pointer) - reinterpret_cast<std::uintptr_t>(arena);
    for (std::size_t i = offset;
         is_store && offset < arena_size && i < offset + std::size_t(size) && i < arena_size; ++i)
        state[i / 4] = static_cast<unsigned char>(state[i / 4] | (state[i / 4] & 1u << i % 4) << 4);
    std::uint64_t place = place_of_line(line);
    scope == OF_BLOCK ? access<ATOMIC_OF_BLOCK>(pointer, size, place) : access<ATOMIC>(pointer, size, place);
    // An atomic operation also reads, or writes, or both: else a kernel could load by it and stay within a
    // budget of reads.
    if (offset < arena_size) {
        bool is_shared = offset < SHARED_ZONE;
        (is_shared ? counters.shared_reads : counters.global_reads) += !is_store;
        (is_shared ? counters.shared_writes : counters.global_writes) += writes;
    }
    // after the access, which may let other threads run
    Ordering ordering = {acquires != 0, !is_store && !acquires, is_store != 0, Release(releases)};
    hand_on(offset, ordering);
    if (scope == OF_DEVICE)
        hand_on_to_blocks(offset, ordering);
}

INTERFACE void emulator_atomic(const volatile void *pointer, int size, int line)
{
    emulator_atomic_in_order(pointer, size, 0, 1, 1, OF_DEVICE, line);
}

INTERFACE void emulator_atomic_block(const volatile void *pointer, int size, int line)
{
    emulator_atomic_in_order(pointer, size, 0, 1, 1, OF_BLOCK, line);
}

// An access by a function of the headers, which passes the line that calls it.
INTERFACE void emulator_touch(const volatile void *pointer, int size, int is_store, int line)
{
    std::uint64_t place = place_of_line(line);
    is_store ? access<WRITE>(pointer, size, place) : access<READ>(pointer, size, place);
}

// Functions that the compiler calls. The names and their meaning: LLVM's and GCC's -fsanitize=thread.
#define ACCESSES(size)                                                                              \
    INTERFACE void __tsan_read##size(void *p) { access<READ>(p, size, HERE); }                      \
    INTERFACE void __tsan_write##size(void *p) { access<WRITE>(p, size, HERE); }                    \
    INTERFACE void __tsan_unaligned_read##size(void *p) { access<READ>(p, size, HERE); }            \
    INTERFACE void __tsan_unaligned_write##size(void *p) { access<WRITE>(p, size, HERE); }
ACCESSES(1)
ACCESSES(2)
ACCESSES(8)
INTERFACE void __tsan_read16(void *p) { access<READ>(p, 16, HERE, WIDEST, true); }
INTERFACE void __tsan_write16(void *p) { access<WRITE>(p, 16, HERE); }
INTERFACE void __tsan_unaligned_read16(void *p) { access<READ>(p, 16, HERE, 4, true); }
INTERFACE void __tsan_unaligned_write16(void *p) { access<WRITE>(p, 16, HERE, 4); }
INTERFACE void __tsan_read4(void *p) { read_4(p, HERE); }
INTERFACE void __tsan_write4(void *p) { access_4<WRITE>(p, HERE); }
INTERFACE void __tsan_unaligned_read4(void *p) { access<READ>(p, 4, HERE); }
INTERFACE void __tsan_unaligned_write4(void *p) { access<WRITE>(p, 4, HERE); }
// A struct whose alignment may be that of its members: a GPU reads and writes it in parts of that size.
inline int width_of(std::size_t size) { return size % 4 == 0 ? 4 : size % 2 == 0 ? 2 : 1; }
INTERFACE void __tsan_read_range(void *p, std::size_t n)
{
    access<READ>(p, bounded(n), HERE, width_of(n), true);
}
INTERFACE void __tsan_write_range(void *p, std::size_t n)
{
    access<WRITE>(p, bounded(n), HERE, width_of(n));
}
INTERFACE void *__tsan_memcpy(void *to, const void *from, std::size_t n)
{
    access<READ>(from, bounded(n), HERE, width_of(n), true);
    access<WRITE>(to, bounded(n), HERE, width_of(n));
    return std::memmove(to, from, n);
}
INTERFACE void *__tsan_memmove(void *to, const void *from, std::size_t n)
{
    access<READ>(from, bounded(n), HERE, width_of(n), true);
    access<WRITE>(to, bounded(n), HERE, width_of(n));
    return std::memmove(to, from, n);
}
INTERFACE void *__tsan_memset(void *to, int value, std::size_t n)
{
    access<WRITE>(to, bounded(n), HERE, width_of(n));
    return std::memset(to, value, n);
}
// The pointer to the virtual functions of an object.
INTERFACE void __tsan_vptr_update(void **p, void *) { access<WRITE>(p, int(sizeof *p), HERE); }
INTERFACE void __tsan_vptr_read(void **p) { access<READ>(p, int(sizeof *p), HERE); }
INTERFACE void __tsan_init() {}
INTERFACE void __sanitizer_cov_trace_pc() {}  // for calls that arithmetic.py has not removed
INTERFACE void __tsan_func_entry(void *) {}
INTERFACE void __tsan_func_exit() {}
