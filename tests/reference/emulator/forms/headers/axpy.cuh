#pragma once
#include "sizes.h"
__global__ void axpy(int n, float a, const float *x, float *y)
{
    int i = place();
    if (i < n)
        y[i] = a * x[i] + y[i];
}
