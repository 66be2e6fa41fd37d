// Stencils and images: equalized brightness of a color image: gray values, a histogram, its sums by a scan, and a table
#include <cstdio>
#include <cstdlib>
#define LEVELS 256
typedef unsigned char byte;

__global__ void to_gray(const uchar4 *pixels, byte *gray, int n)
{
    for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x) {
        uchar4 p = pixels[i];
        gray[i] = (byte)(0.299f * p.x + 0.587f * p.y + 0.114f * p.z);
    }
}
__global__ void count(const byte *gray, unsigned int *histogram, int n)
{
    __shared__ unsigned int mine[LEVELS];
    mine[threadIdx.x] = 0;
    __syncthreads();
    for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x)
        atomicAdd(mine + gray[i], 1u);
    __syncthreads();
    atomicAdd(&histogram[threadIdx.x], mine[threadIdx.x]);
}
__global__ void distribution(const unsigned int *histogram, float *cdf, int n)
{
    __shared__ float sums[2 * LEVELS];
    int t = threadIdx.x, in = 0;
    sums[t] = (float)histogram[t] / n;
    for (int step = 1; step < LEVELS; step *= 2) {
        __syncthreads();
        sums[(1 - in) * LEVELS + t] = sums[in * LEVELS + t] + (t >= step ? sums[in * LEVELS + t - step] : 0.0f);
        in = 1 - in;
    }
    cdf[t] = sums[in * LEVELS + t];
}
__global__ void equalize(byte *gray, const float *cdf, int n)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n)
        gray[i] = (byte)fminf(fmaxf(255.0f * (cdf[gray[i]] - cdf[0]) / (1.0f - cdf[0]), 0.0f), 255.0f);
}

int main(void)
{
    const int n = 4000;
    uchar4 *image = (uchar4 *)malloc(n * sizeof(uchar4)), *d_image;
    byte *d_gray, out[n];
    unsigned int *d_histogram, counted[LEVELS];
    float *d_cdf;
    for (int i = 0; i < n; ++i)
        image[i] = make_uchar4(i % 60, i * 3 % 80, i * 7 % 50, 255);
    cudaMalloc(&d_image, n * sizeof(uchar4));
    cudaMalloc(&d_gray, n);
    cudaMalloc(&d_histogram, sizeof counted);
    cudaMalloc(&d_cdf, LEVELS * sizeof(float));
    cudaMemset(d_histogram, 0, sizeof counted);
    cudaMemcpy(d_image, image, n * sizeof(uchar4), cudaMemcpyHostToDevice);
    to_gray<<<8, 128>>>(d_image, d_gray, n);
    count<<<4, LEVELS>>>(d_gray, d_histogram, n);
    distribution<<<1, LEVELS>>>(d_histogram, d_cdf, n);
    equalize<<<(n + 255) / 256, 256>>>(d_gray, d_cdf, n);
    cudaMemcpy(out, d_gray, n, cudaMemcpyDeviceToHost);
    cudaMemcpy(counted, d_histogram, sizeof counted, cudaMemcpyDeviceToHost);
    int expected[LEVELS] = {0}, wrong = 0, brightest = 0;
    for (int i = 0; i < n; ++i)
        expected[(byte)(0.299f * image[i].x + 0.587f * image[i].y + 0.114f * image[i].z)]++;
    double sum = 0;
    float cdf[LEVELS];
    for (int k = 0; k < LEVELS; ++k) {
        wrong += expected[k] != (int)counted[k];
        cdf[k] = sum += (double)expected[k] / n;
    }
    for (int i = 0; i < n; ++i) {
        int gray = (byte)(0.299f * image[i].x + 0.587f * image[i].y + 0.114f * image[i].z);
        wrong += abs((int)(255 * (cdf[gray] - cdf[0]) / (1 - cdf[0])) - out[i]) > 1;
        brightest = out[i] > brightest ? out[i] : brightest;
    }
    free(image);
    cudaFree(d_image), cudaFree(d_gray), cudaFree(d_histogram), cudaFree(d_cdf);
    return wrong || brightest < 250 ? printf("%d wrong\n", wrong), 1 : 0;
}
