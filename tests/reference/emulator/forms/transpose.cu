// Matrices: a transpose, naive, through shared memory, and with a padded tile
#include <cstdio>
#include <cstring>

const int TILE_DIM = 32;
const int BLOCK_ROWS = 8;

__global__ void transposeNaive(float *odata, const float *idata, int width, int height)
{
    int x = blockIdx.x * TILE_DIM + threadIdx.x, y = blockIdx.y * TILE_DIM + threadIdx.y;
    for (int j = 0; j < TILE_DIM; j += BLOCK_ROWS)
        if (x < width && y + j < height)
            odata[x * height + (y + j)] = idata[(y + j) * width + x];
}

template <int PADDING> __global__ void transposeShared(float *odata, const float *idata, int width, int height)
{
    __shared__ float tile[TILE_DIM][TILE_DIM + PADDING];
    int x = blockIdx.x * TILE_DIM + threadIdx.x, y = blockIdx.y * TILE_DIM + threadIdx.y;
    for (int j = 0; j < TILE_DIM; j += BLOCK_ROWS)
        if (x < width && y + j < height)
            tile[threadIdx.y + j][threadIdx.x] = idata[(y + j) * width + x];
    __syncthreads();
    x = blockIdx.y * TILE_DIM + threadIdx.x;
    y = blockIdx.x * TILE_DIM + threadIdx.y;
    for (int j = 0; j < TILE_DIM; j += BLOCK_ROWS)
        if (x < height && y + j < width)
            odata[(y + j) * height + x] = tile[threadIdx.x][threadIdx.y + j];
}

bool right(const float *device, const float *in, int width, int height)
{
    static float out[128 * 128];
    cudaMemcpy(out, device, width * height * sizeof(float), cudaMemcpyDeviceToHost);
    for (int i = 0; i < width; ++i)
        for (int j = 0; j < height; ++j)
            if (out[i * height + j] != in[j * width + i])
                return false;
    return true;
}

int main()
{
    const int width = 70, height = 45;
    static float in[width * height];
    for (int i = 0; i < width * height; ++i)
        in[i] = (float)i;
    float *d_in, *d_out;
    cudaMalloc(&d_in, sizeof in);
    cudaMalloc(&d_out, sizeof in);
    cudaMemcpy(d_in, in, sizeof in, cudaMemcpyHostToDevice);
    dim3 dimGrid((width + TILE_DIM - 1) / TILE_DIM, (height + TILE_DIM - 1) / TILE_DIM, 1);
    dim3 dimBlock(TILE_DIM, BLOCK_ROWS, 1);
    int failed = 0;
    cudaMemset(d_out, 0, sizeof in);
    transposeNaive<<<dimGrid, dimBlock>>>(d_out, d_in, width, height);
    failed += !right(d_out, in, width, height);
    cudaMemset(d_out, 0, sizeof in);
    transposeShared<0><<<dimGrid, dimBlock>>>(d_out, d_in, width, height);
    failed += !right(d_out, in, width, height);
    cudaMemset(d_out, 0, sizeof in);
    transposeShared<1><<<dimGrid, dimBlock>>>(d_out, d_in, width, height);
    failed += !right(d_out, in, width, height);
    cudaFree(d_in);
    cudaFree(d_out);
    printf("%d failed\n", failed);
    return failed;
}
