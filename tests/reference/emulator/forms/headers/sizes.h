#pragma once
constexpr int THREADS = 128;
inline int blocks_for(int n) { return (n + THREADS - 1) / THREADS; }
__device__ inline int place() { return blockIdx.x * blockDim.x + threadIdx.x; }
