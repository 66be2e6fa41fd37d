// Libraries: random numbers by cuRAND
// Refused: its library is not emulated
#include <curand_kernel.h>
__global__ void draw(float *out)
{
    curandState state;
    curand_init(1234, threadIdx.x, 0, &state);
    out[threadIdx.x] = curand_uniform(&state);
}
int main()
{
    float *out;
    cudaMalloc(&out, 128);
    draw<<<1, 32>>>(out);
}
