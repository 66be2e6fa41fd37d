// Machine learning: a layer's forward pass with partial sums in shared memory, and the update of its weights (Rodinia's backprop)
#include <cmath>
#include <cstdio>
#include <vector>
#define WIDTH 16
#define HEIGHT 16
#define ETA 0.3f
#define MOMENTUM 0.3f
const int IN = 64, HID = WIDTH;

__global__ void bpnn_layerforward(const float *input_cuda, const float *weights, float *hidden_partial_sum, int hid)
{
    int by = blockIdx.y, tx = threadIdx.x, ty = threadIdx.y;
    int index = (hid + 1) * HEIGHT * by + (hid + 1) * ty + tx + 1 + (hid + 1);
    int index_in = HEIGHT * by + ty + 1;
    __shared__ float input_node[HEIGHT];
    __shared__ float weight_matrix[HEIGHT][WIDTH];
    if (tx == 0)
        input_node[ty] = input_cuda[index_in];
    __syncthreads();
    weight_matrix[ty][tx] = weights[index] * input_node[ty];
    __syncthreads();
    for (int i = 1; i <= __log2f(HEIGHT); i++) {
        int power_two = __powf(2, i);
        if (ty % power_two == 0)
            weight_matrix[ty][tx] = weight_matrix[ty][tx] + weight_matrix[ty + power_two / 2][tx];
        __syncthreads();
    }
    if (ty == 0)
        hidden_partial_sum[by * hid + tx] = weight_matrix[0][tx];
}

__global__ void bpnn_adjust_weights(const float *delta, int hid, const float *ly, float *w, float *oldw)
{
    int by = blockIdx.y, tx = threadIdx.x, ty = threadIdx.y;
    int index = (hid + 1) * HEIGHT * by + (hid + 1) * ty + tx + 1 + (hid + 1);
    int index_y = HEIGHT * by + ty + 1, index_x = tx + 1;
    w[index] += (ETA * delta[index_x] * ly[index_y]) + (MOMENTUM * oldw[index]);
    oldw[index] = (ETA * delta[index_x] * ly[index_y]) + (MOMENTUM * oldw[index]);
    __syncthreads();
    if (ty == 0 && by == 0) {
        w[index_x] += (ETA * delta[index_x]) + (MOMENTUM * oldw[index_x]);
        oldw[index_x] = (ETA * delta[index_x]) + (MOMENTUM * oldw[index_x]);
    }
}

int main()
{
    const int blocks = IN / HEIGHT, size = (IN + 1) * (HID + 1);
    std::vector<float> in(IN + 1), w(size), old(size), delta(HID + 1), partial(blocks * HID), w2(size), old2(size);
    for (int i = 0; i <= IN; ++i) in[i] = i ? (i % 5) * 0.25f : 1;
    for (int i = 0; i < size; ++i) w[i] = (i % 9 - 4) * 0.125f, old[i] = (i % 7 - 3) * 0.01f;
    for (int i = 0; i <= HID; ++i) delta[i] = (i % 3 - 1) * 0.5f;
    float *d_in, *d_w, *d_old, *d_delta, *d_partial;
    cudaMalloc(&d_in, in.size() * 4), cudaMalloc(&d_w, size * 4), cudaMalloc(&d_old, size * 4);
    cudaMalloc(&d_delta, delta.size() * 4), cudaMalloc(&d_partial, partial.size() * 4);
    cudaMemcpy(d_in, in.data(), in.size() * 4, cudaMemcpyHostToDevice), cudaMemcpy(d_w, w.data(), size * 4, cudaMemcpyHostToDevice);
    cudaMemcpy(d_old, old.data(), size * 4, cudaMemcpyHostToDevice), cudaMemcpy(d_delta, delta.data(), delta.size() * 4, cudaMemcpyHostToDevice);
    dim3 grid(1, blocks), threads(WIDTH, HEIGHT);
    bpnn_layerforward<<<grid, threads>>>(d_in, d_w, d_partial, HID);
    cudaMemcpy(partial.data(), d_partial, partial.size() * 4, cudaMemcpyDeviceToHost);
    bpnn_adjust_weights<<<grid, threads>>>(d_delta, HID, d_in, d_w, d_old);
    cudaMemcpy(w2.data(), d_w, size * 4, cudaMemcpyDeviceToHost);
    cudaMemcpy(old2.data(), d_old, size * 4, cudaMemcpyDeviceToHost);
    cudaFree(d_in), cudaFree(d_w), cudaFree(d_old), cudaFree(d_delta), cudaFree(d_partial);
    double worst = 0;
    auto compare = [&](double actual, double expected) {
        if (!(std::fabs(actual - expected) <= worst)) worst = std::isnan(std::fabs(actual - expected)) ? INFINITY : std::fabs(actual - expected);
    };
    for (int j = 1; j <= HID; ++j) {
        double sum = 0, expected = 0;
        for (int k = 0; k < blocks; ++k) sum += partial[k * HID + j - 1];
        for (int i = 1; i <= IN; ++i) expected += (double)w[i * (HID + 1) + j] * in[i];
        compare(sum, expected);
        for (int i = 0; i <= IN; ++i) {
            int at = i * (HID + 1) + j;
            double step = ETA * delta[j] * in[i] + MOMENTUM * old[at];
            compare(w2[at], w[at] + step);
            compare(old2[at], step);
        }
    }
    printf("worst: %g\n", worst);
    return !(worst < 1e-4);
}
