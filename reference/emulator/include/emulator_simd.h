// Arithmetic on the two halves, or the four bytes, of a word. The names and their meaning are those of
// NVIDIA's "CUDA Math API", "SIMD Intrinsics".
#pragma once

template <int Bits, typename F>
EMULATOR_QUIET static inline unsigned emulator_parts_of(unsigned a, unsigned b, bool is_signed, F &&made)
{
    unsigned result = 0;
    for (int at = 0; at < 32; at += Bits) {
        const int rest = 32 - Bits;
        int x = is_signed ? (int)(a << (rest - at)) >> rest : (int)(a << (rest - at) >> rest);
        int y = is_signed ? (int)(b << (rest - at)) >> rest : (int)(b << (rest - at) >> rest);
        result |= ((unsigned)made(x, y) & (~0u >> rest)) << at;
    }
    return result;
}
EMULATOR_QUIET static inline int emulator_between(int low, int value, int high)
{
    return value < low ? low : value > high ? high : value;
}

#define EMULATOR_OF_PARTS(name, bits, is_signed, ...)                                                        \
    EMULATOR_QUIET static inline unsigned name(unsigned a, unsigned b)                                       \
    {                                                                                                        \
        const int most = is_signed ? (1 << (bits - 1)) - 1 : (1 << bits) - 1,                                \
                  least = is_signed ? -most - 1 : 0;                                                         \
        return emulator_parts_of<bits>(a, b, is_signed, [=](int x, int y) EMULATOR_QUIET -> int {            \
            (void)most, (void)least;                                                                         \
            return __VA_ARGS__;                                                                              \
        });                                                                                                  \
    }
#define EMULATOR_SIMD(name, is_signed, ...)                           \
    EMULATOR_OF_PARTS(name##2, 16, is_signed, __VA_ARGS__)            \
    EMULATOR_OF_PARTS(name##4, 8, is_signed, __VA_ARGS__)
#define EMULATOR_SIMD_OF_ONE(name, of_two)                                                     \
    EMULATOR_QUIET static inline unsigned name##2(unsigned a) { return of_two##2(0, a); }      \
    EMULATOR_QUIET static inline unsigned name##4(unsigned a) { return of_two##4(0, a); }
#define EMULATOR_COMPARISON(name, is_signed, operation)                   \
    EMULATOR_SIMD(__vcmp##name, is_signed, x operation y ? -1 : 0)        \
    EMULATOR_SIMD(__vset##name, is_signed, x operation y)
#define EMULATOR_SUM(name, differences, bits)                             \
    EMULATOR_QUIET static inline unsigned name(unsigned a, unsigned b)    \
    {                                                                     \
        unsigned sum = 0, parts = differences(a, b);                      \
        for (int at = 0; at < 32; at += bits)                             \
            sum += parts >> at & (~0u >> (32 - bits));                    \
        return sum;                                                       \
    }

EMULATOR_SIMD(__vadd, false, x + y)
EMULATOR_SIMD(__vsub, false, x - y)
EMULATOR_SIMD(__vaddss, true, emulator_between(least, x + y, most))
EMULATOR_SIMD(__vaddus, false, emulator_between(least, x + y, most))
EMULATOR_SIMD(__vsubss, true, emulator_between(least, x - y, most))
EMULATOR_SIMD(__vsubus, false, emulator_between(least, x - y, most))
EMULATOR_SIMD(__vabsdiffs, true, x < y ? y - x : x - y)
EMULATOR_SIMD(__vabsdiffu, false, x < y ? y - x : x - y)
EMULATOR_SIMD(__vavgu, false, (x + y + 1) / 2)
EMULATOR_SIMD(__vhaddu, false, (x + y) / 2)
EMULATOR_SIMD(__vmaxs, true, x < y ? y : x)
EMULATOR_SIMD(__vmaxu, false, x < y ? y : x)
EMULATOR_SIMD(__vmins, true, x < y ? x : y)
EMULATOR_SIMD(__vminu, false, x < y ? x : y)
EMULATOR_COMPARISON(eq, false, ==) EMULATOR_COMPARISON(ne, false, !=)
EMULATOR_COMPARISON(ges, true, >=) EMULATOR_COMPARISON(geu, false, >=)
EMULATOR_COMPARISON(gts, true, >) EMULATOR_COMPARISON(gtu, false, >)
EMULATOR_COMPARISON(les, true, <=) EMULATOR_COMPARISON(leu, false, <=)
EMULATOR_COMPARISON(lts, true, <) EMULATOR_COMPARISON(ltu, false, <)
EMULATOR_SIMD_OF_ONE(__vneg, __vsub)
EMULATOR_SIMD_OF_ONE(__vnegss, __vsubss)
EMULATOR_SIMD_OF_ONE(__vabs, __vabsdiffs)
EMULATOR_QUIET static inline unsigned __vabsss2(unsigned a)
{
    return __vmins2(__vmaxs2(a, __vnegss2(a)), 0x7fff7fff);
}
EMULATOR_QUIET static inline unsigned __vabsss4(unsigned a)
{
    return __vmins4(__vmaxs4(a, __vnegss4(a)), 0x7f7f7f7f);
}
EMULATOR_SUM(__vsads2, __vabsdiffs2, 16) EMULATOR_SUM(__vsads4, __vabsdiffs4, 8)
EMULATOR_SUM(__vsadu2, __vabsdiffu2, 16) EMULATOR_SUM(__vsadu4, __vabsdiffu4, 8)
