#ifndef HELPER_CHECK_H
#define HELPER_CHECK_H
#include <cstdio>
#include <cstdlib>
inline void check_at(cudaError_t error, const char *file, int line)
{
    if (error == cudaSuccess)
        return;
    fprintf(stderr, "%s:%d: %s\n", file, line, cudaGetErrorString(error));
    exit(1);
}
#define check(call) check_at((call), __FILE__, __LINE__)
#endif
