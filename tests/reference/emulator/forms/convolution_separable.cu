// Stencils and images: a separable filter, its weights in constant memory, rows and then columns
#include <cmath>
#include <cstdio>
#include <vector>
#define KERNEL_RADIUS 4
#define KERNEL_LENGTH (2 * KERNEL_RADIUS + 1)
__constant__ float c_Kernel[KERNEL_LENGTH];
#define BLOCKDIM_X 16
#define BLOCKDIM_Y 4

__global__ void convolutionRows(float *d_Dst, const float *d_Src, int imageW, int imageH)
{
    __shared__ float s_Data[BLOCKDIM_Y][BLOCKDIM_X + 2 * KERNEL_RADIUS];
    int x = blockIdx.x * BLOCKDIM_X + threadIdx.x, y = blockIdx.y * BLOCKDIM_Y + threadIdx.y;
    for (int i = threadIdx.x; i < BLOCKDIM_X + 2 * KERNEL_RADIUS; i += BLOCKDIM_X) {
        int from = blockIdx.x * BLOCKDIM_X + i - KERNEL_RADIUS;
        s_Data[threadIdx.y][i] = from >= 0 && from < imageW && y < imageH ? d_Src[y * imageW + from] : 0;
    }
    __syncthreads();
    float sum = 0;
#pragma unroll
    for (int j = -KERNEL_RADIUS; j <= KERNEL_RADIUS; j++)
        sum += c_Kernel[KERNEL_RADIUS - j] * s_Data[threadIdx.y][threadIdx.x + KERNEL_RADIUS + j];
    if (x < imageW && y < imageH)
        d_Dst[y * imageW + x] = sum;
}

__global__ void convolutionColumns(float *d_Dst, const float *d_Src, int imageW, int imageH)
{
    int x = blockIdx.x * blockDim.x + threadIdx.x, y = blockIdx.y * blockDim.y + threadIdx.y;
    if (x >= imageW || y >= imageH)
        return;
    float sum = 0;
    for (int j = -KERNEL_RADIUS; j <= KERNEL_RADIUS; j++)
        if (y + j >= 0 && y + j < imageH)
            sum += c_Kernel[KERNEL_RADIUS - j] * d_Src[(y + j) * imageW + x];
    d_Dst[y * imageW + x] = sum;
}

int main()
{
    const int W = 37, H = 21;
    float weights[KERNEL_LENGTH];
    std::vector<float> in(W * H), out(W * H), rows(W * H);
    for (int i = 0; i < KERNEL_LENGTH; ++i) weights[i] = (i + 1) / 16.0f;
    for (int i = 0; i < W * H; ++i) in[i] = i * 31 % 16;
    cudaMemcpyToSymbol(c_Kernel, weights, sizeof weights);
    float *d_in, *d_rows, *d_out;
    cudaMalloc((void **)&d_in, W * H * sizeof(float));
    cudaMalloc((void **)&d_rows, W * H * sizeof(float));
    cudaMalloc((void **)&d_out, W * H * sizeof(float));
    cudaMemcpy(d_in, in.data(), W * H * sizeof(float), cudaMemcpyHostToDevice);
    dim3 threads(BLOCKDIM_X, BLOCKDIM_Y), blocks((W + BLOCKDIM_X - 1) / BLOCKDIM_X, (H + BLOCKDIM_Y - 1) / BLOCKDIM_Y);
    convolutionRows<<<blocks, threads>>>(d_rows, d_in, W, H);
    convolutionColumns<<<blocks, threads>>>(d_out, d_rows, W, H);
    cudaDeviceSynchronize();
    cudaMemcpy(out.data(), d_out, W * H * sizeof(float), cudaMemcpyDeviceToHost);
    cudaFree(d_in), cudaFree(d_rows), cudaFree(d_out);
    double worst = 0;
    for (int y = 0; y < H; ++y)
        for (int x = 0; x < W; ++x) {
            double sum = 0;
            for (int j = -KERNEL_RADIUS; j <= KERNEL_RADIUS; ++j)
                for (int i = -KERNEL_RADIUS; i <= KERNEL_RADIUS; ++i)
                    if (x + i >= 0 && x + i < W && y + j >= 0 && y + j < H)
                        sum += weights[KERNEL_RADIUS - i] * weights[KERNEL_RADIUS - j] * in[(y + j) * W + x + i];
            if (!(fabs(out[y * W + x] - sum) <= worst))
                worst = std::isnan(fabs(out[y * W + x] - sum)) ? INFINITY : fabs(out[y * W + x] - sum);
        }
    printf("worst: %g\n", worst);
    return !(worst < 1e-3);
}
