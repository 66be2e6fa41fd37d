// The mathematical functions: `expf` and its kin for float, `exp` for both float and double, intrinsics.
//
// They are the C library's functions and round as it does. A GPU's results may differ in the last digits.
#pragma once

#ifdef EMULATOR_PROGRAM  // a program has the C++ library's functions
#include <math.h>
#include <stdlib.h>
// glibc's headers declare these names for internal use, but its libraries do not define them.
#define __sincosf emulator_sincosf
#define __expf emulator_expf
#define __exp10f emulator_exp10f
#define __logf emulator_logf
#define __log10f emulator_log10f
#define __log2f emulator_log2f
#define __sinf emulator_sinf
#define __cosf emulator_cosf
#define __tanf emulator_tanf
#define __powf emulator_powf
#else
#define EMULATOR_ONE(name)                                                \
    extern "C" float name##f(float) noexcept(true);                       \
    extern "C" double name(double) noexcept(true);                        \
    static inline float name(float x) { return name##f(x); }              \
    static inline double name(int x) { return name((double)x); }
#define EMULATOR_TWO(name)                                                \
    extern "C" float name##f(float, float) noexcept(true);                \
    extern "C" double name(double, double) noexcept(true);                \
    static inline float name(float x, float y) { return name##f(x, y); }  \
    static inline double name(float x, double y) { return name((double)x, y); }  \
    static inline double name(double x, float y) { return name(x, (double)y); }

EMULATOR_ONE(sqrt) EMULATOR_ONE(cbrt) EMULATOR_ONE(exp) EMULATOR_ONE(exp2) EMULATOR_ONE(expm1)
EMULATOR_ONE(log) EMULATOR_ONE(log2) EMULATOR_ONE(log10) EMULATOR_ONE(log1p)
EMULATOR_ONE(sin) EMULATOR_ONE(cos) EMULATOR_ONE(tan) EMULATOR_ONE(asin) EMULATOR_ONE(acos) EMULATOR_ONE(atan)
EMULATOR_ONE(sinh) EMULATOR_ONE(cosh) EMULATOR_ONE(tanh) EMULATOR_ONE(asinh) EMULATOR_ONE(acosh)
EMULATOR_ONE(atanh) EMULATOR_ONE(floor) EMULATOR_ONE(ceil) EMULATOR_ONE(trunc) EMULATOR_ONE(round)
EMULATOR_ONE(rint) EMULATOR_ONE(nearbyint) EMULATOR_ONE(fabs) EMULATOR_ONE(erf) EMULATOR_ONE(erfc)
EMULATOR_ONE(lgamma) EMULATOR_ONE(tgamma)
EMULATOR_TWO(pow) EMULATOR_TWO(atan2) EMULATOR_TWO(fmod) EMULATOR_TWO(fmin) EMULATOR_TWO(fmax)
EMULATOR_TWO(hypot) EMULATOR_TWO(copysign) EMULATOR_TWO(fdim) EMULATOR_TWO(remainder)

static inline float pow(float x, int n) { return powf(x, (float)n); }
static inline double pow(double x, int n) { return pow(x, (double)n); }
extern "C" float fmaf(float, float, float) noexcept(true);
extern "C" double fma(double, double, double) noexcept(true);
static inline float fma(float x, float y, float z) { return fmaf(x, y, z); }
extern "C" float ldexpf(float, int) noexcept(true);
extern "C" double ldexp(double, int) noexcept(true);
static inline float ldexp(float x, int n) { return ldexpf(x, n); }

extern "C" float scalbnf(float, int) noexcept(true);
extern "C" double scalbn(double, int) noexcept(true);
extern "C" float nextafterf(float, float) noexcept(true);
extern "C" double nextafter(double, double) noexcept(true);
extern "C" float logbf(float) noexcept(true);
extern "C" int ilogbf(float) noexcept(true);
extern "C" long lroundf(float) noexcept(true);
extern "C" long lround(double) noexcept(true);
extern "C" long lrintf(float) noexcept(true);
extern "C" long lrint(double) noexcept(true);
static inline long long llroundf(float x) { return lroundf(x); }
static inline long long llround(double x) { return lround(x); }
static inline long long llrintf(float x) { return lrintf(x); }
static inline long long llrint(double x) { return lrint(x); }
static inline void sincosf(float x, float *sine, float *cosine) { *sine = sinf(x); *cosine = cosf(x); }
static inline void sincos(double x, double *sine, double *cosine) { *sine = sin(x); *cosine = cos(x); }
static inline float modff(float x, float *whole) { *whole = truncf(x); return copysignf(x - *whole, x); }
static inline float exp10f(float x) { return powf(10, x); }
static inline double exp10(double x) { return pow(10.0, x); }
template <typename T> static inline bool isnan(T x) { return __builtin_isnan(x); }
template <typename T> static inline bool isinf(T x) { return __builtin_isinf(x); }
template <typename T> static inline bool isfinite(T x) { return __builtin_isfinite(x); }
template <typename T> static inline bool signbit(T x) { return __builtin_signbit(x); }

extern "C" int abs(int) noexcept(true);
static inline long abs(long x) { return x < 0 ? -x : x; }
static inline long long abs(long long x) { return x < 0 ? -x : x; }
static inline long labs(long x) { return abs(x); }
static inline long long llabs(long long x) { return abs(x); }
static inline float abs(float x) { return fabsf(x); }
static inline double abs(double x) { return fabs(x); }
#endif

static inline void __sincosf(float x, float *sine, float *cosine) { sincosf(x, sine, cosine); }
static inline float rcbrtf(float x) { return 1 / cbrtf(x); }
static inline float rhypotf(float x, float y) { return 1 / hypotf(x, y); }
static inline float norm3df(float x, float y, float z) { return sqrtf(x * x + y * y + z * z); }
static inline float rnorm3df(float x, float y, float z) { return 1 / norm3df(x, y, z); }
static inline float norm4df(float x, float y, float z, float w)
{
    return sqrtf(x * x + y * y + z * z + w * w);
}
static inline float sinpif(float x) { return (float)sin(x * M_PI); }
static inline float cospif(float x) { return (float)cos(x * M_PI); }
static inline void sincospif(float x, float *sine, float *cosine)
{
    *sine = sinpif(x);
    *cosine = cospif(x);
}
static inline float normcdff(float x) { return 0.5f * erfcf(-x * 0.70710678f); }
static inline float rsqrtf(float x) { return 1 / sqrtf(x); }
static inline float rsqrt(float x) { return 1 / sqrtf(x); }
static inline double rsqrt(double x) { return 1 / sqrt(x); }
// The minimum and maximum, in the common type of the two arguments. If one argument is NaN, the result is the
// other.
template <typename A, typename B> static inline auto min(A a, B b)
{
    using T = decltype(a + b);
    return T(b) < T(a) ? T(b) : T(a);
}
template <typename A, typename B> static inline auto max(A a, B b)
{
    using T = decltype(a + b);
    return T(a) < T(b) ? T(b) : T(a);
}
static inline float min(float a, float b) { return fminf(a, b); }
static inline float max(float a, float b) { return fmaxf(a, b); }
static inline double min(double a, double b) { return fmin(a, b); }
static inline double max(double a, double b) { return fmax(a, b); }

// Intrinsics. The ones that are fast and inexact on a GPU are exact here.
static inline float __expf(float x) { return expf(x); }
static inline float __exp10f(float x) { return exp10f(x); }
static inline float __logf(float x) { return logf(x); }
static inline float __log10f(float x) { return log10f(x); }
static inline float __log2f(float x) { return log2f(x); }
static inline float __sinf(float x) { return sinf(x); }
static inline float __cosf(float x) { return cosf(x); }
static inline float __tanf(float x) { return tanf(x); }
static inline float __powf(float x, float y) { return powf(x, y); }
static inline float __fdividef(float x, float y) { return x / y; }
static inline float __saturatef(float x) { return fminf(fmaxf(x, 0), 1); }
static inline float __fadd_rn(float x, float y) { return x + y; }
static inline float __fsub_rn(float x, float y) { return x - y; }
static inline float __frsqrt_rn(float x) { return 1 / sqrtf(x); }
static inline double __dadd_rn(double x, double y) { return x + y; }
static inline double __dsub_rn(double x, double y) { return x - y; }
static inline double __dmul_rn(double x, double y) { return x * y; }
static inline double __ddiv_rn(double x, double y) { return x / y; }
static inline double __drcp_rn(double x) { return 1 / x; }
static inline double __dsqrt_rn(double x) { return sqrt(x); }
static inline float __fmul_rn(float x, float y) { return x * y; }
static inline float __fdiv_rn(float x, float y) { return x / y; }
static inline float __fsqrt_rn(float x) { return sqrtf(x); }
static inline float __frcp_rn(float x) { return 1 / x; }
static inline float __fmaf_rn(float x, float y, float z) { return fmaf(x, y, z); }
static inline double __fma_rn(double x, double y, double z) { return fma(x, y, z); }
static inline int __float2int_rn(float x) { return (int)rintf(x); }
static inline int __float2int_rz(float x) { return (int)x; }
static inline int __float2int_rd(float x) { return (int)floorf(x); }
static inline int __float2int_ru(float x) { return (int)ceilf(x); }
static inline unsigned __float2uint_rn(float x) { return (unsigned)rintf(x); }
static inline unsigned __float2uint_rz(float x) { return (unsigned)x; }
static inline unsigned __float2uint_rd(float x) { return (unsigned)floorf(x); }
static inline unsigned __float2uint_ru(float x) { return (unsigned)ceilf(x); }
static inline long long __float2ll_rn(float x) { return (long long)rintf(x); }
static inline int __double2int_rn(double x) { return (int)rint(x); }
static inline int __double2int_rz(double x) { return (int)x; }
static inline float __double2float_rn(double x) { return (float)x; }
static inline double __int2double_rn(int x) { return x; }
static inline float __int2float_rn(int x) { return (float)x; }
static inline float __uint2float_rn(unsigned x) { return (float)x; }
static inline float __ll2float_rn(long long x) { return (float)x; }
static inline int __float_as_int(float x) { return __builtin_bit_cast(int, x); }
static inline unsigned __float_as_uint(float x) { return __builtin_bit_cast(unsigned, x); }
static inline float __int_as_float(int x) { return __builtin_bit_cast(float, x); }
static inline float __uint_as_float(unsigned x) { return __builtin_bit_cast(float, x); }
static inline long long __double_as_longlong(double x) { return __builtin_bit_cast(long long, x); }
static inline double __longlong_as_double(long long x) { return __builtin_bit_cast(double, x); }
static inline int __popc(unsigned x) { return __builtin_popcount(x); }
static inline int __popcll(unsigned long long x) { return __builtin_popcountll(x); }
static inline int __clz(int x) { return x ? __builtin_clz((unsigned)x) : 32; }
static inline int __clzll(long long x) { return x ? __builtin_clzll((unsigned long long)x) : 64; }
static inline int __ffs(int x) { return __builtin_ffs(x); }
static inline int __ffsll(long long x) { return __builtin_ffsll(x); }
static inline unsigned __umul24(unsigned x, unsigned y) { return (x & 0xffffff) * (y & 0xffffff); }
static inline unsigned __funnelshift_l(unsigned low, unsigned high, unsigned n)
{
    return (unsigned)(((unsigned long long)high << 32 | low) << (n & 31) >> 32);
}
static inline unsigned __funnelshift_r(unsigned low, unsigned high, unsigned n)
{
    return (unsigned)(((unsigned long long)high << 32 | low) >> (n & 31));
}
static inline unsigned __byte_perm(unsigned x, unsigned y, unsigned selector)
{
    unsigned long long bytes = (unsigned long long)y << 32 | x;
    unsigned made = 0;
    for (int i = 0; i < 4; ++i) {
        unsigned pick = selector >> 4 * i & 15, byte = bytes >> 8 * (pick & 7) & 255;
        made |= (pick & 8 ? byte >> 7 ? 255u : 0u : byte) << 8 * i;
    }
    return made;
}
static inline int __dp4a(int x, int y, int sum)
{
    for (int shift = 0; shift < 32; shift += 8)
        sum += (signed char)(x >> shift) * (signed char)(y >> shift);
    return sum;
}
static inline unsigned __dp4a(unsigned x, unsigned y, unsigned sum)
{
    for (int shift = 0; shift < 32; shift += 8)
        sum += (x >> shift & 255) * (y >> shift & 255);
    return sum;
}
static inline int __mul24(int x, int y) { return (x << 8 >> 8) * (y << 8 >> 8); }
static inline unsigned __umulhi(unsigned x, unsigned y)
{
    return (unsigned)((unsigned long long)x * y >> 32);
}
static inline int __mulhi(int x, int y) { return (int)((long long)x * y >> 32); }
static inline unsigned __brev(unsigned x)
{
    unsigned reversed = 0;
    for (int bit = 0; bit < 32; ++bit)
        reversed |= (x >> bit & 1) << (31 - bit);
    return reversed;
}
static inline unsigned long long __brevll(unsigned long long x)
{
    return (unsigned long long)__brev((unsigned)x) << 32 | __brev((unsigned)(x >> 32));
}
static inline unsigned umin(unsigned x, unsigned y) { return x < y ? x : y; }
static inline unsigned umax(unsigned x, unsigned y) { return x < y ? y : x; }
