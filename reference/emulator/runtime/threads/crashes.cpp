// A kernel that crashes, or that takes too long, ends its launch with a finding at its last known line.

#include "scheduler.h"

#include <cmath>
#include <csignal>
#include <sys/time.h>
#include <ucontext.h>
#ifdef __APPLE__
#include <dlfcn.h>
#else
#include <link.h>
#endif

namespace emulator {

std::uintptr_t data_start, data_end;

namespace {

std::uintptr_t program_start, program_end;
const int LATE_AGAIN = 1000;  // microseconds
const int FATAL[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP};
const int FATAL_COUNT = sizeof FATAL / sizeof *FATAL;
struct sigaction earlier[FATAL_COUNT], earlier_profiler;
alignas(16) char handler_stack[64 << 10];
stack_t earlier_stack;

const char *reason_of(int signal, std::uintptr_t address)
{
    if (signal == SIGFPE)
        return "divides an integer by zero, or the least integer by -1";
    std::uintptr_t at = address - reinterpret_cast<std::uintptr_t>(stacks);
    if (signal != SIGILL && at < std::uintptr_t(stack_count) * STACK && at % STACK < GUARD)
        return "uses more memory for its own variables and calls than a stack of 48 KiB has";
    return "jumps to an address that holds no code, or uses one that holds no memory: it may have "
           "overwritten its own stack";
}

// Where the machine stopped: the addresses in its code and on its stack; 0 if unknown.
struct Registers {
    std::uintptr_t code = 0, stack = 0;
};

Registers registers_in(void *context)
{
#if defined(__linux__) && defined(__x86_64__)
    const auto &values = static_cast<ucontext_t *>(context)->uc_mcontext.gregs;
    return {std::uintptr_t(values[REG_RIP]), std::uintptr_t(values[REG_RSP])};
#elif defined(__linux__) && defined(__aarch64__)
    const auto &values = static_cast<ucontext_t *>(context)->uc_mcontext;
    return {std::uintptr_t(values.pc), std::uintptr_t(values.sp)};
#else
    (void)context;
    return {};
#endif
}

// Ends the launch with a finding about this thread, at an address in the program or at its last known place.
void end_with(Kind kind, const char *name, std::uintptr_t code)
{
    Finding finding = finding_about(kind, thread, name);
    finding.place = last_place;
    finding.line = line_in(last_place);
    if (in_the_program(code)) {
        finding.place = code + 1;
        finding.line = 0;
    }
    report(finding);
    stop();
}

// The launch's time is over. It ends only while a thread runs a kernel's own code, because the runtime's
// state is then complete. At any other moment, the signal changes nothing, and the next signal tries again.
void late(int, siginfo_t *, void *context)
{
    Registers at = registers_in(context);
    if (thread >= 0 && in_the_program(at.code) && in_a_stack(at.stack))
        end_with(
            TIMEOUT, "was still running when the time of the launch was over: --seconds sets it", at.code);
}

void crashed(int signal, siginfo_t *info, void *context)
{
    if (thread < 0) {  // not a kernel's fault
        for (int i = 0; i < FATAL_COUNT; ++i)
            sigaction(FATAL[i], &earlier[i], nullptr);
        return;
    }
    end_with(CRASHED, reason_of(signal, reinterpret_cast<std::uintptr_t>(info->si_addr)),
        registers_in(context).code);
}

void start_timer()
{
    if (launch.seconds <= 0)
        return;
    double whole = std::floor(launch.seconds);
    itimerval timer = {{0, LATE_AGAIN}, {time_t(whole), suseconds_t((launch.seconds - whole) * 1e6)}};
    timer.it_value.tv_usec += whole == 0 && timer.it_value.tv_usec == 0;  // 0 would mean never
    setitimer(ITIMER_PROF, &timer, nullptr);
}

}  // namespace

#ifdef __APPLE__
void find_program()
{
    Dl_info info = {};
    dladdr(reinterpret_cast<void *>(entry), &info);
    program_start = reinterpret_cast<std::uintptr_t>(info.dli_fbase);
    program_end = program_start + (16 << 20);  // more than the size of any kernel's library
}
#else
int look_at_library(dl_phdr_info *info, std::size_t, void *)
{
    std::uintptr_t low = UINTPTR_MAX, high = 0, address = reinterpret_cast<std::uintptr_t>(entry);
    // writable memory; the loader makes its start read-only
    std::uintptr_t first = UINTPTR_MAX, last = 0, read_only = 0;
    for (int i = 0; i < info->dlpi_phnum; ++i) {
        const ElfW(Phdr) &part = info->dlpi_phdr[i];
        std::uintptr_t start = info->dlpi_addr + part.p_vaddr, end = start + part.p_memsz;
        if (part.p_type == PT_GNU_RELRO)
            read_only = end;
        if (part.p_type != PT_LOAD)
            continue;
        if (part.p_flags & PF_W) {
            first = start < first ? start : first;
            last = end > last ? end : last;
        }
        low = start < low ? start : low;
        high = end > high ? end : high;
    }
    if (address < low || address >= high)
        return 0;
    program_start = low;
    program_end = high;
    data_start = (first > read_only ? first : read_only) / 4 * 4;
    data_end = last;
    return 1;
}

void find_program()
{
    dl_iterate_phdr(look_at_library, nullptr);
    make_room_for_variables();
}
#endif

bool in_the_program(std::uintptr_t address)
{
    if (address >= program_start && address < program_end)
        return true;
    for (const Index *index : {&threadIdx, &blockIdx, &blockDim, &gridDim})
        if (address - reinterpret_cast<std::uintptr_t>(index) < sizeof *index)
            return true;
    return address - reinterpret_cast<std::uintptr_t>(&emulator_poison) < sizeof emulator_poison;
}

void watch()
{
    stack_t mine = {};
    mine.ss_sp = handler_stack;
    mine.ss_size = sizeof handler_stack;
    sigaltstack(&mine, &earlier_stack);
    struct sigaction action = {};
    action.sa_sigaction = crashed;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
    for (int i = 0; i < FATAL_COUNT; ++i)
        sigaction(FATAL[i], &action, &earlier[i]);
    if (launch.seconds > 0) {
        action.sa_sigaction = late;
        action.sa_flags |= SA_RESTART;
        sigaction(SIGPROF, &action, &earlier_profiler);
        start_timer();
    }
}

void unwatch()
{
    for (int i = 0; i < FATAL_COUNT; ++i)
        sigaction(FATAL[i], &earlier[i], nullptr);
    if (launch.seconds > 0) {
        itimerval never = {};
        setitimer(ITIMER_PROF, &never, nullptr);
        sigaction(SIGPROF, &earlier_profiler, nullptr);
    }
    sigaltstack(&earlier_stack, nullptr);
}

}  // namespace emulator
