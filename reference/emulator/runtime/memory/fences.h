// Orders that fences, atomic operations and barriers of cuda:: make between threads.
#pragma once

#include "state.h"

#pragma GCC visibility push(hidden)
namespace emulator {

struct Fence {
    std::uint32_t passed, published;  // moments; 0: never
    bool has_seen_others, has_looked;  // it has acquired another block's work; it has read by a relaxed operation
};

extern std::uint32_t releases_of;  // the block, by its start, in which a thread has passed a fence

Fence *fence_of(std::int64_t number);
bool was_published(std::int64_t by, std::uint32_t moment);
bool was_handed_on(int by, std::uint32_t moment);
void hand_on(std::uint64_t word, bool acquires, bool releases_too, bool looks = false);

}  // namespace emulator
#pragma GCC visibility pop
