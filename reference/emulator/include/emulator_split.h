// Loops over the threads of a block, for kernels that kernel_source/thread_loops.py has split at their
// barriers. If threads disagree about a barrier, the launch starts again, with fibers.
#pragma once

extern "C" {
// The threads of the block in the order of this launch.
const uint3 *emulator_threads_in_turn(int *count);
// Memory for what each of them keeps over a barrier: nothing else points to it.
__attribute__((malloc)) void *emulator_kept_memory(size_t bytes);
[[noreturn]] void emulator_disagree();
}

#define EMULATOR_SPLIT(Kept)                                                                                 \
    static_assert(__is_trivially_copyable(Kept) && __is_trivially_constructible(Kept));                      \
    int emulator_count, emulator_gone = 0;                                                                   \
    const uint3 *const emulator_turns = emulator_threads_in_turn(&emulator_count);                           \
    Kept *const emulator_all = static_cast<Kept *>(emulator_kept_memory(sizeof(Kept)));
// A function of its own: a `return` of the kernel leaves it, and a `break` out of it does not compile.
#define EMULATOR_EACH_THREAD(...)                                                                            \
    for (int emulator_t = 0; emulator_t < emulator_count; ++emulator_t) {                                    \
        const uint3 threadIdx = emulator_turns[emulator_t];                                                  \
        auto &[__VA_ARGS__] = emulator_all[emulator_t];                                                      \
        ++emulator_gone;                                                                                     \
        [&]() __attribute__((always_inline)) {
#define EMULATOR_END                                                                                         \
            --emulator_gone;                                                                                 \
        }();                                                                                                 \
    }
#define EMULATOR_BARRIER                                                                                     \
    if (emulator_gone == emulator_count)                                                                     \
        return;                                                                                              \
    if (emulator_gone)                                                                                       \
        emulator_disagree();
#define EMULATOR_WHILE(names, ...)                                                                           \
    int emulator_yes = 0;                                                                                    \
    EMULATOR_EACH_THREAD names                                                                               \
        emulator_yes += bool(__VA_ARGS__);                                                                   \
    EMULATOR_END                                                                                             \
    if (emulator_yes == 0)                                                                                   \
        break;                                                                                               \
    if (emulator_yes != emulator_count)                                                                      \
        emulator_disagree();
#define EMULATOR_SPLIT_ENTRY(number, ...)                                                                    \
    extern "C" __attribute__((__visibility__("default")))                                                    \
    void emulator_split_##number(void **emulator_arguments)                                                  \
    {                                                                                                        \
        emulator_enter(&__VA_ARGS__, emulator_arguments);                                                    \
    }
