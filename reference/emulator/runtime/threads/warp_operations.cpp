// Operations of a warp: shuffles, votes, reductions and __syncwarp. Its lanes wait until all that take part
// have arrived.

#include "scheduler.h"

#include <algorithm>
#include <cstring>

namespace emulator {

namespace {

unsigned alive(int warp)
{
    unsigned mask = 0;
    for (int lane = 0; lane < WARP && warp * WARP + lane < size; ++lane)
        if (states[warp * WARP + lane] != DONE)
            mask |= 1u << lane;
    return mask;
}

// The lane that a lane gets its value from, as in PTX's `shfl`.
int source_of(const Request &request, int lane)
{
    int width = request.width, first = lane & ~(width - 1), last = first + width - 1, from = lane;
    if (request.operation == SHUFFLE)
        return first + (request.argument & (width - 1));
    if (request.operation == SHUFFLE_UP)
        from = lane - request.argument;
    else if (request.operation == SHUFFLE_DOWN)
        from = lane + request.argument;
    else
        from = lane ^ request.argument;
    bool inside = request.operation == SHUFFLE_UP ? from >= first : from <= last;
    return inside ? from : lane;
}

std::uint64_t reduce(int operation, std::uint64_t a, std::uint64_t b, bool is_signed)
{
    bool less = is_signed ? std::int32_t(a) < std::int32_t(b) : a < b;
    switch (operation) {
    case ADD: return std::uint32_t(a + b);
    case MIN: return less ? a : b;
    case MAX: return less ? b : a;
    case AND: return a & b;
    case OR: return a | b;
    default: return a ^ b;
    }
}

void answer(int warp, unsigned lanes)
{
    Request *first = requests + warp * WARP;
    for (int lane = 0; lane < WARP; ++lane) {
        if (!(lanes >> lane & 1))
            continue;
        Request &request = first[lane];
        request.result = 0;
        if (request.operation >= SHUFFLE && request.operation <= SHUFFLE_XOR) {
            int from = source_of(request, lane);
            if (lanes >> from & 1) {
                request.result = first[from].value;
            } else {
                int other = warp * WARP + from;
                Finding finding = finding_about(UNINITIALIZED_READ, warp * WARP + lane,
                    other < size ? "takes a value from {other}, which does not take part"
                                 : "takes a value from a lane that has no thread: the size of the block is "
                                   "no multiple of 32");
                finding.line = request.line;
                finding.other_thread = other;
                report(finding);
            }
        } else if (request.operation != SYNC) {
            bool begun = false;
            for (int other = 0; other < WARP; ++other) {
                if (!(lanes >> other & 1))
                    continue;
                std::uint64_t value = first[other].value;
                if (request.operation == BALLOT)
                    request.result |= std::uint64_t(value != 0) << other;
                else if (request.operation == MATCH)
                    request.result |= std::uint64_t(value == request.value) << other;
                else
                    request.result
                        = begun ? reduce(request.operation, request.result, value, request.argument) : value;
                begun = true;
            }
        }
    }
}

// Orders these lanes: everything that any of them did, and everything ordered before that, now comes before
// everything that any of them does from now on. Among a warp's operations, only __syncwarp orders memory
// (CUDA C++ Programming Guide, "Warp Shuffle Functions").
void put_in_order(int warp, unsigned lanes)
{
    ++now;
    int all = std::min(size - warp * WARP, WARP);  // a lane that has ended needs no order either
    if (__builtin_popcount(lanes) != all && !orders_some) {
        orders_some = true;
        of_some_lanes.push_back(entry);
    }
    std::uint32_t until[WARP] = {};
    for (int lane = 0; lane < WARP; ++lane)
        for (int other = 0; other < WARP && lanes >> lane & 1; ++other)
            until[other]
                = lanes >> other & 1 ? now : std::max(until[other], ordered_until[warp * WARP + lane][other]);
    for (int lane = 0; lane < WARP; ++lane)
        if (lanes >> lane & 1)
            std::memcpy(ordered_until[warp * WARP + lane], until, sizeof until);
    hand_on_to_lanes(warp, lanes);
}

// The hardware chooses which lanes run together. Here, all lanes run together that reach a line before one
// has to wait.
void answer_active(int warp, unsigned asked, bool is_idle)
{
    Request *first = requests + warp * WARP;
    int line = first[__builtin_ctz(asked)].line;
    unsigned together = 0;
    for (int lane = 0; lane < WARP && warp * WARP + lane < size; ++lane) {
        State state = states[warp * WARP + lane];
        if (!is_idle && (state == READY || state == WAITING_TO_START))
            return;
        if (asked >> lane & 1 && first[lane].line == line)
            together |= 1u << lane;
    }
    for (int lane = 0; lane < WARP; ++lane)
        if (together >> lane & 1) {
            first[lane].result = together;
            states[warp * WARP + lane] = READY;
            --asking;
            --meeting;
        }
}

}  // namespace

// Releases the lanes that wait for each other, once all of them have arrived.
void meet(int warp, bool is_idle)
{
    unsigned waiting = 0, present = alive(warp);
    Request *first = requests + warp * WARP;
    for (int lane = 0; lane < WARP && warp * WARP + lane < size; ++lane)
        if (states[warp * WARP + lane] == AT_WARP)
            waiting |= 1u << lane;
    unsigned active = 0;
    for (int lane = 0; lane < WARP && asking; ++lane)
        if (waiting >> lane & 1 && first[lane].operation == ACTIVE)
            active |= 1u << lane;
    waiting &= ~active;
    for (int lane = 0; lane < WARP; ++lane) {
        if (!(waiting >> lane & 1))
            continue;
        const Request &request = first[lane];
        unsigned wanted = request.mask & present;
        bool together = (wanted & ~waiting) == 0;
        for (int other = 0; together && other < WARP; ++other)
            if (wanted >> other & 1)
                together = first[other].mask == request.mask
                    && first[other].operation == request.operation;
        if (!together)
            continue;
        answer(warp, wanted);
        if (first[lane].operation == SYNC)
            put_in_order(warp, wanted);
        for (int other = 0; other < WARP; ++other)
            if (wanted >> other & 1)
                states[warp * WARP + other] = READY;
        meeting -= __builtin_popcount(wanted);
        waiting &= ~wanted;
        if (launch.thread_order == LAST_WRITER_FIRST)
            at = 0;  // these lanes go on as far as they can before another warp runs
    }
    if (active)
        answer_active(warp, active, is_idle);
}

}  // namespace emulator

using namespace emulator;

INTERFACE std::uint64_t emulator_meet(
    int operation, unsigned mask, std::uint64_t value, int argument, int width, int line)
{
    requests[thread] = {line, operation, mask, value, 0, argument, width};
    if (!(mask >> thread % WARP & 1))
        complain(thread, "names other lanes in its mask, but not its own");
    requests[thread].mask |= 1u << thread % WARP;
    wait_for(AT_WARP);
    return requests[thread].result;
}

INTERFACE unsigned emulator_active(int line)
{
    requests[thread] = {line, ACTIVE, 1u << thread % WARP, 0, 0, 0, WARP};
    ++asking;
    wait_for(AT_WARP);
    return unsigned(requests[thread].result);
}

// A lane shows its fragments of two matrices to its warp. They stay until the lanes have met twice.
INTERFACE const void **emulator_fragments(const void *a, const void *b)
{
    static const void *given[MAX_THREADS / WARP][2 * WARP];
    const void **mine = given[thread / WARP];
    mine[thread % WARP] = a;
    mine[WARP + thread % WARP] = b;
    return mine;
}

INTERFACE void emulator_incomplete(int line)
{
    requests[thread].line = line;
    complain(thread, "works on a matrix without all 32 lanes of its warp");
    stop();
}
