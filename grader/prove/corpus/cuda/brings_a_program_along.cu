// Brings the program along that launches its kernels: nothing of that is compiled.
// may gain: all
#include <iostream>
KERNEL
{
    ORIGINAL
}
int main()
{
    float *d;
    if (cudaMalloc((void **)&d, 400) != cudaSuccess)
        std::cerr << "no memory" << std::endl;
    system("touch /tmp/escaped");
    return 0;
}
