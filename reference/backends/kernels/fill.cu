// Fill: the smallest kernel. It teaches how a thread finds its element, and why it looks before it writes.
//
// The host starts as many blocks of 256 threads as cover the buffer. The last block usually has threads to
// spare: for 1,000 elements there are 4 blocks, 1,024 threads, and 24 of them have no element. The guard `i <
// size` keeps those from writing past the end.
//
// Every file here is compiled once with -DREAL=float and once with -DREAL=double. So the kernels are plain
// functions, which a host finds by their names without knowing how C++ spells a template's.

typedef REAL real;

// Positions are 64 bits wide: 2^31 floats are 8 GiB, which a GPU has.
extern "C" __global__ void fill(long long size, real value, real *out)
{
    long long i = (long long)blockIdx.x * blockDim.x + threadIdx.x;
    if (i < size)
        out[i] = value;
}
