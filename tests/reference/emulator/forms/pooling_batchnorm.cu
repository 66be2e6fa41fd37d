// Machine learning: maxima of windows with their places, scattered back, and a batch normalization by channels
#include <cmath>
#include <cstdio>
#include <vector>
const int CH = 3, IN = 12, OUT = 6;

__global__ void maxpool(const float *in, float *out, int *where)
{
    int t = blockIdx.x * blockDim.x + threadIdx.x;
    if (t >= CH * OUT * OUT)
        return;
    int c = t / (OUT * OUT), y = t / OUT % OUT, x = t % OUT, best = (c * IN + 2 * y) * IN + 2 * x;
    for (int dy = 0; dy < 2; ++dy)
        for (int dx = 0; dx < 2; ++dx) {
            int at = (c * IN + 2 * y + dy) * IN + 2 * x + dx;
            if (in[at] > in[best])
                best = at;
        }
    out[t] = in[best];
    where[t] = best;
}

__global__ void maxpoolBackward(const float *grad, const int *where, float *gradIn)
{
    int t = blockIdx.x * blockDim.x + threadIdx.x;
    if (t < CH * OUT * OUT)
        gradIn[where[t]] += grad[t];
}

__global__ void batchnorm(const float *in, float *out)
{
    __shared__ float sum, squares;
    if (threadIdx.x == 0)
        sum = squares = 0;
    __syncthreads();
    const int n = IN * IN;
    for (int i = threadIdx.x; i < n; i += blockDim.x) {
        float x = in[blockIdx.x * n + i];
        atomicAdd(&sum, x);
        atomicAdd(&squares, x * x);
    }
    __syncthreads();
    float mean = sum / n, scale = rsqrtf(squares / n - mean * mean + 1e-5f);
    for (int i = threadIdx.x; i < n; i += blockDim.x)
        out[blockIdx.x * n + i] = (in[blockIdx.x * n + i] - mean) * scale;
}

int main()
{
    const int n = CH * IN * IN, m = CH * OUT * OUT;
    std::vector<float> x(n), y(m), back(n), normed(n), expectedBack(n);
    for (int i = 0; i < n; ++i) x[i] = i * 53 % 97;
    float *d_x, *d_y, *d_back, *d_normed;
    int *d_where;
    cudaMalloc(&d_x, n * sizeof(float)), cudaMalloc(&d_back, n * sizeof(float)), cudaMalloc(&d_normed, n * sizeof(float));
    cudaMalloc(&d_y, m * sizeof(float)), cudaMalloc(&d_where, m * sizeof(int));
    cudaMemcpy(d_x, x.data(), n * sizeof(float), cudaMemcpyHostToDevice);
    cudaMemset(d_back, 0, n * sizeof(float));
    maxpool<<<1, 128>>>(d_x, d_y, d_where);
    maxpoolBackward<<<1, 128>>>(d_y, d_where, d_back);
    batchnorm<<<CH, 64>>>(d_x, d_normed);
    cudaMemcpy(y.data(), d_y, m * sizeof(float), cudaMemcpyDeviceToHost);
    cudaMemcpy(back.data(), d_back, n * sizeof(float), cudaMemcpyDeviceToHost);
    cudaMemcpy(normed.data(), d_normed, n * sizeof(float), cudaMemcpyDeviceToHost);
    cudaFree(d_x), cudaFree(d_y), cudaFree(d_where), cudaFree(d_back), cudaFree(d_normed);
    int wrong = 0;
    for (int t = 0; t < m; ++t) {
        int at = (t / OUT * 2) * IN + t % OUT * 2, best = at;
        for (int other : {at + 1, at + IN, at + IN + 1})
            if (x[other] > x[best]) best = other;
        wrong += y[t] != x[best];
        expectedBack[best] += x[best];
    }
    wrong += back != expectedBack;
    for (int c = 0; c < CH; ++c) {
        double mean = 0, var = 0;
        for (int i = 0; i < IN * IN; ++i) mean += x[c * IN * IN + i] / (IN * IN);
        for (int i = 0; i < IN * IN; ++i) var += std::pow(x[c * IN * IN + i] - mean, 2) / (IN * IN);
        for (int i = 0; i < IN * IN; ++i)
            wrong += !(std::fabs(normed[c * IN * IN + i] - (x[c * IN * IN + i] - mean) / std::sqrt(var + 1e-5)) < 1e-3);
    }
    return printf("%d wrong\n", wrong), wrong;
}
