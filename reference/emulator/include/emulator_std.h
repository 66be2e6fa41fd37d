// The parts of C++'s standard library that kernels use: mathematics, min, max, swap and numeric_limits.
//
// NVIDIA's compiler also reads this file. So the file marks the functions that run on a GPU, and uses no
// emulator name.
#pragma once

namespace std {

using ::size_t; using ::ptrdiff_t;
using ::int8_t; using ::int16_t; using ::int32_t; using ::int64_t;
using ::uint8_t; using ::uint16_t; using ::uint32_t; using ::uint64_t;
using ::abs; using ::fabs; using ::sqrt; using ::cbrt; using ::exp; using ::exp2; using ::expm1; using ::log;
using ::log2; using ::log10; using ::log1p; using ::sin; using ::cos; using ::tan; using ::asin; using ::acos;
using ::atan; using ::atan2; using ::sinh; using ::cosh; using ::tanh; using ::asinh; using ::acosh;
using ::atanh;
using ::pow; using ::fmod; using ::fmin; using ::fmax; using ::floor; using ::ceil; using ::trunc;
using ::round;
using ::rint; using ::hypot; using ::copysign; using ::fma; using ::ldexp; using ::erf; using ::erfc;
using ::isnan; using ::isinf; using ::isfinite; using ::signbit;

template <typename T> __host__ __device__ constexpr const T &min(const T &a, const T &b)
{
    return b < a ? b : a;
}
template <typename T> __host__ __device__ constexpr const T &max(const T &a, const T &b)
{
    return a < b ? b : a;
}
template <typename T> __host__ __device__ constexpr const T &clamp(const T &x, const T &low, const T &high)
{
    return x < low ? low : high < x ? high : x;
}
template <typename T> struct remove_reference { typedef T type; };
template <typename T> struct remove_reference<T &> { typedef T type; };
template <typename T> struct remove_reference<T &&> { typedef T type; };
template <typename T> __host__ __device__ constexpr typename remove_reference<T>::type &&move(T &&x)
{
    return static_cast<typename remove_reference<T>::type &&>(x);
}
template <typename T> __host__ __device__ constexpr T &&forward(typename remove_reference<T>::type &x)
{
    return static_cast<T &&>(x);
}
template <typename T> __host__ __device__ constexpr void swap(T &a, T &b)
{
    T kept = a;
    a = b;
    b = kept;
}
template <typename T, typename U> struct is_same { static constexpr bool value = false; };
template <typename T> struct is_same<T, T> { static constexpr bool value = true; };
template <typename T, typename U> inline constexpr bool is_same_v = is_same<T, U>::value;

template <typename T> struct numeric_limits;
#ifdef __CUDACC_RTC__ // for NVRTC, INFINITY is not a constant
#define BACKFLIP_CONSTANT
#else
#define BACKFLIP_CONSTANT constexpr
#endif
#define BACKFLIP_LIMITS(T, least, most, lowest_of_all, step, is_whole)                                 \
    template <> struct numeric_limits<T> {                                                             \
        static constexpr bool is_specialized = true, is_integer = is_whole;                            \
        static __host__ __device__ constexpr T min() { return least; }                                 \
        static __host__ __device__ constexpr T max() { return most; }                                  \
        static __host__ __device__ constexpr T lowest() { return lowest_of_all; }                      \
        static __host__ __device__ constexpr T epsilon() { return step; }                              \
        static __host__ __device__ BACKFLIP_CONSTANT T infinity() { return (T)(is_whole ? 0 : INFINITY); } \
        static __host__ __device__ BACKFLIP_CONSTANT T quiet_NaN() { return (T)(is_whole ? 0 : NAN); }     \
    };
BACKFLIP_LIMITS(float, 1.17549435e-38f, 3.40282347e+38f, -3.40282347e+38f, 1.1920929e-7f, false)
BACKFLIP_LIMITS(double, 2.2250738585072014e-308, 1.7976931348623157e+308, -1.7976931348623157e+308,
    2.2204460492503131e-16, false)
BACKFLIP_LIMITS(signed char, -128, 127, -128, 0, true)
BACKFLIP_LIMITS(char, -128, 127, -128, 0, true)
BACKFLIP_LIMITS(unsigned char, 0, 255, 0, 0, true)
BACKFLIP_LIMITS(short, -32768, 32767, -32768, 0, true)
BACKFLIP_LIMITS(unsigned short, 0, 65535, 0, 0, true)
BACKFLIP_LIMITS(int, -2147483647 - 1, 2147483647, -2147483647 - 1, 0, true)
BACKFLIP_LIMITS(unsigned, 0, 4294967295u, 0, 0, true)
BACKFLIP_LIMITS(long, -9223372036854775807l - 1, 9223372036854775807l, -9223372036854775807l - 1, 0, true)
BACKFLIP_LIMITS(unsigned long, 0, 18446744073709551615ul, 0, 0, true)
BACKFLIP_LIMITS(
    long long, -9223372036854775807ll - 1, 9223372036854775807ll, -9223372036854775807ll - 1, 0, true)
BACKFLIP_LIMITS(unsigned long long, 0, 18446744073709551615ull, 0, 0, true)
#undef BACKFLIP_LIMITS
#undef BACKFLIP_CONSTANT

} // namespace std
