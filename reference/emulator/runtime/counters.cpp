// Counts what a warp's accesses cost together: transactions of global memory, bank conflicts of shared memory.
//
// A warp executes an instruction for all its lanes at once; here its threads run one after another. So accesses
// are noted, and at a barrier put together: the k-th time that each lane came to one place in the code.

#include "state.h"

#include <algorithm>
#include <unordered_map>

namespace emulator {
namespace {

const std::size_t MAX_NOTES = 4 << 20;  // in one interval between barriers; what is beyond is not counted
const int BANKS = 32;
const std::size_t SECTOR = 32;  // bytes of one transaction; CUDA C++ Best Practices Guide, "Coalesced Access"

struct Note {
    std::uint64_t place;
    std::uint32_t offset_low;
    std::uint16_t offset_high, thread;
    std::int32_t size;
};

struct Request {  // what a warp's lanes asked for at once
    std::vector<std::pair<std::size_t, int>> parts;  // offset, size
};

std::vector<Note> notes;

// Distinct numbers; sorts.
std::size_t distinct(std::vector<std::size_t> &numbers)
{
    std::sort(numbers.begin(), numbers.end());
    return std::size_t(std::unique(numbers.begin(), numbers.end()) - numbers.begin());
}

void count_request(const Request &request, std::vector<std::size_t> &units)
{
    units.clear();
    bool shared = request.parts[0].first < SHARED_ZONE;
    std::size_t unit = shared ? 4 : SECTOR;
    std::size_t bytes = 0;
    for (const auto &part : request.parts) {
        std::size_t offset = part.first;
        int size = part.second;
        bytes += std::size_t(size);
        for (std::size_t at = offset / unit; at <= (offset + std::size_t(size) - 1) / unit; ++at)
            units.push_back(at);
    }
    units.resize(distinct(units));
    if (!shared) {
        ++counters.global_requests;
        counters.global_transactions += units.size();
        return;
    }
    int load[BANKS] = {}, most = 0;
    for (std::size_t word : units)
        most = std::max(most, ++load[word % BANKS]);
    // 32 lanes of 8 or 16 bytes take 2 or 4 passes at best; only what is beyond is a conflict.
    int best = int(std::max<std::size_t>(1, (units.size() + BANKS - 1) / BANKS));
    ++counters.shared_requests;
    counters.shared_passes += std::size_t(most - best + 1);
}

}  // namespace

void note(std::uint64_t place, std::size_t offset, int size)
{
    if (notes.size() < MAX_NOTES)
        notes.push_back({place, std::uint32_t(offset), std::uint16_t(offset >> 32), std::uint16_t(thread), size});
}

void count_warps()
{
    std::stable_sort(notes.begin(), notes.end(), [](const Note &a, const Note &b) { return a.thread < b.thread; });
    std::unordered_map<std::uint64_t, std::size_t> number_of;  // of a place in the code
    std::vector<std::vector<Request>> requests;                // by place and how many times a lane was there
    std::vector<std::size_t> times, units;
    for (std::size_t i = 0; i < notes.size();) {
        int warp = notes[i].thread / WARP;
        for (auto &places : requests)
            places.clear();
        while (i < notes.size() && notes[i].thread / WARP == warp) {
            int lane = notes[i].thread;
            std::fill(times.begin(), times.end(), 0);
            for (; i < notes.size() && notes[i].thread == lane; ++i) {
                const Note &one = notes[i];
                std::size_t number = number_of.insert({one.place, number_of.size()}).first->second;
                if (number == requests.size()) {
                    requests.emplace_back();
                    times.push_back(0);
                }
                std::size_t time = times[number]++;
                if (time == requests[number].size())
                    requests[number].emplace_back();
                std::size_t offset = std::size_t(one.offset_high) << 32 | one.offset_low;
                requests[number][time].parts.push_back({offset, one.size});
            }
        }
        for (const auto &places : requests)
            for (const Request &request : places)
                if (!request.parts.empty())
                    count_request(request, units);
    }
    notes.clear();
}

}  // namespace emulator
