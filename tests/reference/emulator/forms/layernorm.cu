// Machine learning: layer normalization with cooperative groups, and its backward pass by atomic sums
// Found: schedule_dependent, as sums of floats by atomic operations round in the order of the threads
#include <cooperative_groups.h>
#include <cooperative_groups/reduce.h>
#include <cmath>
#include <cstdio>
#include <vector>
namespace cg = cooperative_groups;

__global__ void layernorm_forward(float *__restrict__ out, float *__restrict__ mean, float *__restrict__ rstd,
                                  const float *__restrict__ inp, const float *__restrict__ weight,
                                  const float *__restrict__ bias, int N, int C)
{
    cg::thread_block block = cg::this_thread_block();
    cg::thread_block_tile<32> warp = cg::tiled_partition<32>(block);
    int idx = blockIdx.x * warp.meta_group_size() + warp.meta_group_rank();
    if (idx >= N)
        return;
    const float *x = inp + idx * C;
    float sum = 0.0f;
    for (int i = warp.thread_rank(); i < C; i += warp.size())
        sum += x[i];
    float m = cg::reduce(warp, sum, cg::plus<float>{}) / C;
    sum = 0.0f;
    for (int i = warp.thread_rank(); i < C; i += warp.size()) {
        float diff = x[i] - m;
        sum += diff * diff;
    }
    float s = rsqrtf(cg::reduce(warp, sum, cg::plus<float>{}) / C + 1e-5f);
    if (warp.thread_rank() == 0) {
        __stcs(mean + idx, m);
        __stcs(rstd + idx, s);
    }
    for (int c = warp.thread_rank(); c < C; c += warp.size())
        __stcs(out + idx * C + c, s * (__ldcs(x + c) - m) * weight[c] + bias[c]);
}

__global__ void layernorm_backward_weights(float *dweight, float *dbias, const float *dout, const float *inp,
                                           const float *mean, const float *rstd, int N, int C)
{
    int c = blockIdx.x * blockDim.x + threadIdx.x, row = blockIdx.y;
    if (c < C) {
        float norm = (inp[row * C + c] - mean[row]) * rstd[row];
        atomicAdd(&dbias[c], dout[row * C + c]);
        atomicAdd(&dweight[c], norm * dout[row * C + c]);
    }
}

int main()
{
    const int N = 7, C = 50;
    std::vector<float> x(N * C), w(C), b(C), out(N * C), dout(N * C), dw(C), db(C);
    for (int i = 0; i < N * C; ++i) x[i] = i * 31 % 17 * 0.5f, dout[i] = i % 4 - 1.5f;
    for (int c = 0; c < C; ++c) w[c] = 1 + c % 3, b[c] = c % 5 - 2;
    float *d_x, *d_w, *d_b, *d_out, *d_mean, *d_rstd, *d_dout, *d_dw, *d_db;
    for (float **p : {&d_x, &d_out, &d_dout}) cudaMalloc(p, N * C * sizeof(float));
    for (float **p : {&d_w, &d_b, &d_dw, &d_db}) cudaMalloc(p, C * sizeof(float));
    for (float **p : {&d_mean, &d_rstd}) cudaMalloc(p, N * sizeof(float));
    cudaMemcpy(d_x, x.data(), N * C * sizeof(float), cudaMemcpyHostToDevice);
    cudaMemcpy(d_dout, dout.data(), N * C * sizeof(float), cudaMemcpyHostToDevice);
    cudaMemcpy(d_w, w.data(), C * sizeof(float), cudaMemcpyHostToDevice);
    cudaMemcpy(d_b, b.data(), C * sizeof(float), cudaMemcpyHostToDevice);
    cudaMemset(d_dw, 0, C * sizeof(float));
    cudaMemset(d_db, 0, C * sizeof(float));
    layernorm_forward<<<(N + 3) / 4, 128>>>(d_out, d_mean, d_rstd, d_x, d_w, d_b, N, C);
    layernorm_backward_weights<<<dim3((C + 31) / 32, N), 32>>>(d_dw, d_db, d_dout, d_x, d_mean, d_rstd, N, C);
    cudaMemcpy(out.data(), d_out, N * C * sizeof(float), cudaMemcpyDeviceToHost);
    cudaMemcpy(dw.data(), d_dw, C * sizeof(float), cudaMemcpyDeviceToHost);
    cudaMemcpy(db.data(), d_db, C * sizeof(float), cudaMemcpyDeviceToHost);
    for (float *p : {d_x, d_w, d_b, d_out, d_mean, d_rstd, d_dout, d_dw, d_db}) cudaFree(p);
    std::vector<double> ew(C), eb(C);
    double worst = 0;
    auto compare = [&](double a, double e) { if (!(std::fabs(a - e) <= worst)) worst = std::isnan(std::fabs(a - e)) ? INFINITY : std::fabs(a - e); };
    for (int r = 0; r < N; ++r) {
        double m = 0, v = 0;
        for (int c = 0; c < C; ++c) m += x[r * C + c] / C;
        for (int c = 0; c < C; ++c) v += (x[r * C + c] - m) * (x[r * C + c] - m) / C;
        for (int c = 0; c < C; ++c) {
            double norm = (x[r * C + c] - m) / std::sqrt(v + 1e-5);
            compare(out[r * C + c], norm * w[c] + b[c]);
            ew[c] += norm * dout[r * C + c];
            eb[c] += dout[r * C + c];
        }
    }
    for (int c = 0; c < C; ++c) compare(dw[c], ew[c]), compare(db[c], eb[c]);
    printf("worst: %g\n", worst);
    return !(worst < 1e-4);
}
