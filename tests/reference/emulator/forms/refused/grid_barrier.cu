// Grids: a sum with a barrier for the whole grid, by a cooperative launch
// Refused: blocks run one after another, so none can wait for the whole grid
#include <cooperative_groups.h>
namespace cg = cooperative_groups;
__global__ void sum(const int *in, int *partial)
{
    cg::grid_group grid = cg::this_grid();
    partial[blockIdx.x] = in[blockIdx.x];
    grid.sync();
    if (grid.thread_rank() == 0)
        for (int i = 1; i < gridDim.x; ++i)
            partial[0] += partial[i];
}
int main()
{
    int *in, *partial;
    cudaMalloc(&in, 64);
    cudaMalloc(&partial, 64);
    void *args[] = {&in, &partial};
    cudaLaunchCooperativeKernel((void *)sum, dim3(16), dim3(1), args, 0, 0);
}
