// Libraries: a sum over the device by CUB's functions for the host
// Refused: of CUB, the reductions and scans of blocks and warps are emulated
#include <cub/cub.cuh>
int main()
{
    int *in, *out;
    void *temp = nullptr;
    size_t bytes = 0;
    cub::DeviceReduce::Sum(temp, bytes, in, out, 512);
}
