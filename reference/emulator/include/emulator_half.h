// Numbers of 16 bits, alone and in pairs, and the functions of cuda_fp16.h that kernels use most.
#pragma once

// An atomic sum of a type that has no volatile copy. It copies bytes: a constructor's copy would be a plain
// access.
#define EMULATOR_ATOMIC_ADD(T, sum)                                                         \
    EMULATOR_QUIET static inline T atomicAdd(T *address, T value, EMULATOR_LINE)            \
    {                                                                                       \
        EMULATOR_TELL(address);                                                             \
        T old;                                                                              \
        __builtin_memcpy(&old, address, sizeof old);                                        \
        T updated = sum;                                                                    \
        __builtin_memcpy(address, &updated, sizeof updated);                                \
        return old;                                                                         \
    }

#ifdef __FLT16_MANT_DIG__ // where the compiler has 16-bit floats
typedef _Float16 __half, half;
static inline half __float2half(float x) { return (half)x; }
static inline half __float2half_rn(float x) { return (half)x; }
static inline half __double2half(double x) { return (half)x; }
static inline half __int2half_rn(int x) { return (half)x; }
static inline float __half2float(half x) { return (float)x; }
static inline half __hadd(half x, half y) { return x + y; }
static inline half __hsub(half x, half y) { return x - y; }
static inline half __hmul(half x, half y) { return x * y; }
static inline half __hdiv(half x, half y) { return x / y; }
static inline half __hneg(half x) { return -x; }
static inline half __hfma(half x, half y, half z) { return (half)((double)x * (double)y + (double)z); }
static inline bool __heq(half x, half y) { return x == y; }
static inline bool __hlt(half x, half y) { return x < y; }
static inline bool __hgt(half x, half y) { return x > y; }
static inline half __hmax(half x, half y) { return x > y ? x : y; }
static inline half __hmin(half x, half y) { return x < y ? x : y; }
static inline half hexp(half x) { return (half)expf((float)x); }
static inline half hlog(half x) { return (half)logf((float)x); }
static inline half hsqrt(half x) { return (half)sqrtf((float)x); }
static inline half __habs(half x) { return x < 0 ? -x : x; }
static inline bool __hle(half x, half y) { return x <= y; }
static inline bool __hge(half x, half y) { return x >= y; }
static inline bool __hne(half x, half y) { return x != y; }
static inline bool __hisnan(half x) { return x != x; }
static inline half hrsqrt(half x) { return (half)(1 / sqrtf((float)x)); }
static inline half hrcp(half x) { return (half)(1 / (float)x); }
static inline int __half2int_rn(half x) { return (int)rintf((float)x); }
static inline int __half2int_rz(half x) { return (int)x; }

struct __attribute__((aligned(4))) __half2 { half x, y; };
typedef __half2 half2;
static inline half2 make_half2(half x, half y) { return {x, y}; }
static inline half2 __halves2half2(half x, half y) { return {x, y}; }
static inline half2 __half2half2(half x) { return {x, x}; }
static inline half2 __float2half2_rn(float x) { return {(half)x, (half)x}; }
static inline half2 __floats2half2_rn(float x, float y) { return {(half)x, (half)y}; }
static inline half2 __float22half2_rn(float2 x) { return {(half)x.x, (half)x.y}; }
static inline float2 __half22float2(half2 x) { return {(float)x.x, (float)x.y}; }
static inline half __low2half(half2 x) { return x.x; }
static inline half __high2half(half2 x) { return x.y; }
static inline float __low2float(half2 x) { return (float)x.x; }
static inline float __high2float(half2 x) { return (float)x.y; }
static inline half2 __lowhigh2highlow(half2 x) { return {x.y, x.x}; }
#define EMULATOR_PAIRS(name, one) \
    static inline half2 name(half2 x, half2 y) { return {one(x.x, y.x), one(x.y, y.y)}; }
EMULATOR_PAIRS(__hadd2, __hadd)
EMULATOR_PAIRS(__hsub2, __hsub)
EMULATOR_PAIRS(__hmul2, __hmul)
EMULATOR_PAIRS(__h2div, __hdiv)
EMULATOR_PAIRS(__hmax2, __hmax)
EMULATOR_PAIRS(__hmin2, __hmin)
EMULATOR_PAIRS(operator+, __hadd)
EMULATOR_PAIRS(operator-, __hsub)
EMULATOR_PAIRS(operator*, __hmul)
EMULATOR_PAIRS(operator/, __hdiv)
static inline half2 __hfma2(half2 x, half2 y, half2 z)
{
    return {__hfma(x.x, y.x, z.x), __hfma(x.y, y.y, z.y)};
}
EMULATOR_ATOMIC_ADD(half2, __hadd2(old, value))
static inline half2 __hneg2(half2 x) { return {__hneg(x.x), __hneg(x.y)}; }
static inline half2 __habs2(half2 x) { return {__habs(x.x), __habs(x.y)}; }
#endif
