// Random numbers in kernels, of <curand_kernel.h>: NVIDIA's "cuRAND", "Device API".
//
// The generators are XORWOW (Marsaglia, "Xorshift RNGs", 2003) and Philox4x32-10 (Salmon et al., "Parallel
// Random Numbers: As Easy as 1, 2, 3", 2011). Seeds, sequences, positions and uniform numbers are those of a
// GPU bit by bit. Normal numbers are as the host computes them: a GPU's sine, cosine and logarithm differ in
// the last digits.
#pragma once

// Moves a vector of XORWOW on by n numbers, or by n sequences of 2^67 numbers.
extern "C" void emulator_xorwow_skip(unsigned *vector, unsigned long long n, int by_sequences);

struct curandStateXORWOW {
    unsigned d, v[5];
    // the kind of the number in `extra`: 0 for none, EMULATOR_NORMAL or EMULATOR_LOG_NORMAL
    int kept, kept_double;
    float extra;
    int unused;  // fills the padding, so that every byte has a value
    double extra_double;
};
typedef curandStateXORWOW curandStateXORWOW_t, curandState, curandState_t;

struct curandStatePhilox4_32_10 {
    uint4 ctr, output;
    uint2 key;
    unsigned STATE;  // the index in `output` of the next number
    int kept, kept_double;
    float extra;
    double extra_double;
};
typedef curandStatePhilox4_32_10 curandStatePhilox4_32_10_t;

enum { EMULATOR_NORMAL = 1, EMULATOR_LOG_NORMAL };

static inline unsigned curand(curandStateXORWOW *state)
{
    unsigned t = state->v[0] ^ state->v[0] >> 2;
    for (int i = 0; i < 4; ++i)
        state->v[i] = state->v[i + 1];
    state->v[4] = state->v[4] ^ state->v[4] << 4 ^ t ^ t << 1;
    state->d += 362437;
    return state->v[4] + state->d;
}
static inline void emulator_skip(unsigned long long n, bool by_sequences, curandStateXORWOW *state)
{
    unsigned vector[5];
    for (int i = 0; i < 5; ++i)
        vector[i] = state->v[i];
    emulator_xorwow_skip(vector, n, by_sequences);
    for (int i = 0; i < 5; ++i)
        state->v[i] = vector[i];
    if (!by_sequences)  // 2^67 steps of d are a multiple of 2^32
        state->d += 362437 * unsigned(n);
}
static inline void skipahead(unsigned long long n, curandStateXORWOW *state)
{
    emulator_skip(n, false, state);
}
static inline void skipahead_sequence(unsigned long long n, curandStateXORWOW *state)
{
    emulator_skip(n, true, state);
}
static inline void curand_init(
    unsigned long long seed, unsigned long long sequence, unsigned long long offset, curandStateXORWOW *state)
{
    unsigned a = 1099087573u * (unsigned(seed) ^ 0xaad26b49u),
             b = 2591861531u * (unsigned(seed >> 32) ^ 0xf7dcefddu);
    curandStateXORWOW made = {6615241 + a + b,
        {123456789 + a, 362436069 ^ a, 521288629 + b, 88675123 ^ b, 5783321 + a}, 0, 0, 0, 0, 0};
    skipahead_sequence(sequence, &made);
    skipahead(offset, &made);
    *state = made;
}

EMULATOR_QUIET static inline uint4 emulator_philox(uint4 counter, uint2 key)
{
    for (int round = 0; round < 10; ++round) {
        unsigned long long a = 0xd2511f53ull * counter.x, b = 0xcd9e8d57ull * counter.z;
        counter = make_uint4(unsigned(b >> 32) ^ counter.y ^ key.x, unsigned(b),
            unsigned(a >> 32) ^ counter.w ^ key.y, unsigned(a));
        key.x += 0x9e3779b9u;
        key.y += 0xbb67ae85u;
    }
    return counter;
}
static inline void emulator_advance(
    curandStatePhilox4_32_10 *state, unsigned long long low, unsigned long long high)
{
    uint4 old = state->ctr;
    unsigned long long first = (unsigned long long)old.y << 32 | old.x,
                       second = (unsigned long long)old.w << 32 | old.z;
    first += low;
    second += high + (first < low);
    state->ctr = make_uint4(unsigned(first), unsigned(first >> 32), unsigned(second), unsigned(second >> 32));
    state->output = emulator_philox(state->ctr, state->key);
}
static inline unsigned curand(curandStatePhilox4_32_10 *state)
{
    unsigned at = state->STATE,
             number = at == 0 ? state->output.x
        : at == 1             ? state->output.y
        : at == 2             ? state->output.z
                              : state->output.w;
    state->STATE = (at + 1) & 3;
    if (at == 3)
        emulator_advance(state, 1, 0);
    return number;
}
static inline uint4 curand4(curandStatePhilox4_32_10 *state)
{
    uint4 numbers;
    numbers.x = curand(state);
    numbers.y = curand(state);
    numbers.z = curand(state);
    numbers.w = curand(state);
    return numbers;
}
static inline void skipahead(unsigned long long n, curandStatePhilox4_32_10 *state)
{
    unsigned at = state->STATE + unsigned(n & 3);
    state->STATE = at & 3;
    emulator_advance(state, n / 4 + (at > 3), 0);
}
static inline void skipahead_sequence(unsigned long long n, curandStatePhilox4_32_10 *state)
{
    emulator_advance(state, 0, n);
}
static inline void curand_init(unsigned long long seed, unsigned long long sequence,
    unsigned long long offset, curandStatePhilox4_32_10 *state)
{
    curandStatePhilox4_32_10 made
        = {{0, 0, 0, 0}, {0, 0, 0, 0}, {unsigned(seed), unsigned(seed >> 32)}, 0, 0, 0, 0, 0};
    skipahead_sequence(sequence, &made);
    skipahead(offset, &made);
    *state = made;
}

// Uniform numbers: from just above 0 to 1.
EMULATOR_QUIET static inline float emulator_uniform(unsigned x) { return x * 0x1p-32f + 0x1p-33f; }
EMULATOR_QUIET static inline double emulator_uniform(unsigned x, unsigned y)
{
    return double(x ^ (unsigned long long)y << 21) * 0x1p-53 + 0x1p-54;
}
template <typename S> static inline float curand_uniform(S *state) { return emulator_uniform(curand(state)); }
static inline double curand_uniform_double(curandStateXORWOW *state)
{
    unsigned x = curand(state), y = curand(state);
    return emulator_uniform(x, y);
}
static inline double curand_uniform_double(curandStatePhilox4_32_10 *state)
{
    return curand(state) * 0x1p-32 + 0x1p-32;
}
static inline float4 curand_uniform4(curandStatePhilox4_32_10 *state)
{
    uint4 x = curand4(state);
    return make_float4(
        emulator_uniform(x.x), emulator_uniform(x.y), emulator_uniform(x.z), emulator_uniform(x.w));
}
static inline double2 curand_uniform2_double(curandStatePhilox4_32_10 *state)
{
    uint4 x = curand4(state);
    return make_double2(emulator_uniform(x.x, x.y), emulator_uniform(x.z, x.w));
}

// Normal numbers, two at a time: Box and Muller, "A Note on the Generation of Random Normal Deviates", 1958.
EMULATOR_QUIET static inline float2 emulator_normals(unsigned x, unsigned y)
{
    const float turn = 0x1p-32f * 6.2831855f;
    float s = sqrtf(-2 * logf(emulator_uniform(x))), angle = y * turn + turn / 2;
    return make_float2(sinf(angle) * s, cosf(angle) * s);
}
EMULATOR_QUIET static inline double2 emulator_normals(uint4 x)
{
    double s = sqrt(-2 * log(emulator_uniform(x.x, x.y))),
           angle = 2 * emulator_uniform(x.z, x.w) * 3.1415926535897932;
    return make_double2(sin(angle) * s, cos(angle) * s);
}
template <typename S> static inline float2 curand_normal2(S *state)
{
    unsigned x = curand(state), y = curand(state);
    return emulator_normals(x, y);
}
template <typename S> static inline double2 curand_normal2_double(S *state)
{
    uint4 x;
    x.x = curand(state);
    x.y = curand(state);
    x.z = curand(state);
    x.w = curand(state);
    return emulator_normals(x);
}
static inline float4 curand_normal4(curandStatePhilox4_32_10 *state)
{
    float2 a = curand_normal2(state), b = curand_normal2(state);
    return make_float4(a.x, a.y, b.x, b.y);
}
// Stores the other number of a pair for the next call.
template <typename T, typename F> static inline T emulator_one_of_two(int kind, int &kept, T &extra, F &&pair)
{
    if (kept == kind) {
        kept = 0;
        return extra;
    }
    auto two = pair();
    kept = kind;
    extra = two.y;
    return two.x;
}
template <typename S> static inline float2 curand_log_normal2(S *state, float mean, float deviation)
{
    float2 two = curand_normal2(state);
    return make_float2(expf(mean + deviation * two.x), expf(mean + deviation * two.y));
}
template <typename S> static inline double2 curand_log_normal2_double(S *state, double mean, double deviation)
{
    double2 two = curand_normal2_double(state);
    return make_double2(exp(mean + deviation * two.x), exp(mean + deviation * two.y));
}
template <typename S> static inline float curand_normal(S *state)
{
    return emulator_one_of_two(
        EMULATOR_NORMAL, state->kept, state->extra, [=] { return curand_normal2(state); });
}
template <typename S> static inline double curand_normal_double(S *state)
{
    return emulator_one_of_two(EMULATOR_NORMAL, state->kept_double, state->extra_double,
        [=] { return curand_normal2_double(state); });
}
template <typename S> static inline float curand_log_normal(S *state, float mean, float deviation)
{
    return emulator_one_of_two(EMULATOR_LOG_NORMAL, state->kept, state->extra,
        [=] { return curand_log_normal2(state, mean, deviation); });
}
template <typename S> static inline double curand_log_normal_double(S *state, double mean, double deviation)
{
    return emulator_one_of_two(EMULATOR_LOG_NORMAL, state->kept_double, state->extra_double,
        [=] { return curand_log_normal2_double(state, mean, deviation); });
}
