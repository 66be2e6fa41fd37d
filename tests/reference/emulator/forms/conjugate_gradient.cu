// Linear algebra: conjugate gradients, the loop on the host and scalars in mapped results
#include <cmath>
#include <cstdio>
#include <vector>
#define BLOCK 64

__global__ void laplace(const double *p, double *q, int n)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n)
        q[i] = 4 * p[i] - (i > 0 ? p[i - 1] : 0) - (i < n - 1 ? p[i + 1] : 0);
}

__global__ void dot(const double *a, const double *b, double *result, int n)
{
    __shared__ double s[BLOCK];
    double sum = 0;
    for (int i = threadIdx.x; i < n; i += BLOCK)
        sum += a[i] * b[i];
    s[threadIdx.x] = sum;
    for (int step = BLOCK / 2; step; step >>= 1) {
        __syncthreads();
        if (threadIdx.x < step)
            s[threadIdx.x] += s[threadIdx.x + step];
    }
    if (threadIdx.x == 0)
        *result = s[0];
}

__global__ void axpby(double a, const double *x, double b, double *y, int n)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n)
        y[i] = a * x[i] + b * y[i];
}

int main()
{
    const int n = 150, grid = (n + BLOCK - 1) / BLOCK;
    std::vector<double> b(n), x(n, 0);
    for (int i = 0; i < n; ++i) b[i] = std::sin(i);
    double *dx, *r, *p, *q, *scalar, rr, pq, next;
    cudaMalloc(&dx, n * sizeof(double)), cudaMalloc(&r, n * sizeof(double));
    cudaMalloc(&p, n * sizeof(double)), cudaMalloc(&q, n * sizeof(double));
    cudaMallocManaged(&scalar, sizeof(double));
    auto inner = [&](double *u, double *v) {
        dot<<<1, BLOCK>>>(u, v, scalar, n);
        cudaDeviceSynchronize();
        return *scalar;
    };
    cudaMemset(dx, 0, n * sizeof(double));
    cudaMemcpy(r, b.data(), n * sizeof(double), cudaMemcpyHostToDevice);
    cudaMemcpy(p, r, n * sizeof(double), cudaMemcpyDeviceToDevice);
    rr = inner(r, r);
    int k = 0;
    for (; k < n && rr > 1e-20; ++k) {
        laplace<<<grid, BLOCK>>>(p, q, n);
        pq = inner(p, q);
        axpby<<<grid, BLOCK>>>(rr / pq, p, 1, dx, n);
        axpby<<<grid, BLOCK>>>(-rr / pq, q, 1, r, n);
        next = inner(r, r);
        axpby<<<grid, BLOCK>>>(1, r, next / rr, p, n);
        rr = next;
    }
    cudaMemcpy(x.data(), dx, n * sizeof(double), cudaMemcpyDeviceToHost);
    cudaFree(dx), cudaFree(r), cudaFree(p), cudaFree(q), cudaFree(scalar);
    double worst = 0;
    for (int i = 0; i < n; ++i) {
        double left = std::fabs(4 * x[i] - (i ? x[i - 1] : 0) - (i < n - 1 ? x[i + 1] : 0) - b[i]);
        if (!(left <= worst)) worst = std::isnan(left) ? INFINITY : left;
    }
    printf("%d steps, worst %g\n", k, worst);
    return !(worst < 1e-8 && k < 60);
}
