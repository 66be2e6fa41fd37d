// Stencils and images: speckle-reducing anisotropic diffusion, two launches for each step (Rodinia's srad)
#include <cmath>
#include <cstdio>
#include <vector>
const int ROWS = 24, COLS = 20, SIZE = ROWS * COLS;

__global__ void srad_cuda_1(float *E_C, float *W_C, float *N_C, float *S_C, const float *J, float *C, float q0sqr)
{
    int col = blockIdx.x * blockDim.x + threadIdx.x, row = blockIdx.y * blockDim.y + threadIdx.y;
    if (row >= ROWS || col >= COLS)
        return;
    int k = row * COLS + col;
    float jc = J[k];
    float n = J[(row == 0 ? row : row - 1) * COLS + col] - jc;
    float s = J[(row == ROWS - 1 ? row : row + 1) * COLS + col] - jc;
    float w = J[row * COLS + (col == 0 ? col : col - 1)] - jc;
    float e = J[row * COLS + (col == COLS - 1 ? col : col + 1)] - jc;
    float g2 = (n * n + s * s + w * w + e * e) / (jc * jc);
    float l = (n + s + w + e) / jc;
    float num = (0.5f * g2) - ((1.0f / 16.0f) * (l * l));
    float den = 1 + (.25f * l);
    float qsqr = num / (den * den);
    den = (qsqr - q0sqr) / (q0sqr * (1 + q0sqr));
    float c = 1.0f / (1.0f + den);
    C[k] = c < 0 ? 0 : c > 1 ? 1 : c;
    E_C[k] = e;
    W_C[k] = w;
    N_C[k] = n;
    S_C[k] = s;
}

__global__ void srad_cuda_2(const float *E_C, const float *W_C, const float *N_C, const float *S_C, float *J,
                            const float *C, float lambda)
{
    int col = blockIdx.x * blockDim.x + threadIdx.x, row = blockIdx.y * blockDim.y + threadIdx.y;
    if (row >= ROWS || col >= COLS)
        return;
    int k = row * COLS + col;
    float cs = C[(row == ROWS - 1 ? row : row + 1) * COLS + col], ce = C[row * COLS + (col == COLS - 1 ? col : col + 1)];
    float d = C[k] * N_C[k] + cs * S_C[k] + C[k] * W_C[k] + ce * E_C[k];
    J[k] = J[k] + 0.25f * lambda * d;
}

int main()
{
    std::vector<float> J(SIZE), out(SIZE);
    for (int i = 0; i < SIZE; ++i)
        J[i] = std::exp(0.1f * (i * 7 % 23) / 23.0f);
    float *d_J, *d_C, *d_E, *d_W, *d_N, *d_S;
    for (float **p : {&d_J, &d_C, &d_E, &d_W, &d_N, &d_S})
        cudaMalloc((void **)p, SIZE * sizeof(float));
    cudaMemcpy(d_J, J.data(), SIZE * sizeof(float), cudaMemcpyHostToDevice);
    dim3 block(8, 8), grid((COLS + 7) / 8, (ROWS + 7) / 8);
    for (int iter = 0; iter < 2; ++iter) {
        srad_cuda_1<<<grid, block>>>(d_E, d_W, d_N, d_S, d_J, d_C, 0.05f);
        srad_cuda_2<<<grid, block>>>(d_E, d_W, d_N, d_S, d_J, d_C, 0.5f);
    }
    cudaMemcpy(out.data(), d_J, SIZE * sizeof(float), cudaMemcpyDeviceToHost);
    for (float *p : {d_J, d_C, d_E, d_W, d_N, d_S})
        cudaFree(p);
    for (int iter = 0; iter < 2; ++iter) {
        std::vector<double> c(SIZE), change(SIZE);
        auto at = [](const auto &v, int y, int x) {
            return (double)v[std::min(std::max(y, 0), ROWS - 1) * COLS + std::min(std::max(x, 0), COLS - 1)];
        };
        for (int i = 0; i < SIZE; ++i) {
            int y = i / COLS, x = i % COLS;
            double j = J[i], n = at(J, y - 1, x) - j, s = at(J, y + 1, x) - j, w = at(J, y, x - 1) - j, e = at(J, y, x + 1) - j;
            double g = (n * n + s * s + w * w + e * e) / (j * j), l = (n + s + w + e) / j;
            double q = (0.5 * g - l * l / 16) / ((1 + l / 4) * (1 + l / 4));
            c[i] = std::min(1.0, std::max(0.0, 1 / (1 + (q - 0.05) / (0.05 * 1.05))));
        }
        for (int i = 0; i < SIZE; ++i) {
            int y = i / COLS, x = i % COLS;
            double j = J[i];
            change[i] = c[i] * (at(J, y - 1, x) - j) + at(c, y + 1, x) * (at(J, y + 1, x) - j) +
                        c[i] * (at(J, y, x - 1) - j) + at(c, y, x + 1) * (at(J, y, x + 1) - j);
        }
        for (int i = 0; i < SIZE; ++i)
            J[i] += 0.25 * 0.5 * change[i];
    }
    double worst = 0, moved = 0;
    for (int i = 0; i < SIZE; ++i) {
        if (!(std::fabs(out[i] - J[i]) <= worst)) worst = std::isnan(std::fabs(out[i] - J[i])) ? INFINITY : std::fabs(out[i] - J[i]);
        moved += std::fabs(out[i] - std::exp(0.1f * (i * 7 % 23) / 23.0f));
    }
    printf("worst %g, moved %g\n", worst, moved);
    return !(worst < 1e-5 && moved > 0.1);
}
