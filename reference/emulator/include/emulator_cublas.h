// The functions of cuBLAS that programs use most, and cuRAND's generators for the host. The names and their
// meaning are those of NVIDIA's documentation. Matrices are stored by columns. Scalars and results are in the
// host's memory. A product is a launch of one thread, which tells the checks the columns that it reads and
// writes.
//
// A generator gives other numbers than a GPU's, with the same distribution.
#pragma once

#ifdef EMULATOR_PROGRAM
#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

extern "C" void emulator_touch(const volatile void *pointer, int size, int is_store, int line);

enum cublasStatus_t {
    CUBLAS_STATUS_SUCCESS = 0, CUBLAS_STATUS_NOT_INITIALIZED = 1, CUBLAS_STATUS_ALLOC_FAILED = 3,
    CUBLAS_STATUS_INVALID_VALUE = 7, CUBLAS_STATUS_EXECUTION_FAILED = 13, CUBLAS_STATUS_INTERNAL_ERROR = 14
};
enum cublasOperation_t { CUBLAS_OP_N, CUBLAS_OP_T, CUBLAS_OP_C };
enum cublasMath_t {
    CUBLAS_DEFAULT_MATH = 0, CUBLAS_TENSOR_OP_MATH = 1, CUBLAS_PEDANTIC_MATH = 2, CUBLAS_TF32_TENSOR_OP_MATH =
    3
};
typedef struct emulator_cublas *cublasHandle_t;
static inline cublasStatus_t cublasCreate(cublasHandle_t *handle)
{
    static char one;
    return *handle = (cublasHandle_t)&one, CUBLAS_STATUS_SUCCESS;
}
static inline cublasStatus_t cublasDestroy(cublasHandle_t) { return CUBLAS_STATUS_SUCCESS; }
static inline cublasStatus_t cublasSetStream(cublasHandle_t, cudaStream_t) { return CUBLAS_STATUS_SUCCESS; }
static inline cublasStatus_t cublasSetMathMode(cublasHandle_t, cublasMath_t) { return CUBLAS_STATUS_SUCCESS; }
static inline const char *cublasGetStatusString(cublasStatus_t status)
{
    return status == CUBLAS_STATUS_SUCCESS      ? "success"
        : status == CUBLAS_STATUS_INVALID_VALUE ? "an invalid value"
                                                : "an error";
}

static inline cublasStatus_t emulator_blas_status(int line)
{
    return emulator_finish(line) == cudaSuccess ? CUBLAS_STATUS_SUCCESS : CUBLAS_STATUS_EXECUTION_FAILED;
}
// Tells the checks about `rows` elements of each column.
template <typename T> EMULATOR_QUIET static inline void emulator_columns(
    const T *start, int rows, int columns, int pitch, bool is_store, int line)
{
    for (int j = 0; j < columns; ++j)
        emulator_touch(start + size_t(j) * pitch, rows * int(sizeof(T)), is_store, line);
}
template <typename T>
EMULATOR_QUIET static inline void emulator_elements(const T *start, int n, int step, bool is_store, int line)
{
    for (int i = 0; i < n; ++i)
        emulator_touch(start + ptrdiff_t(i) * step, sizeof(T), is_store, line);
}

template <typename T> cublasStatus_t emulator_gemm(cublasOperation_t of_a, cublasOperation_t of_b, int m,
    int n, int k, T alpha, const T *a, int lda, const T *b, int ldb, T beta, T *c, int ldc, int line)
{
    bool flip_a = of_a != CUBLAS_OP_N, flip_b = of_b != CUBLAS_OP_N;
    int rows_a = flip_a ? k : m, rows_b = flip_b ? n : k;
    if (m < 0 || n < 0 || k < 0 || lda < std::max(1, rows_a) || ldb < std::max(1, rows_b)
        || ldc < std::max(1, m))
        return CUBLAS_STATUS_INVALID_VALUE;
    emulator_on_device(line, "cublas::gemm", [=]() EMULATOR_QUIET {
        emulator_columns(a, rows_a, flip_a ? m : k, lda, false, line);
        emulator_columns(b, rows_b, flip_b ? k : n, ldb, false, line);
        if (beta != T(0))
            emulator_columns(c, m, n, ldc, false, line);
        emulator_columns(c, m, n, ldc, true, line);
        for (int j = 0; j < n; ++j) {
            T *sums = c + size_t(j) * ldc;
            for (int i = 0; i < m; ++i)
                sums[i] = beta == T(0) ? T(0) : beta * sums[i];
            for (int l = 0; l < k; ++l) {
                T factor = alpha * (flip_b ? b[j + size_t(l) * ldb] : b[l + size_t(j) * ldb]);
                for (int i = 0; i < m; ++i)
                    sums[i] += factor * (flip_a ? a[l + size_t(i) * lda] : a[i + size_t(l) * lda]);
            }
        }
    });
    return emulator_blas_status(line);
}
template <typename T> cublasStatus_t emulator_gemv(bool flips, int m, int n, T alpha, const T *a, int lda,
    const T *x, ptrdiff_t step_x, T beta, T *y, ptrdiff_t step_y, int line)
{
    int rows = flips ? n : m, terms = flips ? m : n;
    if (m < 0 || n < 0 || lda < std::max(1, m) || step_x < 1 || step_y < 1)
        return CUBLAS_STATUS_INVALID_VALUE;
    emulator_on_device(line, "cublas::gemv", [=]() EMULATOR_QUIET {
        emulator_columns(a, m, n, lda, false, line);
        emulator_elements(x, terms, int(step_x), false, line);
        if (beta != T(0))
            emulator_elements(y, rows, int(step_y), false, line);
        emulator_elements(y, rows, int(step_y), true, line);
        for (ptrdiff_t i = 0; i < rows; ++i) {
            T sum = 0;
            for (ptrdiff_t l = 0; l < terms; ++l)
                sum += (flips ? a[l + i * lda] : a[i + l * lda]) * x[l * step_x];
            y[i * step_y] = alpha * sum + (beta == T(0) ? T(0) : beta * y[i * step_y]);
        }
    });
    return emulator_blas_status(line);
}
template <typename T>
cublasStatus_t emulator_axpy(int n, T alpha, const T *x, int step_x, T *y, int step_y, int line)
{
    emulator_on_device(line, "cublas::axpy", [=]() EMULATOR_QUIET {
        emulator_elements(x, n, step_x, false, line);
        emulator_elements(y, n, step_y, false, line);
        emulator_elements(y, n, step_y, true, line);
        for (ptrdiff_t i = 0; i < n; ++i)
            y[i * step_y] += alpha * x[i * step_x];
    });
    return emulator_blas_status(line);
}
template <typename T> cublasStatus_t emulator_scal(int n, T alpha, T *x, int step, int line)
{
    emulator_on_device(line, "cublas::scal", [=]() EMULATOR_QUIET {
        emulator_elements(x, n, step, false, line);
        emulator_elements(x, n, step, true, line);
        for (ptrdiff_t i = 0; i < n; ++i)
            x[i * step] *= alpha;
    });
    return emulator_blas_status(line);
}
template <typename T> cublasStatus_t emulator_dot(
    int n, const T *x, int step_x, const T *y, int step_y, T *result, bool is_norm, int line)
{
    emulator_on_device(line, "cublas::dot", [=]() EMULATOR_QUIET {
        emulator_elements(x, n, step_x, false, line);
        emulator_elements(y, n, step_y, false, line);
        T sum = 0;
        for (ptrdiff_t i = 0; i < n; ++i)
            sum += x[i * step_x] * y[i * step_y];
        *result = is_norm ? std::sqrt(sum) : sum;
    });
    return emulator_blas_status(line);
}
#define EMULATOR_BLAS(S, T)                                                                                  \
    static inline cublasStatus_t cublas##S##gemm(cublasHandle_t, cublasOperation_t of_a,                     \
        cublasOperation_t of_b, int m, int n, int k, const T *alpha, const T *a, int lda, const T *b,        \
        int ldb, const T *beta, T *c, int ldc, EMULATOR_LINE)                                                \
    {                                                                                                        \
        return emulator_gemm<T>(of_a, of_b, m, n, k, *alpha, a, lda, b, ldb, *beta, c, ldc, line);           \
    }                                                                                                        \
    static inline cublasStatus_t cublas##S##gemv(cublasHandle_t, cublasOperation_t of_a, int m, int n,       \
        const T *alpha, const T *a, int lda, const T *x, int step_x, const T *beta, T *y, int step_y,        \
        EMULATOR_LINE)                                                                                       \
    {                                                                                                        \
        return emulator_gemv<T>(                                                                             \
            of_a != CUBLAS_OP_N, m, n, *alpha, a, lda, x, step_x, *beta, y, step_y, line);                   \
    }                                                                                                        \
    static inline cublasStatus_t cublas##S##axpy(                                                            \
        cublasHandle_t, int n, const T *alpha, const T *x, int step_x, T *y, int step_y, EMULATOR_LINE)      \
    {                                                                                                        \
        return emulator_axpy<T>(n, *alpha, x, step_x, y, step_y, line);                                      \
    }                                                                                                        \
    static inline cublasStatus_t cublas##S##scal(                                                            \
        cublasHandle_t, int n, const T *alpha, T *x, int step, EMULATOR_LINE)                                \
    {                                                                                                        \
        return emulator_scal<T>(n, *alpha, x, step, line);                                                   \
    }                                                                                                        \
    static inline cublasStatus_t cublas##S##dot(                                                             \
        cublasHandle_t, int n, const T *x, int step_x, const T *y, int step_y, T *result, EMULATOR_LINE)     \
    {                                                                                                        \
        return emulator_dot<T>(n, x, step_x, y, step_y, result, false, line);                                \
    }                                                                                                        \
    static inline cublasStatus_t cublas##S##nrm2(                                                            \
        cublasHandle_t, int n, const T *x, int step, T *result, EMULATOR_LINE)                               \
    {                                                                                                        \
        return emulator_dot<T>(n, x, step, x, step, result, true, line);                                     \
    }
EMULATOR_BLAS(S, float) EMULATOR_BLAS(D, double)

enum curandStatus_t {
    CURAND_STATUS_SUCCESS = 0, CURAND_STATUS_OUT_OF_RANGE = 104, CURAND_STATUS_LAUNCH_FAILURE = 201
};
enum curandRngType_t {
    CURAND_RNG_PSEUDO_DEFAULT = 100, CURAND_RNG_PSEUDO_XORWOW = 101, CURAND_RNG_PSEUDO_MRG32K3A = 121,
    CURAND_RNG_PSEUDO_MTGP32 = 141, CURAND_RNG_PSEUDO_MT19937 = 142, CURAND_RNG_PSEUDO_PHILOX4_32_10 = 161
};
typedef std::mt19937_64 *curandGenerator_t;
static inline curandStatus_t curandCreateGenerator(curandGenerator_t *generator, curandRngType_t)
{
    return *generator = new std::mt19937_64(0), CURAND_STATUS_SUCCESS;
}
static inline curandStatus_t curandDestroyGenerator(curandGenerator_t generator)
{
    return delete generator, CURAND_STATUS_SUCCESS;
}
static inline curandStatus_t curandSetStream(curandGenerator_t, cudaStream_t)
{
    return CURAND_STATUS_SUCCESS;
}
static inline curandStatus_t curandSetPseudoRandomGeneratorSeed(
    curandGenerator_t generator, unsigned long long seed)
{
    return generator->seed(seed), CURAND_STATUS_SUCCESS;
}
template <typename T, typename F> curandStatus_t emulator_draw(T *out, size_t n, F draw, int line)
{
    std::vector<T> values(n);
    std::generate(values.begin(), values.end(), draw);
    bool is_done
        = emulator_copy(out, values.data(), n * sizeof(T), cudaMemcpyHostToDevice, 1, line) == cudaSuccess;
    return is_done ? CURAND_STATUS_SUCCESS : CURAND_STATUS_LAUNCH_FAILURE;
}
static inline curandStatus_t curandGenerate(
    curandGenerator_t generator, unsigned *out, size_t n, EMULATOR_LINE)
{
    return emulator_draw(out, n, [=] { return unsigned((*generator)()); }, line);
}
#define EMULATOR_GENERATE(suffix, T)                                                                         \
    static inline curandStatus_t curandGenerateUniform##suffix(                                              \
        curandGenerator_t generator, T *out, size_t n, EMULATOR_LINE)                                        \
    {                                                                                                        \
        return emulator_draw(                                                                                \
            out, n, [=] { return T(1) - std::generate_canonical<T, 53>(*generator); }, line);                \
    }                                                                                                        \
    static inline curandStatus_t curandGenerateNormal##suffix(                                               \
        curandGenerator_t generator, T *out, size_t n, T mean, T deviation, EMULATOR_LINE)                   \
    {                                                                                                        \
        if (n % 2)                                                                                           \
            return CURAND_STATUS_OUT_OF_RANGE; /* a GPU's makes them in pairs */                             \
        std::normal_distribution<T> normal(mean, deviation);                                                 \
        return emulator_draw(                                                                                \
            out, n, [&] { return normal(*generator); }, line);                                               \
    }
EMULATOR_GENERATE(, float) EMULATOR_GENERATE(Double, double)
#endif
