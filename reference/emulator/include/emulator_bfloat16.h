// Numbers of 16 bits with the range of float, of <cuda_bf16.h>: NVIDIA's "CUDA Math API", "Bfloat16
// Precision".
//
// They are computed in float and rounded to the nearest, ties to even.
#pragma once

struct __nv_bfloat16 {
    unsigned short emulator_bits;

    __nv_bfloat16() = default;
    __nv_bfloat16(float x)
    {
        unsigned bits = __float_as_uint(x);
        bool is_nan = (bits & 0x7fffffffu) > 0x7f800000u;
        emulator_bits = (unsigned short)(is_nan ? 0x7fff : (bits + 0x7fff + (bits >> 16 & 1)) >> 16);
    }
    __nv_bfloat16(double x) : __nv_bfloat16((float)x) {}
    __nv_bfloat16(int x) : __nv_bfloat16((float)x) {}
    __nv_bfloat16(unsigned x) : __nv_bfloat16((float)x) {}
    operator float() const { return __uint_as_float((unsigned)emulator_bits << 16); }
};
typedef __nv_bfloat16 nv_bfloat16;

static inline float __bfloat162float(nv_bfloat16 x) { return x; }
static inline nv_bfloat16 __float2bfloat16(float x) { return x; }
static inline nv_bfloat16 __float2bfloat16_rn(float x) { return x; }
static inline nv_bfloat16 __double2bfloat16(double x) { return x; }
static inline nv_bfloat16 __int2bfloat16_rn(int x) { return x; }
static inline int __bfloat162int_rn(nv_bfloat16 x) { return (int)rintf(x); }
#define EMULATOR_BFLOAT16(T, name, text, value)                                       \
    static inline T name(nv_bfloat16 a, nv_bfloat16 b) { float x = a, y = b; return value; } \
    static inline T operator text(nv_bfloat16 a, nv_bfloat16 b) { float x = a, y = b; return value; }
EMULATOR_BFLOAT16(nv_bfloat16, __hadd, +, x + y) EMULATOR_BFLOAT16(nv_bfloat16, __hsub, -, x - y)
EMULATOR_BFLOAT16(nv_bfloat16, __hmul, *, x * y) EMULATOR_BFLOAT16(nv_bfloat16, __hdiv, /, x / y)
EMULATOR_BFLOAT16(bool, __heq, ==, x == y) EMULATOR_BFLOAT16(bool, __hne, !=, x != y)
EMULATOR_BFLOAT16(bool, __hlt, <, x < y) EMULATOR_BFLOAT16(bool, __hle, <=, x <= y)
EMULATOR_BFLOAT16(bool, __hgt, >, x > y) EMULATOR_BFLOAT16(bool, __hge, >=, x >= y)
static inline nv_bfloat16 operator-(nv_bfloat16 x) { return -(float)x; }
static inline nv_bfloat16 &operator+=(nv_bfloat16 &x, nv_bfloat16 y) { return x = x + y; }
static inline nv_bfloat16 &operator-=(nv_bfloat16 &x, nv_bfloat16 y) { return x = x - y; }
static inline nv_bfloat16 &operator*=(nv_bfloat16 &x, nv_bfloat16 y) { return x = x * y; }
static inline nv_bfloat16 &operator/=(nv_bfloat16 &x, nv_bfloat16 y) { return x = x / y; }
static inline nv_bfloat16 __hfma(nv_bfloat16 x, nv_bfloat16 y, nv_bfloat16 z) { return fmaf(x, y, z); }
static inline nv_bfloat16 __hneg(nv_bfloat16 x) { return -x; }
static inline nv_bfloat16 __habs(nv_bfloat16 x) { return fabsf(x); }
static inline nv_bfloat16 __hmax(nv_bfloat16 x, nv_bfloat16 y) { return fmaxf(x, y); }
static inline nv_bfloat16 __hmin(nv_bfloat16 x, nv_bfloat16 y) { return fminf(x, y); }
static inline bool __hisnan(nv_bfloat16 x) { return isnan((float)x); }
static inline nv_bfloat16 hexp(nv_bfloat16 x) { return expf(x); }
static inline nv_bfloat16 hlog(nv_bfloat16 x) { return logf(x); }
static inline nv_bfloat16 hsqrt(nv_bfloat16 x) { return sqrtf(x); }
static inline nv_bfloat16 hrsqrt(nv_bfloat16 x) { return 1 / sqrtf(x); }
static inline nv_bfloat16 hrcp(nv_bfloat16 x) { return 1 / (float)x; }
static inline unsigned short __bfloat16_as_ushort(nv_bfloat16 x) { return x.emulator_bits; }

struct __attribute__((aligned(4))) __nv_bfloat162 { nv_bfloat16 x, y; };
typedef __nv_bfloat162 nv_bfloat162;
static inline nv_bfloat162 make_bfloat162(nv_bfloat16 x, nv_bfloat16 y) { return {x, y}; }
static inline nv_bfloat162 __halves2bfloat162(nv_bfloat16 x, nv_bfloat16 y) { return {x, y}; }
static inline nv_bfloat162 __bfloat162bfloat162(nv_bfloat16 x) { return {x, x}; }
static inline nv_bfloat162 __float2bfloat162_rn(float x) { return {x, x}; }
static inline nv_bfloat162 __floats2bfloat162_rn(float x, float y) { return {x, y}; }
static inline nv_bfloat162 __float22bfloat162_rn(float2 x) { return {x.x, x.y}; }
static inline float2 __bfloat1622float2(nv_bfloat162 x) { return {x.x, x.y}; }
static inline nv_bfloat16 __low2bfloat16(nv_bfloat162 x) { return x.x; }
static inline nv_bfloat16 __high2bfloat16(nv_bfloat162 x) { return x.y; }
static inline float __low2float(nv_bfloat162 x) { return x.x; }
static inline float __high2float(nv_bfloat162 x) { return x.y; }
#define EMULATOR_BFLOAT16_PAIRS(name, one) \
    static inline nv_bfloat162 name(nv_bfloat162 x, nv_bfloat162 y) { return {one(x.x, y.x), one(x.y, y.y)}; }
EMULATOR_BFLOAT16_PAIRS(__hadd2, __hadd) EMULATOR_BFLOAT16_PAIRS(__hsub2, __hsub)
EMULATOR_BFLOAT16_PAIRS(__hmul2, __hmul) EMULATOR_BFLOAT16_PAIRS(__h2div, __hdiv)
EMULATOR_BFLOAT16_PAIRS(__hmax2, __hmax) EMULATOR_BFLOAT16_PAIRS(__hmin2, __hmin)
static inline nv_bfloat162 __hfma2(nv_bfloat162 x, nv_bfloat162 y, nv_bfloat162 z)
{
    return {__hfma(x.x, y.x, z.x), __hfma(x.y, y.y, z.y)};
}
EMULATOR_ATOMIC_ADD(nv_bfloat16, old + value)
EMULATOR_ATOMIC_ADD(nv_bfloat162, __hadd2(old, value))
