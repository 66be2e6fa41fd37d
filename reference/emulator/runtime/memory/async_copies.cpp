// Asynchronous copies: each takes place only when its thread waits for it.

#include "shadow_memory.h"

#include <cstring>

using namespace emulator;

INTERFACE void emulator_touch(const volatile void *pointer, int size, int is_store, int line);

// Copies that the block's threads have started and that have not taken place yet.
namespace {

struct Copy {
    void *to;
    const void *from;
    std::size_t size, zeros;
    int line;
    unsigned batch;
};
std::vector<Copy> copies[MAX_THREADS];
unsigned batches[MAX_THREADS];  // how many batches each thread has committed
std::uint32_t copies_of[MAX_THREADS];  // the start of the block that each thread's copies belong to

std::vector<Copy> &copies_of_thread()
{
    if (copies_of[thread] != block_start) {
        copies[thread].clear();
        batches[thread] = 0;
        copies_of[thread] = block_start;
    }
    return copies[thread];
}

}  // namespace

INTERFACE void emulator_copy_later(void *to, const void *from, std::size_t size, std::size_t zeros, int line)
{
    std::vector<Copy> &mine = copies_of_thread();
    mine.push_back({to, from, size, zeros < size ? zeros : size, line, batches[thread]});
}

INTERFACE void emulator_commit()
{
    copies_of_thread();
    ++batches[thread];
}
// Makes the copies of all batches except the last `count`.
INTERFACE void emulator_wait_for_copies(unsigned count)
{
    std::vector<Copy> &mine = copies_of_thread();
    std::size_t done = 0;
    for (; done < mine.size() && mine[done].batch + count < batches[thread]; ++done) {
        Copy one = mine[done];
        std::size_t size = one.size - one.zeros;
        if (is_checked && size)
            emulator_touch(one.from, bounded(size), 0, one.line);
        if (is_checked && one.size)
            emulator_touch(one.to, bounded(one.size), 1, one.line);
        std::memcpy(one.to, one.from, size);
        std::memset(static_cast<char *>(one.to) + size, 0, one.zeros);
    }
    mine.erase(mine.begin(), mine.begin() + std::ptrdiff_t(done));
}
