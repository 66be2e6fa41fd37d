// Counts the joint cost of a warp's accesses: transactions of global memory, bank conflicts of shared memory.
//
// A warp executes an instruction for all its lanes at once; here its threads run one after another. So each
// lane's accesses at a place in the code are recorded in order. At a barrier the k-th accesses of all lanes
// of a warp are counted as one request.

#include "state.h"

#include <algorithm>
#include <cstring>

namespace emulator {
namespace {

// Accesses that are recorded between two barriers. Then they are counted early: further accesses of the same
// lanes make requests of their own, which may cost more than on a GPU, and never less. A launch on more than
// 4 GiB is not counted.
const std::size_t MAX_NOTES = 4 << 20;
// bytes of a transaction: CUDA C++ Best Practices Guide, "Coalesced Access"
const std::uint32_t SECTOR = 32;
const std::uint32_t BANK = 4;             // bytes; there are 32 banks, one for each lane
const int FEW_PLACES = 12;  // the binary logarithm of the number of slots for places with an access, at first
const int WARPS = MAX_THREADS / WARP;

struct Lanes {  // the accesses of a warp's lanes at one place in the code, since the last barrier
    std::uint32_t times[WARP];  // how often each lane came here
    std::uint32_t room;         // how many offsets of each lane fit
    std::uint32_t *offsets;  // those of one lane side by side, because they share lines of the cache
};

struct Place {  // a place in the code, for accesses of one size
    PlaceCounts counts;
    std::int32_t size;   // the bytes of one access
    std::int32_t width;  // the bytes of it that one instruction reads or writes
    bool is_used;       // true if a lane came here since the last barrier
    Lanes *warps[WARPS];  // never null: a warp that did not come here has `no_lanes`
};

struct Request {  // the simultaneous accesses of a warp's lanes
    int lanes, size;
    std::uint32_t offsets[WARP];
};

struct Slot {
    std::uint64_t address;  // an address in the code; 0: the slot is free
    Place *place;
};

Lanes no_lanes;  // for a warp that did not come to a place
// by the hash of address and size; at most half of them are used
std::vector<Slot> slots(std::size_t(1) << FEW_PLACES);
int slots_log = FEW_PLACES;
Slot recent[1 << 9];     // by the address's last bits: nearly always holds the place that is looked up
std::vector<Place *> places, spare_places;
std::vector<Lanes *> spare_lanes;
std::vector<PlaceCounts> place_counts;  // the counts of the launch that ended last
std::size_t notes_left;
std::uint64_t accesses[MAX_THREADS];  // to global memory, by each thread of the block

Slot &slot_of(std::uint64_t address, int size)
{
    std::size_t at = (address ^ std::uint64_t(size)) * 0x9e3779b97f4a7c15 >> (64 - slots_log);
    while (slots[at].address && (slots[at].address != address || slots[at].place->size != size))
        at = (at + 1) % slots.size();
    return slots[at];
}

void make_more_slots()
{
    slots.assign(std::size_t(1) << ++slots_log, {});
    for (Place *place : places)
        slot_of(place->counts.place, place->size) = {place->counts.place, place};
}

// The place with this address, for accesses of this size.
Place *place_of(std::uint64_t address, int size, int width)
{
    if (Place *known = slot_of(address, size).place)
        return known;
    if (places.size() == slots.size() / 2)
        make_more_slots();
    Place *place = spare_places.empty() ? new Place : spare_places.back();
    if (!spare_places.empty())
        spare_places.pop_back();
    place->counts = {};
    place->counts.place = address;
    place->size = size;
    place->width = width;
    place->is_used = false;
    std::fill(place->warps, place->warps + WARPS, &no_lanes);
    places.push_back(place);
    slot_of(address, size) = {address, place};
    return place;
}

Lanes *new_lanes()
{
    Lanes *lanes = spare_lanes.empty() ? new Lanes() : spare_lanes.back();
    if (!spare_lanes.empty())
        spare_lanes.pop_back();
    std::memset(lanes->times, 0, sizeof lanes->times);
    return lanes;
}

void make_room(Lanes &lanes)
{
    std::uint32_t room = lanes.room ? 2 * lanes.room : 16;
    std::uint32_t *offsets = new std::uint32_t[WARP * std::size_t(room)];
    for (std::size_t lane = 0; lane < WARP && lanes.room; ++lane)
        std::memcpy(offsets + lane * room, lanes.offsets + lane * lanes.room, lanes.room * sizeof *offsets);
    delete[] lanes.offsets;
    lanes.offsets = offsets;
    lanes.room = room;
}

struct Units {  // the distinct units of memory that a request touches
    std::uint64_t count, most_in_a_bank;
};

// Counts units that are close together, as they nearly always are, with a bit for each. False if they are
// not.
template <std::uint32_t UNIT> bool count_close_units(const Request &request, Units &units)
{
    std::uint32_t low = UINT32_MAX, high = 0, size = std::uint32_t(request.size);
    for (int lane = 0; lane < request.lanes; ++lane) {
        low = std::min(low, request.offsets[lane]);
        high = std::max(high, request.offsets[lane]);
    }
    low /= UNIT;
    if (size > 64 || (high + size - 1) / UNIT - low >= 64)
        return false;
    std::uint64_t touched = 0;
    for (int lane = 0; lane < request.lanes; ++lane)
        for (std::uint32_t at = request.offsets[lane] / UNIT; at <= (request.offsets[lane] + size - 1) / UNIT;
             ++at)
            touched |= std::uint64_t(1) << (at - low);
    units = {std::uint64_t(__builtin_popcountll(touched)), std::uint64_t(touched & touched >> WARP ? 2 : 1)};
    return true;
}

template <std::uint32_t UNIT> Units count_units(const Request &request)
{
    Units units = {0, 0};
    if (count_close_units<UNIT>(request, units))
        return units;
    std::uint32_t starts[WARP];
    std::copy(request.offsets, request.offsets + request.lanes, starts);
    std::sort(starts, starts + request.lanes);
    std::uint64_t load[WARP] = {}, next = 0;  // all units before `next` are counted
    for (int lane = 0; lane < request.lanes; ++lane) {
        std::uint64_t first = std::max<std::uint64_t>(starts[lane] / UNIT, next);
        std::uint64_t end = (starts[lane] + std::uint64_t(request.size) - 1) / UNIT + 1;
        if (end <= first)
            continue;
        next = end;
        units.count += end - first;
        std::uint64_t rounds = (end - first) / WARP;  // over all banks
        for (std::uint64_t bank = 0; rounds && bank < WARP; ++bank)
            load[bank] += rounds;
        for (std::uint64_t at = first + rounds * WARP; at < end; ++at)
            ++load[at % WARP];
    }
    units.most_in_a_bank = *std::max_element(load, load + WARP);
    return units;
}

// Keeps the request that is furthest above its minimum, as an example.
void keep_the_worst(const Request &request, PlaceCounts &here, std::uint64_t units, std::uint64_t best)
{
    if (units - best <= here.worst_units - here.worst_best)
        return;
    here.worst_units = units;
    here.worst_best = best;
    here.worst_lanes = std::uint64_t(request.lanes);
    here.worst_size = std::uint64_t(request.size);
    std::copy(request.offsets, request.offsets + request.lanes, here.worst);
}

void count_request(const Request &request, PlaceCounts &here, int threads)
{
    here.lanes += std::uint64_t(request.lanes);
    here.threads += std::uint64_t(threads);
    if (request.offsets[0] >= SHARED_ZONE) {
        std::uint64_t transactions = count_units<SECTOR>(request).count;
        ++counters.global_requests;
        ++here.global_requests;
        counters.global_transactions += transactions;
        here.global_transactions += transactions;
        std::uint64_t least = (std::size_t(request.lanes) * std::size_t(request.size) + SECTOR - 1) / SECTOR;
        here.least_transactions += std::min(least, transactions);
        keep_the_worst(request, here, transactions, std::min(least, transactions));
        return;
    }
    // 32 lanes of 8 or 16 bytes take 2 or 4 passes at best; only what is beyond is a conflict.
    Units words = count_units<BANK>(request);
    std::uint64_t passes = words.most_in_a_bank - (words.count + WARP - 1) / WARP + 1;
    ++counters.shared_requests;
    counters.shared_passes += passes;
    ++here.shared_requests;
    here.shared_passes += passes;
    keep_the_worst(request, here, passes, 1);
}

void count_lanes(Place &place, int warp)
{
    Lanes *lanes = place.warps[warp];
    if (lanes == &no_lanes)
        return;
    int size = int(launch.block[0] * launch.block[1] * launch.block[2]);
    std::uint32_t most = *std::max_element(lanes->times, lanes->times + WARP);
    Request request;
    // An asynchronous copy moves all of its bytes together; other instructions have a request for each part.
    int step = line_in(place.counts.place) ? place.size : place.width;
    for (std::uint32_t time = 0; time < most; ++time)
        for (int part = 0; part < place.size; part += step) {
            request.lanes = 0;
            request.size = std::min(step, place.size - part);
            for (std::size_t lane = 0; lane < WARP; ++lane)
                if (time < lanes->times[lane])
                    request.offsets[request.lanes++]
                        = lanes->offsets[lane * lanes->room + time] + std::uint32_t(part);
            count_request(request, place.counts, std::min(size - warp * WARP, WARP));
            if (request.offsets[0] >= SHARED_ZONE) {
                auto more = std::uint64_t(instructions(request.size, place.width) - 1);
                counters.global_requests += more;
                place.counts.global_requests += more;
            }
        }
    place.warps[warp] = &no_lanes;
    spare_lanes.push_back(lanes);
}

}  // namespace

inline bool note_at(Place *place, std::size_t offset)
{
    Lanes *lanes = place->warps[unsigned(thread) / WARP];
    unsigned lane = unsigned(thread) % WARP;
    std::uint32_t time = lanes->times[lane];
    if (__builtin_expect(time >= lanes->room, 0))
        return false;
    lanes->times[lane] = time + 1;
    lanes->offsets[lane * lanes->room + time] = std::uint32_t(offset);
    place->is_used = true;
    --notes_left;
    return true;
}

__attribute__((noinline)) void note_the_first(
    std::uint64_t address, std::size_t offset, int size, int width)
{
    if (arena_size > UINT32_MAX)
        return;
    if (!notes_left)
        count_warps();
    Place *place = place_of(address, size, width);
    recent[address % (sizeof recent / sizeof *recent)] = {address, place};
    Lanes *&lanes = place->warps[thread / WARP];
    if (lanes == &no_lanes)
        lanes = new_lanes();
    if (!note_at(place, offset)) {
        make_room(*lanes);
        note_at(place, offset);
    }
}

void note(std::uint64_t address, std::size_t offset, int size, int width)
{
    if (offset >= SHARED_ZONE) {
        std::uint64_t &of_thread = accesses[thread] += std::uint64_t(instructions(size, width));
        counters.busiest_thread = std::max(counters.busiest_thread, of_thread);
    }
    const Slot &slot = recent[address % (sizeof recent / sizeof *recent)];
    bool is_known = slot.address == address && slot.place->size == size && notes_left;
    if (__builtin_expect(!is_known || !note_at(slot.place, offset), 0))
        note_the_first(address, offset, size, width);
}

void begin_accesses_of_block() { std::fill(accesses, accesses + MAX_THREADS, 0); }

void begin_notes()
{
    std::fill(slots.begin(), slots.end(), Slot());
    std::memset(recent, 0, sizeof recent);
    for (Place *place : places)
        for (Lanes *lanes : place->warps)
            if (lanes != &no_lanes)
                spare_lanes.push_back(lanes);
    spare_places.insert(spare_places.end(), places.begin(), places.end());
    places.clear();
    notes_left = MAX_NOTES;
}

void count_warp(int warp)
{
    for (Place *place : places)
        if (place->is_used)
            count_lanes(*place, warp);
}

void count_warps()
{
    for (int warp = 0; warp < WARPS; ++warp)
        count_warp(warp);
    for (Place *place : places)
        place->is_used = false;
    notes_left = MAX_NOTES;
}

}  // namespace emulator

// The cost of each place in the code in the last counted launch.
INTERFACE const emulator::PlaceCounts *emulator_places(std::size_t *count)
{
    using namespace emulator;
    place_counts.clear();
    for (const Place *place : places)
        place_counts.push_back(place->counts);
    *count = place_counts.size();
    return place_counts.data();
}
