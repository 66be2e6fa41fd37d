// Records fences, and the words through which a thread makes its work before a fence visible to others.

#include "fences.h"
#include "shadow_memory.h"

#include <algorithm>
#include <unordered_map>

namespace emulator {

std::uint32_t releases_of;

std::vector<Fence> fences;  // by block; empty until a block passes a fence
std::uint32_t fences_of;    // the launch that `fences` belongs to

Fence *fence_of(std::int64_t number)
{
    if (fences_of != launch_start) {
        fences.clear();
        fences_of = launch_start;
    }
    return fences.empty() ? nullptr : &fences[std::size_t(number)];
}

// True if another block passed __threadfence() after `moment` and then signalled this one by an atomic operation.
bool was_published(std::int64_t by, std::uint32_t moment)
{
    Fence *theirs = fence_of(by), *mine = fence_of(block);
    return theirs && mine && mine->has_seen_others && theirs->published > moment;
}

// Within a block: one thread passes a fence and then updates a word atomically. A second thread that later updates that
// word is ordered after everything that the first did before the fence. This is how a lock changes hands.
struct Release {
    int thread;
    std::uint32_t passed;
};
std::uint32_t fence_passed[MAX_THREADS];                        // moments; those before the block's start do not count
std::unordered_map<std::size_t, std::vector<Release>> releases;  // by the word's offset
std::unordered_map<std::uint64_t, std::size_t> acquired;         // by word and thread: how many releases it has acquired
// By thread, the releases that its relaxed operations have seen, in the same form. Its next fence acquires them.
std::unordered_map<int, std::unordered_map<std::uint64_t, std::size_t>> looked;

// Acquires a word's releases, or the first `most` of them: a barrier's waiter sees those of its phase, and no later
// ones. Returns how many there are now.
std::size_t hand_on(std::size_t offset, bool acquires, bool releases_too, std::size_t most, bool looks)
{
    if (releases_of != block_start)
        return 0;  // no thread has passed a fence
    std::vector<Release> &made = releases[offset];
    std::uint64_t which = offset * MAX_THREADS + unsigned(thread);
    if (acquires) {
        std::size_t &seen = acquired[which];
        seen = std::max(seen, std::min(most, made.size()));
    } else if (looks && !made.empty()) {
        looked[thread][which] = made.size();
    }
    if (releases_too && fence_passed[thread] > block_start && (made.empty() || made.back().thread != thread
                                                  || made.back().passed != fence_passed[thread]))
        made.push_back({thread, fence_passed[thread]});
    return made.size();
}

bool was_handed_on(int by, std::uint32_t moment)
{
    if (releases_of != block_start)
        return false;
    for (const auto &one : releases) {
        auto seen = acquired.find(one.first * MAX_THREADS + unsigned(thread));
        for (std::size_t i = seen == acquired.end() ? 0 : seen->second; i-- > 0;)  // most often one of the last
            if (one.second[i].thread == by && one.second[i].passed > moment)
                return true;
    }
    return false;
}

static void pass_fence(bool acquires, bool releases_too)
{
    if (releases_of != block_start) {
        releases.clear();
        acquired.clear();
        looked.clear();
        releases_of = block_start;
    }
    if (releases_too)
        fence_passed[thread] = ++now;
    auto mine = looked.find(thread);
    if (!acquires || mine == looked.end())
        return;
    for (const auto &one : mine->second) {
        std::size_t &seen = acquired[one.first];
        seen = std::max(seen, one.second);
    }
    looked.erase(mine);
}

}  // namespace emulator

using namespace emulator;

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

// A thread arrives at its block's shared object at this address, or has waited there for the first `most` arrivals.
// Returns the number of arrivals so far.
INTERFACE unsigned emulator_order(const void *word, int acquires, int releases_too, int of_block, unsigned most)
{
    if (!is_checked)
        return 0;
    if (releases_too)
        of_block ? emulator_fence_block() : emulator_fence();
    std::size_t offset = reinterpret_cast<std::uintptr_t>(word) - reinterpret_cast<std::uintptr_t>(arena);
    return unsigned(hand_on(offset, acquires, releases_too, most));
}
