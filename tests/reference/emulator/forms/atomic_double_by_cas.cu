// Programs: atomic sums and maxima of doubles by a loop over atomicCAS on their bits
// Found: race, as the first look at the sum is not atomic
#include <cmath>
#include <cstdio>

__device__ double atomicAddByCas(double *address, double val)
{
    unsigned long long int *address_as_ull = (unsigned long long int *)address;
    unsigned long long int old = *address_as_ull, assumed;
    do {
        assumed = old;
        old = atomicCAS(address_as_ull, assumed, __double_as_longlong(val + __longlong_as_double(assumed)));
    } while (assumed != old);
    return __longlong_as_double(old);
}

__device__ float atomicMaxFloat(float *addr, float value)
{
    return value >= 0 ? __int_as_float(atomicMax((int *)addr, __float_as_int(value)))
                      : __uint_as_float(atomicMin((unsigned int *)addr, __float_as_uint(value)));
}

__global__ void kernel(double *sum, float *most)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    atomicAddByCas(sum, (double)(i % 8));
    atomicMaxFloat(most, (float)((i * 37) % 101) - 50);
}

int main()
{
    double *sum, h_sum = 0;
    float *most, h_most = -1e30f;
    cudaMalloc(&sum, sizeof *sum);
    cudaMalloc(&most, sizeof *most);
    cudaMemcpy(sum, &h_sum, sizeof h_sum, cudaMemcpyHostToDevice);
    cudaMemcpy(most, &h_most, sizeof h_most, cudaMemcpyHostToDevice);
    kernel<<<3, 64>>>(sum, most);
    cudaMemcpy(&h_sum, sum, sizeof h_sum, cudaMemcpyDeviceToHost);
    cudaMemcpy(&h_most, most, sizeof h_most, cudaMemcpyDeviceToHost);
    cudaFree(sum), cudaFree(most);
    printf("%f %f\n", h_sum, h_most);
    return !(h_sum == 192 * 3.5 && h_most == 50);
}
