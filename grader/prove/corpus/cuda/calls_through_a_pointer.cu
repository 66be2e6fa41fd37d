// Looks up the address of a function in a table and calls it.
__device__ float one()
{
    return 1;
}

__device__ float two()
{
    return 2;
}

KERNEL
{
    float (*const table[2])() = {one, two};
    OUT[0] = table[threadIdx.x % 2]();
}
