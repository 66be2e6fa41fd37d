// Programs: dynamic shared memory for arrays of several types, by the struct of a template
#include <cstdio>

template <class T> struct SharedMemory {
    __device__ inline operator T *()
    {
        extern __shared__ int __smem[];
        return (T *)__smem;
    }
};

__global__ void parts(const int *in, double *out, int n)
{
    extern __shared__ double base[];
    double *squares = base;
    float *halves = (float *)&squares[n];
    short *small = (short *)&halves[n];
    int i = threadIdx.x;
    squares[i] = (double)in[i] * in[i];
    halves[i] = in[i] * 0.5f;
    small[i] = (short)(in[i] % 7);
    __syncthreads();
    int other = n - 1 - i;
    out[i] = squares[other] + halves[other] + small[other];
}

template <typename T> __global__ void rotate(T *data)
{
    T *s = SharedMemory<T>();
    s[threadIdx.x] = data[threadIdx.x];
    __syncthreads();
    data[threadIdx.x] = s[(threadIdx.x + 1) % blockDim.x];
}

int main()
{
    const int n = 48;
    int h[n], *in, wrong = 0;
    double r[n], *out;
    for (int i = 0; i < n; ++i) h[i] = i * 3;
    cudaMalloc(&in, sizeof h);
    cudaMalloc(&out, sizeof r);
    cudaMemcpy(in, h, sizeof h, cudaMemcpyHostToDevice);
    parts<<<1, n, n * (sizeof(double) + sizeof(float) + sizeof(short))>>>(in, out, n);
    rotate<<<1, n, n * sizeof(int)>>>(in);
    rotate<<<1, n, n * sizeof(double)>>>(out);
    cudaMemcpy(r, out, sizeof r, cudaMemcpyDeviceToHost);
    cudaMemcpy(h, in, sizeof h, cudaMemcpyDeviceToHost);
    cudaFree(in), cudaFree(out);
    for (int i = 0; i < n; ++i) {
        int x = 3 * (n - 1 - (i + 1) % n);
        wrong += r[i] != (double)x * x + 0.5 * x + x % 7;
        wrong += h[i] != (i + 1) % n * 3;
    }
    return printf("%d wrong\n", wrong), wrong;
}
