// Conversion between the two types: the only kernels that know both. They teach that a pointer does not know
// its data: a buffer on the device has no type of its own, and a kernel for float that receives doubles reads
// half of each. So the host converts every operand that is of the other type before it calls any other
// kernel.

extern "C" __global__ void widen(long long size, const float *a, double *out)
{
    long long i = (long long)blockIdx.x * blockDim.x + threadIdx.x;
    if (i < size)
        out[i] = a[i];
}

// To the nearest float; infinity beyond the largest.
extern "C" __global__ void narrow(long long size, const double *a, float *out)
{
    long long i = (long long)blockIdx.x * blockDim.x + threadIdx.x;
    if (i < size)
        out[i] = (float)a[i];
}
