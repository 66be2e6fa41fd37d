// CUDA C++ as C++: all that a kernel may use, declared as CUDA declares it. The names and their meaning are
// those of NVIDIA's "CUDA C++ Programming Guide", appendix "C++ Language Extensions", and "CUDA Math API".
//
// It includes no standard header: device code has none either, and a compilation stays short. Names that
// begin with `emulator` are the emulator's own.
#pragma once

// The compiler calls the sanitizer's functions for every access. The functions in this file call them
// directly, or make no access that needs a check.
#define EMULATOR_QUIET __attribute__((__no_sanitize__("thread")))
#define EMULATOR_LINE int line = __builtin_LINE()

#define __global__
#define __device__
#define __host__
#define __forceinline__ inline
#define __noinline__ __attribute__((noinline))
#define __grid_constant__
#define __launch_bounds__(...)
#define __constant__ __attribute__((visibility("default")))
#define __align__(n) __attribute__((aligned(n)))
#define __restrict__ __restrict
#define CUDART_INF_F __builtin_inff()
#define CUDART_INF __builtin_inf()
#define CUDART_PI_F 3.141592654f
#define CUDART_NAN_F __builtin_nanf("")
#ifndef EMULATOR_PROGRAM  // a program's host code has the C library's headers
#define NULL __null
#define INFINITY __builtin_inff()
#define NAN __builtin_nanf("")
#define FLT_MAX __FLT_MAX__
#define FLT_MIN __FLT_MIN__
#define FLT_EPSILON __FLT_EPSILON__
#define DBL_MAX __DBL_MAX__
#define DBL_EPSILON __DBL_EPSILON__
#define INT_MAX __INT_MAX__
#define INT_MIN (-__INT_MAX__ - 1)
#define UINT_MAX (__INT_MAX__ * 2u + 1u)
#define SHRT_MAX __SHRT_MAX__
#define SHRT_MIN (-__SHRT_MAX__ - 1)
#define LONG_MAX __LONG_MAX__
#define LONG_MIN (-__LONG_MAX__ - 1)
#define LLONG_MAX __LONG_LONG_MAX__
#define LLONG_MIN (-__LONG_LONG_MAX__ - 1)
#define ULLONG_MAX (__LONG_LONG_MAX__ * 2ull + 1)
#define DBL_MIN __DBL_MIN__
#define HUGE_VAL __builtin_inf()
#define HUGE_VALF __builtin_inff()
#define M_PI 3.14159265358979323846
#endif

typedef __SIZE_TYPE__ size_t;
typedef __PTRDIFF_TYPE__ ptrdiff_t;
typedef __INT8_TYPE__ int8_t;
typedef __INT16_TYPE__ int16_t;
typedef __INT32_TYPE__ int32_t;
typedef __INT64_TYPE__ int64_t;
typedef __UINT8_TYPE__ uint8_t;
typedef __UINT16_TYPE__ uint16_t;
typedef __UINT32_TYPE__ uint32_t;
typedef __UINT64_TYPE__ uint64_t;
typedef __PTRDIFF_TYPE__ ssize_t;
typedef unsigned long ulong;
typedef unsigned char uchar;
typedef unsigned short ushort;
typedef unsigned int uint;

// Vectors.

#define EMULATOR_VECTORS(T, name)                                                                         \
    struct name##1 { T x; };                                                                              \
    struct __attribute__((aligned(2 * sizeof(T)))) name##2 { T x, y; };                                   \
    struct name##3 { T x, y, z; };                                                                        \
    struct __attribute__((aligned(4 * sizeof(T) < 16 ? 4 * sizeof(T) : 16))) name##4 { T x, y, z, w; };   \
    static inline name##1 make_##name##1(T x) { return {x}; }                                             \
    static inline name##2 make_##name##2(T x, T y) { return {x, y}; }                                     \
    static inline name##3 make_##name##3(T x, T y, T z) { return {x, y, z}; }                             \
    static inline name##4 make_##name##4(T x, T y, T z, T w) { return {x, y, z, w}; }
EMULATOR_VECTORS(float, float) EMULATOR_VECTORS(double, double)
EMULATOR_VECTORS(signed char, char) EMULATOR_VECTORS(unsigned char, uchar)
EMULATOR_VECTORS(short, short) EMULATOR_VECTORS(unsigned short, ushort)
EMULATOR_VECTORS(int, int) EMULATOR_VECTORS(unsigned, uint)
EMULATOR_VECTORS(long, long) EMULATOR_VECTORS(unsigned long, ulong)
EMULATOR_VECTORS(long long, longlong) EMULATOR_VECTORS(unsigned long long, ulonglong)

struct dim3 {
    unsigned x, y, z;
    constexpr dim3(unsigned x = 1, unsigned y = 1, unsigned z = 1) : x(x), y(y), z(z) {}
    constexpr dim3(uint3 from) : x(from.x), y(from.y), z(from.z) {}
    constexpr operator uint3() const { return {x, y, z}; }
};

// The running thread. These never change during a thread's life, so they are constants to it.
extern "C" const uint3 threadIdx, blockIdx;
extern "C" const uint3 blockDim, gridDim;
static const int warpSize = 32;

// The runtime, which schedules threads and records their actions.
extern "C" {
extern unsigned emulator_launch_number;
void emulator_allocate(
    const char *name, size_t bytes, int line, const unsigned *shape, void **pointer, unsigned *number);
void *emulator_dynamic_shared();
int emulator_barrier(int predicate, int line);
unsigned long emulator_meet(
    int operation, unsigned mask, unsigned long value, int argument, int width, int line);
void emulator_yield();
unsigned emulator_active(int line);
long long emulator_clock();
[[noreturn]] void emulator_trap(const char *what, int line);
void emulator_atomic(const volatile void *pointer, int size, int line);
void emulator_atomic_block(const volatile void *pointer, int size, int line);
void emulator_fence();
void emulator_fence_block();
int emulator_printf(const char *format, ...) __attribute__((format(printf, 1, 2)));
}
#ifndef EMULATOR_PROGRAM
#define printf emulator_printf
#endif

// An array in shared memory: `__shared__ float tile[8][8];` becomes one of these and a reference `tile`.
struct emulator_shared {
    const char *name;
    size_t bytes;
    int line;
    unsigned shape[4];  // the bytes of an element, and the lengths of up to three axes
    unsigned number;
    void *pointer;

    EMULATOR_QUIET void *get()
    {
        if (number != emulator_launch_number)
            emulator_allocate(name, bytes, line, shape, &pointer, &number);
        return pointer;
    }
};

// A local array whose declaration gives it no value begins with a wrong value. If the launch names the array
// by its number, it begins with a second wrong value. A result that then changes depends on an element that
// was never written. Neither value, read as a number, can be the length of a loop. Padding is the same in
// both cases, because a correct program may copy it. A bool or an enum is left alone, because it must hold
// one of its values.
extern "C" const int emulator_poison;
template <typename T> constexpr unsigned char emulator_other_byte = 0xc2;
template <> inline constexpr unsigned char emulator_other_byte<float> = 0x7e;
template <> inline constexpr unsigned char emulator_other_byte<double> = 0x7e;
template <typename T> struct emulator_innermost {
    using type = T;
};
template <typename T> struct emulator_innermost<const T> : emulator_innermost<T> {};
template <typename T> struct emulator_innermost<volatile T> : emulator_innermost<T> {};
template <typename T> struct emulator_innermost<const volatile T> : emulator_innermost<T> {};
template <typename T, unsigned long N> struct emulator_innermost<T[N]> : emulator_innermost<T> {};
template <typename T, unsigned long N> struct emulator_innermost<const T[N]> : emulator_innermost<T> {};
template <typename T, unsigned long N> struct emulator_innermost<volatile T[N]> : emulator_innermost<T> {};
template <typename T, unsigned long N> struct emulator_innermost<const volatile T[N]>
    : emulator_innermost<T> {
};
template <typename T> constexpr bool emulator_can_be_wrong
    = __has_unique_object_representations(T) && !__is_enum(T);
template <> inline constexpr bool emulator_can_be_wrong<bool> = false;
template <> inline constexpr bool emulator_can_be_wrong<float> = true;
template <> inline constexpr bool emulator_can_be_wrong<double> = true;
#ifdef __FLT16_MANT_DIG__
template <> inline constexpr bool emulator_can_be_wrong<_Float16> = true;
#endif
#if __has_builtin(__builtin_clear_padding)
constexpr bool emulator_clears_padding = true;
#else
constexpr bool emulator_clears_padding = false;
#define __builtin_clear_padding(place) ((void)(place))
#endif
template <typename T> __attribute__((always_inline)) constexpr void emulator_unset(T &array, int number)
{
    using Element = typename emulator_innermost<T>::type;
    constexpr bool has_padding = emulator_clears_padding && __is_class(Element)
        && __is_trivially_copyable(Element) && !__has_unique_object_representations(Element);
    if constexpr (__is_trivially_constructible(Element) && (emulator_can_be_wrong<Element> || has_padding))
        if (!__builtin_is_constant_evaluated()) {
            bool is_other = emulator_poison == -1 || emulator_poison == number;
            void *start = const_cast<void *>(static_cast<const volatile void *>(&array));
            __builtin_memset(start, is_other ? emulator_other_byte<Element> : 0xfe, sizeof(T));
            if constexpr (has_padding)
                for (unsigned long i = 0; i < sizeof(T) / sizeof(Element); ++i)
                    __builtin_clear_padding(static_cast<Element *>(start) + i);
        }
}
template <typename... T> void emulator_unset(T...) {}  // for an array whose length is not a constant

// Barriers, fences and votes.

static inline void __syncthreads(EMULATOR_LINE) { emulator_barrier(0, line); }
static inline int __syncthreads_count(int predicate, EMULATOR_LINE)
{
    return emulator_barrier(predicate, line);
}
static inline int __syncthreads_or(int predicate, EMULATOR_LINE)
{
    return emulator_barrier(predicate, line) != 0;
}
static inline int __syncthreads_and(int predicate, EMULATOR_LINE)
{
    return !emulator_barrier(!predicate, line);
}
static inline void __threadfence() { emulator_fence(); }
static inline void __threadfence_system() { emulator_fence(); }
static inline void __threadfence_block() { emulator_fence_block(); }

const unsigned emulator_all = 0xffffffffu;
static inline void __syncwarp(unsigned mask = emulator_all, EMULATOR_LINE)
{
    emulator_meet(0, mask, 0, 0, 32, line);
}
static inline unsigned __ballot_sync(unsigned mask, int predicate, EMULATOR_LINE)
{
    return (unsigned)emulator_meet(5, mask, predicate != 0, 0, 32, line);
}
static inline int __any_sync(unsigned mask, int predicate, EMULATOR_LINE)
{
    return emulator_meet(5, mask, predicate != 0, 0, 32, line) != 0;
}
static inline int __all_sync(unsigned mask, int predicate, EMULATOR_LINE)
{
    return emulator_meet(5, mask, predicate == 0, 0, 32, line) == 0;
}
static inline unsigned __activemask(EMULATOR_LINE) { return emulator_active(line); }

// Kernels that stop themselves, and time.

static inline void __trap(EMULATOR_LINE) { emulator_trap("stops the kernel: __trap()", line); }
static inline void __brkpt(EMULATOR_LINE) { emulator_trap("stops the kernel: __brkpt()", line); }
static inline long long clock64() { return emulator_clock(); }
#ifndef EMULATOR_PROGRAM
static inline int clock() { return (int)emulator_clock(); }
#endif
static inline void __nanosleep(unsigned) { emulator_yield(); }
// a program uses the C library's assert, which calls the runtime if a kernel's assertion fails
#ifdef EMULATOR_PROGRAM
#elif defined EMULATOR_NO_ASSERT
#define assert(...) ((void)0)
#else
#define assert(...)                                                                                          \
    ((__VA_ARGS__)                                                                                           \
            ? (void)0                                                                                        \
            : emulator_trap("stops the kernel: the assertion `" #__VA_ARGS__ "` does not hold", __LINE__))
#endif
#define __builtin_assume(...) ((void)0)

// Values from other lanes, of 4 or 8 bytes.

template <typename T> EMULATOR_QUIET unsigned long emulator_bits(T value)
{
    static_assert(sizeof(T) <= 8, "lanes exchange values of at most 8 bytes");
    unsigned long bits = 0;
    __builtin_memcpy(&bits, &value, sizeof(T));
    return bits;
}

template <typename T> EMULATOR_QUIET T emulator_value(unsigned long bits)
{
    T value;
    __builtin_memcpy(&value, &bits, sizeof(T));
    return value;
}

#define EMULATOR_SHUFFLE(name, operation, Argument)                                                          \
    template <typename T>                                                                                    \
    static inline T name(unsigned mask, T value, Argument argument, int width = 32, EMULATOR_LINE)           \
    {                                                                                                        \
        return emulator_value<T>(                                                                            \
            emulator_meet(operation, mask, emulator_bits(value), (int)argument, width, line));               \
    }
EMULATOR_SHUFFLE(__shfl_sync, 1, int)
EMULATOR_SHUFFLE(__shfl_up_sync, 2, unsigned)
EMULATOR_SHUFFLE(__shfl_down_sync, 3, unsigned)
EMULATOR_SHUFFLE(__shfl_xor_sync, 4, int)

template <typename T> static inline unsigned __match_any_sync(unsigned mask, T value, EMULATOR_LINE)
{
    return (unsigned)emulator_meet(6, mask, emulator_bits(value), 0, 32, line);
}

template <typename T> static inline unsigned __match_all_sync(unsigned mask, T value, int *all, EMULATOR_LINE)
{
    unsigned same = __match_any_sync(mask, value, line);
    *all = same == mask;
    return *all ? mask : 0;
}

#define EMULATOR_REDUCE(name, operation)                                                                     \
    static inline unsigned name(unsigned mask, unsigned value, EMULATOR_LINE)                                \
    {                                                                                                        \
        return (unsigned)emulator_meet(operation, mask, value, 0, 32, line);                                 \
    }                                                                                                        \
    static inline int name(unsigned mask, int value, EMULATOR_LINE)                                          \
    {                                                                                                        \
        return (int)emulator_meet(operation, mask, (unsigned)value, 1, 32, line);                            \
    }
EMULATOR_REDUCE(__reduce_add_sync, 7)
EMULATOR_REDUCE(__reduce_min_sync, 8)
EMULATOR_REDUCE(__reduce_max_sync, 9)
EMULATOR_REDUCE(__reduce_and_sync, 10)
EMULATOR_REDUCE(__reduce_or_sync, 11)
EMULATOR_REDUCE(__reduce_xor_sync, 12)

// Loads and stores with cache hints: macros, so that each access happens at the line that uses it.

#define __ldg(pointer) (*(pointer))
#define __ldca(pointer) (*(pointer))
#define __ldcg(pointer) (*(pointer))
#define __ldcs(pointer) (*(pointer))
#define __ldcv(pointer) (*(pointer))
#define __ldlu(pointer) (*(pointer))
#define __stwb(pointer, ...) ((void)(*(pointer) = (__VA_ARGS__)))
#define __stcg(pointer, ...) ((void)(*(pointer) = (__VA_ARGS__)))
#define __stcs(pointer, ...) ((void)(*(pointer) = (__VA_ARGS__)))
#define __stwt(pointer, ...) ((void)(*(pointer) = (__VA_ARGS__)))

#include "emulator_atomics.h"
#include "emulator_math.h"
#include "emulator_half.h"
