// Is called for every access to memory, and finds bugs that a GPU would silently ignore.
//
// Kernels are compiled with -fsanitize=thread: the compiler then calls a function before every load and store.
// These functions replace the sanitizer's own library. Shadow memory records for every 4 bytes of the arena
// which of them exist, which were written, and the last threads to access them.

#include "race_detector.h"
#include "state.h"

#include <cstring>
#include <sys/mman.h>

namespace emulator {

unsigned char *arena;
std::size_t arena_size;
std::vector<Finding> findings;
std::vector<Region> regions;
unsigned char *state;
void (*host_access)(Mode, std::uintptr_t, int, std::uint64_t);
bool (*is_parameter)(std::uintptr_t);

namespace {

const std::size_t MAX_FINDINGS = 64;
const std::uint32_t PATIENCE = 1000;  // looks at one place that does not change

template <Mode MODE>
inline void access_word(std::size_t at, unsigned bytes, std::size_t offset, int size, std::uint64_t place)
{
    unsigned known = state[at];
    if (MODE != WRITE && (known >> 4 & bytes) != bytes)
        report(finding_at(UNINITIALIZED_READ, MODE, place, offset, size));
    Word &word = words[at];
    Word *apart = __builtin_expect(word.parts != 0, 0) ? bytes_of(word, at) : nullptr;
    if (__builtin_expect(bytes != 15 && !apart, 0))
        apart = (bytes_of(word, at), split(word, at));
    if (__builtin_expect(apart != nullptr, 0))
        access_bytes<MODE>(apart, bytes, at, offset, size, place);
    else
        access_shadow<MODE>(word, bytes, at, offset, size, place);
    if (MODE != READ)
        state[at] = static_cast<unsigned char>(known | bytes << 4);
}

// The thread's own memory, constants and the like; or no memory at all, and then the thread cannot go on.
template <Mode MODE> __attribute__((noinline)) void elsewhere(std::uintptr_t address, int size, std::uint64_t place)
{
    std::uintptr_t last = address + std::uintptr_t(size) - 1;
    if (thread < 0 && host_access)
        host_access(MODE, address, size, place);
    if (thread < 0 || (in_a_stack(address) && in_a_stack(last)) || (in_the_program(address) && in_the_program(last)))
        return;
    if (is_parameter && is_parameter(address) && is_parameter(last))
        return;
    Finding finding = finding_at(OUT_OF_BOUNDS, MODE, place, arena_size, size);
    finding.region = -2;
    finding.name = address < 4096 ? "a null pointer"
        : is_parameter            ? "an address that is no memory of the device: was it given a pointer of the host's?"
                                  : "an address far from every array";
    report(finding);
    stop();
}

// The thread's accesses, one by one: a loop that only looks at one place lets others run.
std::size_t seen_offset;
std::uint64_t seen_value;
std::uint32_t seen_times;

__attribute__((noinline)) void look_again(std::size_t offset, int size)
{
    std::uint64_t value = 0;
    std::memcpy(&value, arena + offset, std::size_t(size < 8 ? size : 8));
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
        settle();
    if (__builtin_expect(mode != WRITE && place == last_place, 0))
        look_again(offset, size);
    last_place = place;
    ++steps;
    stores += mode == WRITE;
}

std::uint64_t plain_reads[2];  // of 4 bytes each; of global and of shared memory

const int WIDEST = 16;  // bytes that one instruction of a GPU reads or writes: a copy of a large struct takes many

void count(Mode mode, std::size_t offset, int size)
{
    bool shared = offset < SHARED_ZONE;
    auto times = std::uint64_t((std::int64_t(size) + WIDEST - 1) / WIDEST);
    if (is_atomic(mode))
        counters.atomics += times;
    else if (shared)
        (mode == READ ? counters.shared_reads : counters.shared_writes) += times;
    else
        (mode == READ ? counters.global_reads : counters.global_writes) += times;
    (shared ? counters.shared_bytes : counters.global_bytes) += size;
}

template <Mode MODE> inline void access(const volatile void *pointer, int size, std::uint64_t place)
{
    std::uintptr_t address = reinterpret_cast<std::uintptr_t>(pointer);
    std::size_t offset = address - reinterpret_cast<std::uintptr_t>(arena);
    if (__builtin_expect(offset >= arena_size || std::size_t(size) > arena_size - offset, 0)) {
        elsewhere<MODE>(address, size, place);
        return;
    }
    step(MODE, offset, size, place);
    count(MODE, offset, size);
    if (launch.counting)
        note(place, offset, size);
    std::size_t first = offset / 4, last = (offset + size - 1) / 4;
    for (std::size_t at = first; at <= last; ++at) {
        unsigned bytes = 15;
        if (at == first)
            bytes = bytes << offset % 4 & 15;
        if (at == last)
            bytes &= 15u >> (3 - (offset + size - 1) % 4);
        if ((state[at] & bytes) != bytes) {
            report(finding_at(OUT_OF_BOUNDS, MODE, place, offset, size));
            return;
        }
    }
    for (std::size_t at = first; at <= last; ++at) {
        unsigned bytes = 15;
        if (at == first)
            bytes = bytes << offset % 4 & 15;
        if (at == last)
            bytes &= 15u >> (3 - (offset + size - 1) % 4);
        access_word<MODE>(at, bytes, offset, size, place);
    }
}

// By far the most frequent case: 4 bytes that are one word.
template <Mode MODE> __attribute__((noinline)) void access_4(const volatile void *pointer, std::uint64_t place)
{
    std::size_t offset = reinterpret_cast<std::uintptr_t>(pointer) - reinterpret_cast<std::uintptr_t>(arena);
    if (offset < arena_size && offset % 4 == 0 && (state[offset / 4] & 15) == 15) {
        step(MODE, offset, 4, place);
        count(MODE, offset, 4);
        if (launch.counting)
            note(place, offset, 4);
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
    if (__builtin_expect(launch.counting, 0))
        return is_news ? (note(place, offset, 4), read_word(offset, place)) : note(place, offset, 4);
    if (is_news)
        read_word(offset, place);
}

template <typename T> bool allocate(T *&memory, std::size_t count, std::size_t &size)
{
    if (size)
        munmap(static_cast<void *>(memory), size);
    size = count * sizeof(T);
    void *got = mmap(
        nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    memory = got == MAP_FAILED ? nullptr : static_cast<T *>(got);
    if (!memory)
        size = 0;
    return memory != nullptr;
}

std::size_t arena_bytes, state_bytes, words_bytes;
bool is_checked;

}  // namespace

Finding finding_at(Kind kind, Mode mode, std::uint64_t place, std::size_t offset, int size)
{
    Finding finding = {};
    finding.kind = kind;
    finding.mode = is_atomic(mode) ? ATOMIC : mode;
    finding.thread = thread;
    finding.block = block;
    finding.other_thread = -1;
    finding.other_block = -1;
    finding.size = size;
    finding.place = place;
    finding.line = std::int32_t(place >> 48);  // where a function of the headers passed its caller's line; else 0
    // The nearest array: an address outside all arrays is in the gap next to one.
    std::int64_t best = INT64_MAX;
    auto look = [&](std::int64_t region, std::size_t start, std::size_t room, const char *name, const std::uint32_t *shape) {
        std::int64_t from = std::int64_t(offset) - std::int64_t(start);
        std::int64_t away = from < 0 ? -from : from < std::int64_t(room) ? 0 : from - std::int64_t(room) + 1;
        if (away < best) {
            best = away;
            finding.region = region;
            finding.offset = from;
            finding.name = name;
            finding.room = std::int64_t(room);
            std::fill(finding.shape, finding.shape + 4, 0);
            if (shape)
                std::copy(shape, shape + 4, finding.shape);
        }
    };
    if (offset < SHARED_ZONE) {
        for (const Array &array : arrays)
            look(-1, array.start, array.size, array.name, array.shape);
    } else {
        for (std::size_t i = 0; i < regions.size(); ++i)
            look(std::int64_t(i), regions[i].start, regions[i].size, nullptr, nullptr);
    }
    return finding;
}

void report(Finding finding)
{
    for (Finding &known : findings)
        if (known.kind == finding.kind && known.place == finding.place && known.line == finding.line
            && known.region == finding.region && known.name == finding.name) {
            ++known.count;
            return;
        }
    finding.count = 1;
    if (findings.size() < MAX_FINDINGS)
        findings.push_back(finding);
}

// The verdict on a suspected store: it changed nothing, or it is a race.
void settle()
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

void forget(const Array &array)
{
    if (!is_checked)
        return;  // what an earlier block left there stays, as on a GPU
    std::memset(arena + array.start, 255, array.size);  // NaN, or -1
    std::size_t whole = array.size / 4;
    std::memset(state + array.start / 4, 15, whole);
    if (array.size % 4)
        state[array.start / 4 + whole] = static_cast<unsigned char>(15u >> (4 - array.size % 4));
}

}  // namespace emulator

using namespace emulator;

// Memory for a launch: the arena's start, or null. With `checked` also its shadow; no byte in it exists yet.
INTERFACE unsigned char *emulator_reserve(std::size_t bytes, int checked)
{
    regions.clear();
    arena_size = 0;
    pending.is_open = false;
    if (arena_bytes < bytes && !allocate(arena, bytes, arena_bytes))
        return nullptr;
    if (checked) {
        std::size_t count = bytes / 4 + 1;
        bool is_fresh = state_bytes < count;
        if (is_fresh && !(allocate(state, count, state_bytes) && allocate(words, count, words_bytes)))
            return nullptr;
        if (now > UINT32_MAX / 2) {  // long before moments run out
            now = 1;
            std::memset(static_cast<void *>(words), 0, words_bytes);
            std::memset(ordered_until, 0, sizeof ordered_until);
        }
        if (!is_fresh)  // fresh memory is zero, and takes no space before it is used
            std::memset(state, 0, count);
    }
    is_checked = checked;
    arena_size = bytes;
    return arena;
}

// An array in global memory, `size` bytes from `start`. `written`: a byte for each element of `element` bytes, or
// null for all. Elements that were not written hold NaN, or -1. Arrays may overlap.
INTERFACE void emulator_region(std::size_t start, std::size_t size, std::size_t element, const unsigned char *written)
{
    regions.push_back({start, size});
    if (written)
        for (std::size_t i = 0; i < size / element; ++i)
            if (!written[i])
                std::memset(arena + start + i * element, 255, element);
    std::size_t i = 0;
    if (start % 4 == 0 && element % 4 == 0)
        for (; i + 4 <= size; i += 4)
            state[(start + i) / 4] = !written || written[i / element] ? 255 : 15;
    for (; i < size; ++i) {
        unsigned bits = 1u << (start + i) % 4;
        bool known = !written || written[i / element];
        state[(start + i) / 4] |= static_cast<unsigned char>(bits | (known ? bits << 4 : 0));
    }
}

// Sets a byte for each fully written element.
INTERFACE void emulator_written(std::size_t start, std::size_t size, std::size_t element, unsigned char *written)
{
    std::memset(written, 1, size / element);
    std::size_t i = 0;
    if (start % 4 == 0 && element % 4 == 0)
        for (; i + 4 <= size; i += 4)
            if (state[(start + i) / 4] >> 4 != 15)
                written[i / element] = 0;
    for (; i < size; ++i)
        if (!(state[(start + i) / 4] >> 4 & 1u << (start + i) % 4))
            written[i / element] = 0;
}

INTERFACE const Finding *emulator_findings(std::size_t *count)
{
    *count = findings.size();
    return findings.data();
}

#define HERE reinterpret_cast<std::uint64_t>(__builtin_return_address(0))

// A struct may be of any size; one that is so large leaves every array.
static int bounded(std::size_t n) { return n < INT32_MAX ? int(n) : INT32_MAX; }
INTERFACE void emulator_touch(const volatile void *pointer, int size, int is_store, int line);
INTERFACE void emulator_fence();
INTERFACE void emulator_fence_block();

// Atomic operations are functions of the headers; they pass the line that calls them. With a memory order of cuda::atomic a
// store reads nothing, and a relaxed operation orders nothing by itself.
INTERFACE void emulator_atomic_in_order(
    const volatile void *pointer, int size, int is_store, int acquires, int releases_too, int scope, int line)
{
    if (scope == OF_THREAD) {  // to other threads, these are plain accesses
        if (!is_store)
            emulator_touch(pointer, size, 0, line);
        if (is_store || releases_too)
            emulator_touch(pointer, size, 1, line);
        return;
    }
    Fence *mine = scope == OF_DEVICE ? fence_of(block) : nullptr;
    if (mine) {
        if (releases_too)
            mine->published = mine->passed;
        if (acquires)
            mine->has_seen_others = true;
        else if (!is_store)
            mine->has_looked = true;
    }
    std::size_t offset = reinterpret_cast<std::uintptr_t>(pointer) - reinterpret_cast<std::uintptr_t>(arena);
    for (std::size_t i = offset; is_store && offset < arena_size && i < offset + std::size_t(size) && i < arena_size; ++i)
        state[i / 4] = static_cast<unsigned char>(state[i / 4] | (state[i / 4] & 1u << i % 4) << 4);
    std::uint64_t place = std::uint64_t(line) << 48 | 1;
    scope == OF_BLOCK ? access<ATOMIC_OF_BLOCK>(pointer, size, place) : access<ATOMIC>(pointer, size, place);
    // An atomic operation also reads, or writes, or both: else a kernel could load by it and stay within a budget of reads.
    if (offset < arena_size) {
        bool is_shared = offset < SHARED_ZONE;
        (is_shared ? counters.shared_reads : counters.global_reads) += !is_store;
        (is_shared ? counters.shared_writes : counters.global_writes) += is_store || releases_too;
    }
    // behind the access, which lets others run where it is one of many looks
    hand_on(offset, acquires, releases_too, SIZE_MAX, !is_store);
}

INTERFACE void emulator_atomic(const volatile void *pointer, int size, int line)
{
    emulator_atomic_in_order(pointer, size, 0, 1, 1, OF_DEVICE, line);
}

INTERFACE void emulator_atomic_block(const volatile void *pointer, int size, int line)
{
    emulator_atomic_in_order(pointer, size, 0, 1, 1, OF_BLOCK, line);
}

// A thread arrives at its block's shared object at this address, or has waited there for the first `most` arrivals. Returns
// how many there were.
INTERFACE unsigned emulator_order(const void *word, int acquires, int releases_too, int of_block, unsigned most)
{
    if (!is_checked)
        return 0;
    if (releases_too)
        of_block ? emulator_fence_block() : emulator_fence();
    std::size_t offset = reinterpret_cast<std::uintptr_t>(word) - reinterpret_cast<std::uintptr_t>(arena);
    return unsigned(hand_on(offset, acquires, releases_too, most));
}

// Copies that the block's threads have started and that are not yet done.
namespace {

struct Copy {
    void *to;
    const void *from;
    std::size_t size, zeros;
    int line;
    unsigned batch;
};
std::vector<Copy> copies[MAX_THREADS];
unsigned batches[MAX_THREADS];  // committed
std::uint32_t copies_of[MAX_THREADS];  // the block that they belong to, by its start

std::vector<Copy> &copies_of_thread()
{
    if (copies_of[thread] != block_start) {
        copies[thread].clear();
        batches[thread] = 0;
        copies_of[thread] = block_start;
    }
    return copies[thread];
}

}  // namespace

INTERFACE void emulator_copy_later(void *to, const void *from, std::size_t size, std::size_t zeros, int line)
{
    std::vector<Copy> &mine = copies_of_thread();
    mine.push_back({to, from, size, zeros < size ? zeros : size, line, batches[thread]});
}

INTERFACE void emulator_commit()
{
    copies_of_thread();
    ++batches[thread];
}

// Does the copies of all batches but the last `count`.
INTERFACE void emulator_wait_for_copies(unsigned count)
{
    std::vector<Copy> &mine = copies_of_thread();
    std::size_t done = 0;
    for (; done < mine.size() && mine[done].batch + count < batches[thread]; ++done) {
        Copy one = mine[done];
        std::size_t size = one.size - one.zeros;
        if (is_checked && size)
            emulator_touch(one.from, bounded(size), 0, one.line);
        if (is_checked && one.size)
            emulator_touch(one.to, bounded(one.size), 1, one.line);
        std::memcpy(one.to, one.from, size);
        std::memset(static_cast<char *>(one.to) + size, 0, one.zeros);
    }
    mine.erase(mine.begin(), mine.begin() + std::ptrdiff_t(done));
}

// An access by a function of the headers, which passes the line that calls it.
INTERFACE void emulator_touch(const volatile void *pointer, int size, int is_store, int line)
{
    std::uint64_t place = std::uint64_t(line) << 48 | 1;
    is_store ? access<WRITE>(pointer, size, place) : access<READ>(pointer, size, place);
}

INTERFACE void emulator_fence_in_order(int acquires, int releases_too, int of_block)
{
    pass_fence(acquires, releases_too);
    if (of_block)
        return;
    if (!fence_of(block))
        fences.resize(std::size_t(launch.grid[0]) * launch.grid[1] * launch.grid[2]);
    Fence &mine = *fence_of(block);
    if (releases_too)
        mine.passed = now;
    if (acquires && mine.has_looked)
        mine.has_seen_others = true;
}

INTERFACE void emulator_fence() { emulator_fence_in_order(1, 1, 0); }
INTERFACE void emulator_fence_block() { emulator_fence_in_order(1, 1, 1); }

// Functions that the compiler calls. The names and their meaning: LLVM's and GCC's -fsanitize=thread.
#define ACCESSES(size)                                                                              \
    INTERFACE void __tsan_read##size(void *p) { access<READ>(p, size, HERE); }                      \
    INTERFACE void __tsan_write##size(void *p) { access<WRITE>(p, size, HERE); }                    \
    INTERFACE void __tsan_unaligned_read##size(void *p) { access<READ>(p, size, HERE); }            \
    INTERFACE void __tsan_unaligned_write##size(void *p) { access<WRITE>(p, size, HERE); }
ACCESSES(1)
ACCESSES(2)
ACCESSES(8)
ACCESSES(16)
INTERFACE void __tsan_read4(void *p) { read_4(p, HERE); }
INTERFACE void __tsan_write4(void *p) { access_4<WRITE>(p, HERE); }
INTERFACE void __tsan_unaligned_read4(void *p) { access<READ>(p, 4, HERE); }
INTERFACE void __tsan_unaligned_write4(void *p) { access<WRITE>(p, 4, HERE); }
INTERFACE void __tsan_read_range(void *p, std::size_t n) { access<READ>(p, bounded(n), HERE); }
INTERFACE void __tsan_write_range(void *p, std::size_t n) { access<WRITE>(p, bounded(n), HERE); }
INTERFACE void *__tsan_memcpy(void *to, const void *from, std::size_t n)
{
    access<READ>(from, bounded(n), HERE);
    access<WRITE>(to, bounded(n), HERE);
    return std::memmove(to, from, n);
}
INTERFACE void *__tsan_memmove(void *to, const void *from, std::size_t n)
{
    access<READ>(from, bounded(n), HERE);
    access<WRITE>(to, bounded(n), HERE);
    return std::memmove(to, from, n);
}
INTERFACE void *__tsan_memset(void *to, int value, std::size_t n)
{
    access<WRITE>(to, bounded(n), HERE);
    return std::memset(to, value, n);
}
// The pointer to the virtual functions of an object.
INTERFACE void __tsan_vptr_update(void **p, void *) { access<WRITE>(p, int(sizeof *p), HERE); }
INTERFACE void __tsan_vptr_read(void **p) { access<READ>(p, int(sizeof *p), HERE); }
INTERFACE void __tsan_init() {}
INTERFACE void __sanitizer_cov_trace_pc() {}  // where arithmetic.py has not taken the call out
INTERFACE void __tsan_func_entry(void *) {}
INTERFACE void __tsan_func_exit() {}

// Functions called when an address or an index does not fit a type. The names, and the records that the compiler
// leaves, are those of LLVM's and GCC's -fsanitize=alignment,bounds.
namespace {

struct Location {
    const char *file;
    std::uint32_t line, column;
};

struct Type {
    std::uint16_t kind, info;
    char name[1];  // in quotes
};

struct Mismatch {
    Location location;
    const Type *type;
    unsigned char alignment, check;  // the logarithm; 1: a store
};

struct Beyond {
    Location location;
    const Type *array, *index;
};

// 0 in a header of the emulator: there the address gives the line that calls it.
std::int32_t line_of(const Location &location)
{
    std::size_t length = location.file ? std::strlen(location.file) : 0;
    bool is_own = length < 3 || !std::strcmp(location.file + length - 2, ".h") || !std::strcmp(location.file, "emulator");
    return is_own ? 0 : std::int32_t(location.line);
}

}  // namespace

static void stop_misaligned(
    std::uintptr_t address, int alignment, Mode mode, std::uint64_t place, std::int32_t line, const char *type)
{
    std::size_t offset = address - reinterpret_cast<std::uintptr_t>(arena);
    bool is_inside = offset < arena_size;
    Finding finding = finding_at(MISALIGNED, mode, place, is_inside ? offset : arena_size, alignment);
    if (!is_inside) {
        finding.region = -2;
        finding.name = "memory";
    }
    finding.line = line;
    finding.type = type;
    report(finding);
    stop();  // as a GPU does
}

INTERFACE void __ubsan_handle_type_mismatch_v1(const Mismatch *what, std::uintptr_t address)
{
    if (thread >= 0)
        stop_misaligned(address, 1 << what->alignment, what->check == 1 ? WRITE : READ, HERE, line_of(what->location),
            what->type->name);
}

// Reports a matrix, or a row of it, that begins at an address that the hardware does not accept.
INTERFACE void emulator_aligned(const volatile void *pointer, int alignment, int is_store, int line)
{
    std::uintptr_t address = reinterpret_cast<std::uintptr_t>(pointer);
    if (address % std::uintptr_t(alignment))
        stop_misaligned(address, alignment, is_store ? WRITE : READ, HERE, line,
            alignment == 32 ? "'a matrix'" : "'a row of a matrix'");
}

INTERFACE void __ubsan_handle_out_of_bounds(const Beyond *what, std::int64_t index)
{
    if (thread < 0)
        return;
    Finding finding = {};
    finding.kind = OUT_OF_BOUNDS;
    finding.thread = thread;
    finding.block = finding.other_block = block;
    finding.other_thread = -1;
    finding.region = -2;
    finding.place = HERE;
    finding.line = line_of(what->location);
    finding.offset = index;
    finding.name = "";
    finding.type = what->array->name;
    report(finding);
}
