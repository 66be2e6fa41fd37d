// The order between blocks: what a block has published by a word comes before what follows an acquisition of
// the word by another block.
//
// Here a block is one: what one of its threads acquires, all have acquired. The order is transitive. A grid
// may have many blocks, so each word keeps a list of what was published by it, each block the lengths of the
// lists that it has seen, and a clock is computed only when two blocks use one address.

#include "fences.h"

#include <algorithm>
#include <unordered_map>

namespace emulator {

namespace {

// With more publications and acquisitions, a block that has acquired anything counts as ordered after all
// that was published.
const std::size_t MOST_RECORDS = 1 << 20;

struct Publication {
    std::int64_t by;
    std::uint32_t moment;  // what the block did before it is published
    std::uint32_t seen;    // how many of the block's acquisitions came before
};
struct Log {
    std::vector<Publication> publications;
    std::size_t first = 0;  // a store has ended those before
};
struct Acquisition {  // a word, and which of its publications are acquired: from `first` to before `last`
    std::uint64_t word;
    std::size_t first, last;
};
struct Place {  // of a publication
    std::uint64_t word;
    std::size_t at;
};
struct Block {
    std::uint32_t fence = 0, seen = 0;  // the moment of its last fence; its acquisitions before that
    std::uint32_t published = 0;  // the latest moment before which it has published everything
    std::vector<Acquisition> acquired, looked;
    std::vector<Place> publications;
};
std::unordered_map<std::uint64_t, Log> logs;  // by word
std::unordered_map<std::int64_t, Block> blocks;  // those that have passed a fence, released or acquired
// by word, the last look of `newest_of`, and its last acquisition
std::unordered_map<std::uint64_t, Acquisition> newest[2];
std::int64_t newest_of;
std::size_t records;
std::uint32_t logs_of;  // the launch that these belong to

// By block, the moment before which everything is ordered before what block `clock_of` does, as of
// `clock_seen`.
std::unordered_map<std::int64_t, std::uint32_t> clock;
std::int64_t clock_of;
std::size_t clock_seen;

void begin_logs()
{
    if (logs_of == launch_start)
        return;
    logs.clear();
    blocks.clear();
    clock.clear();
    records = clock_seen = 0;
    clock_of = newest_of = -1;
    logs_of = launch_start;
}

void see(Block &mine, bool acquires, const Acquisition &one)
{
    if (newest_of != block)
        for (auto &each : newest)
            each.clear();
    newest_of = block;
    Acquisition &last = newest[acquires][one.word];
    if (last.last >= one.last)
        return;  // a loop looks at one word many times
    last = one;
    (acquires ? mine.acquired : mine.looked).push_back(one);
    ++records;
}

void compute_clock()
{
    clock.clear();
    std::unordered_map<std::uint64_t, Acquisition> done;  // by word: publications that are in the clock
    std::unordered_map<std::int64_t, std::size_t> seen;   // by block: its acquisitions that were looked at
    std::vector<std::pair<std::int64_t, std::size_t>> left = {{block, blocks[block].acquired.size()}};
    while (!left.empty()) {
        std::int64_t by = left.back().first;
        std::size_t count = left.back().second;
        left.pop_back();
        std::size_t from = std::min(seen[by], count);
        seen[by] = std::max(seen[by], count);
        const std::vector<Acquisition> &acquired = blocks[by].acquired;
        for (std::size_t i = count; i-- > from;) {
            Acquisition &known = done[acquired[i].word];
            const std::vector<Publication> &all = logs[acquired[i].word].publications;
            std::size_t first = acquired[i].first, last = acquired[i].last;
            for (std::size_t at = first; at < last; ++at) {
                if (at >= known.first && at < known.last) {
                    at = known.last - 1;
                    continue;
                }
                std::uint32_t &moment = clock[all[at].by];
                moment = std::max(moment, all[at].moment);
                if (all[at].seen > seen[all[at].by])
                    left.push_back({all[at].by, all[at].seen});
            }
            if (!known.last)
                known = acquired[i];
            else if (first <= known.last && known.first <= last)
                known = {acquired[i].word, std::min(known.first, first), std::max(known.last, last)};
        }
    }
}

}  // namespace

// True if this block has acquired a publication of another one itself, which says so.
static bool has_acquired(std::int64_t by, std::uint32_t moment)
{
    auto theirs = blocks.find(by);
    if (newest_of != block || theirs == blocks.end())
        return false;
    for (auto one = theirs->second.publications.rbegin(); one != theirs->second.publications.rend(); ++one) {
        auto mine = newest[1].find(one->word);
        if (mine != newest[1].end() && one->at >= mine->second.first && one->at < mine->second.last
            && logs[one->word].publications[one->at].moment > moment)
            return true;
    }
    return false;
}

bool was_published(std::int64_t by, std::uint32_t moment)
{
    auto mine = blocks.find(block);
    if (logs_of != launch_start || mine == blocks.end())
        return false;
    if (has_acquired(by, moment))
        return true;
    if (records > MOST_RECORDS) {
        auto theirs = blocks.find(by);
        return theirs != blocks.end() && theirs->second.published > moment && !mine->second.acquired.empty();
    }
    if (clock_of != block || clock_seen != mine->second.acquired.size()) {
        compute_clock();
        clock_of = block;
        clock_seen = mine->second.acquired.size();
    }
    auto known = clock.find(by);
    return known != clock.end() && known->second > moment;
}

void hand_on_to_blocks(std::uint64_t word, const Ordering &ordering)
{
    begin_logs();
    if (blocks.empty() && ordering.releases != EVERYTHING)
        return;  // no block has passed a fence or released a word
    Block &mine = blocks[block];
    auto found = logs.find(word);
    bool is_full = records > MOST_RECORDS && !mine.acquired.empty();
    if (found != logs.end() && (ordering.acquires || ordering.looks) && !is_full)
        see(mine, ordering.acquires, {word, found->second.first, found->second.publications.size()});
    if (!ordering.releases)
        return;
    bool is_all = ordering.releases == EVERYTHING;
    std::uint32_t moment = is_all ? ++now : mine.fence;
    mine.published = std::max(mine.published, moment);
    if (ordering.is_store && found != logs.end() && !found->second.publications.empty()
        && found->second.publications.back().by != block)
        found->second.first = found->second.publications.size();
    if (!moment || records > MOST_RECORDS)
        return;
    Log &log = logs[word];
    auto seen = is_all ? std::uint32_t(mine.acquired.size()) : mine.seen;
    bool is_same = log.publications.size() > log.first && log.publications.back().by == block;
    if (is_same && log.publications.back().seen == seen) {
        log.publications.back().moment = std::max(log.publications.back().moment, moment);
        return;
    }
    mine.publications.push_back({word, log.publications.size()});
    log.publications.push_back({block, moment, seen});
    ++records;
}

void pass_fence_of_blocks(bool acquires, bool releases_too)
{
    begin_logs();
    Block &mine = blocks[block];
    if (acquires) {
        for (const Acquisition &one : mine.looked)
            see(mine, true, one);
        mine.looked.clear();
    }
    if (releases_too) {
        mine.fence = now;
        mine.seen = std::uint32_t(mine.acquired.size());
    }
}

}  // namespace emulator
