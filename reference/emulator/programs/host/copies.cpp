// Copies between the host and the device, and the mistakes in their sizes and directions.

#include "host.h"

#include <cstring>
#include <iterator>

namespace host {

namespace {

enum CopyKind { HOST_TO_HOST, HOST_TO_DEVICE, DEVICE_TO_HOST, DEVICE_TO_DEVICE, DEFAULT };
const char *const NO_DIRECTION = "with a direction that does not fit its pointers";

struct ShortCopy {
    long number;
    std::size_t bytes;
    const char *what;
    int line;
};
const std::size_t MOST_SHORT = 1000;
std::vector<ShortCopy> &short_copies = *new std::vector<ShortCopy>;  // as the variables below

struct Side {
    long number;  // of the allocation; -1: memory of the host's, or a variable
    bool is_bad, is_variable;
    bool is_of_device() const { return number >= 0 || is_variable; }
};
// The device's variables whose addresses the program has asked for, with their sizes. Never destroyed,
// because it is used after main has ended.
std::map<const char *, std::size_t> &variables_by_address = *new std::map<const char *, std::size_t>;

// True if all bytes of one side of a copy are in one block of memory.
Side side_of(const void *pointer, std::size_t bytes, const char *what, int line)
{
    if (!in_arena(pointer)) {
        const char *at = static_cast<const char *>(pointer);
        auto next = variables_by_address.upper_bound(at);
        if (next == variables_by_address.begin() || at >= std::prev(next)->first + std::prev(next)->second)
            return {-1, false, false};
        std::size_t left = std::prev(next)->second - std::size_t(at - std::prev(next)->first);
        if (bytes > left)
            tell_host("out_of_bounds", line, 0,
                "%s %zu bytes of a variable of the device, where %zu are left", what, bytes, left);
        return {-1, bytes > left, true};
    }
    std::size_t offset = offset_of(pointer);
    long number = find(offset);
    if (number < 0) {
        tell_host("out_of_bounds", line, 0, "%s outside of every block of memory", what);
        return {-1, true, false};
    }
    const Allocation &one = allocations[std::size_t(number)];
    std::size_t from = offset - one.start;
    if (one.freed_at) {
        tell_host("use_after_free", line, 0, "%s {%ld}, which line %d has freed", what, number, one.freed_at);
        return {number, true, false};
    }
    if (bytes > one.size - from) {
        if (from)
            tell_host("out_of_bounds", line, 0, "%s %zu bytes from byte %zu of {%ld}, which has %zu", what,
                bytes, from, number, one.size);
        else
            tell_host("out_of_bounds", line, 0, "%s %zu bytes of {%ld}, which has %zu", what, bytes, number,
                one.size);
        return {number, true, false};
    }
    return {number, false, false};
}

bool is_reachable(const Side &side, bool on_device)  // true if this side is where the direction says
{
    bool is_shared = side.number >= 0 && allocations[std::size_t(side.number)].where != ON_DEVICE;
    return is_shared || side.is_of_device() == on_device;
}

// Reports whole elements of a device array that no thread and no copy has written.
void look_for_unwritten(long number, std::size_t start, std::size_t bytes, int line)
{
    const Allocation &one = allocations[std::size_t(number)];
    std::size_t element = one.element ? one.element : 4, missing = 0, first = 0;
    if (one.where != ON_DEVICE)
        return;
    for (std::size_t at = start; at + element <= start + bytes; at += element) {
        bool is_written = false;
        for (std::size_t i = at; i < at + element && !is_written; ++i)
            is_written = state[i / 4] >> 4 >> i % 4 & 1;
        if (!is_written && !missing++)
            first = (at - one.start) / element;
    }
    if (missing == 1)
        tell_host(
            "never_written", line, 0, "element %zu of {%ld} is copied, and is never written", first, number);
    else if (missing)
        tell_host("never_written", line, 0,
            "element %zu of {%ld} is copied, and is never written, nor are %zu more of its %zu", first,
            number, missing - 1, one.size / element);
}

// A size given as a number of elements instead of bytes; told at the end, as a copy of a part may have that
// size, too.
void look_at_size(const Side &side, const void *pointer, std::size_t bytes, const char *what, int line)
{
    if (side.number < 0)
        return;
    Allocation &one = allocations[std::size_t(side.number)];
    one.is_used_in_parts |= offset_of(pointer) != one.start;
    if (one.element > 1 && bytes * one.element == one.size && bytes != one.element
        && short_copies.size() < MOST_SHORT)
        short_copies.push_back({side.number, bytes, what, line});
}

Error copy(void *to, const void *from, std::size_t bytes, int kind, const char *name, int line)
{
    if (finish() != SUCCESS)
        return lasting_error;
    if (!bytes)
        return SUCCESS;
    std::string what = name;
    Side target = side_of(to, bytes, (what + " writes").c_str(), line);
    Side source = side_of(from, bytes, (what + " reads").c_str(), line);
    if (target.is_bad || source.is_bad || !to || !from)
        return fail(INVALID_VALUE);
    if (kind != DEFAULT) {
        bool fits = is_reachable(target, kind == HOST_TO_DEVICE || kind == DEVICE_TO_DEVICE)
            && is_reachable(source, kind == DEVICE_TO_HOST || kind == DEVICE_TO_DEVICE);
        if (!fits) {
            tell_host("bad_copy", line, 0, "%s goes from memory of the %s to memory of the %s, %s", name,
                source.is_of_device() ? "device" : "host", target.is_of_device() ? "device" : "host",
                NO_DIRECTION);
            return fail(INVALID_VALUE);
        }
    }
    target.number >= 0 ? look_at_size(target, to, bytes, name, line)
                       : look_at_size(source, from, bytes, name, line);
    Open open;
    if (source.number >= 0 && !target.is_of_device())
        look_for_unwritten(source.number, offset_of(from), bytes, line);
    std::memmove(to, from, bytes);
    if (target.number >= 0) {
        std::size_t start = offset_of(to);
        if (source.number >= 0 && start % 4 == 0 && offset_of(from) % 4 == 0 && bytes % 4 == 0)
            std::memmove(state + start / 4, state + offset_of(from) / 4, bytes / 4);
        else
            mark(start, bytes, 17);
    }
    return SUCCESS;
}

}  // namespace

void tell_short_copies()
{
    for (const ShortCopy &copy : short_copies) {
        const Allocation &one = allocations[std::size_t(copy.number)];
        if (!one.is_used_in_parts)
            tell_host("short_copy", copy.line, 0,
                "%s takes %zu bytes of {%ld}, which has %zu elements of %zu bytes: sizes are in bytes",
                copy.what, copy.bytes, copy.number, one.size / one.element, one.element);
    }
}

}  // namespace host

using namespace host;

INTERFACE int emulator_copy(void *to, const void *from, std::size_t bytes, int kind, int waits, int line)
{
    return copy(to, from, bytes, kind, waits ? "cudaMemcpy" : "cudaMemcpyAsync", line);
}

// One element, for an expression of the host's code before this place.
INTERFACE void emulator_copy_element(
    void *to, const void *from, std::size_t bytes, int kind, const void *place)
{
    host_place = reinterpret_cast<std::uint64_t>(place);
    copy(to, from, bytes, kind, "the host", 0);
    host_place = 0;
}

INTERFACE int emulator_copy_rows(void *to, std::size_t to_pitch, const void *from, std::size_t from_pitch,
    std::size_t width, std::size_t height, int kind, int line)
{
    if (width > to_pitch || width > from_pitch)
        return fail(Error(12));
    for (std::size_t row = 0; row < height; ++row) {
        Error error = copy(static_cast<char *>(to) + row * to_pitch,
            static_cast<const char *>(from) + row * from_pitch, width, kind, "cudaMemcpy2D", line);
        if (error != SUCCESS)
            return error;
    }
    return SUCCESS;
}

INTERFACE int emulator_fill(void *to, int value, std::size_t bytes, int line)
{
    if (finish() != SUCCESS)
        return lasting_error;
    Side side = side_of(to, bytes, "cudaMemset writes", line);
    if (side.is_bad)
        return fail(INVALID_VALUE);
    if (side.is_variable)
        return std::memset(to, value, bytes), SUCCESS;
    if (side.number < 0) {
        tell_host("bad_copy", line, 0, "cudaMemset gets a pointer to memory that is not the device's");
        return fail(INVALID_VALUE);
    }
    look_at_size(side, to, bytes, "cudaMemset", line);
    Open open;
    std::memset(to, value, bytes);
    mark(offset_of(to), bytes, 17);
    return SUCCESS;
}

INTERFACE int emulator_symbol(
    void *symbol, std::size_t size, std::size_t bytes, std::size_t offset, void *host, int to_host, int line)
{
    if (finish() != SUCCESS)
        return lasting_error;
    const char *name = to_host ? "cudaMemcpyFromSymbol" : "cudaMemcpyToSymbol";
    if (offset > size || bytes > size - offset) {
        tell_host("out_of_bounds", line, 0, "%s copies %zu bytes from byte %zu of a variable that has %zu",
            name, bytes, offset, size);
        return fail(INVALID_VALUE);
    }
    Side other = side_of(host, bytes, (std::string(name) + " uses").c_str(), line);
    if (other.is_bad)
        return fail(INVALID_VALUE);
    Open open;
    char *variable = static_cast<char *>(symbol) + offset;
    to_host ? std::memcpy(host, variable, bytes) : std::memcpy(variable, host, bytes);
    return SUCCESS;
}

INTERFACE int emulator_symbol_address(const void *symbol, std::size_t size)
{
    return variables_by_address[static_cast<const char *>(symbol)] = size, finish();
}
