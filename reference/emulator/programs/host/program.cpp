// Before main: finds the program's own code and variables, reads the command's options, and waits for the
// host's faults.

#include "host.h"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <link.h>
#include <ucontext.h>

// lines whose calls read an argument that no check sees
extern "C" __attribute__((weak)) const char emulator_unseen[];
// the program's variables that are used without a value
extern "C" __attribute__((weak)) const char emulator_no_value[];

namespace host {

int most_orders = 8;
std::uint64_t seed;
double most_seconds;
std::uintptr_t code_start, code_end, program_base;
char *image_start;
std::size_t image_size;
bool has_told_crash;

namespace {

const int DEEP = 512;  // at most this many words of the stack come before the return address

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
        tell_host("host_access", 0, place,
            "a function that the host calls uses memory of the device: copy it with cudaMemcpy");
    else if (!has_told_crash)
        tell_host("crashed", 0, place, "the host %s",
            signal == SIGFPE ? "divides an integer by zero" : "uses memory that is not its own");
    struct sigaction usual = {};
    usual.sa_handler = SIG_DFL;
    sigaction(signal, &usual, nullptr);
}

// Before main: reads the command's options and the target of findings.
__attribute__((constructor)) void begin()
{
    if (const char *text = std::getenv("EMULATOR_SCHEDULES"))
        most_orders = std::max(1, std::atoi(text));
    if (const char *text = std::getenv("EMULATOR_SEED"))
        seed = std::strtoull(text, nullptr, 10);
    if (const char *text = std::getenv("EMULATOR_SECONDS"))
        most_seconds = std::atof(text);
    open_records();
    if (emulator_no_value)
        write_record(std::string("no value\t") + emulator_no_value + '\n');
    if (emulator_unseen)
        write_record(std::string("unseen\t") + emulator_unseen + '\n');
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

}  // namespace host
