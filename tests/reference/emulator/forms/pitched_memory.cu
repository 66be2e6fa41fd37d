// Programs: rows of pitched memory, copied by cudaMemcpy2D
#include <cstdio>

__global__ void addRows(float *devPtr, size_t pitch, int width, int height)
{
    for (int r = blockIdx.x; r < height; r += gridDim.x) {
        float *row = (float *)((char *)devPtr + r * pitch);
        for (int c = threadIdx.x; c < width; c += blockDim.x)
            row[c] += 100 * r;
    }
}

int main()
{
    const int width = 50, height = 7;
    float h[height][width], *d;
    size_t pitch;
    for (int r = 0; r < height; ++r)
        for (int c = 0; c < width; ++c)
            h[r][c] = c;
    cudaMallocPitch(&d, &pitch, width * sizeof(float), height);
    cudaMemcpy2D(d, pitch, h, sizeof h[0], sizeof h[0], height, cudaMemcpyHostToDevice);
    addRows<<<3, 32>>>(d, pitch, width, height);
    cudaMemcpy2D(h, sizeof h[0], d, pitch, sizeof h[0], height, cudaMemcpyDeviceToHost);
    cudaFree(d);
    int wrong = pitch < sizeof h[0];
    for (int r = 0; r < height; ++r)
        for (int c = 0; c < width; ++c)
            wrong += h[r][c] != c + 100 * r;
    return printf("%d wrong\n", wrong), wrong;
}
