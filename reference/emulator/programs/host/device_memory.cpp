// Device memory: the places of blocks, who may use them and when, and the errors that a program queries.
//
// Device memory lies in the runtime's arena, which the host cannot reach while its own code runs: such an
// access ends the program, as on a GPU. Memory that both use (cudaMallocManaged) comes after it.

#include "host.h"

#include <algorithm>
#include <cstring>

INTERFACE unsigned char *emulator_reserve(std::size_t bytes, int with_checks);

namespace host {

// Never destroyed, because it is used after main has ended.
std::vector<Allocation> &allocations = *new std::vector<Allocation>;
std::size_t memory, shared_memory_from, next_start, next_shared;
bool is_open, is_unfinished;
Error last_error, lasting_error, coming_error;

namespace {

const std::size_t MOST_MEMORY = std::size_t(1) << 30, LEAST_MEMORY = std::size_t(64) << 20,
                  BLOCK_DISTANCE = 64 << 10;
const std::size_t PAGE = 64 << 10;  // a multiple of every processor's page size

void on_host_access(Mode mode, std::uintptr_t address, int, std::uint64_t place)
{
    std::size_t offset = address - reinterpret_cast<std::uintptr_t>(arena);
    if (!memory || offset >= memory || is_open)
        return;
    const char *verb = mode == READ ? "reads" : "writes";
    long number = find(offset);
    if (offset >= shared_memory_from) {
        if (is_unfinished && number >= 0 && allocations[std::size_t(number)].where == MANAGED)
            tell_host("unsynchronized", 0, place,
                "the host %s {%ld} while a kernel may still be running: call cudaDeviceSynchronize() first",
                verb, number);
        return;
    }
    if (number >= 0)
        tell_host("host_access", 0, place,
            "the host %s {%ld}, which is memory of the device: copy it with cudaMemcpy", verb, number);
    else
        tell_host("host_access", 0, place, "the host %s memory of the device: copy it with cudaMemcpy", verb);
    has_told_crash = true;  // the access itself follows
}

}  // namespace

// The allocation that contains an address of the arena, the latest first; -1: none.
long find(std::size_t offset)
{
    for (std::size_t i = allocations.size(); i-- > 0;)
        if (offset - allocations[i].start < std::max<std::size_t>(allocations[i].size, 1))
            return long(i);
    return -1;
}

std::size_t offset_of(const void *pointer)
{
    return memory ? std::size_t(static_cast<const unsigned char *>(pointer) - arena) : SIZE_MAX;
}

bool in_arena(const void *pointer) { return memory && offset_of(pointer) < memory; }

// for each byte, 1: it exists, 16: it was written
void mark(std::size_t start, std::size_t size, unsigned bits)
{
    for (std::size_t i = start; i < start + size;) {
        if (i % 4 == 0 && i + 4 <= start + size) {
            state[i / 4] = static_cast<unsigned char>(bits * 15);
            i += 4;
        } else {
            state[i / 4] = static_cast<unsigned char>((state[i / 4] & ~(17u << i % 4)) | bits << i % 4);
            ++i;
        }
    }
}

Error fail(Error error)
{
    if (error != SUCCESS)
        last_error = error;
    return error;
}

bool prepare_memory()
{
    if (memory)
        return true;
    for (std::size_t bytes = MOST_MEMORY; bytes >= LEAST_MEMORY; bytes /= 2)
        if (emulator_reserve(bytes, 1)) {
            memory = bytes;
            break;
        }
    if (!memory)
        return false;
    arena_size = 0;  // outside of a launch, every access to the arena calls on_host_access
    shared_memory_from = memory / 4 * 3 / PAGE * PAGE;
    next_start = SHARED_ZONE + BLOCK_DISTANCE;
    next_shared = shared_memory_from + BLOCK_DISTANCE;
    mprotect(arena + SHARED_ZONE, shared_memory_from - SHARED_ZONE, PROT_NONE);
    host_access = on_host_access;
    return true;
}

// A new allocation reuses the place of a freed one only if there is no other room.
bool place(std::size_t bytes, bool is_shared, std::size_t &start)
{
    std::size_t &next = is_shared ? next_shared : next_start;
    std::size_t end = is_shared ? memory : shared_memory_from,
                room = (bytes + 255) / 256 * 256 + BLOCK_DISTANCE;
    if (bytes <= end && next + room <= end) {
        start = next;
        next += room;
        return true;
    }
    for (std::size_t i = 0; i < allocations.size(); ++i) {
        Allocation &old = allocations[i];
        if (old.freed_at && old.size >= bytes && (old.where != ON_DEVICE) == is_shared) {
            start = old.start;
            old.size = regions[i].size = 0;
            old.start = regions[i].start = memory;
            return true;
        }
    }
    return false;
}

Error finish()
{
    is_unfinished = false;
    if (coming_error != SUCCESS)
        lasting_error = coming_error;
    coming_error = SUCCESS;
    return fail(lasting_error);
}

}  // namespace host

using namespace host;

INTERFACE int emulator_malloc(void **pointer, std::size_t bytes, std::size_t element, int where, int line)
{
    if (lasting_error != SUCCESS)
        return fail(lasting_error);
    std::size_t start = 0;
    if (!bytes || !pointer)
        return pointer ? (*pointer = nullptr, SUCCESS) : fail(INVALID_VALUE);
    if (!prepare_memory() || !place(bytes, where != ON_DEVICE, start))
        return fail(NO_MEMORY);
    Open open;
    allocations.push_back({start, bytes, element, Where(where), line, 0});
    regions.push_back({start, bytes});
    if (where == ON_DEVICE)
        std::memset(arena + start, 255, bytes);  // NaN, or -1
    mark(start, bytes, where == ON_DEVICE ? 1 : 17);
    *pointer = arena + start;
    return SUCCESS;
}

// If cudaMalloc got a `void **`, the type of a later pointer to the block gives the size of the block's
// elements.
INTERFACE void emulator_element(const void *pointer, std::size_t element)
{
    long number = in_arena(pointer) ? find(offset_of(pointer)) : -1;
    if (number >= 0 && !allocations[std::size_t(number)].element)
        allocations[std::size_t(number)].element = element;
}

INTERFACE int emulator_free(void *pointer, int line)
{
    if (!pointer)
        return fail(lasting_error);  // cudaFree(0) is how programs start the device
    finish();
    long number = in_arena(pointer) ? find(offset_of(pointer)) : -1;
    if (number < 0) {
        tell_host("bad_free", line, 0, "frees a pointer that cudaMalloc has not returned");
        return fail(INVALID_VALUE);
    }
    Allocation &one = allocations[std::size_t(number)];
    if (one.freed_at)
        tell_host("bad_free", line, 0, "frees {%ld}, which line %d has freed", number, one.freed_at);
    else if (offset_of(pointer) != one.start)
        tell_host("bad_free", line, 0, "frees a pointer into {%ld}, not to its beginning", number);
    else {
        one.freed_at = line;
        Open open;
        mark(one.start, one.size, 0);
        return fail(lasting_error);
    }
    return fail(INVALID_VALUE);
}

INTERFACE int emulator_finish(int) { return finish(); }

INTERFACE int emulator_last_error(int forget)
{
    Error error = lasting_error != SUCCESS ? lasting_error : last_error;
    if (forget)
        last_error = SUCCESS;
    return error;
}

INTERFACE int emulator_reset(int line)
{
    finish();
    for (Allocation &one : allocations)
        if (!one.freed_at) {
            one.freed_at = line;
            Open open;
            mark(one.start, one.size, 0);
        }
    lasting_error = last_error = SUCCESS;
    return SUCCESS;
}

INTERFACE int cudaMemGetInfo(std::size_t *available, std::size_t *total)
{
    if (!prepare_memory())
        return fail(NO_MEMORY);
    *total = shared_memory_from;
    *available = shared_memory_from - next_start;
    return SUCCESS;
}
