// Stencils and images: a 1-D stencil with a halo in shared memory
#include <stdio.h>
#define RADIUS 3
#define BLOCK_SIZE 64

__global__ void stencil_1d(const int *in, int *out)
{
    __shared__ int temp[BLOCK_SIZE + 2 * RADIUS];
    int gindex = threadIdx.x + blockIdx.x * blockDim.x + RADIUS;
    int lindex = threadIdx.x + RADIUS;
    temp[lindex] = in[gindex];
    if (threadIdx.x < RADIUS) {
        temp[lindex - RADIUS] = in[gindex - RADIUS];
        temp[lindex + BLOCK_SIZE] = in[gindex + BLOCK_SIZE];
    }
    __syncthreads();
    int result = 0;
    for (int offset = -RADIUS; offset <= RADIUS; offset++)
        result += temp[lindex + offset];
    out[gindex - RADIUS] = result;
}

int main()
{
    const int n = 5 * BLOCK_SIZE;
    int in[n + 2 * RADIUS], out[n], *d_in, *d_out;
    for (int i = 0; i < n + 2 * RADIUS; i++)
        in[i] = i % 23;
    cudaMalloc((void **)&d_in, sizeof(in));
    cudaMalloc((void **)&d_out, sizeof(out));
    cudaMemcpy(d_in, in, sizeof(in), cudaMemcpyHostToDevice);
    stencil_1d<<<n / BLOCK_SIZE, BLOCK_SIZE>>>(d_in, d_out);
    cudaMemcpy(out, d_out, sizeof(out), cudaMemcpyDeviceToHost);
    cudaFree(d_in);
    cudaFree(d_out);
    for (int i = 0; i < n; i++) {
        int sum = 0;
        for (int j = 0; j <= 2 * RADIUS; j++)
            sum += in[i + j];
        if (out[i] != sum) {
            printf("out[%d] = %d\n", i, out[i]);
            return 1;
        }
    }
    printf("SUCCESS\n");
    return 0;
}
