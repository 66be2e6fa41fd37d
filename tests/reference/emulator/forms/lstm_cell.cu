// Machine learning: steps of a recurrent network (LSTM), the gates of each cell fused in one kernel, weights in a struct
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <memory>
#define HIDDEN 24
#define GATES 4

struct Weights {
    const float *input, *hidden, *bias;  // of the gates, one after another
    __device__ float preactivation(int gate, int cell, float x, const float *h) const
    {
        const int row = gate * HIDDEN + cell;
        float sum = bias[row] + input[row] * x;
        for (int k = 0; k < HIDDEN; k++)
            sum += hidden[row * HIDDEN + k] * h[k];
        return sum;
    }
};
__device__ float sigmoid(float x) { return 1.f / (1.f + expf(-x)); }

__global__ void step(Weights w, const float *x, const float *h, const float *c, float *h_next, float *c_next)
{
    extern __shared__ float s[];
    float *mine = s, *gates = s + HIDDEN;
    const int cell = threadIdx.x, gate = threadIdx.y, sample = blockIdx.x;
    if (gate == 0)
        mine[cell] = h[sample * HIDDEN + cell];
    __syncthreads();
    float z = w.preactivation(gate, cell, x[sample], mine);
    gates[gate * HIDDEN + cell] = gate == 2 ? tanhf(z) : sigmoid(z);
    __syncthreads();
    if (gate != 0)
        return;
    auto value = [=](int g) { return gates[g * HIDDEN + cell]; };
    const float next = value(1) * c[sample * HIDDEN + cell] + value(0) * value(2);
    c_next[sample * HIDDEN + cell] = next;
    h_next[sample * HIDDEN + cell] = value(3) * tanhf(next);
}
struct Freed { void operator()(float *p) const { cudaFree(p); } };
typedef std::unique_ptr<float[], Freed> Device;
Device upload(const float *from, size_t n)
{
    float *p = nullptr;
    if (cudaMalloc(&p, n * sizeof(float)) != cudaSuccess)
        exit(1);
    from ? cudaMemcpy(p, from, n * sizeof(float), cudaMemcpyHostToDevice) : cudaMemset(p, 0, n * sizeof(float));
    return Device(p);
}
int main()
{
    const int batch = 3, steps = 4, rows = GATES * HIDDEN;
    static float input[rows], hidden[rows * HIDDEN], bias[rows], x[steps * batch], got[batch * HIDDEN];
    for (int i = 0; i < rows * HIDDEN; ++i) {
        input[i % rows] = i % rows % 7 / 7.f - 0.4f;
        bias[i % rows] = i % rows % 5 / 9.f - 0.2f;
        hidden[i] = i * 31 % 19 / 40.f - 0.2f;
        x[i % (steps * batch)] = i % (steps * batch) % 5 - 2;
    }
    Device w = upload(input, rows), u = upload(hidden, rows * HIDDEN), b = upload(bias, rows);
    Device h[2] = {upload(nullptr, batch * HIDDEN), upload(nullptr, batch * HIDDEN)};
    Device c[2] = {upload(nullptr, batch * HIDDEN), upload(nullptr, batch * HIDDEN)};
    Device d_x = upload(x, steps * batch);
    for (int t = 0; t < steps; ++t)
        step<<<batch, dim3(HIDDEN, GATES), (GATES + 1) * HIDDEN * sizeof(float)>>>(Weights{w.get(), u.get(), b.get()},
            d_x.get() + t * batch, h[t % 2].get(), c[t % 2].get(), h[1 - t % 2].get(), c[1 - t % 2].get());
    cudaMemcpy(got, h[0].get(), sizeof got, cudaMemcpyDeviceToHost);
    for (int s = 0; s < batch; ++s) {
        double now[HIDDEN] = {}, cell[HIDDEN] = {}, next[HIDDEN];
        for (int t = 0; t < steps; ++t) {
            for (int i = 0; i < HIDDEN; ++i) {
                double z[GATES];
                for (int g = 0; g < GATES; ++g) {
                    z[g] = bias[g * HIDDEN + i] + input[g * HIDDEN + i] * x[t * batch + s];
                    for (int k = 0; k < HIDDEN; ++k)
                        z[g] += hidden[(g * HIDDEN + i) * HIDDEN + k] * now[k];
                    z[g] = g == 2 ? std::tanh(z[g]) : 1 / (1 + std::exp(-z[g]));
                }
                cell[i] = z[1] * cell[i] + z[0] * z[2];
                next[i] = z[3] * std::tanh(cell[i]);
            }
            for (int i = 0; i < HIDDEN; ++i)
                now[i] = next[i];
        }
        for (int i = 0; i < HIDDEN; ++i)
            if (!(std::fabs(now[i] - got[s * HIDDEN + i]) < 1e-4))
                return printf("cell %d of %d\n", i, s), 1;
    }
    return 0;
}
