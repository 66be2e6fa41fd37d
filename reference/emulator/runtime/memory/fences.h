// Orders that fences, atomic operations and barriers of cuda:: make between threads.
#pragma once

#include "state.h"

#pragma GCC visibility push(hidden)
namespace emulator {

// What an operation on a word hands on to the threads that acquire the word: nothing, as a load; what came
// before its thread's last fence, as a relaxed store or update; everything that came before it, as a release.
enum Release { NOTHING, BEFORE_THE_FENCE, EVERYTHING };

struct Ordering {
    bool acquires;
    bool looks;  // it reads without acquiring: the thread's next fence acquires what it saw
    bool is_store;  // it writes without reading
    Release releases;
};

// the block, by its start, in which a thread has passed a fence or released a word
extern std::uint32_t releases_of;

bool was_published(std::int64_t by, std::uint32_t moment);
bool was_handed_on(int by, std::uint32_t moment);
void hand_on(std::uint64_t word, const Ordering &ordering);
void hand_on_to_blocks(std::uint64_t word, const Ordering &ordering);
void pass_fence_of_blocks(bool acquires, bool releases_too);

}  // namespace emulator
#pragma GCC visibility pop
