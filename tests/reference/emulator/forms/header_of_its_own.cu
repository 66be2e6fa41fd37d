// Programs: helper functions and a kernel's parts in headers of the program's own, one of them in a folder
#include <cstdio>
#include "headers/helper_check.h"
#include "headers/axpy.cuh"
#include "headers/helper_check.h"
#define NAME scale
#define FACTOR 3
#include "headers/kernel.inc"
#undef NAME
#undef FACTOR
#define NAME enlarge
#define FACTOR 5
#include "headers/kernel.inc"

int main()
{
    const int n = 1000;
    float *x, *y;
    check(cudaMallocManaged(&x, n * sizeof(float)));
    check(cudaMallocManaged(&y, n * sizeof(float)));
    for (int i = 0; i < n; ++i)
        x[i] = i, y[i] = 1;
    axpy<<<blocks_for(n), THREADS>>>(n, 2, x, y);
    scale<<<blocks_for(n), THREADS>>>(n, y);
    enlarge<<<blocks_for(n), THREADS>>>(n, x);
    check(cudaDeviceSynchronize());
    int wrong = 0;
    for (int i = 0; i < n; ++i)
        wrong += y[i] != 3 * (2.f * i + 1) || x[i] != 5.f * i;
    check(cudaFree(x));
    check(cudaFree(y));
    printf("%d wrong\n", wrong);
    return wrong != 0;
}
