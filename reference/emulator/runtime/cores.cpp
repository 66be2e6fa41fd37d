// Runs the blocks of an unchecked launch on several cores, a process for each.
//
// A process that fork(2) makes has its own copy of the runtime's state: its own fibers and shared memory.
// This file copies the arrays into memory that all processes share, and each process takes one block after
// another. If a process stops or dies, the arrays stay as they were, and the caller runs all blocks on one
// core, with all findings.

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

const std::size_t ROOM = 4096;  // bytes before the arrays, for the processes' common progress
const int MOST_CORES = 64;

struct Progress {
    std::atomic<std::int64_t> next;  // the next block to run
    std::atomic<int> ended;          // the number of processes that found no block left
    std::atomic<bool> is_stopped;
};

void run_blocks(Progress &progress, std::int64_t count, bool (*run)(std::int64_t))
{
    while (!progress.is_stopped) {
        std::int64_t number = progress.next++;
        if (number >= count) {
            ++progress.ended;
            return;
        }
        if (!run(number))
            progress.is_stopped = true;
    }
}

}  // namespace

bool run_on_cores(int cores, const SharedArray *given, std::size_t arrays, std::int64_t first,
    std::int64_t count, bool (*run)(std::int64_t))
{
    std::size_t size = ROOM;
    for (std::size_t i = 0; i < arrays; ++i)
        size = std::max(size, ROOM + given[i].start + given[i].size);
    void *got = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (got == MAP_FAILED)
        return false;
    unsigned char *memory = static_cast<unsigned char *>(got);
    Progress &progress = *new (memory) Progress();
    progress.next = first;
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
            // a child inherits no timer; it gets the time that its parent has left
            setitimer(ITIMER_PROF, &left, nullptr);
            run_blocks(progress, count, run);
            _exit(0);
        }
        if (child < 0)
            break;  // the system allows no more processes
        others.push_back(child);
    }
    run_blocks(progress, count, run);
    for (pid_t child : others)
        while (waitpid(child, nullptr, 0) < 0 && errno == EINTR)
            continue;
    bool is_done = !progress.is_stopped && progress.ended == int(others.size()) + 1;
    for (std::size_t i = 0; i < arrays; ++i) {
        if (is_done && !given[i].is_const)
            std::memcpy(own[i], *given[i].pointer, given[i].size);
        *given[i].pointer = own[i];
    }
    munmap(got, size);
    return is_done;
}

}  // namespace emulator
