// Programs: a lock for blocks by atomicCAS, with fences, around a sum of doubles
#include <cstdio>

struct Lock {
    int *mutex;
    Lock()
    {
        int state = 0;
        cudaMalloc((void **)&mutex, sizeof(int));
        cudaMemcpy(mutex, &state, sizeof(int), cudaMemcpyHostToDevice);
    }
    void destroy() { cudaFree(mutex); }
    __device__ void lock(void)
    {
        while (atomicCAS(mutex, 0, 1) != 0)
            ;
        __threadfence();
    }
    __device__ void unlock(void)
    {
        __threadfence();
        atomicExch(mutex, 0);
    }
};

__global__ void add(Lock lock, const double *in, double *sum, int n)
{
    __shared__ double cache[64];
    double temp = 0;
    for (int i = threadIdx.x + blockIdx.x * blockDim.x; i < n; i += blockDim.x * gridDim.x)
        temp += in[i];
    cache[threadIdx.x] = temp;
    __syncthreads();
    for (int i = blockDim.x / 2; i != 0; i /= 2) {
        if (threadIdx.x < i)
            cache[threadIdx.x] += cache[threadIdx.x + i];
        __syncthreads();
    }
    if (threadIdx.x == 0) {
        lock.lock();
        *sum += cache[0];
        lock.unlock();
    }
}

int main()
{
    const int n = 1000;
    double h[n], expected = 0, sum = 0, *in, *d_sum;
    for (int i = 0; i < n; ++i) expected += h[i] = i % 10;
    cudaMalloc(&in, sizeof h);
    cudaMalloc(&d_sum, sizeof sum);
    cudaMemcpy(in, h, sizeof h, cudaMemcpyHostToDevice);
    cudaMemcpy(d_sum, &sum, sizeof sum, cudaMemcpyHostToDevice);
    Lock lock;
    add<<<5, 64>>>(lock, in, d_sum, n);
    cudaMemcpy(&sum, d_sum, sizeof sum, cudaMemcpyDeviceToHost);
    cudaFree(in), cudaFree(d_sum);
    lock.destroy();
    printf("%f, expected %f\n", sum, expected);
    return sum != expected;
}
