// Programs: helper functions in a header of the program's own
// Refused: put what it holds into this file
#include "helper_cuda.h"
__global__ void step(int *data) { data[threadIdx.x] = 1; }
int main()
{
    int *data;
    checkCudaErrors(cudaMalloc(&data, 128));
    step<<<1, 32>>>(data);
}
