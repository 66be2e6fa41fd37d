// Programs: launches by cudaLaunchKernel, with sizes from the occupancy functions and a kernel's attributes
#include <cstdio>
#include <vector>

__global__ void scale(float *data, int n, float factor = 2.0f)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n)
        data[i] *= factor;
}

int main()
{
    int n = 1000, minGridSize, blockSize, perSM;
    float factor = 3, *d;
    std::vector<float> h(n, 1.5f);
    cudaMalloc(&d, n * sizeof(float));
    cudaMemcpy(d, h.data(), n * sizeof(float), cudaMemcpyHostToDevice);
    cudaOccupancyMaxPotentialBlockSize(&minGridSize, &blockSize, scale, 0, n);
    cudaOccupancyMaxActiveBlocksPerMultiprocessor(&perSM, scale, blockSize, 0);
    cudaFuncAttributes attributes;
    cudaFuncGetAttributes(&attributes, scale);
    if (blockSize < 1 || minGridSize < 1 || perSM < 1 || attributes.maxThreadsPerBlock < blockSize)
        return puts("no size"), 1;
    void *args[] = {&d, &n, &factor};
    cudaError_t status = cudaLaunchKernel((void *)scale, dim3((n + blockSize - 1) / blockSize), dim3(blockSize), args, 0, 0);
    if (status != cudaSuccess)
        return puts(cudaGetErrorString(status)), 1;
    scale<<<(n + blockSize - 1) / blockSize, blockSize>>>(d, n);
    cudaMemcpy(h.data(), d, n * sizeof(float), cudaMemcpyDeviceToHost);
    cudaFree(d);
    for (float x : h)
        if (x != 9.0f)
            return printf("%f\n", x), 1;
    return 0;
}
