// Libraries: a sum over a block by CUB
// Refused: its library is not emulated
#include <cub/cub.cuh>
__global__ void sum(const int *in, int *out)
{
    typedef cub::BlockReduce<int, 128> BlockReduce;
    __shared__ typename BlockReduce::TempStorage temp;
    int total = BlockReduce(temp).Sum(in[threadIdx.x]);
    if (threadIdx.x == 0)
        *out = total;
}
int main()
{
    int *in, *out;
    cudaMalloc(&in, 512);
    cudaMalloc(&out, 4);
    sum<<<1, 128>>>(in, out);
}
