// Contains the host program that launches its kernels. The grader compiles none of that.
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
