// Records fences, and the words through which a thread makes its work before a fence visible to others.

#include "fences.h"
#include "shadow_memory.h"

#include <algorithm>
#include <unordered_map>

namespace emulator {

std::uint32_t releases_of;

// apart from all offsets: each phase of a barrier is a word of its own
const std::uint64_t PHASE = std::uint64_t(1) << 44;

// Within a block, as in PTX's memory model: what comes before a release of a word comes before what follows
// an acquisition of it, and so does everything that was ordered before that. The order is transitive, so it
// is kept in vector clocks.

namespace {

// By thread of the block, a moment: what the thread did before it is ordered before what the clock's owner
// does next. Threads before `first` and after the last of `moments` have none, so the clock of a warp that
// has acquired nothing is short: a block may release a million words.
struct Clock {
    std::size_t first = 0;
    std::vector<std::uint32_t> moments;

    std::uint32_t &at(std::size_t thread) { return moments[thread - first]; }
    std::uint32_t of(std::size_t thread) const
    {
        return thread >= first && thread - first < moments.size() ? moments[thread - first] : 0;
    }
    void cover(std::size_t from, std::size_t to)  // makes room for the threads from `from` to before `to`
    {
        if (moments.empty())
            first = from;
        if (from < first) {
            moments.insert(moments.begin(), first - from, 0);
            first = from;
        }
        moments.resize(std::max(moments.size(), to - first));
    }
};

bool join(Clock &to, const Clock &from)  // true if it adds something
{
    bool is_news = false;
    if (!from.moments.empty())
        to.cover(from.first, from.first + from.moments.size());
    for (std::size_t i = 0; i < from.moments.size(); ++i) {
        std::uint32_t &mine = to.at(from.first + i);
        is_news |= mine < from.moments[i];
        mine = std::max(mine, from.moments[i]);
    }
    return is_news;
}

struct Released {
    Clock clock;
    std::uint32_t version = 0;  // unique, and another one after each change
    int by = -1;                // the thread that wrote last
};
std::unordered_map<std::uint64_t, Released> released;  // by word
std::uint32_t versions;
Clock seen[MAX_THREADS];      // what a thread has acquired
Clock at_fence[MAX_THREADS];  // everything before its last fence
Clock looked[MAX_THREADS];    // what its relaxed operations have seen: its next fence acquires that
// versions: a loop looks at one word many times
std::uint32_t last_acquired[MAX_THREADS], last_looked[MAX_THREADS];

void take(Clock &into, std::uint32_t &last, const Released &there)
{
    if (last != there.version)
        join(into, there.clock);
    last = there.version;
}

void begin_clocks()
{
    if (releases_of == block_start)
        return;
    released.clear();
    for (int i = 0; i < MAX_THREADS; ++i) {
        seen[i] = {};
        at_fence[i] = {};
        looked[i] = {};
    }
    releases_of = block_start;
}

// Everything that comes before what the running thread does from now on.
Clock everything_before()
{
    Clock all = seen[thread];
    std::size_t first = std::size_t(thread / WARP * WARP);
    all.cover(first, first + WARP);
    for (std::size_t lane = 0; lane < WARP; ++lane)
        all.at(first + lane) = std::max(all.at(first + lane), ordered_until[thread][lane]);
    all.at(std::size_t(thread)) = ++now;
    return all;
}

}  // namespace

void hand_on(std::uint64_t word, const Ordering &ordering)
{
    if (ordering.releases == EVERYTHING)
        begin_clocks();
    if (releases_of != block_start)
        return;  // no thread has passed a fence or released a word
    auto there = released.find(word);
    if (there != released.end() && ordering.acquires)
        take(seen[thread], last_acquired[thread], there->second);
    else if (there != released.end() && ordering.looks)
        take(looked[thread], last_looked[thread], there->second);
    if (!ordering.releases)
        return;
    // What others have released stays with an update of the word. A store takes its place (C++20's release
    // sequences; a thread's own release stays with its later stores, as in PTX).
    if (ordering.is_store && there != released.end() && there->second.by != thread)
        released.erase(there);
    const Clock &mine = ordering.releases == EVERYTHING ? everything_before() : at_fence[thread];
    if (mine.moments.empty())
        return;
    Released &now_there = released[word];
    now_there.by = thread;
    if (join(now_there.clock, mine))
        now_there.version = ++versions;
}

// The lanes meet at a barrier of theirs.
void hand_on_to_lanes(int warp, unsigned lanes)
{
    if (releases_of != block_start)
        return;
    Clock all;
    for (int lane = 0; lane < WARP; ++lane)
        if (lanes >> lane & 1)
            join(all, seen[warp * WARP + lane]);
    for (int lane = 0; lane < WARP && !all.moments.empty(); ++lane)
        if (lanes >> lane & 1)
            seen[warp * WARP + lane] = all;
}

bool was_handed_on(int by, std::uint32_t moment)
{
    return releases_of == block_start && seen[thread].of(std::size_t(by)) > moment;
}

static void pass_fence(bool acquires, bool releases_too)
{
    begin_clocks();
    if (acquires) {
        join(seen[thread], looked[thread]);
        looked[thread] = {};
        last_looked[thread] = 0;
    }
    if (releases_too)
        at_fence[thread] = everything_before();
}

}  // namespace emulator

using namespace emulator;

INTERFACE void emulator_fence_in_order(int acquires, int releases_too, int of_block)
{
    pass_fence(acquires, releases_too);
    if (!of_block)
        pass_fence_of_blocks(acquires, releases_too);
}

INTERFACE void emulator_fence() { emulator_fence_in_order(1, 1, 0); }
INTERFACE void emulator_fence_block() { emulator_fence_in_order(1, 1, 1); }

// A thread arrives at this phase of a barrier of its block, or has waited for it.
INTERFACE void emulator_order(
    const void *barrier, unsigned phase, int acquires, int releases_too, int of_block)
{
    stores += unsigned(releases_too);  // an arrival is progress, or many phases would look like a deadlock
    if (!is_checked)
        return;
    std::size_t offset = reinterpret_cast<std::uintptr_t>(barrier) - reinterpret_cast<std::uintptr_t>(arena);
    Ordering ordering = {acquires != 0, false, false, releases_too ? EVERYTHING : NOTHING};
    std::uint64_t word = offset + (std::uint64_t(phase) + 1) * PHASE;
    hand_on(word, ordering);
    if (!of_block)
        hand_on_to_blocks(word, ordering);
}
