// Functions that both kernels and the host call: a kernel's output waits until it has run.

#include "host.h"

#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <set>

using namespace emulator;

INTERFACE __attribute__((noreturn)) void emulator_trap(const char *what, int line);
INTERFACE int emulator_vprintf(const char *format, va_list values);

INTERFACE int printf(const char *format, ...)
{
    va_list values;
    va_start(values, format);
    int count = thread < 0 ? std::vprintf(format, values) : emulator_vprintf(format, values);
    va_end(values);
    return count;
}

INTERFACE __attribute__((noreturn)) void __assert_fail(
    const char *what, const char *file, unsigned line, const char *function)
{
    if (thread >= 0) {
        static std::set<std::string> texts;
        auto text
            = texts.insert(std::string("stops the kernel: the assertion `") + what + "` does not hold").first;
        emulator_trap(text->c_str(), int(line));
    }
    std::fflush(stdout);
    std::fprintf(stderr, "%s:%u: %s: Assertion `%s' failed.\n", file, line, function, what);
    std::abort();
}

// "Returns" a class with a copy constructor or destructor: a kernel's argument, of which each thread gets the
// bytes. To the machine, this is a function whose first argument is the place of the result; on arm64 that
// has a register of its own.
#if defined(__aarch64__)
asm(".text\n.globl emulator_bytes\nemulator_bytes:\n  mov x2, x1\n  mov x1, x0\n  mov x0, x8\n  b memcpy\n");
#else
INTERFACE void *emulator_bytes(void *to, const void *from, std::size_t size)
{
    return std::memcpy(to, from, size);
}
#endif

// The functions that the compiler calls for the host's own atomic operations.
#define ATOMICS(bits, T)                                                                                     \
    INTERFACE T __tsan_atomic##bits##_load(const volatile T *p, int)                                         \
    {                                                                                                        \
        return __atomic_load_n(p, __ATOMIC_SEQ_CST);                                                         \
    }                                                                                                        \
    INTERFACE void __tsan_atomic##bits##_store(volatile T *p, T v, int)                                      \
    {                                                                                                        \
        __atomic_store_n(p, v, __ATOMIC_SEQ_CST);                                                            \
    }                                                                                                        \
    INTERFACE T __tsan_atomic##bits##_exchange(volatile T *p, T v, int)                                      \
    {                                                                                                        \
        return __atomic_exchange_n(p, v, __ATOMIC_SEQ_CST);                                                  \
    }                                                                                                        \
    INTERFACE T __tsan_atomic##bits##_fetch_add(volatile T *p, T v, int)                                     \
    {                                                                                                        \
        return __atomic_fetch_add(p, v, __ATOMIC_SEQ_CST);                                                   \
    }                                                                                                        \
    INTERFACE T __tsan_atomic##bits##_fetch_sub(volatile T *p, T v, int)                                     \
    {                                                                                                        \
        return __atomic_fetch_sub(p, v, __ATOMIC_SEQ_CST);                                                   \
    }                                                                                                        \
    INTERFACE T __tsan_atomic##bits##_fetch_and(volatile T *p, T v, int)                                     \
    {                                                                                                        \
        return __atomic_fetch_and(p, v, __ATOMIC_SEQ_CST);                                                   \
    }                                                                                                        \
    INTERFACE T __tsan_atomic##bits##_fetch_or(volatile T *p, T v, int)                                      \
    {                                                                                                        \
        return __atomic_fetch_or(p, v, __ATOMIC_SEQ_CST);                                                    \
    }                                                                                                        \
    INTERFACE T __tsan_atomic##bits##_fetch_xor(volatile T *p, T v, int)                                     \
    {                                                                                                        \
        return __atomic_fetch_xor(p, v, __ATOMIC_SEQ_CST);                                                   \
    }                                                                                                        \
    INTERFACE int __tsan_atomic##bits##_compare_exchange_strong(volatile T *p, T *expected, T v, int, int)   \
    {                                                                                                        \
        return __atomic_compare_exchange_n(p, expected, v, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);       \
    }                                                                                                        \
    INTERFACE int __tsan_atomic##bits##_compare_exchange_weak(volatile T *p, T *expected, T v, int, int)     \
    {                                                                                                        \
        return __atomic_compare_exchange_n(p, expected, v, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);       \
    }
ATOMICS(8, std::uint8_t)
ATOMICS(16, std::uint16_t)
ATOMICS(32, std::uint32_t)
ATOMICS(64, std::uint64_t)
INTERFACE void __tsan_atomic_thread_fence(int) { __atomic_thread_fence(__ATOMIC_SEQ_CST); }
INTERFACE void __tsan_atomic_signal_fence(int) {}
