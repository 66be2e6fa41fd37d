// Runs the blocks of an unchecked launch on several cores, a process for each.
//
// A process that fork(2) makes has its own copy of all that the runtime knows: its own fibers and shared memory. The
// arrays are copied into memory that all of them see, and the blocks are dealt out one by one. If any process stops, or
// dies, the arrays are as before, and the caller goes on with one core, which finds what there is to find.

#include "state.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

namespace emulator {
namespace {

const std::size_t ROOM = 4096;  // before the arrays, for what the processes tell each other
const int MOST_CORES = 64;

struct Told {
    std::atomic<std::int64_t> next;  // block to be run
    std::atomic<int> ended;          // processes that found nothing left to do
    std::atomic<bool> is_stopped;
};

void deal(Told &told, std::int64_t count, bool (*run)(std::int64_t))
{
    while (!told.is_stopped) {
        std::int64_t one = told.next++;
        if (one >= count) {
            ++told.ended;
            return;
        }
        if (!run(one))
            told.is_stopped = true;
    }
}

}  // namespace

bool run_on_cores(
    int cores, const SharedArray *given, std::size_t arrays, std::int64_t first, std::int64_t count, bool (*run)(std::int64_t))
{
    std::size_t size = ROOM;
    for (std::size_t i = 0; i < arrays; ++i)
        size = std::max(size, ROOM + given[i].start + given[i].size);
    void *got = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (got == MAP_FAILED)
        return false;
    unsigned char *memory = static_cast<unsigned char *>(got);
    Told &told = *new (memory) Told();
    told.next = first;
    std::vector<void *> own;
    for (std::size_t i = 0; i < arrays; ++i) {
        own.push_back(*given[i].pointer);
        *given[i].pointer = memory + ROOM + given[i].start;
        std::memcpy(*given[i].pointer, own[i], given[i].size);
    }
    std::vector<pid_t> others;
    for (int core = 1; core < std::min(cores, MOST_CORES); ++core) {
        itimerval left = {};
        getitimer(ITIMER_PROF, &left);
        pid_t child = fork();
        if (child == 0) {
#ifdef __linux__
            prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
            setitimer(ITIMER_PROF, &left, nullptr);  // a child inherits none, and has as long as its parent from here
            deal(told, count, run);
            _exit(0);
        }
        if (child < 0)
            break;  // the system gives no more of them
        others.push_back(child);
    }
    deal(told, count, run);
    for (pid_t child : others)
        while (waitpid(child, nullptr, 0) < 0 && errno == EINTR)
            continue;
    bool is_done = !told.is_stopped && told.ended == int(others.size()) + 1;
    for (std::size_t i = 0; i < arrays; ++i) {
        if (is_done && !given[i].is_const)
            std::memcpy(own[i], *given[i].pointer, given[i].size);
        *given[i].pointer = own[i];
    }
    munmap(got, size);
    return is_done;
}

}  // namespace emulator
