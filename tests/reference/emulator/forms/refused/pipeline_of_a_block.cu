// Asynchronous copies: a pipeline that a block shares
// Refused: of pipelines those of one thread are emulated
#include <cooperative_groups.h>
#include <cuda/pipeline>
__global__ void stage(const int *in, int *out)
{
    __shared__ int buffer[64];
    __shared__ cuda::pipeline_shared_state<cuda::thread_scope_block, 2> state;
    auto block = cooperative_groups::this_thread_block();
    auto pipe = cuda::make_pipeline(block, &state);
    pipe.producer_acquire();
    cuda::memcpy_async(block, buffer, in, sizeof buffer, pipe);
    pipe.producer_commit();
    pipe.consumer_wait();
    out[threadIdx.x] = buffer[threadIdx.x];
    pipe.consumer_release();
}
int main()
{
    int *in, *out;
    cudaMalloc(&in, 256);
    cudaMalloc(&out, 256);
    stage<<<1, 64>>>(in, out);
}
