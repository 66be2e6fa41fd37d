// Machine learning: embeddings of tokens plus positions, four floats for each thread, and their backward pass
// Found: schedule_dependent, as sums of floats by atomic operations round in the order of the threads
#include <cmath>
#include <cstdio>
#include <vector>

__device__ inline float4 add_float4(const float4 &a, const float4 &b)
{
    return make_float4(a.x + b.x, a.y + b.y, a.z + b.z, a.w + b.w);
}

__global__ void encoder_forward(float4 *out, const int *inp, const float4 *wte, const float4 *wpe, int B, int T, int C)
{
    int C4 = C / 4, idx = blockIdx.x * blockDim.x + threadIdx.x, N = B * T * C4;
    if (idx < N) {
        int bt = idx / C4, c4 = idx % C4, t = bt % T;
        out[idx] = add_float4(wte[inp[bt] * C4 + c4], wpe[t * C4 + c4]);
    }
}

__global__ void encoder_backward(float *dwte, float *dwpe, const float *dout, const int *inp, int B, int T, int C)
{
    int idx = blockIdx.x * blockDim.x + threadIdx.x;
    if (idx < B * T * C) {
        int bt = idx / C, c = idx % C;
        atomicAdd(dwte + inp[bt] * C + c, dout[idx]);
        atomicAdd(dwpe + bt % T * C + c, dout[idx]);
    }
}

int main()
{
    const int B = 3, T = 6, C = 24, V = 5;
    std::vector<int> tokens(B * T);
    std::vector<float> wte(V * C), wpe(T * C), out(B * T * C), dwte(V * C), dwpe(T * C);
    for (int i = 0; i < B * T; ++i) tokens[i] = i * 7 % V;
    for (int i = 0; i < V * C; ++i) wte[i] = 0.1f * (i % 13);
    for (int i = 0; i < T * C; ++i) wpe[i] = 0.01f * (i % 11);
    int *d_tokens;
    float *d_wte, *d_wpe, *d_out, *d_dwte, *d_dwpe;
    cudaMalloc(&d_tokens, B * T * sizeof(int));
    cudaMalloc(&d_wte, V * C * sizeof(float)), cudaMalloc(&d_dwte, V * C * sizeof(float));
    cudaMalloc(&d_wpe, T * C * sizeof(float)), cudaMalloc(&d_dwpe, T * C * sizeof(float));
    cudaMalloc(&d_out, B * T * C * sizeof(float));
    cudaMemcpy(d_tokens, tokens.data(), B * T * sizeof(int), cudaMemcpyHostToDevice);
    cudaMemcpy(d_wte, wte.data(), V * C * sizeof(float), cudaMemcpyHostToDevice);
    cudaMemcpy(d_wpe, wpe.data(), T * C * sizeof(float), cudaMemcpyHostToDevice);
    cudaMemset(d_dwte, 0, V * C * sizeof(float)), cudaMemset(d_dwpe, 0, T * C * sizeof(float));
    encoder_forward<<<(B * T * C / 4 + 31) / 32, 32>>>((float4 *)d_out, d_tokens, (float4 *)d_wte, (float4 *)d_wpe, B, T, C);
    encoder_backward<<<(B * T * C + 127) / 128, 128>>>(d_dwte, d_dwpe, d_out, d_tokens, B, T, C);
    cudaMemcpy(out.data(), d_out, out.size() * sizeof(float), cudaMemcpyDeviceToHost);
    cudaMemcpy(dwte.data(), d_dwte, dwte.size() * sizeof(float), cudaMemcpyDeviceToHost);
    cudaMemcpy(dwpe.data(), d_dwpe, dwpe.size() * sizeof(float), cudaMemcpyDeviceToHost);
    cudaFree(d_tokens), cudaFree(d_wte), cudaFree(d_wpe), cudaFree(d_out), cudaFree(d_dwte), cudaFree(d_dwpe);
    std::vector<double> te(V * C), pe(T * C);
    int wrong = 0;
    for (int bt = 0; bt < B * T; ++bt)
        for (int c = 0; c < C; ++c) {
            float value = wte[tokens[bt] * C + c] + wpe[bt % T * C + c];
            wrong += out[bt * C + c] != value;
            te[tokens[bt] * C + c] += value;
            pe[bt % T * C + c] += value;
        }
    for (int i = 0; i < V * C; ++i) wrong += !(std::fabs(dwte[i] - te[i]) < 1e-4);
    for (int i = 0; i < T * C; ++i) wrong += !(std::fabs(dwpe[i] - pe[i]) < 1e-4);
    return printf("%d wrong\n", wrong), wrong != 0;
}
