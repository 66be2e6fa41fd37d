// Collects findings: the thread, the place in the code, and the array that each of them is about.

#include "state.h"

#include <algorithm>

namespace emulator {

std::vector<Finding> findings;

namespace {

const std::size_t MAX_FINDINGS = 64;

}  // namespace

Finding finding_about(Kind kind, int number, const char *what)
{
    Finding finding = {};
    finding.kind = kind;
    finding.thread = number;
    finding.other_thread = -1;
    finding.block = finding.other_block = number < 0 ? -1 : block;
    finding.region = -2;
    finding.name = what;
    return finding;
}

Finding finding_at(Kind kind, Mode mode, std::uint64_t place, std::size_t offset, int size)
{
    Finding finding = {};
    finding.kind = kind;
    finding.mode = is_atomic(mode) ? ATOMIC : mode;
    finding.thread = thread;
    finding.block = block;
    finding.other_thread = -1;
    finding.other_block = -1;
    finding.size = size;
    finding.place = place;
    finding.line = line_in(place);
    // The nearest array: an address outside all arrays is in the gap next to one.
    std::int64_t best = INT64_MAX;
    auto look = [&](std::int64_t region, std::size_t start, std::size_t room, const char *name,
                    const std::uint32_t *shape) {
        std::int64_t from = std::int64_t(offset) - std::int64_t(start);
        std::int64_t away = from < 0 ? -from : from < std::int64_t(room) ? 0 : from - std::int64_t(room) + 1;
        if (away < best) {
            best = away;
            finding.region = region;
            finding.offset = from;
            finding.name = name;
            finding.room = std::int64_t(room);
            std::fill(finding.shape, finding.shape + 4, 0);
            if (shape)
                std::copy(shape, shape + 4, finding.shape);
        }
    };
    if (offset >= VARIABLES) {
        finding.region = -3;
        finding.name = "a variable outside of the kernels";
        finding.offset = std::int64_t(offset - VARIABLES + data_start);
    } else if (offset < SHARED_ZONE) {
        for (const Array &array : arrays)
            look(-1, array.start, array.size, array.name, array.shape);
    } else {
        for (std::size_t i = 0; i < regions.size(); ++i)
            look(std::int64_t(i), regions[i].start, regions[i].size, nullptr, nullptr);
    }
    return finding;
}

void report(Finding finding)
{
    for (Finding &known : findings)
        if (known.kind == finding.kind && known.place == finding.place && known.line == finding.line
            && known.region == finding.region && known.name == finding.name) {
            ++known.count;
            return;
        }
    finding.count = 1;
    if (findings.size() < MAX_FINDINGS)
        findings.push_back(finding);
}

}  // namespace emulator

using namespace emulator;

INTERFACE const Finding *emulator_findings(std::size_t *count)
{
    *count = findings.size();
    return findings.data();
}
