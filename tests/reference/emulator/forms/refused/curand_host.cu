// Libraries: random numbers by cuRAND's functions for the host
// Refused: its library is not emulated
#include <curand.h>
int main()
{
    curandGenerator_t generator;
    float *out;
    cudaMalloc(&out, 128);
    curandCreateGenerator(&generator, CURAND_RNG_PSEUDO_DEFAULT);
    curandGenerateUniform(generator, out, 32);
}
