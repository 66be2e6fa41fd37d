// Machine learning: attention in tiles with a running maximum, as in flash attention
#include <cmath>
#include <cstdio>
#include <vector>

__global__ void forward_kernel(const float *Q, const float *K, const float *V, const int N, const int d, const int Tc,
                               const int Tr, const int Bc, const int Br, const float softmax_scale, float *l, float *m, float *O)
{
    int tx = threadIdx.x;
    int bx = blockIdx.x, by = blockIdx.y;
    int qkv_offset = (bx * gridDim.y * N * d) + (by * N * d);
    int lm_offset = (bx * gridDim.y * N) + (by * N);
    extern __shared__ float sram[];
    int tile_size = Bc * d;
    float *Qi = sram, *Kj = &sram[tile_size], *Vj = &sram[tile_size * 2], *S = &sram[tile_size * 3];
    for (int j = 0; j < Tc; j++) {
        for (int x = 0; x < d; x++) {
            Kj[(tx * d) + x] = K[qkv_offset + (tile_size * j) + (tx * d) + x];
            Vj[(tx * d) + x] = V[qkv_offset + (tile_size * j) + (tx * d) + x];
        }
        __syncthreads();
        for (int i = 0; i < Tr; i++) {
            for (int x = 0; x < d; x++)
                Qi[(tx * d) + x] = Q[qkv_offset + (tile_size * i) + (tx * d) + x];
            float row_m_prev = m[lm_offset + (Br * i) + tx], row_l_prev = l[lm_offset + (Br * i) + tx];
            float row_m = -INFINITY;
            for (int y = 0; y < Bc; y++) {
                float sum = 0;
                for (int x = 0; x < d; x++)
                    sum += Qi[(tx * d) + x] * Kj[(y * d) + x];
                sum *= softmax_scale;
                S[(Bc * tx) + y] = sum;
                if (sum > row_m)
                    row_m = sum;
            }
            float row_l = 0;
            for (int y = 0; y < Bc; y++) {
                S[(Bc * tx) + y] = __expf(S[(Bc * tx) + y] - row_m);
                row_l += S[(Bc * tx) + y];
            }
            float row_m_new = max(row_m_prev, row_m);
            float row_l_new = (__expf(row_m_prev - row_m_new) * row_l_prev) + (__expf(row_m - row_m_new) * row_l);
            for (int x = 0; x < d; x++) {
                float pv = 0;
                for (int y = 0; y < Bc; y++)
                    pv += S[(Bc * tx) + y] * Vj[(y * d) + x];
                float *o = &O[qkv_offset + (tile_size * i) + (tx * d) + x];
                *o = (1 / row_l_new) * ((row_l_prev * __expf(row_m_prev - row_m_new) * *o) + (__expf(row_m - row_m_new) * pv));
            }
            m[lm_offset + (Br * i) + tx] = row_m_new;
            l[lm_offset + (Br * i) + tx] = row_l_new;
        }
        __syncthreads();
    }
}

int main()
{
    const int B = 2, H = 2, N = 32, d = 8, Bc = 16, Br = 16, size = B * H * N * d;
    std::vector<float> q(size), k(size), v(size), o(size, 0), l(B * H * N, 0), m(B * H * N, -INFINITY);
    for (int i = 0; i < size; ++i) {
        q[i] = std::sin(0.7f * i), k[i] = std::cos(1.3f * i), v[i] = (i % 11) * 0.25f - 1;
    }
    float *dq, *dk, *dv, *dO, *dl, *dm;
    for (auto [to, from] : {std::pair{&dq, &q}, {&dk, &k}, {&dv, &v}, {&dO, &o}, {&dl, &l}, {&dm, &m}}) {
        cudaMalloc(to, from->size() * sizeof(float));
        cudaMemcpy(*to, from->data(), from->size() * sizeof(float), cudaMemcpyHostToDevice);
    }
    const int sram_size = (3 * Bc * d * sizeof(float)) + (Bc * Br * sizeof(float));
    forward_kernel<<<dim3(B, H), Bc, sram_size>>>(dq, dk, dv, N, d, N / Bc, N / Br, Bc, Br, 1.0f / std::sqrt((float)d), dl, dm, dO);
    cudaMemcpy(o.data(), dO, size * sizeof(float), cudaMemcpyDeviceToHost);
    cudaFree(dq), cudaFree(dk), cudaFree(dv), cudaFree(dO), cudaFree(dl), cudaFree(dm);
    double worst = 0;
    for (int h = 0; h < B * H; ++h)
        for (int i = 0; i < N; ++i) {
            std::vector<double> s(N);
            double sum = 0;
            for (int j = 0; j < N; ++j) {
                for (int x = 0; x < d; ++x) s[j] += (double)q[(h * N + i) * d + x] * k[(h * N + j) * d + x];
                sum += s[j] = std::exp(s[j] / std::sqrt((double)d));
            }
            for (int x = 0; x < d; ++x) {
                double expected = 0;
                for (int j = 0; j < N; ++j) expected += s[j] / sum * v[(h * N + j) * d + x];
                double off = std::fabs(o[(h * N + i) * d + x] - expected);
                if (!(off <= worst)) worst = std::isnan(off) ? INFINITY : off;
            }
        }
    printf("worst: %g\n", worst);
    return !(worst < 1e-5);
}
