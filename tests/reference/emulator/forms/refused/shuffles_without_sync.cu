// Warps: shuffles without a mask, as before CUDA 9
// Refused: it ended with compute capability 7.0: write `__shfl_down_sync(0xffffffff, ...)`, with the lanes that take part as its mask
__global__ void sum(int *data)
{
    int value = data[threadIdx.x];
    for (int offset = 16; offset; offset /= 2)
        value += __shfl_down(value, offset);
    if (threadIdx.x == 0)
        data[0] = value;
}
int main()
{
    int *data;
    cudaMalloc(&data, 128);
    sum<<<1, 32>>>(data);
}
