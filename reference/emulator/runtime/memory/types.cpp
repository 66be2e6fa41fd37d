// Addresses and indices that do not fit a type: the compiler calls these functions, or a function of the
// headers does.

#include "state.h"

#include <cstring>

using namespace emulator;

#define HERE reinterpret_cast<std::uint64_t>(__builtin_return_address(0))

// Functions called when an address or an index does not fit a type. The names, and the records that the
// compiler leaves, are those of LLVM's and GCC's -fsanitize=alignment,bounds,object-size.
namespace {

struct Location {
    const char *file;
    std::uint32_t line, column;
};

struct Type {
    std::uint16_t kind, info;
    char name[1];  // in quotes
};

struct Mismatch {
    Location location;
    const Type *type;
    unsigned char alignment, check;  // the alignment's binary logarithm; 1 for a store
};

struct Beyond {
    Location location;
    const Type *array, *index;
};

// The line of the source; 0 in a header of the emulator, where the address gives the line that calls it.
std::int32_t line_of(const Location &location)
{
    std::size_t length = location.file ? std::strlen(location.file) : 0;
    bool is_own = length < 3 || !std::strcmp(location.file + length - 2, ".h")
        || !std::strcmp(location.file, "emulator");
    return is_own ? 0 : std::int32_t(location.line);
}

}  // namespace

static void stop_misaligned(std::uintptr_t address, int alignment, Mode mode, std::uint64_t place,
    std::int32_t line, const char *type)
{
    std::size_t offset = address - reinterpret_cast<std::uintptr_t>(arena);
    bool is_inside = offset < arena_size;
    Finding finding = finding_at(MISALIGNED, mode, place, is_inside ? offset : arena_size, alignment);
    if (!is_inside) {
        finding.region = -2;
        finding.name = "memory";
    }
    finding.line = line;
    finding.type = type;
    report(finding);
    stop();  // as a GPU does
}

// An access through a variable's address to memory behind the variable: -fsanitize=thread does not see it if
// the compiler knows that the variable is constant or belongs to this thread alone.
static void report_beyond_a_variable(Mode mode, std::uint64_t place, std::int32_t line)
{
    for (const Finding &known : findings)
        if (known.kind == OUT_OF_BOUNDS && known.type && known.line == line)
            return;  // the same access, as an index beyond an array's declared length
    Finding finding
        = finding_about(OUT_OF_BOUNDS, thread, "memory outside of the variable whose address it uses");
    finding.mode = mode;
    finding.place = place;
    finding.line = line;
    report(finding);
}

INTERFACE void __ubsan_handle_type_mismatch_v1(const Mismatch *what, std::uintptr_t address)
{
    if (thread < 0)
        return;
    Mode mode = what->check == 1 ? WRITE : READ;
    std::int32_t line = line_of(what->location);
    int alignment = 1 << what->alignment;
    if (address % std::uintptr_t(alignment))
        stop_misaligned(address, alignment, mode, HERE, line, what->type->name);
    report_beyond_a_variable(mode, HERE, line);
}

// Reports a matrix, a row of it, or a copy that begins at an address that the hardware does not accept.
// `what` names it, in quotes.
INTERFACE void emulator_aligned(
    const volatile void *pointer, int alignment, int is_store, int line, const char *what)
{
    std::uintptr_t address = reinterpret_cast<std::uintptr_t>(pointer);
    if (address % std::uintptr_t(alignment))
        stop_misaligned(address, alignment, is_store ? WRITE : READ, HERE, line, what);
}

INTERFACE void __ubsan_handle_out_of_bounds(const Beyond *what, std::int64_t index)
{
    if (thread < 0)
        return;
    Finding finding = finding_about(OUT_OF_BOUNDS, thread, "");
    finding.place = HERE;
    finding.line = line_of(what->location);
    finding.offset = index;
    finding.type = what->array->name;
    report(finding);
}
