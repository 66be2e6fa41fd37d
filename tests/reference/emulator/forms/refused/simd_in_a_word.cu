// Bytes of a word: sums of four bytes at once
// Refused: arithmetic on the bytes of a word is not emulated
__global__ void add(const unsigned *a, unsigned *b) { b[threadIdx.x] = __vadd4(a[threadIdx.x], b[threadIdx.x]); }
int main()
{
    unsigned *a, *b;
    cudaMalloc(&a, 128);
    cudaMalloc(&b, 128);
    add<<<1, 32>>>(a, b);
}
