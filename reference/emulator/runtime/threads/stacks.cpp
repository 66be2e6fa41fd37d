// Stacks of threads. Below each stack is a page that cannot be accessed, so a stack that grows too far causes
// a fault.

#include "scheduler.h"

#include <cstring>
#include <sys/mman.h>

namespace emulator {

char *all_stacks, *stacks;
int stack_count, stacks_used, fiber;
Fiber fibers[MAX_THREADS];
std::vector<int> free_fibers;

namespace {

// Clears the threads' stacks, so that a kernel finds no values of an earlier launch there.
void clear_stacks()
{
    for (int i = 0; i < stacks_used; ++i) {
        char *stack = all_stacks + i * STACK;
// a page that is given back returns as zeros; clearing the page that most threads use is cheaper
#ifdef __linux__
        const std::size_t cleared = 4096;
        madvise(stack + GUARD, STACK - GUARD - cleared, MADV_DONTNEED);
#else
        const std::size_t cleared = STACK - GUARD;
#endif
        std::memset(stack + STACK - cleared, 0, cleared);
    }
    stacks_used = 0;
}

}  // namespace

void renew_fibers()
{
    free_fibers.clear();
    for (int i = size - 1; i >= 0; --i) {
        fibers[i].fresh = true;
        free_fibers.push_back(i);
    }
}

void give_stacks_back()
{
    if (all_stacks)
        munmap(all_stacks, std::size_t(stack_count) * STACK + GUARD);
    stack_count = stacks_used = 0;
    all_stacks = nullptr;
}

// Stacks for this many threads, and fibers that have not begun.
bool prepare_stacks(int count)
{
    if (all_stacks)
        clear_stacks();
    if (stack_count < count) {
        give_stacks_back();
        void *memory = mmap(nullptr, std::size_t(count) * STACK + GUARD, PROT_READ | PROT_WRITE,
            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (memory == MAP_FAILED)
            return false;
        all_stacks = static_cast<char *>(memory);
        stack_count = count;
        // a stack that grows too far causes a fault, and so does a store far above its top
        for (int i = 0; i <= count; ++i)
            mprotect(all_stacks + std::size_t(i) * STACK, GUARD, PROT_NONE);
    }
    stacks = all_stacks;
    renew_fibers();
    return true;
}

// True for an address in a thread's own stack; other threads' stacks are not shared memory.
bool in_a_stack(std::uintptr_t address)
{
    return address - reinterpret_cast<std::uintptr_t>(stacks + fiber * STACK) < STACK;
}

}  // namespace emulator
