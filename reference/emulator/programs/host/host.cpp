// The host's side of a whole program: its device memory, its copies, its launches, and the bugs in them.
//
// Device memory lies in the runtime's arena, which the host cannot reach while its own code runs: such an access ends
// the program, as on a GPU. Memory that both use (cudaMallocManaged) comes after it. A launch runs in several
// orders, each from the same memory, and results that differ are a finding. Findings go, a line each, to the
// descriptor that EMULATOR_FINDINGS names; programs/records.py reads them. The last line says how many came before.

#include "state.h"

#include <algorithm>
#include <csignal>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <link.h>
#include <map>
#include <set>
#include <string>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

using namespace emulator;

INTERFACE unsigned char *emulator_reserve(std::size_t bytes, int checked);
INTERFACE int emulator_run(void (*kernel)(void **), void **given, const Launch *how);
INTERFACE const char *emulator_output();
INTERFACE __attribute__((noreturn)) void emulator_trap(const char *what, int line);
extern "C" __attribute__((weak)) const char emulator_no_value[];  // the program's: variables used without a value

namespace {

enum Error {
    SUCCESS = 0, INVALID_VALUE = 1, NO_MEMORY = 2, INVALID_CONFIGURATION = 9, INVALID_SYMBOL = 13,
    INVALID_DIRECTION = 21, INVALID_DEVICE = 101, INVALID_HANDLE = 400, ILLEGAL_ADDRESS = 700, LAUNCH_TIMEOUT = 702,
    ASSERTED = 710, MISALIGNED_ADDRESS = 716, LAUNCH_FAILURE = 719, COOPERATIVE_LAUNCH_TOO_LARGE = 720
};
enum CopyKind { HOST_TO_HOST, HOST_TO_DEVICE, DEVICE_TO_HOST, DEVICE_TO_DEVICE, DEFAULT };
enum Where { ON_DEVICE, MANAGED, PINNED };

const std::size_t MOST_MEMORY = std::size_t(1) << 30, LEAST_MEMORY = std::size_t(64) << 20, APART = 64 << 10;
const std::size_t PAGE = 64 << 10;  // of any processor
const int ORDERLY = 2;              // launches of one kernel and size that run in every order; later ones in one
const std::uint32_t SHARED = 48 << 10, MOST_SHARED = 163 << 10;  // of compute capability 8.0
const int DEEP = 512;
const double LEAST_SECONDS = 0.1;  // for a launch
const std::uint64_t MOST_AT_ONCE = 108 * 256;  // threads of a cooperative launch: each has a stack, of two mappings
const char *const NO_DIRECTION = "with a direction that does not fit its pointers";

struct Allocation {
    std::size_t start, size, element;
    Where where;
    int line, freed_at;
};

// Never destroyed, because it is used after main has ended.
std::vector<Allocation> &allocations = *new std::vector<Allocation>;  // those of the runtime's regions, by the same numbers
std::size_t memory, shared_memory_from;  // of the arena: all of it, and where the host may go as well
std::size_t next_start, next_shared;
bool is_open;           // the arena is: no host code runs
bool is_cooperative;    // the next launch is
bool is_unfinished;     // a kernel was launched, and the host has not waited since
bool has_told_crash;
Error last_error, lasting_error, coming_error;
int most_orders = 8;
std::uint64_t seed;
double most_seconds;  // of CPU time; 0: any
int findings_file = -1;
long long records_written;
pid_t own_process;
std::set<std::string> &told = *new std::set<std::string>;
std::map<std::string, int> &launches = *new std::map<std::string, int>;
std::map<std::string, std::uint32_t> &shared_limits = *new std::map<std::string, std::uint32_t>;
const char *parameters_start;
std::size_t parameters_size;
std::uintptr_t program_base;
std::uintptr_t code_start, code_end;
char *image_start;  // the program's own variables
std::size_t image_size;

struct Stamp {
    timespec time;
    bool is_set;
};

// The device's heap, on which threads allocate: one block of memory that a program with such a line has.
struct Heap {
    std::map<std::size_t, std::size_t> blocks;  // in use: where, and their size
    std::map<std::size_t, std::size_t> freed;  // by earlier launches
    std::map<std::pair<std::int64_t, std::size_t>, std::size_t> freed_now;  // by thread and place
    std::size_t next = 0;
};
Heap &heap = *new Heap;
bool has_heap;
std::size_t heap_size = 8 << 20, heap_start;  // start: 0 before the first launch
// A thread's n-th block of a launch has one place in all orders, and no other thread gets it: so an order does not show
// in pointers.
std::map<std::pair<std::int64_t, int>, std::pair<std::size_t, std::size_t>> &planned
    = *new std::map<std::pair<std::int64_t, int>, std::pair<std::size_t, std::size_t>>;
std::map<std::int64_t, int> &counts = *new std::map<std::int64_t, int>;  // of blocks, by thread, in this order

int look_at_program(dl_phdr_info *info, std::size_t, void *)
{
    program_base = info->dlpi_addr;  // the first is the program itself
    std::uintptr_t low = UINTPTR_MAX, high = 0, read_only = 0;
    for (int i = 0; i < info->dlpi_phnum; ++i) {
        const ElfW(Phdr) &part = info->dlpi_phdr[i];
        std::uintptr_t start = info->dlpi_addr + part.p_vaddr;
        if (part.p_type == PT_GNU_RELRO)
            read_only = start + part.p_memsz;
        if (part.p_type == PT_LOAD && part.p_flags & PF_X) {
            code_start = start;
            code_end = start + part.p_memsz;
        }
        if (part.p_type != PT_LOAD || !(part.p_flags & PF_W))
            continue;
        low = std::min(low, start);
        high = std::max(high, start + part.p_memsz);
    }
    low = std::max(low, (read_only + 4095) / 4096 * 4096);
    image_start = reinterpret_cast<char *>(low);
    image_size = high > low ? high - low : 0;
    return 1;
}

std::string plain(const char *text)
{
    std::string made;
    for (; text && *text; ++text)
        made += *text == '\t' || *text == '\n' ? ' ' : *text;
    return made;
}

void write_record(const std::string &line)
{
    if (findings_file < 0 || getpid() != own_process)
        return;
    ++records_written;
    for (std::size_t at = 0; at < line.size();) {
        // not by write(2)'s function: a program may have a function of that name itself
        long count = syscall(SYS_write, findings_file, line.data() + at, line.size() - at);
        if (count <= 0)
            return;
        at += std::size_t(count);
    }
}

std::string columns(std::initializer_list<long long> numbers)
{
    std::string made;
    for (long long number : numbers)
        made += '\t' + std::to_string(number);
    return made;
}

long long in_file(std::uint64_t place) { return place > code_start && place <= code_end + 1 ? (long long)(place - program_base) : 0; }

// A block of memory that the next record names: told once. `before` counts the blocks that its line has made before it.
void tell_allocation(std::size_t number)
{
    if (number >= allocations.size() || !told.insert("memory" + columns({(long long)number})).second)
        return;
    const Allocation &one = allocations[number];
    long long before = std::count_if(allocations.begin(), allocations.begin() + long(number),
        [&](const Allocation &other) { return other.line == one.line; });
    write_record("memory" + columns({(long long)number, (long long)one.size, (long long)one.element, one.line, before}) + '\n');
}

// {3} in a text is replaced by the name of allocation 3.
void tell_host(const char *kind, int line, std::uint64_t place, const char *format, ...)
{
    char text[1000];
    va_list values;
    va_start(values, format);
    std::vsnprintf(text, sizeof text, format, values);
    va_end(values);
    std::string record = std::string("host\t") + kind + columns({line, in_file(place)}) + '\t' + plain(text) + '\n';
    if (!told.insert(record).second)
        return;
    for (const char *at = text; (at = std::strchr(at, '{')); ++at)
        if (at[1] >= '0' && at[1] <= '9')
            tell_allocation(std::strtoull(at + 1, nullptr, 10));
    write_record(record);
}

void tell(const Finding &found, const char *kernel, int line)
{
    Finding one = found;
    int freed = one.region >= 0 ? allocations[std::size_t(one.region)].freed_at : 0;
    std::string key = columns({one.kind, (long long)one.place, one.line, one.region, line}) + plain(one.name);
    if (!told.insert(key).second)
        return;
    if (one.region >= 0)
        tell_allocation(std::size_t(one.region));
    write_record("kernel"
        + columns({one.kind, one.mode, one.line, one.other_line, one.thread, one.other_thread, one.block,
            one.other_block, one.region, one.offset, one.size, one.count, in_file(one.place), one.room, launch.grid[0],
            launch.grid[1], launch.grid[2], launch.block[0], launch.block[1], launch.block[2], line, freed, one.shape[0],
            one.shape[1], one.shape[2], one.shape[3]})
        + '\t' + plain(kernel) + '\t' + plain(one.name) + '\t' + plain(one.type) + '\n');
}

// While one of these exists, the arena may be used.
struct Open {
    bool was_open = is_open;
    Open()
    {
        if (!was_open && memory) {
            mprotect(arena + SHARED_ZONE, shared_memory_from - SHARED_ZONE, PROT_READ | PROT_WRITE);
            is_open = true;
        }
    }
    ~Open()
    {
        if (!was_open && memory) {
            mprotect(arena + SHARED_ZONE, shared_memory_from - SHARED_ZONE, PROT_NONE);
            is_open = false;
        }
    }
};

// The allocation that contains an address of the arena, the latest first; -1: none.
long find(std::size_t offset)
{
    for (std::size_t i = allocations.size(); i-- > 0;)
        if (offset - allocations[i].start < std::max<std::size_t>(allocations[i].size, 1))
            return long(i);
    return -1;
}

std::size_t offset_of(const void *pointer)
{
    return memory ? std::size_t(static_cast<const unsigned char *>(pointer) - arena) : SIZE_MAX;
}

bool in_arena(const void *pointer) { return memory && offset_of(pointer) < memory; }

void mark(std::size_t start, std::size_t size, unsigned bits)  // of each byte: 1 it exists, 16 it was written
{
    for (std::size_t i = start; i < start + size;) {
        if (i % 4 == 0 && i + 4 <= start + size) {
            state[i / 4] = static_cast<unsigned char>(bits * 15);
            i += 4;
        } else {
            state[i / 4] = static_cast<unsigned char>((state[i / 4] & ~(17u << i % 4)) | bits << i % 4);
            ++i;
        }
    }
}

void on_host_access(Mode mode, std::uintptr_t address, int, std::uint64_t place)
{
    std::size_t offset = address - reinterpret_cast<std::uintptr_t>(arena);
    if (!memory || offset >= memory || is_open)
        return;
    const char *verb = mode == READ ? "reads" : "writes";
    long number = find(offset);
    if (offset >= shared_memory_from) {
        if (is_unfinished && number >= 0 && allocations[std::size_t(number)].where == MANAGED)
            tell_host("unsynchronized", 0, place,
                "the host %s {%ld} while a kernel may still be running: call cudaDeviceSynchronize() first", verb, number);
        return;
    }
    if (number >= 0)
        tell_host("host_access", 0, place, "the host %s {%ld}, which is memory of the device: copy it with cudaMemcpy", verb, number);
    else
        tell_host("host_access", 0, place, "the host %s memory of the device: copy it with cudaMemcpy", verb);
    has_told_crash = true;  // the access itself follows
}

bool is_an_argument(std::uintptr_t address)
{
    return address - reinterpret_cast<std::uintptr_t>(parameters_start) < parameters_size;
}

bool is_code(std::uintptr_t address) { return address > code_start && address <= code_end; }

// A fault of the host's own code: reports the place, then ends as it would have.
void on_fault(int signal, siginfo_t *info, void *context)
{
    const mcontext_t &machine = static_cast<ucontext_t *>(context)->uc_mcontext;
#if defined(__x86_64__)
    std::uintptr_t place = std::uintptr_t(machine.gregs[REG_RIP]) + 1, caller = 0;
    const std::uintptr_t *stack = reinterpret_cast<const std::uintptr_t *>(machine.gregs[REG_RSP]);
#elif defined(__aarch64__)
    std::uintptr_t place = std::uintptr_t(machine.pc) + 4, caller = machine.regs[30];
    const std::uintptr_t *stack = reinterpret_cast<const std::uintptr_t *>(machine.sp);
#endif
    // In a function of a library, the line is that of the call: its return address is the first on the stack.
    for (int i = 0; i < DEEP && !is_code(place); ++i)
        place = is_code(caller) ? caller : is_code(stack[i]) ? stack[i] : place;
    if (!has_told_crash && in_arena(info->si_addr))
        tell_host("host_access", 0, place, "a function that the host calls uses memory of the device: copy it with cudaMemcpy");
    else if (!has_told_crash)
        tell_host("crashed", 0, place, "the host %s",
            signal == SIGFPE ? "divides an integer by zero" : "uses memory that is not its own");
    struct sigaction usual = {};
    usual.sa_handler = SIG_DFL;
    sigaction(signal, &usual, nullptr);
}

Error fail(Error error)
{
    if (error != SUCCESS)
        last_error = error;
    return error;
}

bool prepare()
{
    if (memory)
        return true;
    for (std::size_t bytes = MOST_MEMORY; bytes >= LEAST_MEMORY; bytes /= 2)
        if (emulator_reserve(bytes, 1)) {
            memory = bytes;
            break;
        }
    if (!memory)
        return false;
    arena_size = 0;  // outside of a launch, every access to the arena calls on_host_access
    shared_memory_from = memory / 4 * 3 / PAGE * PAGE;
    next_start = SHARED_ZONE + APART;
    next_shared = shared_memory_from + APART;
    mprotect(arena + SHARED_ZONE, shared_memory_from - SHARED_ZONE, PROT_NONE);
    host_access = on_host_access;
    is_parameter = is_an_argument;
    return true;
}

// A new allocation reuses the place of a freed one only if there is no other room.
bool place(std::size_t bytes, bool is_shared, std::size_t &start)
{
    std::size_t &next = is_shared ? next_shared : next_start;
    std::size_t end = is_shared ? memory : shared_memory_from, room = (bytes + 255) / 256 * 256 + APART;
    if (bytes <= end && next + room <= end) {
        start = next;
        next += room;
        return true;
    }
    for (std::size_t i = 0; i < allocations.size(); ++i) {
        Allocation &old = allocations[i];
        if (old.freed_at && old.size >= bytes && (old.where != ON_DEVICE) == is_shared) {
            start = old.start;
            old.size = regions[i].size = 0;
            old.start = regions[i].start = memory;
            return true;
        }
    }
    return false;
}

// Room for the device's heap, if the program uses one.
bool make_heap()
{
    if (!has_heap || heap_start)
        return true;
    if (!place(heap_size, false, heap_start))
        return false;
    allocations.push_back({heap_start, heap_size, 1, ON_DEVICE, 0, 0});
    regions.push_back({heap_start, heap_size});
    heap.next = heap_start;
    return true;
}

// A place for that many bytes of the heap; 0 if there is none. A place that a thread of this launch has freed serves the same
// thread again, and no other: bytes that two threads have one after the other would look like a race.
std::size_t place_on_heap(std::size_t bytes, std::int64_t who)
{
    for (auto one = heap.freed_now.lower_bound({who, 0}); one != heap.freed_now.end() && one->first.first == who; ++one)
        if (one->second >= bytes && !heap.blocks.count(one->first.second))
            return one->first.second;
    std::size_t room = (bytes + 15) / 16 * 16 + 16;  // and some that no thread owns
    if (room <= heap_start + heap_size - heap.next) {
        heap.next += room;
        return heap.next - room;
    }
    for (auto &one : heap.freed)
        if (one.second >= bytes && !heap.blocks.count(one.first)) {
            std::size_t start = one.first;
            heap.freed_now[{who, start}] = one.second;
            heap.freed.erase(start);
            return start;
        }
    return 0;
}

// The program ends: nothing can be found any more.
void tell_the_end()
{
    for (std::size_t i = 0; i < allocations.size(); ++i)
        if (!allocations[i].freed_at && allocations[i].size && allocations[i].start != heap_start)
            tell_host("leak", allocations[i].line, 0, "{%zu}, %zu bytes, is never freed", i, allocations[i].size);
    write_record("end" + columns({records_written}) + '\n');
}

struct Side {
    long number;  // of the allocation; -1: memory of the host's
    bool is_bad;
};

// True if all bytes of one side of a copy are in one block of memory.
Side side_of(const void *pointer, std::size_t bytes, const char *what, int line)
{
    if (!in_arena(pointer))
        return {-1, false};
    std::size_t offset = offset_of(pointer);
    long number = find(offset);
    if (number < 0) {
        tell_host("out_of_bounds", line, 0, "%s outside of every block of memory", what);
        return {-1, true};
    }
    const Allocation &one = allocations[std::size_t(number)];
    std::size_t from = offset - one.start;
    if (one.freed_at) {
        tell_host("use_after_free", line, 0, "%s {%ld}, which line %d has freed", what, number, one.freed_at);
        return {number, true};
    }
    if (bytes > one.size - from) {
        if (from)
            tell_host("out_of_bounds", line, 0, "%s %zu bytes from byte %zu of {%ld}, which has %zu", what, bytes, from, number, one.size);
        else
            tell_host("out_of_bounds", line, 0, "%s %zu bytes of {%ld}, which has %zu", what, bytes, number, one.size);
        return {number, true};
    }
    return {number, false};
}

bool is_reachable(const Side &side, bool on_device)  // by the name of its direction
{
    bool is_shared = side.number >= 0 && allocations[std::size_t(side.number)].where != ON_DEVICE;
    return is_shared || (side.number >= 0) == on_device;
}

Error finish(int)
{
    is_unfinished = false;
    if (coming_error != SUCCESS)
        lasting_error = coming_error;
    coming_error = SUCCESS;
    return fail(lasting_error);
}

// Bytes of a device array that no thread and no copy has written, if whole elements are missing.
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
        tell_host("never_written", line, 0, "element %zu of {%ld} is copied, and is never written", first, number);
    else if (missing)
        tell_host("never_written", line, 0, "element %zu of {%ld} is copied, and is never written, nor are %zu more of its %zu",
            first, number, missing - 1, one.size / element);
}

// A size given as a number of elements instead of bytes.
void look_at_size(const Side &side, std::size_t bytes, const char *what, int line)
{
    if (side.number < 0)
        return;
    const Allocation &one = allocations[std::size_t(side.number)];
    if (one.element > 1 && bytes * one.element == one.size)
        tell_host("short_copy", line, 0, "%s takes %zu bytes of {%ld}, which has %zu elements of %zu bytes: sizes are in bytes",
            what, bytes, side.number, one.size / one.element, one.element);
}

Error copy(void *to, const void *from, std::size_t bytes, int kind, const char *name, int line)
{
    if (finish(line) != SUCCESS)
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
                source.number < 0 ? "host" : "device", target.number < 0 ? "host" : "device", NO_DIRECTION);
            return fail(INVALID_VALUE);
        }
    }
    look_at_size(target.number >= 0 ? target : source, bytes, name, line);
    Open open;
    if (source.number >= 0 && target.number < 0)
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

// The state that a launch may change: blocks of memory, their shadow, and the program's own variables.
struct Snapshot {
    std::vector<unsigned char> device, shared, device_state, shared_state, image;
    std::map<std::size_t, std::size_t> heap_blocks;

    void take()
    {
        device.assign(arena + SHARED_ZONE, arena + next_start);
        shared.assign(arena + shared_memory_from, arena + next_shared);
        device_state.assign(state + SHARED_ZONE / 4, state + next_start / 4);
        shared_state.assign(state + shared_memory_from / 4, state + next_shared / 4);
        image.assign(image_start, image_start + image_size);
        heap_blocks = heap.blocks;
    }
    void put_back() const
    {
        std::copy(device.begin(), device.end(), arena + SHARED_ZONE);
        std::copy(shared.begin(), shared.end(), arena + shared_memory_from);
        std::copy(device_state.begin(), device_state.end(), state + SHARED_ZONE / 4);
        std::copy(shared_state.begin(), shared_state.end(), state + shared_memory_from / 4);
        std::copy(image.begin(), image.end(), image_start);
        heap.blocks = heap_blocks;
    }
};

// The first element of a block at which two results differ.
void look_for_difference(const Snapshot &first, const char *kernel, int line)
{
    for (std::size_t i = 0; i < allocations.size(); ++i) {
        const Allocation &one = allocations[i];
        if (one.freed_at || !one.size || one.start == heap_start)
            continue;  // on the heap, positions may depend on the order
        bool is_shared = one.where != ON_DEVICE;
        const unsigned char *was = is_shared ? &first.shared[one.start - shared_memory_from] : &first.device[one.start - SHARED_ZONE];
        const unsigned char *is = arena + one.start;
        std::size_t at = std::size_t(std::mismatch(was, was + one.size, is).first - was);
        if (at == one.size)
            continue;
        if (!told.insert("difference" + columns({(long long)i, line}) + kernel).second)
            return;
        std::size_t element = one.element ? one.element : 4;
        tell_host("schedule_dependent", line, 0, "element %zu of {%zu} depends on the order in which the threads of %s run",
            at / element, i, kernel);
        return;
    }
}

Error error_of(const Finding &found)
{
    switch (found.kind) {
    case MISALIGNED: return MISALIGNED_ADDRESS;
    case TRAP: return found.name && std::strstr(found.name, "assertion") ? ASSERTED : LAUNCH_FAILURE;
    case DEADLOCK: case DIVERGENT_BARRIER: case TIMEOUT: return LAUNCH_TIMEOUT;
    case BAD_LAUNCH: return INVALID_VALUE;
    case OUT_OF_BOUNDS: return ILLEGAL_ADDRESS;
    default: return LAUNCH_FAILURE;
    }
}

std::string base_name(const char *kernel)
{
    std::string name = kernel;
    name = name.substr(0, name.find_first_of("<,"));
    std::size_t end = name.find_last_not_of(" \t&");
    name = end == std::string::npos ? "" : name.substr(0, end + 1);
    std::size_t start = name.find_last_of(" \t&:().>");
    return start == std::string::npos ? name : name.substr(start + 1);
}

// The reason a GPU refuses a launch; "" if it does not.
std::string mistake_of(const std::uint32_t *grid, const std::uint32_t *block_size, std::size_t shared, std::uint32_t limit)
{
    const std::uint32_t most_grid[] = {INT32_MAX, 65535, 65535}, most_block[] = {1024, 1024, 64};
    char text[200] = "";
    for (int axis = 0; axis < 3; ++axis) {
        if (!grid[axis] || grid[axis] > most_grid[axis])
            std::snprintf(text, sizeof text, "a grid of (%u, %u, %u) blocks", grid[0], grid[1], grid[2]);
        if (!block_size[axis] || block_size[axis] > most_block[axis])
            std::snprintf(text, sizeof text, "a block of (%u, %u, %u) threads", block_size[0], block_size[1], block_size[2]);
    }
    std::uint64_t threads = std::uint64_t(block_size[0]) * block_size[1] * block_size[2];
    if (!*text && threads > MAX_THREADS)
        std::snprintf(text, sizeof text, "a block of %llu threads: at most %d", (unsigned long long)threads, MAX_THREADS);
    if (!*text && shared > limit)
        std::snprintf(text, sizeof text, "%zu bytes of dynamic shared memory: at most %u", shared, limit);
    return text;
}

}  // namespace

namespace {

// Before main: reads the command's options and the target of findings.
__attribute__((constructor)) void begin()
{
    if (const char *text = std::getenv("EMULATOR_FINDINGS"))
        findings_file = std::atoi(text);
    if (const char *text = std::getenv("EMULATOR_SCHEDULES"))
        most_orders = std::max(1, std::atoi(text));
    if (const char *text = std::getenv("EMULATOR_SEED"))
        seed = std::strtoull(text, nullptr, 10);
    if (const char *text = std::getenv("EMULATOR_SECONDS"))
        most_seconds = std::atof(text);
    own_process = getpid();
    if (emulator_no_value)
        write_record(std::string("no value\t") + emulator_no_value + '\n');
    dl_iterate_phdr(look_at_program, nullptr);
    static char stack[64 << 10];
    stack_t mine = {};
    mine.ss_sp = stack;
    mine.ss_size = sizeof stack;
    sigaltstack(&mine, nullptr);
    struct sigaction action = {};
    action.sa_sigaction = on_fault;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    for (int signal : {SIGSEGV, SIGBUS, SIGILL, SIGFPE})
        sigaction(signal, &action, nullptr);
    std::atexit(tell_the_end);
}

}  // namespace

INTERFACE int emulator_malloc(void **pointer, std::size_t bytes, std::size_t element, int where, int line)
{
    if (lasting_error != SUCCESS)
        return fail(lasting_error);
    std::size_t start = 0;
    if (!bytes || !pointer)
        return pointer ? (*pointer = nullptr, SUCCESS) : fail(INVALID_VALUE);
    if (!prepare() || !place(bytes, where != ON_DEVICE, start))
        return fail(NO_MEMORY);
    Open open;
    allocations.push_back({start, bytes, element, Where(where), line, 0});
    regions.push_back({start, bytes});
    if (where == ON_DEVICE)
        std::memset(arena + start, 255, bytes);  // NaN, or -1
    mark(start, bytes, where == ON_DEVICE ? 1 : 17);
    *pointer = arena + start;
    return SUCCESS;
}

// The type of a pointer to a block tells the size of the block's elements, where cudaMalloc got a `void **`.
INTERFACE void emulator_element(const void *pointer, std::size_t element)
{
    long number = in_arena(pointer) ? find(offset_of(pointer)) : -1;
    if (number >= 0 && !allocations[std::size_t(number)].element)
        allocations[std::size_t(number)].element = element;
}

INTERFACE int emulator_free(void *pointer, int line)
{
    if (!pointer)
        return fail(lasting_error);  // cudaFree(0) is how programs start the device
    finish(line);
    long number = in_arena(pointer) ? find(offset_of(pointer)) : -1;
    if (number < 0) {
        tell_host("bad_free", line, 0, "frees a pointer that no cudaMalloc has given");
        return fail(INVALID_VALUE);
    }
    Allocation &one = allocations[std::size_t(number)];
    if (one.freed_at)
        tell_host("bad_free", line, 0, "frees {%ld}, which line %d has freed", number, one.freed_at);
    else if (offset_of(pointer) != one.start)
        tell_host("bad_free", line, 0, "frees a pointer into {%ld}, not to its beginning", number);
    else {
        one.freed_at = line;
        Open open;
        mark(one.start, one.size, 0);
        return fail(lasting_error);
    }
    return fail(INVALID_VALUE);
}

INTERFACE int emulator_open_heap() { return has_heap = true; }
INTERFACE int emulator_on_device() { return thread >= 0; }
INTERFACE int emulator_set_heap(std::size_t bytes)
{
    if (heap_start || !bytes)
        return fail(INVALID_VALUE);
    heap_size = (bytes + 255) / 256 * 256;
    return SUCCESS;
}

INTERFACE void *emulator_device_malloc(std::size_t bytes, int)
{
    if (!bytes || bytes > heap_size)
        return nullptr;
    std::int64_t who = block * MAX_THREADS + thread;
    std::pair<std::int64_t, int> which = {who, counts[who]++};
    auto plan = planned.find(which);
    bool is_planned = plan != planned.end() && plan->second.second >= bytes && !heap.blocks.count(plan->second.first);
    std::size_t start = is_planned ? plan->second.first : place_on_heap(bytes, who);
    if (!start)
        return nullptr;
    if (!is_planned)
        planned[which] = {start, bytes};
    heap.blocks[start] = bytes;
    std::memset(arena + start, 255, bytes);  // NaN, or -1
    mark(start, bytes, 1);
    return arena + start;
}

INTERFACE void emulator_device_free(void *pointer, int line)
{
    if (!pointer)
        return;
    auto found = heap.blocks.find(offset_of(pointer));
    if (!in_arena(pointer) || found == heap.blocks.end()) {
        tell_host("bad_free", line, 0, "a thread frees a pointer that is no block of the device's heap, or one that is freed already");
        return;
    }
    mark(found->first, found->second, 0);
    std::pair<std::int64_t, std::size_t> mine = {block * MAX_THREADS + thread, found->first};
    heap.freed_now.insert({mine, found->second});
    heap.blocks.erase(found);
}

INTERFACE int emulator_copy(void *to, const void *from, std::size_t bytes, int kind, int waits, int line)
{
    return copy(to, from, bytes, kind, waits ? "cudaMemcpy" : "cudaMemcpyAsync", line);
}

INTERFACE int emulator_copy_rows(void *to, std::size_t to_pitch, const void *from, std::size_t from_pitch,
    std::size_t width, std::size_t height, int kind, int line)
{
    if (width > to_pitch || width > from_pitch)
        return fail(Error(12));
    for (std::size_t row = 0; row < height; ++row) {
        Error error = copy(static_cast<char *>(to) + row * to_pitch, static_cast<const char *>(from) + row * from_pitch,
            width, kind, "cudaMemcpy2D", line);
        if (error != SUCCESS)
            return error;
    }
    return SUCCESS;
}

INTERFACE int emulator_fill(void *to, int value, std::size_t bytes, int line)
{
    if (finish(line) != SUCCESS)
        return lasting_error;
    Side side = side_of(to, bytes, "cudaMemset writes", line);
    if (side.is_bad)
        return fail(INVALID_VALUE);
    if (side.number < 0) {
        tell_host("bad_copy", line, 0, "cudaMemset is given a pointer that is no memory of the device");
        return fail(INVALID_VALUE);
    }
    look_at_size(side, bytes, "cudaMemset", line);
    Open open;
    std::memset(to, value, bytes);
    mark(offset_of(to), bytes, 17);
    return SUCCESS;
}

INTERFACE int emulator_symbol(
    void *symbol, std::size_t size, std::size_t bytes, std::size_t offset, void *host, int to_host, int line)
{
    if (finish(line) != SUCCESS)
        return lasting_error;
    const char *name = to_host ? "cudaMemcpyFromSymbol" : "cudaMemcpyToSymbol";
    if (offset > size || bytes > size - offset) {
        tell_host("out_of_bounds", line, 0, "%s copies %zu bytes from byte %zu of a variable that has %zu", name, bytes, offset, size);
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

INTERFACE int emulator_finish(int line) { return finish(line); }

INTERFACE int emulator_last_error(int forget)
{
    Error error = lasting_error != SUCCESS ? lasting_error : last_error;
    if (forget)
        last_error = SUCCESS;
    return error;
}

INTERFACE int emulator_reset(int line)
{
    finish(line);
    for (Allocation &one : allocations)
        if (!one.freed_at) {
            one.freed_at = line;
            Open open;
            mark(one.start, one.size, 0);
        }
    lasting_error = last_error = SUCCESS;
    return SUCCESS;
}

INTERFACE int emulator_set_shared(const char *kernel, int bytes)
{
    if (bytes < 0 || std::uint32_t(bytes) > MOST_SHARED)
        return fail(INVALID_VALUE);
    shared_limits[base_name(kernel)] = std::max(SHARED, std::uint32_t(bytes));
    return SUCCESS;
}

struct emulator_configuration {
    std::uint32_t grid[3], block[3];
    std::size_t shared;
    void *stream;
};

// The launch that comes next keeps all of its blocks at once.
INTERFACE void emulator_next_is_cooperative() { is_cooperative = true; }

INTERFACE void emulator_launch_task(int line, const char *kernel, const emulator_configuration *how,
    void (*enter)(void **), void *task, std::size_t task_size)
{
    bool cooperative = is_cooperative;
    is_cooperative = false;
    if (lasting_error != SUCCESS) {
        fail(lasting_error);
        return;
    }
    if (!prepare()) {
        fail(NO_MEMORY);
        return;
    }
    auto limit = shared_limits.find(base_name(kernel));
    Launch one = {};
    std::copy(how->grid, how->grid + 3, one.grid);
    std::copy(how->block, how->block + 3, one.block);
    one.dynamic_shared = std::uint32_t(std::min<std::size_t>(how->shared, UINT32_MAX));
    one.shared_limit = limit == shared_limits.end() ? SHARED : limit->second;
    std::string mistake = mistake_of(one.grid, one.block, how->shared, one.shared_limit);
    if (!mistake.empty()) {
        tell_host("bad_launch", line, 0, "%s is launched with %s, which no GPU takes", kernel, mistake.c_str());
        fail(INVALID_CONFIGURATION);
        return;
    }
    one.cooperative = cooperative;
    std::uint64_t all = std::uint64_t(one.grid[0]) * one.grid[1] * one.grid[2] * one.block[0] * one.block[1] * one.block[2];
    if (cooperative && all > MOST_AT_ONCE) {
        tell_host("bad_launch", line, 0, "%s is launched cooperatively with %llu threads; at most %llu can be there at once",
            kernel, (unsigned long long)all, (unsigned long long)MOST_AT_ONCE);
        fail(COOPERATIVE_LAUNCH_TOO_LARGE);
        return;
    }
    std::fflush(stdout);
    if (!make_heap()) {
        fail(NO_MEMORY);
        return;
    }
    Open open;
    arena_size = memory;
    for (const auto &one : heap.freed_now)
        heap.freed[one.first.second] = one.second;
    heap.freed_now.clear();
    planned.clear();
    parameters_start = static_cast<char *>(task);
    parameters_size = task_size;
    std::string size = columns({how->grid[0], how->grid[1], how->grid[2], how->block[0], how->block[1], how->block[2]});
    int orders = launches[kernel + size]++ < ORDERLY ? most_orders : 1;
    Snapshot before, after;
    if (orders > 1)
        before.take();
    // As thread_orders.py: a random order, forward, reverse, the last writer first and last, then random ones.
    const std::int32_t pairs[][2] = {{RANDOM, RANDOM}, {FORWARD, FORWARD}, {REVERSE, REVERSE},
        {RANDOM, LAST_WRITER_FIRST}, {RANDOM, LAST_WRITER_LAST}};
    bool is_stopped = false;
    for (int order = 0; order < orders && !is_stopped; ++order) {
        if (order)
            before.put_back();
        one.block_order = order < 5 ? pairs[order][0] : std::int32_t(RANDOM);
        one.thread_order = order < 5 ? pairs[order][1] : std::int32_t(RANDOM);
        one.seed = seed + std::uint64_t(order);
        counts.clear();
        if (most_seconds > 0)
            one.seconds = std::max(LEAST_SECONDS, most_seconds - double(std::clock()) / CLOCKS_PER_SEC);
        is_stopped = emulator_run(enter, static_cast<void **>(task), &one) != 0;
        for (const Finding &found : findings)
            tell(found, kernel, line);
        if (is_stopped && !findings.empty())
            (findings.back().kind == BAD_LAUNCH ? last_error : coming_error) = error_of(findings.back());
        if (!order) {
            std::fputs(emulator_output(), stdout);
            if (orders > 1)
                after.take();
        } else if (!is_stopped) {
            look_for_difference(after, kernel, line);
        }
    }
    if (orders > 1)
        after.put_back();
    arena_size = 0;
    parameters_size = 0;
    is_unfinished = true;
}

// Events and streams.

INTERFACE int emulator_event(Stamp **event, int operation)
{
    if (operation == 0)
        *event = new Stamp();
    if (!*event)
        return fail(INVALID_HANDLE);
    if (operation == 1) {
        clock_gettime(CLOCK_MONOTONIC, &(*event)->time);
        (*event)->is_set = true;
    }
    if (operation == 2)
        delete *event;
    return fail(lasting_error);
}

INTERFACE int cudaEventElapsedTime(float *milliseconds, const Stamp *from, const Stamp *to)
{
    if (!from || !to || !from->is_set || !to->is_set)
        return fail(INVALID_HANDLE);
    double seconds = double(to->time.tv_sec - from->time.tv_sec);
    *milliseconds = float(seconds * 1e3 + double(to->time.tv_nsec - from->time.tv_nsec) * 1e-6);
    return SUCCESS;
}

INTERFACE int emulator_stream_handle(void **stream, int operation)
{
    if (operation == 0)
        *stream = new char();
    else if (*stream)
        delete static_cast<char *>(*stream);
    else
        return fail(INVALID_HANDLE);
    return fail(lasting_error);
}

// The device: to a program it appears as one of compute capability 8.0.

struct cudaDeviceProp {
    char name[256];
    std::size_t totalGlobalMem, sharedMemPerBlock, sharedMemPerMultiprocessor, sharedMemPerBlockOptin, totalConstMem, memPitch;
    std::size_t textureAlignment;
    int regsPerBlock, regsPerMultiprocessor, warpSize, maxThreadsPerBlock, maxThreadsDim[3], maxGridSize[3];
    int clockRate, memoryClockRate, memoryBusWidth, l2CacheSize, major, minor, multiProcessorCount;
    int maxThreadsPerMultiProcessor, maxBlocksPerMultiProcessor, asyncEngineCount, deviceOverlap, concurrentKernels;
    int kernelExecTimeoutEnabled, integrated, canMapHostMemory, computeMode, ECCEnabled, unifiedAddressing;
    int managedMemory, concurrentManagedAccess, cooperativeLaunch, pciBusID, pciDeviceID, pciDomainID;
};

INTERFACE int cudaGetDeviceProperties(cudaDeviceProp *properties, int device)
{
    if (device != 0 || !prepare())
        return fail(INVALID_DEVICE);
    *properties = {"Emulated device (compute capability 8.0)", shared_memory_from, SHARED, 164 << 10, MOST_SHARED, 64 << 10,
        INT32_MAX, 512, 65536, 65536, WARP, MAX_THREADS, {1024, 1024, 64}, {INT32_MAX, 65535, 65535}, 1410000, 1215000,
        5120, 40 << 20, 8, 0, 108, 2048, 32, 3, 1, 1, 0, 0, 1, 0, 1, 1, 1, 1, 1, 0, 0, 0};
    return SUCCESS;
}

INTERFACE int cudaDeviceGetAttribute(int *value, int attribute, int device)
{
    const std::map<int, int> values = {{1, MAX_THREADS}, {8, int(SHARED)}, {10, WARP}, {13, 1410000}, {16, 108}, {39, 2048},
        {75, 8}, {76, 0}, {95, 1}, {97, int(MOST_SHARED)}};
    auto found = values.find(attribute);
    if (device != 0 || found == values.end())
        return fail(device != 0 ? INVALID_DEVICE : INVALID_VALUE);
    *value = found->second;
    return SUCCESS;
}

INTERFACE int cudaMemGetInfo(std::size_t *available, std::size_t *total)
{
    if (!prepare())
        return fail(NO_MEMORY);
    *total = shared_memory_from;
    *available = shared_memory_from - next_start;
    return SUCCESS;
}

INTERFACE int cudaSetDevice(int device) { return fail(device == 0 ? lasting_error : INVALID_DEVICE); }

namespace {

const struct {
    int number;
    const char *name, *text;
} ERRORS[] = {{0, "cudaSuccess", "no error"}, {1, "cudaErrorInvalidValue", "invalid argument"},
    {2, "cudaErrorMemoryAllocation", "out of memory"}, {3, "cudaErrorInitializationError", "initialization error"},
    {9, "cudaErrorInvalidConfiguration", "invalid configuration argument"},
    {12, "cudaErrorInvalidPitchValue", "invalid pitch argument"}, {13, "cudaErrorInvalidSymbol", "invalid device symbol"},
    {17, "cudaErrorInvalidDevicePointer", "invalid device pointer"},
    {21, "cudaErrorInvalidMemcpyDirection", "invalid copy direction for memcpy"},
    {98, "cudaErrorInvalidDeviceFunction", "invalid device function"},
    {100, "cudaErrorNoDevice", "no CUDA-capable device is detected"},
    {101, "cudaErrorInvalidDevice", "invalid device ordinal"},
    {400, "cudaErrorInvalidResourceHandle", "invalid resource handle"}, {600, "cudaErrorNotReady", "device not ready"},
    {700, "cudaErrorIllegalAddress", "an illegal memory access was encountered"},
    {701, "cudaErrorLaunchOutOfResources", "too many resources requested for launch"},
    {702, "cudaErrorLaunchTimeout", "the launch timed out and was terminated"},
    {710, "cudaErrorAssert", "device-side assert triggered"},
    {716, "cudaErrorMisalignedAddress", "misaligned address"},
    {719, "cudaErrorLaunchFailure", "unspecified launch failure"},
    {720, "cudaErrorCooperativeLaunchTooLarge", "too many blocks in cooperative launch"},
    {801, "cudaErrorNotSupported", "operation not supported"}};

}  // namespace

INTERFACE const char *cudaGetErrorString(int error)
{
    for (const auto &one : ERRORS)
        if (one.number == error)
            return one.text;
    return "unrecognized error code";
}

INTERFACE const char *cudaGetErrorName(int error)
{
    for (const auto &one : ERRORS)
        if (one.number == error)
            return one.name;
    return "unrecognized error code";
}

// Functions that both kernels and the host call: a kernel's output waits until it has run.

INTERFACE int emulator_vprintf(const char *format, va_list values);

INTERFACE int printf(const char *format, ...)
{
    va_list values;
    va_start(values, format);
    int count = thread < 0 ? std::vprintf(format, values) : emulator_vprintf(format, values);
    va_end(values);
    return count;
}

INTERFACE __attribute__((noreturn)) void __assert_fail(const char *what, const char *file, unsigned line, const char *function)
{
    if (thread >= 0) {
        static std::set<std::string> texts;
        auto text = texts.insert(std::string("stops the kernel: the assertion `") + what + "` does not hold").first;
        emulator_trap(text->c_str(), int(line));
    }
    std::fflush(stdout);
    std::fprintf(stderr, "%s:%u: %s: Assertion `%s' failed.\n", file, line, function, what);
    std::abort();
}

// The functions that the compiler calls for the host's own atomic operations.
#define ATOMICS(bits, T)                                                                                               \
    INTERFACE T __tsan_atomic##bits##_load(const volatile T *p, int) { return __atomic_load_n(p, __ATOMIC_SEQ_CST); }  \
    INTERFACE void __tsan_atomic##bits##_store(volatile T *p, T v, int) { __atomic_store_n(p, v, __ATOMIC_SEQ_CST); }  \
    INTERFACE T __tsan_atomic##bits##_exchange(volatile T *p, T v, int) { return __atomic_exchange_n(p, v, __ATOMIC_SEQ_CST); } \
    INTERFACE T __tsan_atomic##bits##_fetch_add(volatile T *p, T v, int) { return __atomic_fetch_add(p, v, __ATOMIC_SEQ_CST); } \
    INTERFACE T __tsan_atomic##bits##_fetch_sub(volatile T *p, T v, int) { return __atomic_fetch_sub(p, v, __ATOMIC_SEQ_CST); } \
    INTERFACE T __tsan_atomic##bits##_fetch_and(volatile T *p, T v, int) { return __atomic_fetch_and(p, v, __ATOMIC_SEQ_CST); } \
    INTERFACE T __tsan_atomic##bits##_fetch_or(volatile T *p, T v, int) { return __atomic_fetch_or(p, v, __ATOMIC_SEQ_CST); }   \
    INTERFACE T __tsan_atomic##bits##_fetch_xor(volatile T *p, T v, int) { return __atomic_fetch_xor(p, v, __ATOMIC_SEQ_CST); } \
    INTERFACE int __tsan_atomic##bits##_compare_exchange_strong(volatile T *p, T *expected, T v, int, int)             \
    {                                                                                                                  \
        return __atomic_compare_exchange_n(p, expected, v, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);                 \
    }                                                                                                                  \
    INTERFACE int __tsan_atomic##bits##_compare_exchange_weak(volatile T *p, T *expected, T v, int, int)               \
    {                                                                                                                  \
        return __atomic_compare_exchange_n(p, expected, v, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);                 \
    }
ATOMICS(8, std::uint8_t)
ATOMICS(16, std::uint16_t)
ATOMICS(32, std::uint32_t)
ATOMICS(64, std::uint64_t)
INTERFACE void __tsan_atomic_thread_fence(int) { __atomic_thread_fence(__ATOMIC_SEQ_CST); }
INTERFACE void __tsan_atomic_signal_fence(int) {}
