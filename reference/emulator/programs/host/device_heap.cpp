// The device's heap, on which threads allocate: one block of device memory, which the first launch of a
// program makes.

#include "host.h"

#include <cstring>

namespace host {

std::size_t heap_start;

namespace {

struct Heap {
    HeapBlocks blocks;
    std::map<std::size_t, std::size_t> freed;  // by earlier launches
    std::map<std::pair<std::int64_t, std::size_t>, std::size_t> freed_now;  // by thread and place
    std::size_t next = 0;
};
// None of these is ever destroyed, because they are used after main has ended.
Heap &heap = *new Heap;
bool has_heap;
std::size_t heap_size = 8 << 20;
// A thread's n-th block in a launch has the same place in every order, and no other thread gets that place.
// So pointers do not depend on the order.
std::map<std::pair<std::int64_t, int>, std::pair<std::size_t, std::size_t>> &planned
    = *new std::map<std::pair<std::int64_t, int>, std::pair<std::size_t, std::size_t>>;
// of blocks, by thread, in this order
std::map<std::int64_t, int> &counts = *new std::map<std::int64_t, int>;

// A place for that many bytes on the heap; 0 if the heap is full. If a thread of this launch frees a place,
// only the same thread can get it again: bytes that two threads use one after the other would look like a
// race.
std::size_t place_on_heap(std::size_t bytes, std::int64_t who)
{
    for (auto one = heap.freed_now.lower_bound({who, 0});
         one != heap.freed_now.end() && one->first.first == who; ++one)
        if (one->second >= bytes && !heap.blocks.count(one->first.second))
            return one->first.second;
    std::size_t room = (bytes + 15) / 16 * 16 + 16;  // including 16 bytes that no thread owns
    if (room <= heap_start + heap_size - heap.next) {
        heap.next += room;
        return heap.next - room;
    }
    for (auto &one : heap.freed)
        if (one.second >= bytes && !heap.blocks.count(one.first)) {
            std::size_t start = one.first;
            heap.freed_now[{who, start}] = one.second;
            heap.freed.erase(start);
            return start;
        }
    return 0;
}

}  // namespace

// Room for the device's heap, if the program uses one.
bool make_heap()
{
    if (!has_heap || heap_start)
        return true;
    if (!place(heap_size, false, heap_start))
        return false;
    allocations.push_back({heap_start, heap_size, 1, ON_DEVICE, 0, 0});
    regions.push_back({heap_start, heap_size});
    heap.next = heap_start;
    return true;
}

void begin_launch_on_heap()
{
    for (const auto &one : heap.freed_now)
        heap.freed[one.first.second] = one.second;
    heap.freed_now.clear();
    planned.clear();
}

void begin_order_on_heap() { counts.clear(); }

HeapBlocks &heap_blocks() { return heap.blocks; }

}  // namespace host

using namespace host;

INTERFACE int emulator_open_heap() { return has_heap = true; }
INTERFACE int emulator_on_device() { return thread >= 0; }

INTERFACE int emulator_set_heap(std::size_t bytes)
{
    if (heap_start || !bytes)
        return fail(INVALID_VALUE);
    heap_size = (bytes + 255) / 256 * 256;
    return SUCCESS;
}

INTERFACE void *emulator_device_malloc(std::size_t bytes, int)
{
    if (!bytes || bytes > heap_size)
        return nullptr;
    std::int64_t who = block * MAX_THREADS + thread;
    std::pair<std::int64_t, int> which = {who, counts[who]++};
    auto plan = planned.find(which);
    bool is_planned
        = plan != planned.end() && plan->second.second >= bytes && !heap.blocks.count(plan->second.first);
    std::size_t start = is_planned ? plan->second.first : place_on_heap(bytes, who);
    if (!start)
        return nullptr;
    if (!is_planned)
        planned[which] = {start, bytes};
    heap.blocks[start] = bytes;
    std::memset(arena + start, 255, bytes);  // NaN, or -1
    mark(start, bytes, 1);
    return arena + start;
}

INTERFACE void emulator_device_free(void *pointer, int line)
{
    if (!pointer)
        return;
    auto found = heap.blocks.find(offset_of(pointer));
    if (!in_arena(pointer) || found == heap.blocks.end()) {
        tell_host("bad_free", line, 0,
            "a thread frees a pointer that malloc has not returned, or that it has freed already");
        return;
    }
    mark(found->first, found->second, 0);
    std::pair<std::int64_t, std::size_t> mine = {block * MAX_THREADS + thread, found->first};
    heap.freed_now.insert({mine, found->second});
    heap.blocks.erase(found);
}
