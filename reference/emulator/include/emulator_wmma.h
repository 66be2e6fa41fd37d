// Products of small matrices by a whole warp, of <mma.h>: NVIDIA's "CUDA C++ Programming Guide", "Warp Matrix
// Functions".
//
// The hardware chooses which elements of a matrix a lane holds; here lane l holds the elements l, l + 32, and
// so on, row by row. The hardware also chooses how a product is rounded; here its sum is rounded once.
#pragma once

extern "C" {
// the fragments of the warp's lanes: 32 for each matrix
void **emulator_fragments(const void *a, const void *b);
void emulator_incomplete(int line);
void emulator_touch(const volatile void *pointer, int size, int is_store, int line);
void emulator_aligned(
    const volatile void *pointer, int alignment, int is_store, int line, const char *what);
}

namespace nvcuda {
namespace wmma {

struct matrix_a {};
struct matrix_b {};
struct accumulator {};
struct row_major {};
struct col_major {};
namespace precision {
struct tf32 {};
}
enum layout_t { mem_row_major, mem_col_major };

template <typename T> struct emulator_stored { typedef T type; };
template <> struct emulator_stored<precision::tf32> { typedef float type; };
template <typename T> EMULATOR_QUIET inline double emulator_factor(typename emulator_stored<T>::type value)
{
    return (double)(float)value;
}
// Converts a sum in double to float or half, or exactly to int: no sum of products of 8-bit integers has more
// than 53 bits. A sum that an int cannot hold wraps around; with `satf` it becomes the nearest int.
template <typename T> EMULATOR_QUIET inline T emulator_rounded(double total, bool) { return (T)(float)total; }
template <> EMULATOR_QUIET inline int emulator_rounded<int>(double total, bool is_cut)
{
    if (is_cut)
        return total > 2147483647.0 ? 2147483647 : total < -2147483648.0 ? -2147483647 - 1 : (int)total;
    return (int)(unsigned)(long long)total;
}
template <typename T> EMULATOR_QUIET inline double emulator_addend(T value) { return (double)(float)value; }
template <> EMULATOR_QUIET inline double emulator_addend<int>(int value) { return (double)value; }
template <> EMULATOR_QUIET inline double emulator_factor<precision::tf32>(float value)
{
    return (double)__uint_as_float(__float_as_uint(value) & ~0x1fffu);  // the lower bits are ignored
}
static inline float __float_to_tf32(float value)
{
    return __uint_as_float((__float_as_uint(value) + 0x1000u) & ~0x1fffu);
}

template <typename Use, int M, int N, int K> struct emulator_shape;
template <int M, int N, int K> struct emulator_shape<matrix_a, M, N, K> {
    static const int rows = M, columns = K;
};
template <int M, int N, int K> struct emulator_shape<matrix_b, M, N, K> {
    static const int rows = K, columns = N;
};
template <int M, int N, int K> struct emulator_shape<accumulator, M, N, K> {
    static const int rows = M, columns = N;
};

template <typename Use, int M, int N, int K, typename T, typename Layout = void> struct fragment {
    static_assert(
        (M == 16 && N == 16 && (K == 16 || K == 8)) || (K == 16 && M * N == 256 && (M == 8 || M == 32)),
        "matrices are 16x16x16, 32x8x16 or 8x32x16, and 16x16x8 for tf32");
    typedef typename emulator_stored<T>::type element_type;
    static const int rows = emulator_shape<Use, M, N, K>::rows,
                     columns = emulator_shape<Use, M, N, K>::columns;
    static const int num_elements = rows * columns / 32;
    element_type x[num_elements];
};

// All lanes of a warp must reach one line.
EMULATOR_QUIET static inline void emulator_together(int line)
{
    if (__match_any_sync(emulator_all, line, line) != emulator_all)
        emulator_incomplete(line);
}

EMULATOR_QUIET static inline int emulator_my_lane()
{
    return int((threadIdx.x + blockDim.x * (threadIdx.y + blockDim.y * threadIdx.z)) % 32);
}

template <typename T>
EMULATOR_QUIET static inline void emulator_look_at(const T *memory, unsigned ldm, int is_store, int line)
{
#ifdef EMULATOR_CHECKED
    // for 8-bit integers, 16 bytes are enough
    emulator_aligned(memory, sizeof(T) == 1 ? 16 : 32, is_store, line, "'a matrix'");
    // for every row, because ldm is a multiple of 16 bytes
    emulator_aligned(memory + ldm, 16, is_store, line, "'a row of a matrix'");
#else
    (void)memory, (void)ldm, (void)is_store, (void)line;
#endif
}

// An element of a matrix in memory, about to be used.
template <typename T>
EMULATOR_QUIET static inline T &emulator_at(T *memory, size_t at, int is_store, int line)
{
#ifdef EMULATOR_CHECKED
    emulator_touch(memory + at, sizeof(T), is_store, line);
#else
    (void)is_store, (void)line;
#endif
    return memory[at];
}

template <typename F, typename T>
EMULATOR_QUIET static inline void emulator_load(F &to, const T *memory, unsigned ldm, bool by_rows, int line)
{
    emulator_together(line);
    emulator_look_at(memory, ldm, 0, line);
    for (int i = 0; i < F::num_elements; ++i) {
        int at = i * 32 + emulator_my_lane(), row = at / F::columns, column = at % F::columns;
        to.x[i]
            = emulator_at(memory, by_rows ? (size_t)row * ldm + column : (size_t)column * ldm + row, 0, line);
    }
}

template <typename Use, int M, int N, int K, typename T, typename P>
EMULATOR_QUIET static inline void load_matrix_sync(
    fragment<Use, M, N, K, T, row_major> &to, const P *memory, unsigned ldm, EMULATOR_LINE)
{
    emulator_load(to, memory, ldm, true, line);
}
template <typename Use, int M, int N, int K, typename T, typename P>
EMULATOR_QUIET static inline void load_matrix_sync(
    fragment<Use, M, N, K, T, col_major> &to, const P *memory, unsigned ldm, EMULATOR_LINE)
{
    emulator_load(to, memory, ldm, false, line);
}
template <int M, int N, int K, typename T, typename P>
EMULATOR_QUIET static inline void load_matrix_sync(
    fragment<accumulator, M, N, K, T> &to, const P *memory, unsigned ldm, layout_t layout, EMULATOR_LINE)
{
    emulator_load(to, memory, ldm, layout == mem_row_major, line);
}

template <int M, int N, int K, typename T, typename P>
EMULATOR_QUIET static inline void store_matrix_sync(
    P *memory, const fragment<accumulator, M, N, K, T> &from, unsigned ldm, layout_t layout, EMULATOR_LINE)
{
    emulator_together(line);
    emulator_look_at(memory, ldm, 1, line);
    for (int i = 0; i < from.num_elements; ++i) {
        int at = i * 32 + emulator_my_lane(), row = at / N, column = at % N;
        size_t place = layout == mem_row_major ? (size_t)row * ldm + column : (size_t)column * ldm + row;
        emulator_at(memory, place, 1, line) = from.x[i];
    }
}

template <typename Use, int M, int N, int K, typename T, typename Layout, typename V>
static inline void fill_fragment(fragment<Use, M, N, K, T, Layout> &to, const V &value)
{
    for (int i = 0; i < to.num_elements; ++i)
        to.x[i] = (typename emulator_stored<T>::type)value;
}

// The lanes read each other's fragments, which are on their stacks, between two meetings.
template <typename A, typename B, typename TA, typename TB, typename D, typename C>
EMULATOR_QUIET __attribute__((noinline)) void emulator_multiply(
    void **given, D &to, const C &sum, int lane, int depth, bool is_cut)
{
    for (int i = 0; i < D::num_elements; ++i) {
        int at = i * 32 + lane, row = at / D::columns, column = at % D::columns;
        double total = emulator_addend(sum.x[i]);
        for (int k = 0; k < depth; ++k) {
            int in_a = row * A::columns + k, in_b = k * B::columns + column;
            const A &a = *static_cast<const A *>(given[in_a % 32]);
            const B &b = *static_cast<const B *>(given[32 + in_b % 32]);
            total += emulator_factor<TA>(a.x[in_a / 32]) * emulator_factor<TB>(b.x[in_b / 32]);
        }
        to.x[i] = emulator_rounded<typename D::element_type>(total, is_cut);
    }
}

template <int M, int N, int K, typename T, typename LA, typename LB, typename TD, typename TC>
static inline void mma_sync(fragment<accumulator, M, N, K, TD> &to,
    const fragment<matrix_a, M, N, K, T, LA> &a, const fragment<matrix_b, M, N, K, T, LB> &b,
    const fragment<accumulator, M, N, K, TC> &sum, bool satf = false, EMULATOR_LINE)
{
    void **given = emulator_fragments(&a, &b);
    fragment<accumulator, M, N, K, TD> made;
    emulator_together(line);
    emulator_multiply<fragment<matrix_a, M, N, K, T, LA>, fragment<matrix_b, M, N, K, T, LB>, T, T>(
        given, made, sum, emulator_my_lane(), K, satf);
    emulator_together(line);
    to = made;
}

} // namespace wmma
} // namespace nvcuda
