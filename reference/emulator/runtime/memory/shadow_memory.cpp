// Reserves the memory of a launch and its shadow, and marks in it the arrays that exist.

#include "shadow_memory.h"

#include <cstring>
#include <sys/mman.h>
#ifdef __linux__
#include <sys/auxv.h>
#endif

namespace emulator {

unsigned char *arena, *state;
std::size_t arena_size;
std::vector<Region> regions;
Word *words;
Word *variables;
bool is_checked;
int unwritten = 255;  // the value of bytes that were not written: NaN, or -1

namespace {

const std::size_t PAGE = 4096;
std::size_t arena_bytes, state_bytes, words_bytes, variables_bytes;

// A place for memory above all libraries and threads' stacks: between them and the stack of the process. Then
// an index from a variable's address to the arena is positive, and GCC's -fsanitize=object-size reports only
// those.
void *above_all_variables(std::size_t size)
{
#ifdef __linux__
    const std::size_t room = 64 << 20;  // for the stack to grow
    std::uintptr_t stack = getauxval(AT_RANDOM);
    if (stack > room + size)
        return reinterpret_cast<void *>((stack - room - size) / PAGE * PAGE);
#endif
    (void)size;
    return nullptr;
}

template <typename T> bool allocate(T *&memory, std::size_t count, std::size_t &size, bool is_high = false)
{
    if (size)
        munmap(static_cast<void *>(memory), size);
    size = count * sizeof(T);
    // a wish: the system chooses another place if this one is taken
    void *place = is_high ? above_all_variables(size) : nullptr;
    void *got = mmap(
        place, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    memory = got == MAP_FAILED ? nullptr : static_cast<T *>(got);
    if (!memory)
        size = 0;
    return memory != nullptr;
}

}  // namespace

void forget(const Array &array)
{
    if (!is_checked)
        return;  // an earlier block's values stay there, as on a GPU
    std::memset(arena + array.start, unwritten, array.size);
    std::size_t whole = array.size / 4;
    std::memset(state + array.start / 4, 15, whole);
    if (array.size % 4)
        state[array.start / 4 + whole] = static_cast<unsigned char>(15u >> (4 - array.size % 4));
}

void make_room_for_variables()
{
    std::size_t count = (data_end - data_start) / 4 + 1;
    if (is_checked && variables_bytes < count * sizeof(Word))
        allocate(variables, count, variables_bytes);
}

}  // namespace emulator

using namespace emulator;

// Memory for a launch: the arena's start, or null. A checked launch also gets its shadow; no byte in it
// exists yet.
INTERFACE unsigned char *emulator_reserve(std::size_t bytes, int with_checks)
{
    regions.clear();
    arena_size = 0;
    if (arena_bytes < bytes && !allocate(arena, bytes, arena_bytes, true))
        return nullptr;
    if (with_checks) {
        std::size_t count = bytes / 4 + 1;
        bool is_fresh = state_bytes < count;
        if (is_fresh && !(allocate(state, count, state_bytes) && allocate(words, count, words_bytes)))
            return nullptr;
        if (now > UINT32_MAX / 2) {  // long before moments run out
            now = 1;
            std::memset(static_cast<void *>(words), 0, words_bytes);
            allocate(variables, variables_bytes / sizeof(Word), variables_bytes);
            std::memset(ordered_until, 0, sizeof ordered_until);
        }
        if (!is_fresh)  // fresh memory is zero, and takes no space before it is used
            std::memset(state, 0, count);
    }
    is_checked = with_checks;
    arena_size = bytes;
    return arena;
}

// An array in global memory, `size` bytes from `start`. `is_written`: a byte for each element of `element`
// bytes, or null for all. Elements that were not written hold NaN, or -1. Arrays may overlap.
INTERFACE void emulator_region(
    std::size_t start, std::size_t size, std::size_t element, const unsigned char *is_written)
{
    regions.push_back({start, size});
    if (is_written)
        for (std::size_t i = 0; i < size / element; ++i)
            if (!is_written[i])
                std::memset(arena + start + i * element, 255, element);
    std::size_t i = 0;
    if (start % 4 == 0 && element % 4 == 0)
        for (; i + 4 <= size; i += 4)
            state[(start + i) / 4] = !is_written || is_written[i / element] ? 255 : 15;
    for (; i < size; ++i) {
        unsigned bits = 1u << (start + i) % 4;
        bool has_value = !is_written || is_written[i / element];
        state[(start + i) / 4] |= static_cast<unsigned char>(bits | (has_value ? bits << 4 : 0));
    }
}

// Gives another value to all bytes of the arrays, and of later blocks' shared memory, that were not written.
INTERFACE void emulator_change_unwritten(int value)
{
    unwritten = value;
    for (const Region &region : regions)
        for (std::size_t at = region.start; at < region.start + region.size; ++at)
            if (!(state[at / 4] >> 4 >> at % 4 & 1))
                arena[at] = static_cast<unsigned char>(value);
}

// Sets a byte for each element of which any part was written: an element may be a struct with padding.
INTERFACE void emulator_written_elements(
    std::size_t start, std::size_t size, std::size_t element, unsigned char *is_written)
{
    std::memset(is_written, 0, size / element);
    std::size_t i = 0;
    if (start % 4 == 0 && element % 4 == 0)
        for (; i + 4 <= size; i += 4)
            if (state[(start + i) / 4] >> 4)
                is_written[i / element] = 1;
    for (; i < size; ++i)
        if (state[(start + i) / 4] >> 4 & 1u << (start + i) % 4)
            is_written[i / element] = 1;
}
