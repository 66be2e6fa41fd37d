// Reductions and scans: the scan of Hillis and Steele, in two buffers of one block
#include <cstdio>

__global__ void scan(float *g_odata, const float *g_idata, int n)
{
    extern __shared__ float temp[];
    int thid = threadIdx.x;
    int pout = 0, pin = 1;
    temp[pout * n + thid] = (thid > 0) ? g_idata[thid - 1] : 0;
    __syncthreads();
    for (int offset = 1; offset < n; offset *= 2) {
        pout = 1 - pout;
        pin = 1 - pout;
        if (thid >= offset)
            temp[pout * n + thid] = temp[pin * n + thid] + temp[pin * n + thid - offset];
        else
            temp[pout * n + thid] = temp[pin * n + thid];
        __syncthreads();
    }
    g_odata[thid] = temp[pout * n + thid];
}

int main()
{
    const int n = 200;
    float in[n], out[n], *d_in, *d_out;
    for (int i = 0; i < n; ++i)
        in[i] = i % 13 - 4;
    cudaMalloc(&d_in, sizeof in);
    cudaMalloc(&d_out, sizeof out);
    cudaMemcpy(d_in, in, sizeof in, cudaMemcpyHostToDevice);
    scan<<<1, n, 2 * n * sizeof(float)>>>(d_out, d_in, n);
    cudaMemcpy(out, d_out, sizeof out, cudaMemcpyDeviceToHost);
    cudaFree(d_in);
    cudaFree(d_out);
    float sum = 0;
    for (int i = 0; i < n; ++i) {
        if (out[i] != sum)
            return printf("element %d is %f, expected %f\n", i, out[i], sum), 1;
        sum += in[i];
    }
    return 0;
}
