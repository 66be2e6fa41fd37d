// Linear algebra: tridiagonal systems by parallel cyclic reduction, one for each block, four arrays in one shared buffer
#include <cmath>
#include <cstdio>
#include <cstring>

template <class T> __global__ void solve(T *a, T *b, T *c, T *d, T *x, int n)
{
    extern __shared__ __align__(16) char raw[];
    T *sa = reinterpret_cast<T *>(raw), *sb = &sa[n], *sc = &sb[n], *sd = &sc[n];
    const int i = threadIdx.x, at = blockIdx.x * n + i;
    sa[i] = a[at], sb[i] = b[at], sc[i] = c[at], sd[i] = d[at];
    __syncthreads();
    for (int step = 1; step < n; step *= 2) {
        T na = 0, nb = sb[i], nc = 0, nd = sd[i];
        if (i >= step) {
            const T k = sa[i] / sb[i - step];
            na = -sa[i - step] * k;
            nb -= sc[i - step] * k;
            nd -= sd[i - step] * k;
        }
        if (i + step < n) {
            const T k = sc[i] / sb[i + step];
            nc = -sc[i + step] * k;
            nb -= sa[i + step] * k;
            nd -= sd[i + step] * k;
        }
        __syncthreads();
        sa[i] = na, sb[i] = nb, sc[i] = nc, sd[i] = nd;
        __syncthreads();
    }
    x[at] = sd[i] / sb[i];
}

int main()
{
    const int n = 100, systems = 4;
    double h[4][n * systems], x[n * systems], *d[5];
    for (int i = 0; i < n * systems; ++i) {
        h[0][i] = i % n ? -1 - i % 3 : 0;
        h[1][i] = 8 + i % 5;
        h[2][i] = i % n < n - 1 ? -1.5 : 0;
        h[3][i] = i % 7;
    }
    for (int k = 0; k < 5; ++k) {
        cudaMalloc((void **)&d[k], sizeof x);
        if (k < 4)
            cudaMemcpy(d[k], h[k], sizeof x, cudaMemcpyHostToDevice);
    }
    solve<double><<<systems, n, 4 * n * sizeof(double)>>>(d[0], d[1], d[2], d[3], d[4], n);
    cudaMemcpy(x, d[4], sizeof x, cudaMemcpyDeviceToHost);
    for (double *one : d)
        cudaFree(one);
    for (int i = 0; i < n * systems; ++i) {
        double sum = h[1][i] * x[i] - h[3][i];
        sum += i % n ? h[0][i] * x[i - 1] : 0;
        sum += i % n < n - 1 ? h[2][i] * x[i + 1] : 0;
        if (!(std::fabs(sum) < 1e-9))
            return printf("equation %d: %g\n", i, sum), 1;
    }
    return 0;
}
