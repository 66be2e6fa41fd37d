// Counts what a warp's accesses cost together: transactions of global memory, bank conflicts of shared memory.
//
// A warp executes an instruction for all its lanes at once; here its threads run one after another. So accesses
// are noted, and at a barrier put together: the k-th time that each lane came to one place in the code.

#include "state.h"

#include <cstring>

namespace emulator {
namespace {

const std::size_t MAX_NOTES = 4 << 20;  // in one interval between barriers; what is beyond is not counted
const std::size_t SECTOR = 32;          // bytes of a transaction: CUDA C++ Best Practices Guide, "Coalesced Access"
const std::size_t BANK = 4;             // bytes; there are 32 banks, one for each lane
const int MAX_PLACES = 1 << 12;         // of accesses in a kernel; a power of two

struct Note {
    std::uint64_t place, offset;
    std::int16_t thread, size;
};

struct Request {  // what a warp's lanes asked for at once
    int lanes, size;
    std::uint64_t offsets[WARP];
};

struct Place {  // in the code
    std::uint64_t address;
    int lane;  // that `times` is of
    std::size_t times, used;
    std::vector<Request> requests;
};

std::vector<Note> notes;
std::vector<Place> places;
std::vector<PlaceCounts> place_counts;  // of the places, in their order
std::uint32_t places_of;             // the launch that they belong to
std::uint16_t numbers[MAX_PLACES];  // by an address's hash: the place's number, from 1

// Null where a kernel has too many.
Place *place_of(std::uint64_t address)
{
    std::size_t at = address * 0x9e3779b97f4a7c15 >> 52;
    while (numbers[at] && places[numbers[at] - 1].address != address)
        at = (at + 1) % MAX_PLACES;
    if (!numbers[at]) {
        if (places.size() == MAX_PLACES / 2)
            return nullptr;
        places.push_back({address, -1, 0, 0, {}});
        place_counts.push_back({});
        place_counts.back().place = address;
        numbers[at] = static_cast<std::uint16_t>(places.size());
    }
    return &places[numbers[at] - 1];
}

// The distinct units of memory that a request touches: `visit` hears of each one once.
template <typename Visit> void each_unit(const Request &request, std::size_t unit, Visit visit)
{
    std::uint64_t seen[WARP * 5];  // 16 bytes that are not aligned touch 5 words
    int count = 0;
    for (int lane = 0; lane < request.lanes; ++lane) {
        std::uint64_t first = request.offsets[lane] / unit, last = (request.offsets[lane] + request.size - 1) / unit;
        for (std::uint64_t at = first; at <= last && count < WARP * 5; ++at) {
            int known = count - 1;
            while (known >= 0 && seen[known] != at)
                --known;
            if (known < 0) {
                seen[count++] = at;
                visit(at);
            }
        }
    }
}

void count_request(const Request &request, PlaceCounts &here, int threads)
{
    here.lanes += std::uint64_t(request.lanes);
    here.threads += std::uint64_t(threads);
    if (request.offsets[0] >= SHARED_ZONE) {
        std::uint64_t transactions = 0;
        each_unit(request, SECTOR, [&](std::uint64_t) { ++transactions; });
        ++counters.global_requests;
        ++here.global_requests;
        counters.global_transactions += transactions;
        here.global_transactions += transactions;
        std::uint64_t least = (std::size_t(request.lanes) * std::size_t(request.size) + SECTOR - 1) / SECTOR;
        here.least_transactions += least < transactions ? least : transactions;
        return;
    }
    int load[WARP] = {}, most = 0, words = 0;
    each_unit(request, BANK, [&](std::uint64_t word) {
        ++words;
        if (++load[word % WARP] > most)
            most = load[word % WARP];
    });
    // 32 lanes of 8 or 16 bytes take 2 or 4 passes at best; only what is beyond is a conflict.
    int best = (words + WARP - 1) / WARP;
    ++counters.shared_requests;
    counters.shared_passes += std::uint64_t(most - best + 1);
    ++here.shared_requests;
    here.shared_passes += std::uint64_t(most - best + 1);
}

void finish_warp(int warp)
{
    int size = int(launch.block[0] * launch.block[1] * launch.block[2]), left = size - warp * WARP;
    for (std::size_t at = 0; at < places.size(); ++at) {
        Place &place = places[at];
        for (std::size_t i = 0; i < place.used; ++i)
            count_request(place.requests[i], place_counts[at], left < WARP ? left : WARP);
        place.used = 0;
        place.lane = -1;
    }
}

}  // namespace

void note(std::uint64_t place, std::size_t offset, int size)
{
    if (notes.size() < MAX_NOTES)
        notes.push_back({place, offset, std::int16_t(thread), std::int16_t(size)});
}

void count_warps()
{
    // Threads come in any order, but the notes of each are in its own.
    static std::vector<std::uint32_t> order, starts;
    starts.assign(MAX_THREADS + 1, 0);
    order.resize(notes.size());
    for (const Note &one : notes)
        ++starts[std::size_t(one.thread) + 1];
    for (std::size_t i = 0; i < MAX_THREADS; ++i)
        starts[i + 1] += starts[i];
    for (std::size_t i = 0; i < notes.size(); ++i)
        order[starts[std::size_t(notes[i].thread)]++] = std::uint32_t(i);

    if (places_of != launch_start) {
        std::memset(numbers, 0, sizeof numbers);
        places.clear();
        place_counts.clear();
        places_of = launch_start;
    }
    int warp = 0;
    for (std::uint32_t number : order) {
        const Note &one = notes[number];
        if (one.thread / WARP != warp) {
            finish_warp(warp);
            warp = one.thread / WARP;
        }
        Place *place = place_of(one.place);
        if (!place)
            continue;
        if (place->lane != one.thread) {
            place->lane = one.thread;
            place->times = 0;
        }
        std::size_t time = place->times++;
        if (time == place->requests.size())
            place->requests.emplace_back();
        Request &request = place->requests[time];
        if (time >= place->used) {
            place->used = time + 1;
            request.lanes = 0;
            request.size = one.size;
        }
        request.offsets[request.lanes++] = one.offset;
    }
    finish_warp(warp);
    notes.clear();
}

}  // namespace emulator

// What each place in the code cost in the last launch that was counted.
INTERFACE const emulator::PlaceCounts *emulator_places(std::size_t *count)
{
    *count = emulator::place_counts.size();
    return emulator::place_counts.data();
}
