// Assembly: a matrix product by mma in inline PTX
// Refused: inline assembly runs only on a GPU
__global__ void lane(unsigned *out)
{
    unsigned id;
    asm volatile("mov.u32 %0, %%laneid;" : "=r"(id));
    out[threadIdx.x] = id;
}
int main()
{
    unsigned *out;
    cudaMalloc(&out, 128);
    lane<<<1, 32>>>(out);
}
