// Simulations: resampling of a particle filter by the sums of weights (Rodinia's particlefilter)
#include <cmath>
#include <cstdio>
#include <vector>

__device__ int findIndex(const double *CDF, int lengthCDF, double value)
{
    int low = 0, high = lengthCDF - 1;
    while (low < high) {
        int middle = (low + high) / 2;
        if (CDF[middle] >= value)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

__global__ void normalize_weights_kernel(double *weights, int Nparticles, double *partial_sums, double *CDF, double *u, double u1)
{
    __shared__ double sumWeights;
    int i = blockDim.x * blockIdx.x + threadIdx.x;
    if (0 == threadIdx.x)
        sumWeights = partial_sums[0];
    __syncthreads();
    if (i < Nparticles)
        weights[i] = weights[i] / sumWeights;
    __syncthreads();
    if (i == 0) {
        CDF[0] = weights[0];
        for (int x = 1; x < Nparticles; x++)
            CDF[x] = weights[x] + CDF[x - 1];
    }
    if (i < Nparticles)
        u[i] = u1 + i / ((double)Nparticles);
}

__global__ void find_index_kernel(const double *arrayX, const double *CDF, const double *u, double *xj, int Nparticles)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < Nparticles) {
        int index = findIndex(CDF, Nparticles, u[i]);
        xj[i] = arrayX[index];
    }
}

int main()
{
    const int n = 128;
    std::vector<double> w(n), x(n), out(n);
    double sum = 0;
    for (int i = 0; i < n; ++i) {
        w[i] = std::exp(-0.01 * (i - 40) * (i - 40));
        x[i] = i * 0.5;
        sum += w[i];
    }
    double *d_w, *d_sum, *d_cdf, *d_u, *d_x, *d_out;
    cudaMalloc(&d_w, n * sizeof(double)), cudaMalloc(&d_cdf, n * sizeof(double)), cudaMalloc(&d_u, n * sizeof(double));
    cudaMalloc(&d_x, n * sizeof(double)), cudaMalloc(&d_out, n * sizeof(double)), cudaMalloc(&d_sum, sizeof(double));
    cudaMemcpy(d_w, w.data(), n * sizeof(double), cudaMemcpyHostToDevice);
    cudaMemcpy(d_x, x.data(), n * sizeof(double), cudaMemcpyHostToDevice);
    cudaMemcpy(d_sum, &sum, sizeof(double), cudaMemcpyHostToDevice);
    normalize_weights_kernel<<<1, n>>>(d_w, n, d_sum, d_cdf, d_u, 0.5 / n);
    find_index_kernel<<<(n + 63) / 64, 64>>>(d_x, d_cdf, d_u, d_out, n);
    cudaMemcpy(out.data(), d_out, n * sizeof(double), cudaMemcpyDeviceToHost);
    cudaFree(d_w), cudaFree(d_cdf), cudaFree(d_u), cudaFree(d_x), cudaFree(d_out), cudaFree(d_sum);
    int wrong = 0;
    for (int i = 0; i < n; ++i) {
        double u = 0.5 / n + i / (double)n, reached = w[0] / sum;
        int k = 0;
        while (k < n - 1 && reached < u)
            reached += w[++k] / sum;
        wrong += out[i] != x[k];
    }
    return printf("%d wrong\n", wrong), wrong;
}
